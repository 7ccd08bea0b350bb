"""Screens with a form to fill in, and what becomes of it."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

from handeye.actions.geometry import Point, Size
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.desktop.isolated.environment import IsolatedDesktop, IsolatedDesktopEnvironment
from handeye.environments.environment import Environment
from handeye.environments.settle import Settle
from handeye.environments.simulated_phone.environment import SimulatedPhoneEnvironment
from tests.agent.script import TEXT, Target, Writing

SCREEN = Size(400, 300)
PHONE = Size(540, 1200)
SETTLE = Settle(grace=0.05, quiet=0.05, limit=5.0)
PAGE = """<!doctype html><title>Form</title><style>* { margin: 0; position: absolute; caret-color: transparent }</style>
<input style="left: 21px; top: 23px; width: 207px; height: 33px">
<button style="left: 19px; top: 111px; width: 101px; height: 45px">Blue</button>
<button style="left: 241px; top: 205px; width: 121px; height: 57px">Red</button>
<script>
  const told = { clicks: [], pressed: [] };
  document.onmousedown = event => told.clicks.push([event.clientX, event.clientY]);
  for (const button of document.querySelectorAll("button"))
    button.onclick = () => told.pressed.push(button.textContent);
  const tell = () => ({ ...told, text: document.querySelector("input").value });
</script>"""
CENTER = """selector => { const box = document.querySelector(selector).getBoundingClientRect();
  return [Math.floor(box.x + box.width / 2), Math.floor(box.y + box.height / 2)] }"""
PROGRAM = """
import json, pathlib, sys, tkinter
root = tkinter.Tk()
root.geometry("300x180+20+20")
entry = tkinter.Entry(root, insertofftime=0)
entry.place(x=11, y=13, width=207, height=33)
told = {"clicks": [], "pressed": []}
buttons = {}
for name, x, y in (("Blue", 19, 71), ("Red", 161, 115)):
    button = tkinter.Button(root, text=name, command=lambda name=name: told["pressed"].append(name))
    button.place(x=x, y=y, width=101, height=45)
    buttons[name] = button
root.bind_all("<Button-1>", lambda event: told["clicks"].append([event.x_root, event.y_root]))
def tell():
    ready = root.focus_displayof() is not None
    places = {
        name: [each.winfo_rootx() + each.winfo_width() // 2, each.winfo_rooty() + each.winfo_height() // 2]
        for name, each in {"field": entry, **buttons}.items()
    }
    out = pathlib.Path(sys.argv[1])
    out.with_suffix(".new").write_text(json.dumps({**told, "text": entry.get(), "ready": ready, "places": places}))
    out.with_suffix(".new").replace(out)
    root.after(20, tell)
tell()
root.mainloop()
"""
"""The same form as a program of Tk, which keeps telling a file about itself."""


@dataclass
class Form:
    """A screen with a form: where its parts are, and what became of it."""

    environment: Environment
    screen: Size
    moves: Sequence[Target | Writing]
    told: Callable[[], dict[str, Any]]
    expected: Mapping[str, Any]
    """What must be told at the end."""
    clicks: bool = True
    """Whether it tells of each click too, in pixels of the screenshot."""

    def filled_in(self) -> dict[str, Any]:
        """Wait until it tells what is expected, and return all that it tells."""
        deadline = time.monotonic() + 60
        while {key: (told := self.told())[key] for key in self.expected} != self.expected:
            assert time.monotonic() < deadline, f"it tells {told}"
            time.sleep(0.02)
        return told


@contextmanager
def in_browser(url: str) -> Iterator[Form]:
    """A browser with the form, which is served as `PAGE` at the address."""
    with BrowserEnvironment(url, viewport=SCREEN, settle=SETTLE) as environment:

        def find(selector: str) -> Point:
            return Point(*cast(list[int], environment.evaluate(CENTER, selector)))

        field, blue, red = (partial(find, selector) for selector in ("input", "button", "button + button"))
        yield Form(
            environment,
            SCREEN,
            (Target(field), Writing(field), Target(blue), Target(red)),
            lambda: cast(dict[str, Any], environment.evaluate("tell()")),
            {"text": TEXT, "pressed": ["Blue", "Red"]},
        )


@contextmanager
def on_desktop(out: Path) -> Iterator[Form]:
    """An isolated desktop with the form as a program, which tells the file about itself."""

    def told() -> dict[str, Any]:
        return dict(json.loads(out.read_text()))

    def open_form(desktop: IsolatedDesktop) -> None:
        out.unlink(missing_ok=True)
        program = desktop.run([sys.executable, "-c", PROGRAM, str(out)])
        deadline = time.monotonic() + 60
        while not out.exists() or not told()["ready"]:
            assert program.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)

    with IsolatedDesktopEnvironment(size=SCREEN, settle=SETTLE, on_start=open_form) as environment:

        def find(name: str) -> Point:
            return Point(*told()["places"][name])

        field, blue, red = (partial(find, name) for name in ("field", "Blue", "Red"))
        yield Form(
            environment,
            SCREEN,
            (Target(field), Writing(field), Target(blue), Target(red)),
            told,
            {"text": TEXT, "pressed": ["Blue", "Red"]},
        )


@contextmanager
def on_phone() -> Iterator[Form]:
    """A simulated phone, whose form is a new contact."""
    with SimulatedPhoneEnvironment(size=PHONE, density=240, settle=SETTLE) as environment:

        def find(text: str) -> Point:
            return next(element for element in environment.elements() if element.text == text).box.center

        def told() -> dict[str, Any]:
            contacts = cast(list[dict[str, Any]], environment.phone.state()["contacts"])
            return {"names": [contact["name"] for contact in contacts if contact["name"] == TEXT]}

        contacts, create, name, save = (partial(find, text) for text in ("Contacts", "Create contact", "Name", "Save"))
        yield Form(
            environment,
            PHONE,
            (Target(contacts), Target(create), Target(name), Writing(name), Target(save)),
            told,
            {"names": [TEXT]},
            clicks=False,
        )
