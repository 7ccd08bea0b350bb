"""The page of an episode, as text and as a real browser shows it."""

import base64
import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from handeye.actions.geometry import Point
from handeye.actions.schema import Action, Answer, Click, Drag, Move, Navigate, NewTab, Scroll, Type
from handeye.agent.decision import PointConfidence, Spread
from handeye.agent.errors import InvalidTrajectory
from handeye.agent.journal.verdict import VERDICT
from handeye.agent.outcome import Outcome, StopReason
from handeye.agent.page.document import PageNotWritten, write_page
from handeye.agent.page.marks import marks
from handeye.agent.step import Step
from handeye.environments.observation import Tab

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'<b>&amp;"
Keep = Callable[..., Path]
Reader = Callable[[str], Any]


def test_everything_that_happened_is_on_the_page(keep: Keep, steps: list[Step], reader: Reader) -> None:
    text = reader(write_page(keep(*steps, message="all done")).read_text("utf-8")).text
    expected = ["Press the button", "success", "all done", "I press it", "clamped [99, 1] to [95, 1]", "[10, 20] ×2"]
    expected += ["zoom cannot be done here", "denied: the user said no", "the reply contains no action", '"grüße 😀"']
    expected += ["not tried", "model image 112x56 → screenshot 96x64", '{"type": "terminate", "status": "success"}']
    expected += ["0.75 s", "0.25 s", "900 in the prompt, 300 of them cached", "reply 0"]
    assert [phrase for phrase in expected if phrase not in text] == []


def test_how_sure_the_model_was_is_told_and_drawn(
    keep: Keep, make_step: Callable[..., Step], reader: Reader, page: Page
) -> None:
    """Of both points of a drag and of a click, and nothing of a point of which nothing is known."""
    actions = (Click(point=Point(10, 20)), Drag(path=(Point(1, 1), Point(50, 30))), Move(point=Point(3, 3)))
    step = make_step(0, Outcome("executed"), actions=actions)
    sure, unsure = PointConfidence(0.714, Spread(4.2, 6.1)), PointConfidence(0.001, Spread(0.31, 25.0))
    told = replace(step, decision=replace(step.decision, confidence=((sure,), (None, unsure), (None,))))
    path = write_page(keep(told))
    read = reader(path.read_text("utf-8"))
    assert "71 % · ± 4 × 6 px" in read.text
    assert "unknown, < 1 % · ± 0.3 × 25 px" in read.text
    assert read.text.count("±") == 2
    page.goto(path.as_uri())
    shapes = page.locator(".shot .spread").evaluate_all(
        "found => found.map(each => ['cx', 'cy', 'rx', 'ry'].map(name => each[name].baseVal.value))"
    )
    assert shapes == [
        pytest.approx([10.5, 20.5, 4.2, 6.1], abs=1e-3),
        pytest.approx([50.5, 30.5, 0.3, 25.0], abs=1e-3),
    ]
    assert not page.locator(".strip .spread").first.is_visible()
    assert "±" not in reader(write_page(keep(step, folder="plain")).read_text("utf-8")).text


def test_the_page_needs_nothing_else(keep: Keep, steps: list[Step], reader: Reader) -> None:
    for tag, attributes in reader(write_page(keep(*steps)).read_text("utf-8")).elements:
        assert not attributes.keys() & {"style", "onclick", "onerror", "onload", "srcset", "action"}
        for name in ("src", "href"):
            assert attributes.get(name, "#").startswith(("#", "data:image/png;base64,")), (tag, attributes)


def test_the_policy_of_the_page_allows_its_own_style_and_script_only(keep: Keep, steps: list[Step]) -> None:
    html = write_page(keep(*steps)).read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() in policy[1]


def test_each_screenshot_is_embedded_once(keep: Keep, make_step: Callable[..., Step], reader: Reader) -> None:
    step = make_step(0, Outcome("executed"))
    path = write_page(keep(*(replace(step, index=index) for index in range(5))))
    elements = reader(path.read_text("utf-8")).elements
    assert sum(tag == "image" for tag, _ in elements) == 1
    assert sum(tag == "use" for tag, _ in elements) == 10


