"""Oracles of tasks that are solved by pressing the buttons that the instruction names."""

from collections.abc import Iterator
from functools import partial

from handeye.evals.miniwob.oracle import Move, PageReader, reachable

DIALOG_BUTTONS = {
    "x": ".ui-dialog-titlebar button",
    "Cancel": ".ui-dialog-buttonset button:nth-child(1)",
    "OK": ".ui-dialog-buttonset button:nth-child(2)",
}
NUMBERED = {"ONE": "#subbtn", "TWO": "#subbtn2"}


def click_test(page: PageReader) -> Iterator[Move]:
    """One button, anywhere."""
    yield _press(page, "#subbtn", "Click Me!")


def click_test_2(page: PageReader) -> Iterator[Move]:
    """The first of two buttons, which may overlap."""
    yield _press(page, "#subbtn", "ONE")


def click_test_2_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The second button."""
    return reachable([("Click button TWO.", partial(_press, page, "#subbtn2", "TWO"))])


def click_button_sequence(page: PageReader) -> Iterator[Move]:
    """Two buttons, one after the other."""
    for label in list(NUMBERED)[page.evaluate("() => buttonsPushed.length") :]:
        yield _press(page, NUMBERED[label], label)


def click_button(page: PageReader) -> Iterator[Move]:
    """The button with a label, among texts and inputs."""
    yield _press(page, "#area button", page.quoted[0])


def click_button_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The buttons with other labels."""
    labels = set(page.texts("#area button")) - {page.quoted[0]}
    return reachable(
        (f'Click on the "{label}" button.', partial(_press, page, "#area button", label)) for label in sorted(labels)
    )


def click_dialog(page: PageReader) -> Iterator[Move]:
    """The cross in a dialog's title bar."""
    yield _press(page, DIALOG_BUTTONS["x"], "x")


def click_dialog_2(page: PageReader) -> Iterator[Move]:
    """One of a dialog's three buttons."""
    label = page.quoted[0]
    yield _press(page, DIALOG_BUTTONS[label], label)


def click_dialog_2_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The dialog's other two buttons."""
    return reachable(
        (f'Click the button in the dialog box labeled "{label}".', partial(_press, page, selector, label))
        for label, selector in DIALOG_BUTTONS.items()
        if label != page.quoted[0]
    )


def _press(page: PageReader, selector: str, label: str) -> Move:
    # The cross of a dialog has no text of its own: its selector alone says which button it is.
    text = label if selector == "#area button" else None
    return page.click(f'Click the button "{label}".', selector, text)
