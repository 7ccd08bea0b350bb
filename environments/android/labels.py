"""Names of well-known apps by package, from their Play Store pages and from Android's sources."""

_TABLE = """
com.android.settings Settings
com.android.chrome Chrome
com.android.vending Play Store
com.android.camera Camera
com.android.camera2 Camera
com.android.contacts Contacts
com.android.dialer Phone
com.android.messaging Messages
com.android.mms Messages
com.android.calculator2 Calculator
com.android.calendar Calendar
com.android.deskclock Clock
com.android.gallery3d Gallery
com.android.documentsui Files
com.android.email Email
com.android.music Music
com.android.browser Browser
com.android.soundrecorder Sound Recorder
com.google.android.GoogleCamera Camera
com.google.android.apps.maps Maps
com.google.android.apps.messaging Messages
com.google.android.apps.photos Photos
com.google.android.apps.docs Drive
com.google.android.apps.docs.editors.docs Docs
com.google.android.apps.docs.editors.sheets Sheets
com.google.android.apps.docs.editors.slides Slides
com.google.android.apps.nbu.files Files
com.google.android.apps.tachyon Meet
com.google.android.apps.translate Translate
com.google.android.apps.wellbeing Digital Wellbeing
com.google.android.apps.youtube.music YouTube Music
com.google.android.calculator Calculator
com.google.android.calendar Calendar
com.google.android.contacts Contacts
com.google.android.deskclock Clock
com.google.android.dialer Phone
com.google.android.documentsui Files
com.google.android.gm Gmail
com.google.android.googlequicksearchbox Google
com.google.android.keep Keep Notes
com.google.android.youtube YouTube
com.amazon.mShop.android.shopping Amazon Shopping
com.discord Discord
com.dropbox.android Dropbox
com.facebook.katana Facebook
com.facebook.orca Messenger
com.instagram.android Instagram
com.linkedin.android LinkedIn
com.microsoft.office.outlook Outlook
com.microsoft.teams Microsoft Teams
com.netflix.mediaclient Netflix
com.reddit.frontpage Reddit
com.sec.android.app.camera Camera
com.sec.android.app.clockpackage Clock
com.sec.android.app.myfiles My Files
com.sec.android.app.popupcalculator Calculator
com.sec.android.app.sbrowser Samsung Internet
com.sec.android.gallery3d Gallery
com.skype.raider Skype
com.slack Slack
com.snapchat.android Snapchat
com.spotify.music Spotify
com.ss.android.ugc.aweme 抖音
com.taobao.taobao 淘宝
com.tencent.mm WeChat
com.tencent.mobileqq QQ
com.twitter.android X
com.eg.android.AlipayGphone 支付宝
com.sina.weibo 微博
com.sankuai.meituan 美团
com.xingin.xhs 小红书
tv.danmaku.bili 哔哩哔哩
com.ubercab Uber
com.whatsapp WhatsApp
com.zhiliaoapp.musically TikTok
org.mozilla.firefox Firefox
org.mozilla.focus Firefox Focus
org.telegram.messenger Telegram
org.thoughtcrime.securesms Signal
org.videolan.vlc VLC
us.zoom.videomeetings Zoom
jp.naver.line.android LINE
net.osmand OsmAnd
net.cozic.joplin Joplin
code.name.monkey.retromusic Retro Music
com.arduia.expense Pro Expense
com.dimowner.audiorecorder Audio Recorder
com.flauschcode.broccoli Broccoli
com.simplemobiletools.calendar.pro Simple Calendar Pro
com.simplemobiletools.draw.pro Simple Draw Pro
com.simplemobiletools.gallery.pro Simple Gallery Pro
com.simplemobiletools.smsmessenger Simple SMS Messenger
de.dennisguse.opentracks OpenTracks
net.gsantner.markor Markor
org.tasks Tasks
"""
LABELS = {package: label for package, _, label in (line.partition(" ") for line in _TABLE.strip().splitlines())}
"""The English label, or the one in the language of the app's users."""

_ENTRY_TABLE = """
com.android.contacts/com.android.contacts.activities.TwelveKeyDialer Phone
com.android.contacts/com.android.contacts.activities.DialtactsActivity Phone
com.android.contacts/com.android.contacts.DialtactsActivity Phone
com.android.contacts/com.android.contacts.activities.PeopleActivity Contacts
com.samsung.android.contacts/com.android.contacts.activities.PeopleActivity Contacts
com.samsung.android.contacts/com.android.dialer.DialtactsActivity Phone
com.google.android.googlequicksearchbox/com.google.android.googlequicksearchbox.SearchActivity Google
com.google.android.googlequicksearchbox/com.google.android.googlequicksearchbox.VoiceSearchActivity Voice Search
"""
ENTRIES = {entry: label for entry, _, label in (line.partition(" ") for line in _ENTRY_TABLE.strip().splitlines())}
"""The labels of launcher entries that share a package with others."""
