"""Oracles of tasks that are solved by focusing text boxes and typing what the instruction says."""

import re
from collections.abc import Iterator
from functools import partial

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Press, Type
from handeye.evals.miniwob.oracle import Move, PageReader, quote, reachable

POSITIONS = ("1st", "2nd", "3rd")
CLICK_TEXT_BOX = "Click the text box."
FORM_ROW = "#area :is(p, .row, tr, .field, .ui-entry)"


def focus_text(page: PageReader) -> Iterator[Move]:
    """The only text box."""
    yield page.click(CLICK_TEXT_BOX, "#tt")


def focus_text_2(page: PageReader) -> Iterator[Move]:
    """One of three text boxes."""
    yield _focus_nth(page, _position(page))


def focus_text_2_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The other two."""
    return reachable(
        (f"Focus into the {position} input textbox.", partial(_focus_nth, page, position))
        for position in POSITIONS
        if position != _position(page)
    )


def enter_text(page: PageReader) -> Iterator[Move]:
    """A text into the only text box."""
    yield from page.fill(CLICK_TEXT_BOX, "#tt", page.quoted[0])
    yield page.press_button()


def enter_text_2(page: PageReader) -> Iterator[Move]:
    """A text in upper or lower case."""
    text = page.quoted[0]
    yield from page.fill(CLICK_TEXT_BOX, "#tt", text.upper() if "upper case" in page.utterance else text.lower())
    yield page.press_button()


def enter_password(page: PageReader) -> Iterator[Move]:
    """The same password into two boxes."""
    yield from page.fill('Click the text box "Password".', "#password", page.quoted[0])
    yield from page.fill('Click the text box "Verify password".', "#verify", page.quoted[0])
    yield page.press_button()


def login_user(page: PageReader) -> Iterator[Move]:
    """A user name and a password."""
    user, password = page.quoted
    yield from page.fill('Click the text box "Username".', "#username", user)
    yield from page.fill('Click the text box "Password".', "#password", password)
    yield page.press_button()


def login_user_popup(page: PageReader) -> Iterator[Move]:
    """The same, but a dialog may open in between, which has to be cancelled."""
    while True:
        yield page.press_button("#popup-cancel") if page.sees("#popup-cancel") else next(login_user(page))


def enter_date(page: PageReader) -> Iterator[Move]:
    """A date into a date field."""
    month, day, year = re.findall(r"\d+", page.utterance)
    yield from _fill_field(page, "the date", f"{month}{day}{year}", f"{year}-{month}-{day}")


def enter_time(page: PageReader) -> Iterator[Move]:
    """A time of twelve hours into a time field."""
    hour, minute, half = re.findall(r"(\d+):(\d+)\s*([AP]M)", page.utterance)[0]
    value = f"{int(hour) % 12 + (12 if half == 'PM' else 0):02d}:{minute}"
    yield from _fill_field(page, "the time", f"{int(hour):02d}{minute}{half}", value)


def multi_orderings(page: PageReader) -> Iterator[Move]:
    """A genre, a director and a year into text boxes in any order."""
    genre, director, year = re.findall(r"Search for (.*) movies directed by (.*) from year (\d+)", page.utterance)[0]
    for row in range(1, 4):
        label = page.text(f"#area tr:nth-child({row}) th")
        text = {"Genre": genre, "Director": director, "Year": year}[label]
        yield from page.fill(f"Click the text box {quote(label)}.", f"#area tr:nth-child({row}) input", text)
    yield page.press_button("#area .final")


def search_engine(page: PageReader) -> Iterator[Move]:
    """A word to search for, then the nth of nine results on three pages."""
    wanted = int(re.findall(r"click the (\d)", page.utterance)[0])
    yield from page.fill(CLICK_TEXT_BOX, "#search-text", page.quoted[0])
    while not page.texts(".search-title"):
        yield page.press_button("#search")
    number = str((wanted + 2) // 3)
    while page.text("#pagination .active") != number:
        yield page.click(f"Click the link {quote(number)}.", "#pagination a", number)
    yield page.click(f"Click the {_ordinal(wanted)} result.", f'.search-title[data-result="{wanted - 1}"]')


def use_autocomplete(page: PageReader) -> Iterator[Move]:
    """An item by the letters that it starts with, and perhaps ends with, from the suggestions."""
    start, end = (*page.quoted, "")[:2]
    countries: list[str] = page.evaluate("() => ui_utils.COUNTRIES")
    item = next(country for country in countries if country.startswith(start) and country.endswith(end))
    while page.value("#tags") != item:
        if page.sees(".ui-menu-item", item):
            yield page.click(f"Click the item {quote(item)}.", ".ui-menu-item", item)
        elif page.value("#tags") == start:
            yield Move(f"Type {quote(item)}.", Type(text=item, clear=True))
        else:
            yield from page.fill(CLICK_TEXT_BOX, "#tags", start)
    while page.sees(".ui-menu-item", item):
        yield page.click(f"Click the item {quote(item)}.", ".ui-menu-item", item)
    yield page.press_button()


def multi_layouts(page: PageReader) -> Iterator[Move]:
    """The same as `multi_orderings` in forms of five designs, whose labels differ."""
    genre, director, year = re.findall(r"Search for (.*) movies directed by (.*) from year (\d+)", page.utterance)[0]
    for number, label in enumerate(page.texts(FORM_ROW), start=1):
        row = f"{FORM_ROW}:nth-child({number})"
        text = genre if "Genre" in label else director if "Director" in label else year
        yield from page.fill(f"Click the text box {quote(label)}.", f"{row} input", text)
    yield page.press_button("#area :is(button, .final, .ui-submit)")


def text_transform(page: PageReader) -> Iterator[Move]:
    """The letters of a distorted text into the text box."""
    yield from page.fill(CLICK_TEXT_BOX, "#tt", page.text("#captcha"))
    yield page.press_button()


def copy_paste(page: PageReader) -> Iterator[Move]:
    """A text from a text area into a text box through the clipboard."""
    yield from _copy(page, "the text area", "#to-copy")


def copy_paste_2(page: PageReader) -> Iterator[Move]:
    """The same, from one of three text areas."""
    position = _position(page)
    yield from _copy(page, f"the {position} text area", f"#text-{position[0]}")


def use_colorwheel(page: PageReader) -> Iterator[Move]:
    """A colour by its name: its value, typed into the field that shows it."""
    color = re.findall(r"Select (\w+) with", page.utterance)[0]
    yield from _type_color(page, page.evaluate("name => ui_utils.colorNameToHex(name)", color))


def use_colorwheel_2(page: PageReader) -> Iterator[Move]:
    """The same for a colour that the query shows."""
    rgb = page.evaluate("() => getComputedStyle(document.querySelector('#query .cc')).backgroundColor")
    yield from _type_color(page, "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", rgb)))


def _copy(page: PageReader, what: str, source: str) -> Iterator[Move]:
    answer = "#answer-input"
    while page.value(answer) != page.value(source):
        if not page.focused(source):
            yield page.click(f"Click {what}.", source)
        yield Move("Select all of it.", Press(keys=("ctrl", "a")))
        yield Move("Copy it.", Press(keys=("ctrl", "c")))
        yield page.click(CLICK_TEXT_BOX, answer)
        if page.value(answer):
            yield Move("Select all of it.", Press(keys=("ctrl", "a")))
        yield Move("Paste it.", Press(keys=("ctrl", "v")))
    yield page.press_button()


def _type_color(page: PageReader, value: str) -> Iterator[Move]:
    wanted = value.removeprefix("#").upper()
    yield from page.fill("Click the colour field.", "#col", wanted)
    while not page.sees("#subbtn"):
        yield page.click("Click beside the colours to close them.", "#query")
    yield page.press_button()


def _position(page: PageReader) -> str:
    return next(position for position in POSITIONS if position in page.utterance)


def _ordinal(number: int) -> str:
    return POSITIONS[number - 1] if number <= len(POSITIONS) else f"{number}th"


def _focus_nth(page: PageReader, position: str) -> Move:
    return page.click(f"Click the {position} text box.", f"#tt{POSITIONS.index(position) + 1}")


def _fill_field(page: PageReader, what: str, keys: str, value: str) -> Iterator[Move]:
    """Type into a field of several parts: a click on its first part, then typing moves from part to part."""
    while page.value("#tt") != value:
        field = page.box("() => document.querySelector('#tt')")
        first = Point(field.left + field.size.height // 2, field.center.y)
        yield Move(f"Click the start of {what} field.", Click(point=first))
        yield Move(f"Type {quote(keys)}.", Type(text=keys))
    yield page.press_button()