def test_half_a_surrogate_pair_does_not_keep_the_page_from_being_written(
    keep: Keep, make_step: Callable[..., Step]
) -> None:
    path = write_page(keep(make_step(0, Outcome("executed"), thought="\ud83d"), message="\udc00"))
    assert path.read_text("utf-8").endswith("</html>\n")


@pytest.mark.parametrize("stop", [None, *StopReason])
def test_every_end_has_a_page(keep: Keep, steps: list[Step], stop: StopReason | None) -> None:
    text = write_page(keep(*steps, stop=stop)).read_text("utf-8")
    assert (stop.value.replace("_", " ") if stop else "unfinished") in text


def test_an_answer_is_said(keep: Keep, make_step: Callable[..., Step]) -> None:
    outcome = Outcome("executed", stop=StopReason.ANSWERED)
    directory = keep(make_step(0, outcome, actions=(Answer(text="42 tents"),)), stop=StopReason.ANSWERED)
    assert '<p class="last-words good said">42 tents</p>' in write_page(directory).read_text("utf-8")


def test_a_broken_verdict_is_named(keep: Keep, steps: list[Step]) -> None:
    directory = keep(*steps)
    (directory / VERDICT).write_text("{}")
    with pytest.raises(InvalidTrajectory, match=r"verdict\.json does not hold a verdict"):
        write_page(directory)


def test_a_folder_without_a_journal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidTrajectory, match="holds no journal"):
        write_page(tmp_path)


def test_a_page_that_cannot_be_written_says_so(keep: Keep, steps: list[Step]) -> None:
    directory = keep(*steps)
    (directory / "index.html").mkdir()
    with pytest.raises(PageNotWritten, match=r"cannot write .*index\.html: Is a directory"):
        write_page(directory)


@pytest.mark.parametrize(
    "action", [Click(point=Point(3, 4)), Move(point=Point(3, 4)), Scroll(point=Point(3, 4), dx=-5)]
)
def test_a_mark_sits_on_the_centre_of_its_pixel(action: Action) -> None:
    assert '<circle class="dot" cx="3.5" cy="4.5"' in marks(action, 2)


def test_an_action_without_a_place_has_no_mark() -> None:
    assert marks(Type(text="x"), 2) == ""


def test_the_browser_runs_nothing_but_the_pages_own_script(
    page: Page, keep: Keep, make_step: Callable[..., Step], observe: Callable[..., object]
) -> None:
    seen = observe(10, url=f"https://x/{EVIL}", notices=(EVIL,))
    step = make_step(
        0, Outcome("rejected", EVIL), thought=EVIL, conclusion=EVIL, actions=(Type(text=EVIL), Answer(text=EVIL))
    )
    step = replace(step, observation=seen, decision=replace(step.decision, text=EVIL, notes=(EVIL,)))
    page.goto(write_page(keep(step, task=EVIL, message=EVIL)).as_uri())
    assert page.locator("h1").text_content() == EVIL
    assert page.locator(".thought").text_content() == EVIL
    assert page.locator("img").count() == 0


def test_marks_are_where_the_point_is(page: Page, keep: Keep, steps: list[Step]) -> None:
    page.goto(write_page(keep(*steps)).as_uri())
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        screen = page.locator("#e1-1 .shot use").bounding_box()
        dot = page.locator("#e1-1 .shot .dot").bounding_box()
        assert screen is not None
        assert dot is not None
        scale = screen["width"] / 96
        assert dot["x"] + dot["width"] / 2 - screen["x"] == pytest.approx(10.5 * scale, abs=0.5)
        assert dot["y"] + dot["height"] / 2 - screen["y"] == pytest.approx(20.5 * scale, abs=0.5)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_keys_go_from_step_to_step(page: Page, keep: Keep, steps: list[Step]) -> None:
    page.goto(write_page(keep(*steps)).as_uri())
    page.keyboard.press("Home")
    assert page.locator(".step.here").get_attribute("id") == "e1-1"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("j")
    assert page.locator(".step.here").get_attribute("id") == "e1-3"
    assert page.locator(".strip a.here").get_attribute("href") == "#e1-3"
    page.keyboard.press("d")
    assert page.locator("#e1-3 details").get_attribute("open") is not None
    page.keyboard.press("k")
    assert page.locator(".step.here").get_attribute("id") == "e1-2"


