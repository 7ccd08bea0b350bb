"""What is copied on X11, read and offered again in all its forms, however large."""

import contextlib
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.desktop.x11.clipboard import Clipboard
from handeye.environments.desktop.x11.display import open_display
from handeye.environments.desktop.x11.keeper import keep
from handeye.environments.desktop.x11.selection import Contents, Form, Offer, Reader, text_contents

LARGE = bytes(range(256)) * 4096
"""A mebibyte, which no single request holds."""


@pytest.fixture
def reader(isolated: IsolatedDesktop) -> Iterator[Reader]:
    display = open_display(isolated.display)
    yield Reader(display)
    display.close()


def copied(isolated: IsolatedDesktop, selection: str = "clipboard", target: str = "UTF8_STRING") -> bytes:
    """What another program is given when it pastes."""
    command = ["xclip", "-o", "-selection", selection, "-target", target]
    return subprocess.run(command, env=isolated.environ, capture_output=True, check=True, timeout=60).stdout


def copy(isolated: IsolatedDesktop, selection: str, data: bytes, target: str = "UTF8_STRING") -> None:
    """Copy in another program, and return when it has what it says: `xclip` returns a little before."""
    display = open_display(isolated.display)
    atom = display.intern_atom(selection.upper())

    def owner() -> int:
        found = display.get_selection_owner(atom)
        return found if isinstance(found, int) else found.id

    before, deadline = owner(), time.monotonic() + 60
    clip = ["xclip", "-selection", selection, "-target", target]
    subprocess.run(clip, input=data, env=isolated.environ, check=True, stdout=subprocess.DEVNULL)
    while owner() in (0, before):
        assert time.monotonic() < deadline, "xclip copies nothing"
        time.sleep(0.005)
    display.close()


def test_every_form_is_read_and_offered_again(isolated: IsolatedDesktop, reader: Reader) -> None:
    contents: Contents = {
        "UTF8_STRING": Form("UTF8_STRING", 8, "ä中😀".encode()),
        "text/html": Form("text/html", 8, b"<b>bold</b>"),
        "image/png": Form("image/png", 8, LARGE),
        "_NUMBERS": Form("INTEGER", 32, [1, 2, 70_000]),
        "EMPTY": Form("UTF8_STRING", 8, b""),
    }
    first = Offer(isolated.display, {"CLIPBOARD": contents, "PRIMARY": text_contents("marked")})
    read = reader.read("CLIPBOARD", 60.0)
    assert {name: (form.kind, form.bits, list(form.items)) for name, form in read.items()} == {
        name: (form.kind, form.bits, list(form.items)) for name, form in contents.items()
    }
    second = Offer(isolated.display, {"CLIPBOARD": read})
    first.stop()
    assert reader.read("CLIPBOARD", 60.0)["image/png"].items == LARGE
    assert reader.read("PRIMARY", 1.0) == {}
    second.stop()
    assert reader.read("CLIPBOARD", 1.0) == {}


def test_other_programs_understand_it(isolated: IsolatedDesktop, reader: Reader, needs: Callable[..., None]) -> None:
    needs("xclip")
    text = "ä中😀 " * 100_000
    offer = Offer(isolated.display, {"CLIPBOARD": text_contents(text)})
    assert copied(isolated).decode() == text
    assert copied(isolated, target="text/plain;charset=utf-8").decode() == text
    assert offer.taken.wait(60)
    copy(isolated, "clipboard", LARGE, "image/png")
    offer.stop()  # which ended by itself when it was replaced
    assert reader.read("CLIPBOARD", 60.0)["image/png"].items == LARGE


@pytest.mark.slow
def test_what_nobody_takes_is_known_and_what_was_copied_is_kept(
    isolated: IsolatedDesktop, needs: Callable[..., None]
) -> None:
    needs("xclip")
    for selection in ("clipboard", "primary"):
        copy(isolated, selection, selection.encode())
    clipboard = Clipboard(isolated.display)
    struck = threading.Event()
    assert not clipboard.paste("for nobody", struck.set, lambda: None)
    assert struck.is_set()
    assert (copied(isolated), copied(isolated, "primary")) == (b"clipboard", b"primary")
    clipboard.close()
    clipboard.close()


def keepers(display: str) -> list[int]:
    """The processes that go on offering on a display."""
    command = f"handeye.environments.desktop.x11.keeper\0{display}\0".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(OSError):
                if command in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
    return found


def until_no_keeper(display: str) -> None:
    deadline = time.monotonic() + 60
    while keepers(display):
        assert time.monotonic() < deadline, "the process does not end"
        time.sleep(0.01)


@pytest.mark.slow
def test_what_was_copied_outlives_us_until_something_else_is(
    isolated: IsolatedDesktop, reader: Reader, needs: Callable[..., None]
) -> None:
    needs("xclip")
    large = Offer(isolated.display, {"CLIPBOARD": {"image/png": Form("image/png", 8, LARGE), **text_contents("ä中")}})
    copy(isolated, "primary", b"marked")
    first = Clipboard(isolated.display)
    first.paste("for nobody", lambda: None, lambda: None)
    large.stop()  # the program that it was copied from ends
    first.close()
    assert (copied(isolated).decode(), copied(isolated, "primary")) == ("ä中", b"marked")
    assert reader.read("CLIPBOARD", 60.0)["image/png"].items == LARGE
    assert len(keepers(isolated.display)) == 1
    second = Clipboard(isolated.display)
    second.paste("for nobody", lambda: None, lambda: None)
    until_no_keeper(isolated.display)
    copy(isolated, "clipboard", b"something else")
    second.close()
    assert (copied(isolated), copied(isolated, "primary")) == (b"something else", b"marked")
    copy(isolated, "primary", b"")
    until_no_keeper(isolated.display)


def test_what_is_copied_while_we_end_is_left_alone(isolated: IsolatedDesktop, needs: Callable[..., None]) -> None:
    needs("xclip")
    copy(isolated, "clipboard", b"newer")
    keep(isolated.display, {"CLIPBOARD": text_contents("older")}, owner=1)
    assert copied(isolated) == b"newer"
    until_no_keeper(isolated.display)


@pytest.mark.slow
def test_what_was_copied_goes_with_the_x_server(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox")
    with IsolatedDesktop() as desktop:
        keep(desktop.display, {"CLIPBOARD": text_contents("kept")}, owner=1)
        assert len(keepers(desktop.display)) == 1
        display = desktop.display
    until_no_keeper(display)
    keep(display, {"CLIPBOARD": text_contents("kept")}, owner=1)  # nothing answers there any more
    until_no_keeper(display)


def test_no_thread_stays(isolated: IsolatedDesktop) -> None:
    before = set(threading.enumerate())
    offers = [Offer(isolated.display, {"CLIPBOARD": text_contents(str(number))}) for number in range(3)]
    for offer in offers:
        offer.stop()
        offer.stop()
    assert set(threading.enumerate()) <= before
