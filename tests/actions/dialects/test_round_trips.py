"""What is written is read back as the same: for every action, in the unified format and in both tools of Qwen."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.dialects.qwen import tools as qwen
from handeye.actions.dialects.qwen.tools import Inexpressible, Tool
from handeye.actions.dialects.unified import parse, render
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
TOOLS: tuple[Tool, Tool] = ("computer_use", "mobile_use")

xs, ys = st.integers(0, FRAME.size.width - 1), st.integers(0, FRAME.size.height - 1)
points = st.builds(Point, xs, ys)
boxes = st.tuples(
    st.sets(st.integers(0, 1288), min_size=2, max_size=2), st.sets(st.integers(0, 728), min_size=2, max_size=2)
).map(lambda sides: Box(min(sides[0]), min(sides[1]), max(sides[0]), max(sides[1])))
modifiers = st.sets(st.sampled_from(MODIFIERS)).map(tuple)
buttons = st.sampled_from(["left", "right", "middle"])
# Whatever one may type, and what could be taken for the end of a string, a call or a thought.
snares = st.sampled_from(
    ['"', "'", '", "', '"}', "</tool_call>", "<think>", "</thinking>", "```", "{", "\\", "\n", "⚗", "📐"]
)
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
    reading = parse(render(action, thought), FRAME)
    assert reading.problem is None
    assert reading.actions == (action,)
    assert reading.thought == thought.strip()
    assert reading.notes == ()


@given(st.lists(actions, min_size=2, max_size=4))
def test_several_unified_steps(batch: list[AnyAction]) -> None:
    reading = parse("\n\n".join(render(action) for action in batch), FRAME)
    assert reading.actions == tuple(batch)


@given(computer_actions, names, names)
def test_computer_use(action: AnyAction, thought: str, conclusion: str) -> None:
    reading = qwen.parse(
        qwen.render(action, "computer_use", thought=thought, conclusion=conclusion), "computer_use", FRAME
    )
    assert reading.problem is None
    assert reading.actions == (action,)
    assert (reading.thought, reading.conclusion, reading.notes) == (thought, conclusion, ())


@given(mobile_actions, names, names)
def test_mobile_use(action: AnyAction, thought: str, conclusion: str) -> None:
    reading = qwen.parse(qwen.render(action, "mobile_use", thought=thought, conclusion=conclusion), "mobile_use", FRAME)
    assert reading.problem is None
    assert reading.actions == (action,)
    assert (reading.thought, reading.conclusion, reading.notes) == (thought, conclusion, ())


@given(actions, st.sampled_from(TOOLS))
def test_a_tool_says_all_of_an_action_or_refuses(action: AnyAction, tool: Tool) -> None:
    try:
        text = qwen.render(action, tool)
    except Inexpressible as error:
        assert tool in str(error) and "\n" not in str(error)
        return
    assert action.type in qwen.supported(tool)
    assert qwen.parse(text, tool, FRAME).actions == (action,)


@pytest.mark.parametrize("tool", TOOLS)
def test_what_is_supported_can_be_said(tool: Tool) -> None:
    plain = {
        "point": [1, 2],
        "dy": 5,
        "path": [[1, 2], [3, 4]],
        "text": "a",
        "keys": ["enter"],
        "name": "a",
        "status": "success",
        "url": "https://a.b/",
        "index": 0,
        "seconds": 1.0,
    }
    wanted = {
        "click": ["point"],
        "long_press": ["point"],
        "move": ["point"],
        "drag": ["path"],
        "scroll": ["point", "dy"],
        "type": ["text"],
        "press": ["keys"],
        "open_app": ["name"],
        "terminate": ["status"],
        "navigate": ["url"],
        "switch_tab": ["index"],
        "hold": ["keys", "seconds"],
        "answer": ["text"],
        "ask_user": ["text"],
    }
    assert qwen.supported(tool) <= ACTION_TYPES
    for kind in qwen.supported(tool):
        action = load({"type": kind} | {name: plain[name] for name in wanted.get(kind, [])})
        assert qwen.parse(qwen.render(action, tool), tool, FRAME).actions == (action,)