def test_a_screenshot_can_be_enlarged_and_the_theme_changed(page: Page, keep: Keep, steps: list[Step]) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(write_page(keep(*steps)).as_uri())
    page.locator("#e1-1 .shot button").click()
    assert page.locator("dialog[open] svg .dot").count() == 1
    page.locator("dialog").click()
    assert page.locator("dialog[open]").count() == 0
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.keyboard.press("t")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_the_page_of_a_copied_folder_is_the_same(keep: Keep, steps: list[Step], tmp_path: Path) -> None:
    directory = keep(*steps)
    copy = shutil.copytree(directory, tmp_path / "copy")
    assert write_page(directory).read_bytes() == write_page(copy).read_bytes()


def test_a_part_that_was_done_is_on_the_page(keep: Keep, make_step: Callable[..., Step], reader: Reader) -> None:
    part = Outcome("partial", "the focus was lost", done=Type(text="gree"))
    text = reader(write_page(keep(make_step(0, part, actions=(Type(text="green"),)))).read_text("utf-8")).text
    assert 'type"green"partial: the focus was lostdone: type "gree"' in text


def test_no_folder_of_this_machine_is_on_the_page(
    keep: Keep, make_step: Callable[..., Step], observe: Callable[..., Any], reader: Reader
) -> None:
    form, home = "file:///home/erika/Taxes/2025/form.html", "/home/erika/Taxes/2025"
    seen = replace(
        observe(10, url=form, notices=(f"The download of {home}/list.pdf failed", f"Shown: {form}?year=2025#end")),
        tabs=(Tab("Index of /home/erika/", "file:///home/erika/", False), Tab("Form", form, True)),
    )
    step = make_step(
        0,
        Outcome("executed", f"saved as C:\\Users\\erika\\Taxes\\a.pdf and {home}/b.pdf", seen),
        Outcome("rejected", f"{form} is not allowed"),
        thought=f"I open {form}.",
        conclusion=f"now {form}",
        actions=(
            Navigate(url=form),
            Navigate(url="file:///home/erika/" + "long/" * 60 + "x.html"),
            NewTab(url="file:///home/erika/" + "deep/" * 60 + "y.html"),
        ),
    )
    step = replace(step, observation=seen, decision=replace(step.decision, text=f'goto("{form}")', notes=(form,)))
    directory = keep(step, task=f"Fill in {form}", stop=StopReason.FAILED, message=f"cannot read {home}/a.png")
    html = write_page(directory).read_text("utf-8")
    assert [word for word in ("erika", "Taxes", "long/", "deep/") if word in html] == []
    text = reader(html).text
    expected = ["Fill in …/form.html", "I open …/form.html.", "…/form.html?year=2025#end", "▸ Form …/form.html"]
    expected += ["saved as …/a.pdf and …/b.pdf", '"url": "…/form.html"', "…/x.html", "…/y.html", "cannot read …/a.png"]
    assert [phrase for phrase in expected if phrase not in text] == []


def test_what_was_typed_is_shown_as_it_was(keep: Keep, make_step: Callable[..., Step], reader: Reader) -> None:
    typed = Type(text="cp /home/erika/a /srv/b && open C:\\x\\y")
    text = reader(write_page(keep(make_step(0, Outcome("executed"), actions=(typed,)))).read_text("utf-8")).text
    assert f'"{typed.text}"' in text
