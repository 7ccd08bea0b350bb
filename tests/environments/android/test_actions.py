"""What actions do on a phone, over a real adb server."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from handeye.actions.geometry import Size
from handeye.actions.schema import Scroll
from handeye.environments.android.adb_server import AdbServer
from handeye.environments.android.apps import opening
from handeye.environments.android.environment import AndroidEnvironment
from handeye.environments.contract.targets import TargetServer
from handeye.environments.contract.targets_show import TargetShow
from handeye.environments.errors import ActionPartial, ActionRejected, AdbFailed
from handeye.environments.observation import Observation
from handeye.environments.simulated_phone.phone import SimulatedPhone

Act = Callable[..., Observation]
Find = Callable[[str], tuple[int, int]]

_PAGE = """<div style="width:3000px;height:9000px;touch-action:auto"></div><script>
const px = length => Math.floor(devicePixelRatio * length);
let told = Promise.resolve();  // one after the other: requests that are made together arrive in any order
const tell = (kind, x, y) => {
  const event = `/event?${kind},${px(x)},${px(y)},${Math.round(performance.now())}`;
  told = told.then(() => fetch(event));
};
for (const kind of ["touchstart", "touchend"])
  addEventListener(kind, event => tell(kind, event.changedTouches[0].screenX, event.changedTouches[0].screenY));
for (const kind of ["scroll", "scrollend"]) addEventListener(kind, () => tell(kind, scrollX, scrollY));
</script>"""


class Event(NamedTuple):
    kind: str
    x: int
    y: int
    milliseconds: int


class Page:
    """A page in the phone's browser that tells what reaches it."""

    def __init__(self, site: Any) -> None:
        self._site = site
        self._from = len(site.requested)

    @property
    def events(self) -> list[Event]:
        """The kinds and places, in pixels, since the last `forget`."""
        told = [path[7:].split(",") for path in self._site.requested[self._from :] if path.startswith("/event?")]
        return [Event(kind, *map(int, numbers)) for kind, *numbers in told]

    def wait(self, kind: str, count: int = 1) -> list[Event]:
        deadline = time.monotonic() + 60
        while sum(event.kind == kind for event in self.events) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.events

    def forget(self) -> None:
        self._from = len(self._site.requested)


@pytest.fixture
def page(android: AndroidEnvironment, act: Act, site: Any) -> Page:
    address = site.page(_PAGE)
    android.shell(["am", "start", "-W", "-a", "android.intent.action.VIEW", "-d", address])
    act("wait_until_stable")
    return Page(site)


def test_what_is_observed(android: AndroidEnvironment, act: Act) -> None:
    seen = act("open_app", name="settings")
    assert seen.size == Size(720, 1600) == seen.image.size
    assert seen.app == "com.android.settings"
    assert seen.title == "com.android.settings.Settings"
    assert seen.notices == ()
    assert seen.transforms[0].point(seen.frame.box.center) == seen.frame.box.center


def test_taps_reach_the_pixel_they_name(act: Act, page: Page) -> None:
    landed = []
    for point in ([300, 700], [303, 801], [718, 1001]):
        page.forget()
        act("click", point=point)
        down, up = page.wait("touchend")
        assert [(down.kind, *down[1:3]), (up.kind, *up[1:3])] == [("touchstart", *down[1:3]), ("touchend", *down[1:3])]
        landed.append(down[1:3])
    # From one to the next: a Chromium with windows counts from the corner of its window. The page of targets proves
    # where they are.
    (x, y), *others = landed
    assert [(there[0] - x, there[1] - y) for there in others] == [(3, 101), (418, 301)]


@pytest.mark.slow
def test_double_taps_and_long_presses(act: Act, page: Page) -> None:
    act("click", point=[360, 800], count=2)
    assert [event.kind for event in page.wait("touchend", 2)].count("touchstart") == 2
    page.forget()
    act("long_press", point=[360, 800], seconds=0.8)
    down, up = page.wait("touchend")
    assert up.milliseconds - down.milliseconds >= 780


@pytest.mark.slow
def test_a_scroll_moves_the_content_by_what_was_asked_and_no_farther(act: Act, page: Page) -> None:
    def scrolled(**distances: int) -> tuple[int, int]:
        page.forget()
        act("scroll", point=[360, 800], **distances)
        end = next(event for event in page.wait("scrollend") if event.kind == "scrollend")
        return end.x, end.y

    there = scrolled(dy=400)
    assert there[1] == pytest.approx(400, abs=2)
    back = scrolled(dy=-200)
    assert there[1] - back[1] == pytest.approx(200, abs=2)
    assert scrolled(dx=200)[0] == pytest.approx(200, abs=2)


@pytest.mark.slow
def test_a_form_in_a_page_is_filled_and_sent(android: AndroidEnvironment, act: Act, site: Any) -> None:
    form = """<form onsubmit="fetch('/sent?' + encodeURIComponent(this.field.value)); return false">
      <input name="field" style="width:100%;height:300px"></form>"""
    address = site.page(form, "/form")
    android.shell(["am", "start", "-W", "-a", "android.intent.action.VIEW", "-d", address])
    act("wait_until_stable")
    act("click", point=[360, 500])
    seen = act("type", text="a & b", clear=True, submit=True)
    assert not [notice for notice in seen.notices if "field" in notice]
    deadline = time.monotonic() + 60
    while "/sent?a%20%26%20b" not in site.requested and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "/sent?a%20%26%20b" in site.requested


@pytest.mark.slow
def test_drags_along_two_and_more_points(act: Act, page: Page) -> None:
    act("drag", path=[[360, 1100], [360, 600]])
    kinds = [event.kind for event in page.wait("scroll")]
    assert kinds[0] == "touchstart"
    page.forget()
    act("drag", path=[[200, 600], [600, 600], [600, 1000]])
    assert "touchstart" in [event.kind for event in page.wait("touchend")]


