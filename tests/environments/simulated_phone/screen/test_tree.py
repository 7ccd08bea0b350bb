"""The tree of what is on the screen: what is in it, and whether its bounds are where things are."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Screen

PACKAGES = (
    "com.android.settings",
    "com.android.contacts",
    "com.android.dialer",
    "com.android.messaging",
    "com.android.deskclock",
    "org.handeye.notes",
    "com.android.documentsui",
    "org.handeye.browser",
    "org.handeye.bank",
)
ON_ITS_SIDE = ("com.android.settings", "com.android.dialer", "org.handeye.browser", "org.handeye.bank")
"""Those without a button that floats over a list, and may cover a line of it in so low a screen."""
HIT = """([x, y]) => {
  let [element, left, top] = [document.elementFromPoint(x, y), 0, 0];
  while (element?.tagName === 'IFRAME') {
    const box = element.getBoundingClientRect();
    [left, top] = [left + box.left, top + box.top];
    element = element.contentDocument.elementFromPoint(x - left, y - top);
  }
  const named = element?.closest('[aria-label], button, input, textarea');
  return named && [named.getAttribute('aria-label'), named.innerText, named.placeholder, named.value].join(' ');
}"""


@pytest.mark.parametrize("package", PACKAGES)
def test_every_button_is_where_its_bounds_are(screen: "Screen", package: str) -> None:
    screen.open(package)
    check_buttons(screen)


@pytest.mark.parametrize("package", ON_ITS_SIDE)
def test_every_button_is_there_on_the_side_too(screen: "Screen", package: str) -> None:
    screen.page.set_viewport_size({"width": 800, "height": 360})
    screen.ask("phone.rotate(1)")
    screen.open(package)
    check_buttons(screen)


def check_buttons(screen: "Screen") -> None:
    buttons = [node for node in screen.nodes() if node["clickable"]]
    assert buttons
    for node in buttons:
        left, top, right, bottom = node["bounds"]
        hit = screen.ask(HIT, [(left + right) / 2, (top + bottom) / 2])
        names = [node["contentDesc"] or node["text"], *(child["text"] for child in node["children"])]
        assert all(name in " ".join(hit.split()) for name in names), f"{node} is covered by {hit}"


def test_only_what_can_be_seen_is_told(screen: "Screen") -> None:
    names = [{"id": index, "name": f"Name {index:02}", "phone": "", "email": ""} for index in range(40)]
    screen.ask("contacts => phone.load({contacts})", names)
    screen.open("com.android.contacts")
    assert "Name 00" in screen.said()
    assert "Name 39" not in screen.said()
    assert any(node["scrollable"] for node in screen.nodes())
    screen.touch((180, 700), (180, 100))
    screen.until("phone.tasks.window.document.querySelector('.body').scrollTop > 300")
    assert "Name 00" not in screen.said()


def test_a_dialog_hides_what_is_behind_it(screen: "Screen") -> None:
    screen.open("com.android.settings", action="android.settings.DISPLAY_SETTINGS")
    screen.tap("Font size")
    assert screen.said() == {"Font size", "Small", "Default", "Large", "Largest", "Cancel"}
    assert screen.find("Default", "RadioButton")[0]["checked"]


def test_a_field_tells_its_hint_until_it_holds_something(screen: "Screen") -> None:
    screen.open("com.android.contacts", action="android.intent.action.INSERT")
    field = screen.find("Name", "EditText")[0]
    assert field["resourceId"] == "com.android.contacts:id/name"
    screen.tap("Name", "EditText")
    screen.ask("phone.insertText('Ada')")
    field = screen.find("Ada", "EditText")[0]
    assert field["focused"]
    assert field["hint"] == "Name"


def test_a_long_press_leaves_no_stray_tap(screen: "Screen") -> None:
    screen.open("com.android.documentsui")
    screen.touch(screen.middle("Music"), hold_ms=600)
    assert screen.said() == {"Rename", "Move to…", "Delete"}
    screen.tap("Rename")
    assert screen.find("Music", "EditText")
