"""The table of actions against real screens: what it calls refused is refused in its words, and the rest is done."""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from handeye.actions.geometry import Size
from handeye.actions.schema import Action, Click, NewTab, OpenApp, WaitUntilStable
from handeye.agent.approval import allow_all
from handeye.agent.cli.action_table import Row, rows
from handeye.agent.perform import Performer
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.desktop.isolated.environment import IsolatedDesktopEnvironment
from handeye.environments.simulated_phone.environment import SimulatedPhoneEnvironment
from handeye.environments.zoomed import ZoomedEnvironment

pytestmark = pytest.mark.slow

SECRETS = {"password": "x7Qpw2"}
FIELD = """<!doctype html><title>A field</title><body style="margin:0; width:3000px; height:3000px">
<textarea autofocus style="position:absolute; width:1200px; height:700px">some text</textarea>"""

ENTRY = """
import tkinter
root = tkinter.Tk()
root.title("an entry")
root.geometry("1200x700+20+20")
entry = tkinter.Entry(root)
entry.insert(0, "some text")
entry.pack(fill="both", expand=True)
entry.focus_force()
root.mainloop()
"""


def perform(environment: Any, action: Action) -> Any:
    performer = Performer(ZoomedEnvironment(environment), allow_all, lambda question: "yes")
    return performer.perform(action, environment.observe(), lambda: None)


def check(environment: Any, screen: str, prepare: Callable[[Row], Action]) -> None:
    """Perform every row's action after `prepare` has made it possible; `prepare` returns the action to perform."""
    for row in rows(screen, "unified"):
        outcome = perform(environment, prepare(row))
        if row.refusal:
            assert (outcome.status, outcome.message) == ("rejected", row.refusal), row.name
        else:
            assert outcome.status == "executed", (row.name, outcome.message)


def test_in_a_browser(site: Callable[[Mapping[str, str]], str]) -> None:
    address = site({"/": FIELD, "/next": FIELD})
    with BrowserEnvironment(address, viewport=Size(1280, 720), secrets=SECRETS) as browser:

        def prepare(row: Row) -> Action:
            browser.reset()
            match row.name:
                case "go back":
                    browser.goto(f"{address}/next")
                case "switch tab" | "close tab":
                    browser.execute(NewTab())
                case "open an address":
                    return row.action.model_copy(update={"url": f"{address}/next"})
            return row.action

        check(browser, "browser", prepare)


def test_on_a_desktop(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "galculator")
    with IsolatedDesktopEnvironment(size=Size(1280, 800), apps=["galculator"], secrets=SECRETS) as desktop:

        def prepare(row: Row) -> Action:
            desktop.reset()
            desktop.desktop.run([sys.executable, "-c", ENTRY])
            deadline = time.monotonic() + 60
            while not any(window.title == "an entry" for window in desktop.windows()):
                assert time.monotonic() < deadline
                time.sleep(0.05)
            desktop.execute(WaitUntilStable())
            return OpenApp(name="galculator") if isinstance(row.action, OpenApp) else row.action

        check(desktop, "desktop", prepare)


def test_on_a_phone(needs: Callable[..., None]) -> None:
    needs("chromium")
    with SimulatedPhoneEnvironment(secrets=SECRETS) as phone:

        def find(text: str) -> Click:
            found = [element for element in phone.elements() if element.text == text]
            return Click(point=min(found, key=lambda element: element.box.size.width).box.center)

        def prepare(row: Row) -> Action:
            phone.reset()
            if row.action.type == "type":
                phone.execute(OpenApp(name="Notes"))
                phone.execute(find("New note"))
                phone.execute(find("Note"))
            return row.action

        check(phone, "android", prepare)