@pytest.mark.slow
def test_the_buttons_of_a_phone(act: Act, phone: SimulatedPhone) -> None:
    act("open_app", name="com.android.settings")
    assert act("home").app == "com.android.launcher3"
    act("recent_apps")
    assert act("home").app == "com.android.launcher3"
    assert act("open_app", name="Clock").app == "com.android.deskclock"
    assert act("back").app == "com.android.launcher3"
    shade = act("drag", path=[[200, 0], [200, 900]])
    assert (shade.app, shade.title) == ("com.android.systemui", "NotificationShade")


def test_volume_keys_change_the_volume(android: AndroidEnvironment, act: Act) -> None:
    before = android.shell(["settings", "get", "system", "volume_music"])
    act("press", keys=["volumeup"])
    assert android.shell(["settings", "get", "system", "volume_music"]) != before


def test_a_screen_that_is_off_or_locked_says_so(act: Act) -> None:
    off = act("press", keys=["power"])
    assert "The screen is off: press wakeup to turn it on." in off.notices
    on = act("press", keys=["wakeup"])
    assert on.notices == ("The phone is locked.",)


def test_a_protected_screen_says_so(act: Act) -> None:
    seen = act("open_app", name="Bank")
    assert any("forbids screenshots" in notice for notice in seen.notices)


@pytest.mark.slow
def test_a_turned_screen_is_followed_and_old_points_are_refused(android: AndroidEnvironment, act: Act) -> None:
    act("open_app", name="Settings")
    android.shell(["settings", "put", "system", "accelerometer_rotation", "0"])
    android.shell(["settings", "put", "system", "user_rotation", "1"])
    with pytest.raises(ActionRejected, match="was rotated since the screenshot, from 720x1600 to 1600x720"):
        act("click", point=[500, 900])
    assert android.observe().size == Size(1600, 720)
    assert act("click", point=[1500, 10]).size == Size(1600, 720)
    with pytest.raises(ActionRejected, match="lies outside"):
        act("click", point=[500, 720])


def test_what_a_phone_cannot_do_is_refused(act: Act) -> None:
    for kind, fields, why in (
        ("move", {"point": [1, 1]}, "`move` is not possible here"),
        ("click", {"point": [1, 1], "button": "right"}, "no right button"),
        ("click", {"point": [1, 1], "modifiers": ["ctrl"]}, "no key can be held"),
        ("click", {"point": [720, 1]}, "lies outside"),
        ("drag", {"path": [[0, 0], [0, 1600]]}, "lies outside"),
        ("hold", {"keys": ["a"], "seconds": 3}, "half a second, not for 3 s"),
        ("press", {"keys": ["f24"]}, "no key 'f24'"),
        ("press", {"keys": ["é"]}, "no key 'é'"),
        ("open_app", {"name": "$(reboot)"}, "no app"),
        ("open_app", {"name": "Setings"}, "similar ones: Settings"),
    ):
        with pytest.raises(ActionRejected, match=why.replace("$", r"\$").replace("(", r"\(")) as refused:
            act(kind, **fields)
        assert "\n" not in str(refused.value)


def test_elements_and_apps(android: AndroidEnvironment, act: Act, find: Find) -> None:
    assert "Settings" in {app.label for app in android.apps()}
    act("open_app", name="Settings")
    act("click", point=find("Display"))
    assert "Dark theme" in {element.text for element in android.elements()}


@pytest.mark.slow
def test_a_secret_is_in_no_element(android: AndroidEnvironment, act: Act, find: Find) -> None:
    act("open_app", name="Notes")
    act("click", point=find("New note"))
    act("click", point=find("Note"))
    act("type", secret="pin")
    texts = [element.text for element in android.elements()]
    assert "<pin>" in texts
    assert not [text for text in texts if "4711" in text]


@pytest.mark.slow
def test_a_scroll_without_end_ends(act: Act) -> None:
    act("open_app", name="Settings")
    with pytest.raises(ActionPartial, match="stopped short after 8 finger strokes: scroll again") as partly:
        act("scroll", point=[360, 800], dy=30_000)
    assert isinstance(partly.value.done, Scroll)
    assert 8 * 300 < partly.value.done.dy < 30_000


def test_an_app_that_never_tells_that_it_is_open(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handeye.environments.android.actions._OPEN_SECONDS", 1.0)
    monkeypatch.setattr("handeye.environments.android.actions.opening", lambda app: f"{opening(app)}; sleep 20")
    assert act("open_app", name="Clock").app == "com.android.deskclock"


@pytest.mark.slow
def test_a_port_of_the_phone_leads_here_until_the_end(phone: SimulatedPhone, adb: AdbServer) -> None:
    import adbutils

    device = adbutils.AdbClient("127.0.0.1", adb.port).device(phone.address)
    with AndroidEnvironment(phone.address, adb_port=adb.port) as android:
        android.reset()
        android.reverse(8123)
        assert [(one.remote, one.local) for one in device.reverse_list()] == [("tcp:8123", "tcp:8123")]
        with pytest.raises(AdbFailed, match="reverse port forwarding: this phone has tcp ports only"):
            android.reverse(70_000)
        with TargetServer() as server, TargetShow(server.url) as show:
            show(android)
            assert f"tcp:{urlsplit(server.url).port}" in {one.remote for one in device.reverse_list()}
    assert not list(device.reverse_list())


def test_a_harness_has_a_shell_with_quoted_words(android: AndroidEnvironment) -> None:
    assert android.shell(["echo", "a  b", "$(id)", "it's"]) == "a  b $(id) it's\n"
    with pytest.raises(AdbFailed, match="status 1"):
        android.shell(["cat", "/no/such/file"])
