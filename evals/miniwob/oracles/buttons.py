"""Oracles of tasks that are solved by pressing the buttons that the instruction names."""

from collections.abc import Iterator
from functools import partial

from handeye.evals.miniwob.oracle import Move, PageReader, quote, reachable

DIALOG_BUTTONS = {
    "x": ".ui-dialog-titlebar button",
    "Cancel": ".ui-dialog-buttonset button:nth-child(1)",
    "OK": ".ui-dialog-buttonset button:nth-child(2)",
}
NUMBERED = {"ONE": "#subbtn", "TWO": "#subbtn2"}


def click_test(page: PageReader) -> Iterator[Move]:
    """The only button."""
    yield page.press_button()


def click_test_2(page: PageReader) -> Iterator[Move]:
    """The first of two buttons, which may overlap."""
    yield page.press_button(NUMBERED["ONE"])


def click_test_2_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The second button."""
    return reachable([("Click button TWO.", partial(page.press_button, NUMBERED["TWO"]))])


def click_button_sequence(page: PageReader) -> Iterator[Move]:
    """Two buttons, one after the other."""
    for selector in list(NUMBERED.values())[page.evaluate("() => buttonsPushed.length") :]:
        yield page.press_button(selector)


def click_button(page: PageReader) -> Iterator[Move]:
    """The button with a label, among texts and inputs."""
    yield _labelled(page, page.quoted[0])


def click_button_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The buttons with other labels."""
    labels = set(page.texts("#area button")) - {page.quoted[0]}
    return reachable((f'Click on the "{label}" button.', partial(_labelled, page, label)) for label in sorted(labels))


def click_dialog(page: PageReader) -> Iterator[Move]:
    """The cross in a dialog's title bar."""
    yield _in_dialog(page, "x")


def click_dialog_2(page: PageReader) -> Iterator[Move]:
    """One of a dialog's three buttons."""
    yield _in_dialog(page, page.quoted[0])


def click_dialog_2_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The dialog's other two buttons."""
    return reachable(
        (f'Click the button in the dialog box labeled "{label}".', partial(_in_dialog, page, label))
        for label in DIALOG_BUTTONS
        if label != page.quoted[0]
    )


def _labelled(page: PageReader, label: str) -> Move:
    return page.click(f"Click the button {quote(label)}.", "#area button", label)


def _in_dialog(page: PageReader, label: str) -> Move:
    return page.click(f"Click the button {quote(label)}.", DIALOG_BUTTONS[label])
