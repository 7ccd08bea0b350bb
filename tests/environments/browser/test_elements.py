"""Elements of real pages, and marks that are clicked."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from handeye.actions.geometry import Box, Point, Size
from handeye.actions.schema import Click, Press, Type
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.errors import DialogOpened
from handeye.environments.marks.environment import MarkedEnvironment
from handeye.environments.settle import Settle

Show = Callable[[str], BrowserEnvironment]

PAGE = """<p><a href="#a">Home</a> some text <button>OK</button></p>
<p><input placeholder="Name"> <input type="password" value="in no text"> <input type="checkbox" id="c">
<label for="c">Agree</label></p>
<select><option>One</option><option>Two</option></select> <textarea aria-label="Note"></textarea>
<div style="cursor: pointer; width: 60px"><span>pointed</span></div> <div role="tab">tab</div>
<button disabled>off</button>
<input type="submit" value="Send"> <button title="Close"><svg width="8" height="8"></svg></button>"""


def told(environment: BrowserEnvironment) -> list[tuple[str, str, bool]]:
    return [(element.role, element.text, element.editable) for element in environment.elements()]


def texts(environment: BrowserEnvironment) -> list[str]:
    return [element.text for element in environment.elements()]


def test_what_a_page_is_made_of(show: Show) -> None:
    assert told(show(PAGE)) == [
        ("link", "Home", False),
        ("button", "OK", False),
        ("textbox", "Name", True),
        ("textbox", "", True),
        ("checkbox", "Agree", False),
        ("combobox", "One", False),
        ("textbox", "Note", True),
        ("div", "pointed", False),
        ("tab", "tab", False),
        ("button", "Send", False),
        ("button", "Close", False),
    ]


def test_only_what_a_click_reaches(show: Show) -> None:
    environment = show("""<style>html { overflow: hidden }</style>
      <button hidden>hidden</button> <button style="visibility: hidden">invisible</button>
      <button style="position: absolute; top: 900px">below</button>
      <button style="position: absolute; left: 10px; top: 50px">covered</button>
      <div style="position: absolute; left: 0; top: 40px; width: 300px; height: 50px; background: #ddd">cover</div>
      <div style="position: absolute; top: 100px; height: 40px; width: 200px; overflow: auto">
        <button style="height: 30px">first</button><div style="height: 50px"></div><button>scrolled out</button></div>
      <button style="position: absolute; left: 380px; top: 200px; width: 100px; height: 20px">half</button>
      <button style="pointer-events: none">through</button>""")
    assert [(element.text, element.box) for element in environment.elements() if element.text == "half"] == [
        ("half", Box(380, 200, 400, 220))
    ]
    assert texts(environment) == ["first", "half"]


def test_a_partly_covered_element_is_pointed_at_where_it_shows(show: Show) -> None:
    environment = show("""
      <button style="width: 200px; height: 40px" onclick="document.title = 'hit'">wide</button>
      <div style="position: absolute; left: 60px; top: 0; width: 400px; height: 60px; background: #ddd"></div>""")
    (element,) = environment.elements()
    assert environment.execute(Click(point=element.box.center)).title == "hit"


def test_open_shadow_roots_and_nested_frames(show: Show) -> None:
    environment = show("""<div id="host"></div><script>
        host.attachShadow({mode: 'open'}).innerHTML = '<button>shadowed</button>';
        const deep = '<body style="margin: 0"><button style="width: 90px; height: 20px">deep</button>';
        const frame = document.createElement('iframe');
        frame.style = 'position: absolute; left: 40px; top: 60px; width: 300px; height: 150px; ' +
          'border: 3px solid; padding: 7px';
        frame.srcdoc = '<body style="margin: 0"><button style="height: 20px">framed</button>' +
          '<iframe style="position: absolute; left: 30px; top: 50px; border: 0"></iframe>' +
          '<p style="height: 400px"></p><button>out of sight</button>';
        frame.onload = () => { frame.contentDocument.querySelector('iframe').srcdoc = deep };
        document.body.append(frame);
      </script>""")
    environment.observe()
    assert texts(environment) == ["shadowed", "framed", "deep"]
    deep = environment.elements()[-1]
    assert deep.box == Box(80, 120, 170, 140)


def test_a_link_over_two_lines_is_its_larger_piece(show: Show) -> None:
    environment = show('<p style="width: 120px; font: 16px monospace">some <a href="#x">x longestwordofall</a></p>')
    (element,) = environment.elements()
    assert environment.execute(Click(point=element.box.center)).url.endswith("#x")


def test_a_label_stands_for_a_check_box_that_is_hidden(show: Show) -> None:
    environment = show('<input type="checkbox" id="c" style="display: none"><label for="c">Agree</label>')
    assert told(environment) == [("label", "Agree", False)]
    environment.execute(Click(point=environment.elements()[0].box.center))
    assert environment.evaluate("c.checked") is True


def test_open_options_are_elements(show: Show) -> None:
    environment = show("<select><option>One</option><option>Two</option></select>")
    environment.execute(Click(point=environment.elements()[0].box.center))
    two = next(element for element in environment.elements() if element.text == "Two")
    environment.execute(Click(point=two.box.center))
    assert environment.evaluate("document.querySelector('select').value") == "Two"


def test_secrets_are_in_no_text(show: Show) -> None:
    environment = show('<input aria-label=""><button onclick="this.textContent = field.value">show</button>')
    environment.execute(Click(point=environment.elements()[0].box.center))
    environment.execute(Type(secret="password"))
    assert all("hunter2" not in text for text in texts(environment))
    assert any("password" in text for text in texts(environment))


def test_while_a_dialog_is_open_nothing_carries_a_number(show: Show) -> None:
    environment = MarkedEnvironment(show("<button onclick=\"alert('hello')\">OK</button>"))
    (mark,) = environment.observe().marks
    seen = environment.execute(Click(point=mark.box.center))
    assert seen.marks == ()
    assert any("a dialog is open" in notice for notice in seen.notices)
    with pytest.raises(DialogOpened):
        environment.elements()
    assert environment.execute(Press(keys=("enter",))).marks == (mark,)


@pytest.fixture(params=[(2.0, None), (1.5, Box(20, 10, 320, 230))], ids=["2", "1.5 clipped"])
def scaled(request: pytest.FixtureRequest) -> Iterator[BrowserEnvironment]:
    factor, clip = request.param
    with BrowserEnvironment(
        viewport=Size(400, 300), device_scale_factor=factor, clip=clip, settle=Settle(grace=0.05, quiet=0.05)
    ) as environment:
        yield environment


@pytest.mark.slow
def test_marks_are_hit_at_any_scale_and_clip(scaled: BrowserEnvironment, site: Any) -> None:
    html = "".join(
        f'<button style="position: absolute; left: {left}px; top: {top}px; width: {size}px; height: {size}px; '
        'padding: 0" onclick="this.remove()"></button>'
        for left, top, size in ((22, 12, 3), (100, 50, 40), (301, 211, 17), (200, 100, 1), (60.5, 150.25, 9.5))
    )
    scaled.reset()
    scaled.goto(site.page(html))
    environment = MarkedEnvironment(scaled)
    seen = environment.observe()
    assert len(seen.marks) == 5
    factor, origin = (1.5, Point(20, 10)) if seen.size == (450, 330) else (seen.size.width / 400, Point(0, 0))
    large = Box(*(round(factor * edge) for edge in (100 - origin.x, 50 - origin.y, 140 - origin.x, 90 - origin.y)))
    assert large in [mark.box for mark in seen.marks]
    for left in (4, 3, 2, 1, 0):
        seen = environment.execute(Click(point=seen.marks[0].box.center))
        assert len(seen.marks) == left
