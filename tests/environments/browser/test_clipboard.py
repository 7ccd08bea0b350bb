"""Buttons that copy something work as in a browser with a window; no page may read what was copied."""

from typing import Any

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Press

PAGE = """<button style="width:150px;height:40px" onclick="{0}">copy</button><br><textarea id=t></textarea><script>
said = ''; const tell = name => () => said = name;</script>"""


def test_a_button_copies_and_a_key_pastes(show: Any, site: Any) -> None:
    browser = show(PAGE.format("navigator.clipboard.writeText('voucher 7').then(tell('done'), tell('failed'))"))
    browser.goto(site.url("/").replace("127.0.0.1", "localhost"))
    browser.observe()
    browser.execute(Click(point=Point(20, 20)))
    browser.execute(Click(point=Point(40, 60)))
    browser.execute(Press(keys=("ctrl", "v")))
    assert browser.evaluate("[said, t.value]") == ["done", "voucher 7"]


def test_no_page_reads_what_was_copied(show: Any) -> None:
    browser = show(PAGE.format("navigator.clipboard.readText().then(tell('read'), tell('refused'))"))
    browser.execute(Click(point=Point(20, 20)))
    assert browser.evaluate("said") == "refused"
