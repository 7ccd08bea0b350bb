"""Oracles of tasks that are solved by focusing text boxes and typing."""

from collections.abc import Iterator
from functools import partial

from handeye.evals.miniwob.oracle import Move, PageReader, reachable

POSITIONS = ("1st", "2nd", "3rd")
CLICK_TEXT_BOX = "Click the text box."


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
    """A name into the only text box."""
    yield from page.fill(CLICK_TEXT_BOX, "#tt", page.quoted[0])
    yield _submit(page)


def enter_password(page: PageReader) -> Iterator[Move]:
    """The same password into two boxes."""
    yield from page.fill('Click the text box "Password".', "#password", page.quoted[0])
    yield from page.fill('Click the text box "Verify password".', "#verify", page.quoted[0])
    yield _submit(page)


def login_user(page: PageReader) -> Iterator[Move]:
    """A user name and a password."""
    user, password = page.quoted
    yield from page.fill('Click the text box "Username".', "#username", user)
    yield from page.fill('Click the text box "Password".', "#password", password)
    yield page.click('Click the button "Login".', "#subbtn")


def _submit(page: PageReader) -> Move:
    return page.click('Click the button "Submit".', "#subbtn")


def _position(page: PageReader) -> str:
    return next(position for position in POSITIONS if position in page.utterance)


def _focus_nth(page: PageReader, position: str) -> Move:
    return page.click(f"Click the {position} text box.", f"#tt{POSITIONS.index(position) + 1}")
