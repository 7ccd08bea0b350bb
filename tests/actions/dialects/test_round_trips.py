"""What is written is read back as the same: for every action, in the unified format and in both tools of Qwen."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.catalog import DIALECTS
from handeye.actions.dialects.dialect import Dialect, Inexpressible, Seen
from handeye.actions.dialects.grounding.answers import ANSWERS
from handeye.actions.dialects.qwen.dialect import COMPUTER_USE, MOBILE_USE
from handeye.actions.dialects.unified import UNIFIED
from handeye.actions.geometry import Box, Frame, Point, Size
from handeye.actions.keys import MODIFIERS, NAMED_KEYS
from handeye.actions.schema import (
    ACTION_TYPES,
    Answer,
    AnyAction,
    AskUser,
    Back,
    Click,
    CloseTab,
    Drag,
    Hold,
    Home,
    LongPress,
    Move,
    Navigate,
    NewTab,
    Note,
    OpenApp,
    Press,
    RecentApps,
    Scroll,
    SwitchTab,
    Terminate,
    Type,
    Wait,
    WaitUntilStable,
    Zoom,
    dump,
    load,
)

FRAME = Frame("model image", Size(1288, 728))
SEEN = Seen(FRAME)

xs, ys = st.integers(0, FRAME.size.width - 1), st.integers(0, FRAME.size.height - 1)
points = st.builds(Point, xs, ys)
boxes = st.tuples(
    st.sets(st.integers(0, 1288), min_size=2, max_size=2), st.sets(st.integers(0, 728), min_size=2, max_size=2)
).map(lambda sides: Box(min(sides[0]), min(sides[1]), max(sides[0]), max(sides[1])))
modifiers = st.sets(st.sampled_from(MODIFIERS)).map(tuple)
buttons = st.sampled_from(["left", "right", "middle"])
# Whatever one may type, and what could be taken for the end of a string, a call or a thought.
SNARES = (
    *('"', "'", '", "', '"}', "</tool_call>", "<think>", "</thinking>", "```", "{", "\\", "\n", "⚗", "📐"),
    *("')", "', x='", "</action>", "</answer>", "\n```\n", "\nAction: click(1)", "#", "## Code:", "\uff09", "\t", ";"),
)
snares = st.sampled_from(SNARES)
texts = st.lists(snares | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12), max_size=6).map("".join)
filled = texts.filter(bool)
names = st.text(string.ascii_letters + "äß中 .'\"", min_size=1, max_size=20).map(str.strip).filter(bool)
addresses = st.sampled_from(["https://example.org/", "http://localhost:8000/a?b=c&d={e}", "about:blank"])
keys = st.lists(
    st.sampled_from(sorted(NAMED_KEYS)) | st.sampled_from("abcxyz0189+-,./[]'\"{}é"),
    min_size=1,
    max_size=4,
    unique=True,
).map(tuple)
holds = st.floats(0.01, 60)
waits = st.floats(0, 600) | st.integers(0, 600)
distances = st.integers(-5000, 5000)
indexes = st.integers(0, 30)

actions: st.SearchStrategy[AnyAction] = st.one_of(
    st.builds(Click, point=points, button=buttons, count=st.integers(1, 3), modifiers=modifiers),
    st.builds(LongPress, point=points, seconds=holds),
    st.builds(Move, point=points),
    st.builds(
        Drag,
        path=st.lists(points, min_size=2, max_size=4).map(tuple),
        button=buttons,
        modifiers=modifiers,
        hold_seconds=st.just(0.0) | holds,
    ),
    st.builds(Scroll, point=points, dx=distances, dy=distances.filter(bool), modifiers=modifiers),
    st.builds(Type, text=filled, clear=st.booleans(), submit=st.booleans()),
    st.builds(Type, secret=names, clear=st.booleans(), submit=st.booleans()),
    st.builds(Press, keys=keys),
    st.builds(Hold, keys=keys, seconds=holds),
    st.builds(Wait, seconds=waits),
    st.builds(WaitUntilStable, seconds=waits),
    st.builds(OpenApp, name=names),
    st.builds(Navigate, url=addresses),
    st.builds(Back),
    st.builds(Home),
    st.builds(RecentApps),
    st.builds(SwitchTab, index=indexes),
    st.builds(NewTab, url=st.none() | addresses),
    st.builds(CloseTab, index=st.none() | indexes),
    st.builds(Zoom, box=boxes),
    st.builds(Note, text=texts),
    st.builds(Answer, text=texts),
    st.builds(AskUser, text=texts),
    st.builds(Terminate, status=st.sampled_from(["success", "failure", "infeasible"]), message=texts),
)
# What each tool of Qwen can say in full.
shared = st.one_of(
    st.builds(Type, text=filled, submit=st.booleans()),
    st.builds(Wait, seconds=waits),
    st.builds(Terminate, status=st.sampled_from(["success", "failure"])),
    st.builds(Drag, path=st.tuples(points, points), hold_seconds=st.just(0.0) | holds),
    st.builds(Click, point=points),
    st.builds(Hold, keys=keys, seconds=holds),
    st.builds(Type, text=texts, clear=st.just(True), submit=st.booleans()),
    st.builds(Type, secret=names, submit=st.booleans()),
    st.builds(Answer, text=texts),
    st.builds(AskUser, text=texts),
    st.builds(Terminate, status=st.just("infeasible"), message=texts),
)
computer_actions: st.SearchStrategy[AnyAction] = st.one_of(
    shared,
    st.builds(Click, point=points, button=buttons),
    st.builds(Click, point=points, count=st.just(2)),
    st.builds(Move, point=points),
    st.builds(Click, point=points, count=st.just(3)),
    st.builds(Click, point=points, modifiers=modifiers),
    st.builds(Scroll, point=points, dy=distances.filter(bool)),
    st.builds(Scroll, point=points, dx=distances.filter(bool)),
    st.builds(LongPress, point=points, seconds=holds),
    st.builds(Press, keys=keys),
    st.builds(OpenApp, name=names),
    st.builds(Navigate, url=addresses),
    st.builds(Back),
    st.builds(SwitchTab, index=indexes),
    st.builds(NewTab, url=st.none() | addresses),
    st.builds(CloseTab, index=st.none() | indexes),
)
phone_keys = [key for key in sorted({*NAMED_KEYS, *"abc019+-,./[]'"}) if key not in {f"f{n}" for n in range(13, 25)}]
mobile_actions: st.SearchStrategy[AnyAction] = st.one_of(
    shared,
    st.builds(Click, point=points, count=st.just(2)),
    st.builds(LongPress, point=points, seconds=holds),
    st.builds(Press, keys=st.sampled_from(phone_keys).map(lambda key: (key,))),
    st.builds(OpenApp, name=names),
    st.builds(Back),
    st.builds(Home),
    st.builds(RecentApps),
)


@given(actions)
def test_json(action: AnyAction) -> None:
    assert load(dump(action)) == action


@given(actions, texts)
def test_unified(action: AnyAction, thought: str) -> None:
    reading = UNIFIED.read(UNIFIED.write(action, FRAME, thought), SEEN)
    assert reading.problem is None
    assert reading.actions == (action,)
    assert reading.thought == thought.strip()
    assert reading.notes == ()


@given(st.lists(actions, min_size=2, max_size=4))
def test_several_unified_steps(batch: list[AnyAction]) -> None:
    reading = UNIFIED.read("\n\n".join(UNIFIED.write(action, FRAME) for action in batch), SEEN)
    assert reading.actions == tuple(batch)


@given(computer_actions, names, names)
def test_computer_use(action: AnyAction, thought: str, conclusion: str) -> None:
    reading = COMPUTER_USE.read(COMPUTER_USE.write(action, FRAME, thought, conclusion), SEEN)
    assert reading.problem is None
    assert reading.actions == (action,)
    assert (reading.thought, reading.conclusion, reading.notes) == (thought, conclusion, ())


@given(mobile_actions, names, names)
def test_mobile_use(action: AnyAction, thought: str, conclusion: str) -> None:
    reading = MOBILE_USE.read(MOBILE_USE.write(action, FRAME, thought, conclusion), SEEN)
    assert reading.problem is None
    assert reading.actions == (action,)
    assert (reading.thought, reading.conclusion, reading.notes) == (thought, conclusion, ())


def same(action: AnyAction, other: AnyAction, dialect: Dialect) -> bool:
    """Whether two actions are equal, but for the distance of a scroll in the same direction and the time of a wait.

    Of points in thousandths, whether both are written alike.
    """
    if dialect.points.unit == "thousandths" and action.type == other.type:
        return dialect.tell(action, FRAME) == dialect.tell(other, FRAME)
    if isinstance(action, Wait) and isinstance(other, Wait):
        return True
    if isinstance(action, Scroll) and isinstance(other, Scroll):
        signs = ((action.dx > 0, action.dx < 0, action.dy > 0, action.dy < 0) for action in (action, other))
        return len(set(signs)) == 1 and (action.point, action.modifiers) == (other.point, other.modifiers)
    return action == other


each = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)


@each
@given(action=actions | computer_actions | mobile_actions)
def test_a_dialect_says_all_of_an_action_or_refuses(dialect: Dialect, action: AnyAction) -> None:
    try:
        text = dialect.write(action, FRAME)
    except Inexpressible as error:
        assert dialect.name in str(error) and "\n" not in str(error)
        return
    assert action.type in dialect.says
    for said in (text, "\n".join(dialect.tell(action, FRAME))):
        (read,) = dialect.read(said, SEEN).actions
        assert same(read, action, dialect)


PLAIN = [
    {"type": "click", "point": [0, 0]},
    {"type": "click", "point": [1287, 727]},
    {"type": "click", "point": [644, 364]},
    {"type": "long_press", "point": [1287, 0]},
    {"type": "move", "point": [0, 727]},
    {"type": "drag", "path": [[0, 0], [1287, 727]]},
    *({"type": "scroll", "point": [644, 364], **way} for way in ({"dy": 5}, {"dy": -5}, {"dx": 5}, {"dx": -5})),
    {"type": "type", "text": "a"},
    *({"type": "type", "text": f"a{snare} b{snare}"} for snare in SNARES),
    {"type": "type", "text": "a", "submit": True},
    {"type": "type", "text": "a", "clear": True, "submit": True},
    {"type": "press", "keys": ["enter"]},
    {"type": "press", "keys": ["ctrl", "c"]},
    {"type": "hold", "keys": ["right"], "seconds": 1.0},
    *({"type": "wait", "seconds": seconds} for seconds in (1.0, 2.0, 3.0, 5.0)),
    {"type": "wait_until_stable"},
    {"type": "open_app", "name": "a"},
    {"type": "navigate", "url": "https://a.b/"},
    {"type": "back"},
    {"type": "home"},
    {"type": "recent_apps"},
    {"type": "switch_tab", "index": 0},
    {"type": "new_tab"},
    {"type": "close_tab"},
    {"type": "zoom", "box": [0, 0, 5, 5]},
    {"type": "note", "text": "a"},
    {"type": "answer", "text": "a"},
    {"type": "ask_user", "text": "a"},
    {"type": "ask_user", "text": ""},
    *({"type": "terminate", "status": status} for status in ("success", "failure", "infeasible")),
]
"""Every type of action in plain forms, with the corners and the centre of the frame."""


@each
def test_what_a_dialect_says_it_says_in_a_plain_form(dialect: Dialect) -> None:
    said = set()
    for members in PLAIN:
        action = load(members)
        try:
            text = dialect.write(action, FRAME)
        except Inexpressible:
            continue
        (read,) = dialect.read(text, SEEN).actions
        assert same(read, action, dialect)
        said.add(action.type)
    assert said == dialect.says


@each
def test_what_a_dialect_says_is_in_what_is_told_to_the_model(dialect: Dialect) -> None:
    told = dialect.describe(FRAME.size, Abilities(ACTION_TYPES, secrets=("pin",)))
    for kind in dialect.says:
        assert dialect.name in ANSWERS or str(dialect.word(kind)).split()[0].split(".")[0] in told, kind


@each
def test_every_other_type_has_a_reason(dialect: Dialect) -> None:
    assert dialect.says | dialect.unsaid.keys() == ACTION_TYPES
    assert not dialect.says & dialect.unsaid.keys()
    assert all(reason and "\n" not in reason for reason in dialect.unsaid.values())
    assert all(dialect.word(kind) for kind in dialect.says)


@each
def test_the_thought_and_the_conclusion_are_read_back_where_they_have_a_place(dialect: Dialect) -> None:
    click = Click(point=Point(1, 2))
    reading = dialect.read(dialect.write(click, FRAME, "It's below: the button.", "Clicked OK."), SEEN)
    assert reading.actions == (click,)
    assert reading.thought == "It's below: the button."
    assert reading.conclusion in ("Clicked OK.", "")
