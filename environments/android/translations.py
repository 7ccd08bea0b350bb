"""What people call well-known apps in other languages. Phones print few labels, so a name is translated to one."""

_ALIAS_TABLE = """
Settings: 设置, 設定, 설정, Einstellungen, Paramètres, Réglages, Ajustes, Configuración
Settings: Impostazioni, Configurações
Settings: Definições, Instellingen, Ustawienia, Настройки, Налаштування, Ayarlar
Settings: الإعدادات, הגדרות, सेटिंग, การตั้งค่า, Cài đặt
Camera: 相机, 相機, カメラ, 카메라, Kamera, Appareil photo, Cámara, Fotocamera, Câmera, Aparat
Camera: Камера, الكاميرا
Clock: 时钟, 時鐘, 時計, 시계, Uhr, Horloge, Reloj, Orologio, Relógio, Klok, Zegar, Часы, Saat
Clock: الساعة
Phone: 电话, 電話, 전화, Telefon, Téléphone, Teléfono, Telefono, Telefone, Telefoon, Телефон
Phone: الهاتف
Contacts: 联系人, 通讯录, 聯絡人, 連絡先, 연락처, 주소록, Kontakte, Contactos, Contatti, Contatos, Contacten
Contacts: Kontakty, Контакты
Messages: 信息, 短信, 訊息, メッセージ, 메시지, Nachrichten, Mensajes, Messaggi, Mensagens, Berichten
Messages: Wiadomości, Сообщения
Calculator: 计算器, 計算機, 電卓, 계산기, Rechner, Taschenrechner, Calculatrice, Calculadora
Calculator: Calcolatrice, Kalkulator, Калькулятор
Calendar: 日历, 日曆, カレンダー, 캘린더, Kalender, Calendrier, Agenda, Calendario, Calendário
Calendar: Kalendarz, Календарь, Takvim
Gallery: 相册, 图库, 相簿, ギャラリー, 갤러리, Galerie, Galería, Galleria, Galeria, Галерея, Galeri
Photos: 照片, 相片, フォト, 사진, Fotos, Foto, Zdjęcia, Фото, Fotoğraflar
Files: 文件, 文件管理, 檔案, ファイル, 파일, Dateien, Fichiers, Archivos, Bestanden, Pliki, Файлы
Files: Dosyalar
Email: 邮件, 电子邮件, メール, 이메일, E-Mail, Correo, Почта
Play Store: 应用商店, Play 商店, Play ストア, Play 스토어
Maps: 地图, 地圖, マップ, 지도, Karten, Cartes, Mapas, Mappe, Mapy, Карты, Haritalar
WeChat: 微信, Weixin
淘宝: Taobao
支付宝: Alipay
抖音: Douyin
微博: Weibo, Sina Weibo
美团: Meituan
小红书: Xiaohongshu, RedNote
哔哩哔哩: Bilibili, B站
"""
ALIASES = {
    alias.strip().casefold(): label
    for label, _, aliases in (line.partition(": ") for line in _ALIAS_TABLE.strip().splitlines())
    for alias in aliases.split(",")
}
"""Names in lower case, and the label in `LABELS` that each of them means."""
