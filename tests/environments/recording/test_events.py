"""What a person's events amount to."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handeye.actions.fields import MAX_PATH, MAX_TEXT
from handeye.actions.geometry import Point
from handeye.actions.schema import (
    Action,
    Back,
    Click,
    Drag,
    LongPress,
    Navigate,
    Press,
    Scroll,
    Type,
    dump,
    load,
)
from handeye.environments.recording.events import (
    ButtonDown,
    ButtonUp,
    Chord,
    Composer,
    Did,
    HandEvent,
    KeyDown,
    KeyUp,
    Moved,
    Wheel,
    Wrote,
    simplified,
)

HERE, NEAR, FAR = Point(100, 100), Point(102, 101), Point(180, 140)


def compose(*events: HandEvent) -> list[Action]:
    """Return the actions that events amount to."""
    composer = Composer()
    deeds = [deed for event in events for deed in composer.feed(event)]
    return [deed.action for deed in (*deeds, *composer.finish())]


def click(time: float, point: Point = HERE, **more: object) -> tuple[HandEvent, HandEvent]:
    return ButtonDown(time, point, **more), ButtonUp(time + 0.05, point)  # type: ignore[arg-type]


def typed(time: float, text: str) -> list[HandEvent]:
    return [Wrote(time + number * 0.1, character) for number, character in enumerate(text)]


def test_a_click() -> None:
    assert compose(*click(1)) == [Click(point=HERE)]
    assert compose(*click(1, button="right", modifiers=("shift", "ctrl"))) == [
        Click(point=HERE, button="right", modifiers=("ctrl", "shift"))
    ]


def test_a_hand_that_trembles_still_clicks() -> None:
    assert compose(ButtonDown(1, HERE), Moved(1.02, NEAR), ButtonUp(1.1, NEAR)) == [Click(point=HERE)]


@pytest.mark.parametrize(("times", "counts"), [((1, 1.3), [2]), ((1, 1.3, 1.6), [3]), ((1, 1.3, 1.6, 1.9), [3, 1])])
def test_clicks_in_a_row_are_one(times: tuple[float, ...], counts: list[int]) -> None:
    actions = compose(*(event for time in times for event in click(time, NEAR if time > 1 else HERE)))
    assert [action.count for action in actions if isinstance(action, Click)] == counts


@pytest.mark.parametrize(
    "second", [click(2), click(1.3, FAR), click(1.3, button="right"), click(1.3, modifiers=("ctrl",))]
)
def test_other_clicks_are_clicks_of_their_own(second: tuple[HandEvent, HandEvent]) -> None:
    assert len(compose(*click(1), *second)) == 2


def test_a_button_held_is_a_long_press() -> None:
    assert compose(ButtonDown(1, HERE), ButtonUp(2.26, NEAR)) == [LongPress(point=HERE, seconds=1.3)]
    assert compose(ButtonDown(1, HERE, "right"), ButtonUp(2.25, NEAR)) == [Click(point=HERE, button="right")]


def test_a_button_held_and_moved_is_a_drag() -> None:
    path = [Point(100 + step, 100 + abs(50 - step)) for step in range(101)]
    moved = [Moved(1 + number / 100, point) for number, point in enumerate(path)]
    events = (ButtonDown(1, path[0], "left", ("shift",)), *moved, ButtonUp(3, path[-1]))
    assert compose(*events) == [Drag(path=(path[0], path[50], path[-1]), modifiers=("shift",))]


def test_a_press_whose_release_nobody_saw_is_dropped() -> None:
    assert compose(ButtonDown(1, HERE), *click(2, FAR)) == [Click(point=FAR)]
    assert compose(ButtonUp(1, HERE), Moved(2, FAR)) == []
    assert compose(*click(1), ButtonDown(3, FAR)) == [Click(point=HERE)]


def test_turns_of_the_wheel_are_one_scroll() -> None:
    assert compose(Wheel(1, HERE, 0, 120), Wheel(1.2, NEAR, 0, 120), Wheel(1.4, HERE, 3.4, 0)) == [
        Scroll(point=HERE, dx=3, dy=240)
    ]
    assert compose(Wheel(1, HERE, 0, 120), Wheel(3, HERE, 0, -120)) == [
        Scroll(point=HERE, dy=120),
        Scroll(point=HERE, dy=-120),
    ]
    assert compose(Wheel(1, HERE, 0, 120), Wheel(1.1, HERE, 0, -120)) == []
    assert compose(Wheel(1, HERE, 0, 9, ("ctrl",))) == [Scroll(point=HERE, dy=9, modifiers=("ctrl",))]


def test_characters_are_one_text() -> None:
    assert compose(*typed(1, "Grüße 你好👩‍💻")) == [Type(text="Grüße 你好👩‍💻")]
    assert compose(*typed(1, "ab"), KeyDown(2, "enter"), *typed(3, "cd")) == [
        Type(text="ab", submit=True),
        Type(text="cd"),
    ]
    assert compose(*typed(1, "ab"), *click(2), *typed(3, "cd")) == [Type(text="ab"), Click(point=HERE), Type(text="cd")]


def test_a_slip_is_put_right() -> None:
    slip = KeyDown(2, "backspace")
    assert compose(*typed(1, "abx"), slip, *typed(3, "c")) == [Type(text="abc")]
    # What the first character replaced is gone, so it counts.
    assert compose(*typed(1, "a"), slip) == [Type(text="a"), Press(keys=("backspace",))]
    assert compose(slip) == [Press(keys=("backspace",))]


def test_a_secret_is_a_name() -> None:
    events = (Wrote(1, secret="password"), Wrote(1.1, secret="password"), KeyDown(1.2, "backspace"))
    assert compose(*events, Wrote(1.3, secret="password"), KeyDown(1.4, "enter")) == [
        Type(secret="password", submit=True)
    ]
    assert compose(*typed(1, "me"), Wrote(2, secret="password")) == [Type(text="me"), Type(secret="password")]


def test_what_is_pasted_may_be_long() -> None:
    actions = compose(Wrote(1, "x" * (MAX_TEXT + 5)))
    assert [len(action.text or "") for action in actions if isinstance(action, Type)] == [MAX_TEXT, 5]
    assert compose(Wrote(1, "a\r\nb\x00\x1b")) == [Type(text="a\nb")]


def test_keys_and_chords() -> None:
    assert compose(KeyDown(1, "ctrl"), KeyDown(1.1, "C", ("ctrl",))) == [Press(keys=("ctrl", "c"))]
    assert compose(KeyDown(1, "tab", ("shift",))) == [Press(keys=("shift", "tab"))]
    assert compose(KeyDown(1, "j")) == [Press(keys=("j",))]
    assert compose(KeyDown(1, "enter")) == [Press(keys=("enter",))]


def test_a_modifier_alone_counts_if_it_does_something_alone() -> None:
    assert compose(KeyDown(1, "alt"), KeyUp(1.1, "alt")) == [Press(keys=("alt",))]
    assert compose(KeyDown(1, "shift"), KeyUp(1.1, "shift")) == []
    assert compose(KeyDown(1, "alt"), KeyDown(1.1, "tab", ("alt",)), KeyUp(1.2, "tab"), KeyUp(1.3, "alt")) == [
        Press(keys=("alt", "tab"))
    ]
    assert compose(KeyDown(1, "alt"), *click(1.1, modifiers=("alt",)), KeyUp(1.4, "alt")) == [
        Click(point=HERE, modifiers=("alt",))
    ]


def test_a_modifier_of_a_chord_that_is_told_otherwise_does_nothing_alone() -> None:
    assert compose(KeyDown(1, "alt"), Chord(1.1), KeyUp(1.2, "alt")) == []
    assert compose(Chord(1), KeyDown(1.1, "alt"), KeyUp(1.2, "alt")) == [Press(keys=("alt",))]
    assert compose(*typed(1, "a"), KeyDown(2, "alt"), Chord(2.1), KeyUp(2.2, "alt"), *typed(3, "b")) == [
        Type(text="ab")
    ]


def test_what_is_an_action_already_stays_one() -> None:
    opened = load({"type": "navigate", "url": "https://example.org/"})
    assert isinstance(opened, Navigate)
    assert compose(*typed(1, "a"), Did(2, opened), Did(3, Back())) == [Type(text="a"), opened, Back()]


def test_a_deed_is_told_when_nothing_can_be_added_to_it() -> None:
    composer = Composer()
    down, up = click(10)
    assert (composer.feed(down), composer.feed(up), composer.flush(10.3)) == ((), (), ())
    (deed,) = composer.flush(10.6)
    assert (deed.began, deed.ended, deed.action) == (10, 10.05, Click(point=HERE))
    assert composer.flush(99) == composer.finish() == ()
    composer.feed(Wheel(20, HERE, 0, 1))
    assert composer.flush(20.5) == () and len(composer.flush(20.8)) == 1
    composer.feed(Wrote(30, "a"))
    assert composer.flush(99) == () and len(composer.finish()) == 1


POINTS = st.builds(Point, st.integers(0, 999), st.integers(0, 999))


def test_a_wild_path_is_cut_to_what_an_action_holds() -> None:
    path = [Point(number, 500 * (number % 2)) for number in range(150)]
    assert 2 <= len(simplified(path)) <= MAX_PATH


@settings(max_examples=15)
@given(st.lists(POINTS, min_size=2, max_size=20))
def test_a_simplified_path_is_short_and_near(path: list[Point]) -> None:
    kept = simplified(path)
    assert 2 <= len(kept) <= max(2, MAX_PATH) and (kept[0], kept[-1]) == (path[0], path[-1])
    for point in path:
        assert min(_off(point, a, b) for a, b in itertools.pairwise(kept)) <= 2.01
    assert all(point in path for point in kept)


def _off(point: Point, start: Point, end: Point) -> float:
    steps = max(1, round(2 * math.dist(start, end)))
    return min(
        math.dist(point, (start.x + (end.x - start.x) * n / steps, start.y + (end.y - start.y) * n / steps))
        for n in range(steps + 1)
    )


HELD = st.lists(st.sampled_from(["ctrl", "alt", "shift", "meta"]), unique=True).map(tuple)
KEYS = st.sampled_from(["enter", "backspace", "tab", "ctrl", "alt", "meta", "shift", "a", "Z", "ß", "f5"])
EVENTS = st.one_of(
    st.builds(ButtonDown, st.just(0.0), POINTS, st.sampled_from(["left", "right", "middle"]), HELD),
    st.builds(ButtonUp, st.just(0.0), POINTS),
    st.builds(Moved, st.just(0.0), POINTS),
    st.builds(Wheel, st.just(0.0), POINTS, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), HELD),
    st.builds(KeyDown, st.just(0.0), KEYS, HELD),
    st.builds(KeyUp, st.just(0.0), KEYS),
    st.builds(Chord, st.just(0.0)),
    st.builds(Wrote, st.just(0.0), st.text(max_size=5)),
    st.builds(Wrote, st.just(0.0), st.just(""), st.sampled_from(["password", "pin"])),
    st.just(Did(0.0, Back())),
)


@settings(max_examples=40)
@given(st.lists(st.tuples(EVENTS, st.floats(0, 2)), max_size=40))
def test_any_events_amount_to_actions_in_their_order(events: list[tuple[HandEvent, float]]) -> None:
    composer, deeds, time = Composer(), [], 1000.0
    for event, later in events:
        time += later
        deeds += composer.flush(time)
        deeds += composer.feed(type(event)(time, *_rest(event)))
    deeds += composer.finish()
    assert composer.finish() == ()
    for deed in deeds:
        assert 1000 <= deed.began <= deed.ended <= time
        assert load(dump(deed.action)) == deed.action
    assert [deed.ended for deed in deeds] == sorted(deed.ended for deed in deeds)


def _rest(event: HandEvent) -> list[object]:
    return [getattr(event, name) for name in type(event).__slots__ if name != "time"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=9), min_size=1))
def test_no_character_is_lost(pieces: list[str]) -> None:
    actions = compose(*(Wrote(number, piece) for number, piece in enumerate(pieces)))
    assert "".join(action.text or "" for action in actions if isinstance(action, Type)) == "".join(pieces)
