"""A picture that fails is taken again, of the display that is touched; one of another display is not touched by."""

import time
from collections.abc import Callable, Iterator

import pytest

from handeye.actions.geometry import Point, Size
from handeye.environments.android.environment import AndroidEnvironment
from handeye.environments.errors import ActionRejected, EnvironmentLost
from handeye.environments.observation import Observation
from handeye.environments.simulated_phone.commands import table
from handeye.environments.simulated_phone.phone import SimulatedPhone
from handeye.environments.simulated_phone.shell.call import Call

Act = Callable[..., Observation]
Find = Callable[[str], tuple[int, int]]
Use = Callable[..., Observation]


@pytest.fixture
def use(phone: SimulatedPhone, android: AndroidEnvironment) -> Iterator[Use]:
    """Makes the phone one with quirks, and connects to it as to an unknown one."""
    size = phone.evaluate("() => innerWidth * devicePixelRatio")
    assert size == 720

    def use(*quirks: str) -> Observation:
        phone.reset(quirks)
        _camera(android)._encoding = None
        return android.reset()

    yield use
    _camera(android)._encoding = None


def _camera(android: AndroidEnvironment):  # type: ignore[no-untyped-def]
    session = android._connection._session
    assert session is not None
    return session.viewer.camera


@pytest.mark.slow
@pytest.mark.parametrize(
    "quirk", ["flaky-picture", "noisy-picture", "wide-colour", "foldable-closed", "foldable-warning"]
)
def test_it_is_the_screen_all_the_same(use: Use, act: Act, find: Find, quirk: str) -> None:
    assert use(quirk).size == Size(720, 1600)
    seen = act("click", point=find("Settings"))
    deadline = time.monotonic() + 60
    while seen.app != "com.android.settings" and time.monotonic() < deadline:
        seen = act("wait_until_stable")
    assert seen.app == "com.android.settings"


@pytest.mark.slow
def test_folding_changes_the_display_that_is_captured(
    phone: SimulatedPhone, use: Use, android: AndroidEnvironment
) -> None:
    use("foldable-open")
    before = _camera(android).panel
    phone.reset(["foldable-closed"])
    assert android.observe().size == Size(720, 1600)
    assert before is not None is not _camera(android).panel != before


def test_pixels_of_another_format_are_read_as_a_png(use: Use, android: AndroidEnvironment) -> None:
    use("wide-colour")
    for encoding in ("raw", "gzip"):
        _camera(android)._encoding = encoding
        assert android.observe().size == Size(720, 1600)
        assert _camera(android).encoding == "png"


@pytest.mark.slow
def test_a_picture_in_other_pixels_than_touches_is_not_touched_by(
    use: Use, android: AndroidEnvironment, act: Act
) -> None:
    use("size-override")
    android.shell(["wm", "size", "600x1334"])
    try:
        seen = android.observe()
        assert any("Touches are refused: " in notice for notice in seen.notices)
        for kind, fields in (("click", {"point": [100, 100]}), ("scroll", {"point": [100, 100], "dy": 300})):
            with pytest.raises(ActionRejected, match="screenshot has 720x1600 pixels and the touch screen 600x1334"):
                act(kind, **fields)
        assert act("open_app", name="Settings").app == "com.android.settings"
    finally:
        android.shell(["wm", "size", "reset"])


@pytest.mark.slow
def test_a_picture_that_is_not_turned_is_not_touched_by(use: Use, android: AndroidEnvironment, act: Act) -> None:
    use("unturned-picture")
    android.shell(["wm", "user-rotation", "lock", "3"])
    android.observe()
    with pytest.raises(ActionRejected, match="does not turn its screenshots with the screen"):
        act("click", point=Point(100, 1500))


def test_the_phones_own_words_are_told_at_last(android: AndroidEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    async def screencap(call: Call) -> int:
        await call.complain("Failed to take screenshot. Status: -38\n")
        return 1

    monkeypatch.setattr("handeye.environments.android.camera._PAUSE", 0.0)
    monkeypatch.setitem(table.COMMANDS, "screencap", screencap)  # type: ignore[arg-type]
    with pytest.raises(EnvironmentLost, match=r"did not return a screenshot: Failed to take screenshot. Status: -38"):
        android.observe()


@pytest.mark.slow
def test_a_phone_that_names_no_focus_is_waited_for_once(use: Use, android: AndroidEnvironment, act: Act) -> None:
    use("null-focus")
    looks = 0
    viewer = android._connection._session.viewer  # type: ignore[union-attr]
    look = viewer.look

    def counted():  # type: ignore[no-untyped-def]
        nonlocal looks
        looks += 1
        return look()

    viewer.look = counted  # type: ignore[method-assign]
    act("press", keys=["volumeup"])
    act("press", keys=["volumeup"])
    looks = 0
    assert act("press", keys=["volumedown"]).app == "com.android.launcher3"
    assert looks <= 8  # the volume bar fades out; a wait up to the limit takes many more


@pytest.mark.slow
@pytest.mark.parametrize(
    ("quirk", "said"),
    [
        ("permission-window", "The system asks for a permission: "),
        ("crash-window", "The system says that org.handeye.notes has crashed: "),
        ("anr-window", "The system says that org.handeye.notes is not responding: "),
    ],
)
def test_what_the_system_asks_is_told_in_its_words(use: Use, act: Act, quirk: str, said: str) -> None:
    use(quirk)
    (notice,) = [notice for notice in act("open_app", name="Notes").notices if notice.startswith("The system")]
    assert notice.startswith(said)
    assert "Notes" in notice.removeprefix(said)


@pytest.mark.slow
def test_an_app_that_did_not_open_was_not_opened(use: Use, act: Act) -> None:
    for quirk, why in (
        ("am-without-service", "find service"),
        ("start-denied", "not exported"),
        ("start-quiet", "no reason"),
    ):
        use(quirk)
        with pytest.raises(ActionRejected, match=why):
            act("open_app", name="Clock")


def test_a_screen_that_is_off_receives_nothing(android: AndroidEnvironment, act: Act) -> None:
    act("press", keys=["sleep"])
    for kind, fields in (("click", {"point": [9, 9]}), ("type", {"text": "x"})):
        with pytest.raises(ActionRejected, match="screen is off"):
            act(kind, **fields)
    act("press", keys=["wakeup"])
