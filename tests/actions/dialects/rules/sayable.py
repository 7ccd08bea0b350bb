"""The actions that have a reply in the rule of a dialect that can write them."""

from hypothesis import strategies as st

from handeye.actions.dialects.rules.chords import HELD, SINGLE, WITH_MODIFIERS, held
from handeye.actions.geometry import Box
from handeye.actions.schema import (
    AnyAction,
    Click,
    CloseTab,
    Drag,
    Hold,
    LongPress,
    Navigate,
    NewTab,
    OpenApp,
    Press,
    Scroll,
    SwitchTab,
    Terminate,
    Type,
    Wait,
    WaitUntilStable,
    Zoom,
    load,
)
from tests.actions.dialects.test_round_trips import PLAIN, addresses, buttons, filled, indexes, names, points, texts

_chords = st.one_of(
    st.sampled_from(SINGLE).map(lambda key: (key,)),
    st.tuples(st.sampled_from(held()), st.sampled_from(WITH_MODIFIERS)).map(lambda chord: (*chord[0], chord[1])),
)
_seconds = st.integers(1, 6000).map(lambda hundredths: hundredths / 100)
_waits = st.integers(0, 60_000).map(lambda hundredths: hundredths / 100)
_distances = st.integers(-5000, 5000).filter(bool)
_modifiers = st.sampled_from(held(1))
some_actions: st.SearchStrategy[AnyAction] = st.one_of(
    st.sampled_from([load(each) for each in PLAIN if each["type"] != "zoom"]),
    st.builds(Click, point=points, button=buttons, count=st.integers(1, 3), modifiers=st.sampled_from(held(2))),
    st.builds(LongPress, point=points, seconds=st.just(1.0) | _seconds),
    st.builds(
        Drag,
        path=st.lists(points, min_size=2, max_size=3).map(tuple),
        button=buttons,
        modifiers=_modifiers,
        hold_seconds=st.just(0.0) | _seconds,
    ),
    st.builds(Scroll, point=points, dx=st.just(0) | _distances, dy=_distances, modifiers=_modifiers),
    st.builds(Scroll, point=points, dx=_distances, modifiers=_modifiers),
    st.builds(Type, text=filled, clear=st.booleans(), submit=st.booleans()),
    st.builds(Type, secret=st.sampled_from(["pin", 'my "card"']), clear=st.booleans(), submit=st.booleans()),
    st.builds(Press, keys=_chords),
    st.builds(Hold, keys=st.sampled_from(HELD).map(lambda key: (key,)), seconds=_seconds),
    st.builds(Wait, seconds=_waits),
    st.builds(WaitUntilStable, seconds=_waits),
    st.builds(Navigate, url=addresses),
    st.builds(NewTab, url=st.none() | addresses),
    st.builds(SwitchTab, index=indexes),
    st.builds(CloseTab, index=st.none() | indexes),
    st.builds(
        Zoom,
        box=st.builds(Box, st.integers(0, 600), st.integers(0, 300), st.integers(800, 1288), st.integers(400, 728)),
    ),
    st.builds(Terminate, status=st.sampled_from(["success", "failure", "infeasible"]), message=texts),
)
"""Actions of every type that has fields, within the limits of a rule."""
some_apps = st.builds(OpenApp, name=names)


def sayable(action: AnyAction) -> bool:
    """Return whether an action is within those limits."""
    match action:
        case Drag(path=path):
            return len(path) <= 3
        case Press(keys=keys) | Hold(keys=keys):
            *modifiers, key = keys
            return tuple(modifiers) in held() and key in (WITH_MODIFIERS if modifiers else SINGLE)
        case Zoom():
            return False
        case _:
            return True
