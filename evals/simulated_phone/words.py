"""The words that seeds choose from: people, places, texts, in several scripts."""

from random import Random
from typing import Final

PEOPLE: Final = (
    "Zoë Müller",
    "Renée Dubois",
    "Søren Ødegård",
    "Łukasz Żak",
    "Hana Nováková",
    "Íñigo Peña",
    "Анна Петрова",
    "Δημήτρης Παππάς",
    "王小明",
    "佐藤 花子",
    "김민준",
    "Priya Nair",
)
TITLES: Final = (
    "Träume",
    "Einkäufe für morgen",
    "Café list",
    "Идеи",
    "買い物",
    "Packing",
    "Fête de l'été",
    "Birthday 🎂",
)
LINES: Final = (
    "Müsli & crème fraîche",
    "2 kg potatoes, 1/2 l milk",
    "Позвонить маме",
    "牛乳とパン",
    'Ask for the "blue" one',
    "50 % off <today>",
    "Grüße an Jürgen 😀",
    "call back; then write",
    "naïve $HOME test",
)
MESSAGES: Final = (
    "I'll be 10 minutes late.",
    "Schöne Grüße aus Köln!",
    "Да, до встречи в 8",
    "今晚见 👋",
    "Can you bring the key? Thanks :)",
    "Perfect & see you soon",
)
FOLDERS: Final = ("Invoices", "Ausflüge", "Photos 2026", "Été", "Work", "Рецепты")
FILES: Final = ("report", "letter", "plan", "minutes", "recipe", "list")
DEVICES: Final = ("Küchen-Handy", "Ada's phone", "Téléphone", "phone-7", "Мой телефон")


def number(random: Random) -> str:
    """Return a telephone number that belongs to nobody."""
    return f"+44 20 7946 {random.randrange(1000):04d}"


def clock_time(hour: int, minute: int) -> str:
    """Return a time of day in 12-hour format."""
    return f"{hour % 12 or 12}:{minute:02d} {'AM' if hour < 12 else 'PM'}"
