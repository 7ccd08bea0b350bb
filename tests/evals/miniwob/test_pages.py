import io
import re
import urllib.request

import pytest
from PIL import Image, ImageChops

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Scroll, Wait
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.evals.miniwob import pages
from handeye.evals.miniwob.task import MiniWob, MiniWobTask


def begun(suite: MiniWob, name: str, seed: int = 1) -> tuple[MiniWobTask, BrowserEnvironment]:
    task, environment = suite.task(name, seed), suite.environment(name)
    task.setup(environment)
    environment.observe()
    return task, environment


def shown(environment: BrowserEnvironment, selector: str) -> object:
    return environment.evaluate("s => getComputedStyle(document.querySelector(s)).display", selector)


def test_the_125_registered_tasks_and_no_others() -> None:
    registered = (pages.folder().parent / "registration.py").read_text()
    names = {name for name in re.findall(r'id="miniwob/(.*)-v\d"', registered) if not name.startswith("flight.")}
    assert set(pages.names()) == names
    assert len(pages.names()) == 125
    assert names.isdisjoint(pages.HTML_ONLY)


def test_pages_are_served_on_loopback_as_utf_8() -> None:
    with pages.PageServer() as server:
        assert server.url("unicode-test").startswith("http://127.0.0.1:")
        with urllib.request.urlopen(server.url("unicode-test")) as answer:
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            assert "♥♥♥" in answer.read().decode()
    server.close()


@pytest.mark.parametrize("name", ["click-tab", *pages.LARGER_CLIPS])
def test_clips_are_whole_patches_of_the_viewport(name: str) -> None:
    left, top, right, bottom = pages.clip(name)
    assert (left, top) == (0, 0)
    assert right % 14 == 0
    assert bottom % 14 == 0
    assert right <= pages.VIEWPORT.width
    assert bottom <= pages.VIEWPORT.height


def test_what_tells_the_reward_is_hidden_and_the_query_bar_is_not(suite: MiniWob) -> None:
    _, environment = begun(suite, "click-tab")
    assert shown(environment, "#query") == "block"
    for selector in ("#reward-display", "#click-canvas", "#sync-task-cover"):
        assert shown(environment, selector) == "none"


def test_hiding_moves_nothing(suite: MiniWob) -> None:
    _, environment = begun(suite, "enter-text")
    place = "() => JSON.stringify([...document.querySelectorAll('#wrap *')].map(e => e.getBoundingClientRect()))"
    hidden = environment.evaluate(place)
    environment.evaluate("() => { document.adoptedStyleSheets = [] }")
    assert shown(environment, "#reward-display") == "block"
    assert environment.evaluate(place) == hidden


def test_focus_does_not_scroll_the_page(suite: MiniWob) -> None:
    task, environment = begun(suite, "login-user")
    for selector in ("#username", "#password"):
        environment.execute(Click(point=task.reader().spot(selector)))
        assert environment.evaluate("() => [scrollX, scrollY]") == [0, 0]
    environment.execute(Scroll(point=task.reader().spot("#username"), dx=500, dy=500))
    assert environment.evaluate("() => [scrollX, scrollY]") == [0, 0]


def test_there_is_no_time_limit(suite: MiniWob) -> None:
    _, environment = begun(suite, "enter-password")
    assert environment.evaluate("() => core.EPISODE_MAX_TIME / 86400000 | 0") == 24
    clock = environment.evaluate("() => document.querySelector('#timer-countdown').textContent")
    environment.evaluate("() => new Promise(resolve => setTimeout(resolve, 1100))")
    assert environment.evaluate("() => document.querySelector('#timer-countdown').textContent") == clock


def test_a_click_after_the_end_changes_nothing(suite: MiniWob) -> None:
    task, environment = begun(suite, "click-test")
    button = task.reader().spot("#subbtn")
    assert not task.ended()
    environment.execute(Click(point=button))
    assert task.ended()
    before = pages.verdict(environment.evaluate), environment.evaluate("() => WOB_EPISODE_ID")
    for point in (button, Point(160, 210)):
        environment.execute(Click(point=point))
    assert (pages.verdict(environment.evaluate), environment.evaluate("() => WOB_EPISODE_ID")) == before
    assert task.score().success


def test_a_screenshot_shows_the_clip_at_twice_its_size(suite: MiniWob) -> None:
    _, environment = begun(suite, "click-dialog")
    assert environment.observe().size == (336, 448)


@pytest.mark.parametrize("name", ["click-tab", "click-checkboxes", "email-inbox"])
def test_a_seed_is_one_screen(suite: MiniWob, name: str) -> None:
    def screen(seed: int) -> Image.Image:
        _, environment = begun(suite, name, seed)
        return Image.open(io.BytesIO(environment.observe().screenshot)).convert("RGB")

    first = screen(5)
    assert ImageChops.difference(first, screen(5)).getbbox() is None
    assert ImageChops.difference(first, screen(6)).getbbox() is not None


def test_utterances_that_are_dictionaries_are_read_too(suite: MiniWob) -> None:
    _, environment = begun(suite, "email-inbox-nl-turk")
    assert "{" not in pages.utterance(environment.evaluate)
    assert "object" not in pages.utterance(environment.evaluate)


@pytest.mark.slow
def test_every_page_starts(suite: MiniWob) -> None:
    environment = suite.environment("click-tab")
    environment.reset()
    with pages.PageServer() as server:
        for name in pages.names():
            environment.goto(server.url(name))
            assert pages.start(environment.evaluate, 1_000_000), name
            assert pages.verdict(environment.evaluate) == pages.Verdict(done=False, reward=0.0, reason=""), name


@pytest.mark.slow
def test_a_screen_does_not_depend_on_how_it_is_painted_nor_on_what_was_played_before(suite: MiniWob) -> None:
    """Each page alone in a browser that Chromium paints, and after others in the suite's."""
    script = pages.INIT_SCRIPT
    with (
        pages.PageServer() as server,
        BrowserEnvironment(
            viewport=pages.VIEWPORT,
            device_scale_factor=pages.DEVICE_SCALE_FACTOR,
            locale="en-US",
            timezone="UTC",
            init_script=script,
        ) as plain,
    ):
        for name in sorted({*pages.names()} - {"stock-market"}):  # which goes by its own clock
            for _ in range(3):  # once, unless the machine is too busy for one of the two
                _, environment = begun(suite, name, seed=7)
                width, height = pages.clip(name).size
                seen = environment.execute(Wait(seconds=0.1)).image
                plain.reset()
                plain.goto(server.url(name))
                pages.start(plain.evaluate, 7)
                alone = plain.execute(Wait(seconds=0.1)).image.crop((0, 0, 2 * width, 2 * height))
                if (difference := ImageChops.difference(seen, alone).getbbox()) is None:
                    break
            assert difference is None, name
