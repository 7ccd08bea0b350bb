"""The tree of uiautomator becomes elements in pixels."""

import pytest

from handeye.actions.geometry import Box, Size
from handeye.environments.android.elements import _PATH, elements_of, parse_tree
from handeye.environments.android.environment import AndroidEnvironment
from handeye.environments.android.shell import ShellResult
from handeye.environments.element import Element
from handeye.environments.elements import ElementsUnknown

_XML = """UI hierchary dumped to: /data/local/tmp/x.xml
<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><hierarchy rotation="0">
<node class="android.widget.FrameLayout" text="" content-desc="" bounds="[0,0][1080,2400]">
 <node class="android.widget.Button" text="" content-desc="" clickable="true" bounds="[900,100][1200,200]">
  <node class="android.widget.TextView" text="Save &amp;&#10;close" bounds="[910,110][1070,190]" /></node>
 <node class="android.widget.EditText" text="x" password="true" focused="true" bounds="[0,300][500,400]" />
 <node class="android.widget.ImageView" text="" content-desc="Photo" bounds="[0,100][100,200]" />
 <node class="android.view.View" text="beside" bounds="[1080,0][1200,50]" />
 <node class="android.view.View" text="empty" bounds="[10,10][10,10]" />
</node></hierarchy>
"""


def test_elements_in_reading_order_clipped_to_the_screen() -> None:
    assert elements_of(parse_tree(ShellResult(_XML, "", 0)), Size(1080, 2400)) == (
        Element(Box(0, 100, 100, 200), "android.widget.ImageView", "Photo"),
        Element(Box(900, 100, 1080, 200), "android.widget.Button", "Save & close"),
        Element(Box(910, 110, 1070, 190), "android.widget.TextView", "Save & close", part=True),
        Element(Box(0, 300, 500, 400), "android.widget.EditText", "", editable=True),
    )


KEYS = "".join(
    f'<node class="android.widget.Button" text="{key}" bounds="[{300 * key},310][{300 * key + 280},490]" />'
    for key in range(3)
)
"""Buttons of an app that does not say that they can be clicked."""


def row(text: str, top: int, more: str = "", clickable: str = "true") -> str:
    """Return a line of a list, with a text and a switch that is touched with it."""
    return f"""<node class="android.widget.LinearLayout" clickable="{clickable}" bounds="[0,{top}][1080,{top + 200}]">
      <node class="android.widget.TextView" text="{text}" bounds="[40,{top + 20}][800,{top + 90}]" />
      <node class="android.widget.Switch" checkable="true" bounds="[900,{top + 50}][1040,{top + 150}]" />
      {more}</node>"""


@pytest.mark.parametrize(
    ("nodes", "parts"),
    [
        (row("Wi-Fi", 300), ["", "Wi-Fi"]),
        (row("Wi-Fi", 300, '<node clickable="true" text="More" bounds="[810,310][890,490]" />'), []),
        (row("Wi-Fi", 300, clickable="false"), []),
        (f'<node clickable="true" bounds="[0,300][1080,500]">{KEYS}</node>{row("Wi-Fi", 600, clickable="false")}', []),
        (f'<node clickable="true" bounds="[0,0][1080,500]">{row("Wi-Fi", 300, clickable="false")}</node>', []),
    ],
)
def test_a_line_of_a_list_is_one_thing_unless_something_in_it_is_touched_by_itself(
    nodes: str, parts: list[str]
) -> None:
    xml = f"<?xml version='1.0'?><hierarchy>{nodes}</hierarchy>"
    found = elements_of(parse_tree(ShellResult(xml, "", 0)), Size(1080, 2400))
    assert sorted(element.text for element in found if element.part) == parts
    assert "Wi-Fi" in [element.text for element in found]


def test_a_line_with_a_switch_is_a_switch() -> None:
    xml = f"<?xml version='1.0'?><hierarchy>{row('Wi-Fi', 300)}</hierarchy>"
    line, *_ = elements_of(parse_tree(ShellResult(xml, "", 0)), Size(1080, 2400))
    assert (line.role, line.text, line.box) == ("android.widget.Switch", "Wi-Fi", Box(0, 300, 1080, 500))


def test_an_old_tree_does_not_pass_for_the_present_one(android: AndroidEnvironment) -> None:
    android.shell(["sh", "-c", f"echo '<?xml ?><old/>' > {_PATH}"])
    android.shell(["input", "keyevent", "POWER"])
    with pytest.raises(ElementsUnknown, match="null root node"):
        android.elements()


@pytest.mark.parametrize(
    "result",
    [
        ShellResult("", "ERROR: could not get idle state.", 0),
        ShellResult(_XML[:400], "", 0),
        ShellResult(_XML.replace("<hierarchy", "<!DOCTYPE x [<!ENTITY a 'a'>]><hierarchy"), "", 0),
        ShellResult("", "", 0),
    ],
)
def test_what_is_no_tree_is_told(result: ShellResult) -> None:
    with pytest.raises(ElementsUnknown):
        parse_tree(result)
