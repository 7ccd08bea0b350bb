"""Whether what models are known to write is a reply of the rule, and what is not."""

from collections.abc import Sequence

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.catalog import DIALECTS
from handeye.actions.dialects.dialect import Dialect, Inexpressible, Seen, TypesAtPoint
from handeye.actions.dialects.rules.grammar import grammar
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.schema import AnyAction, Click, Type, load
from tests.actions.dialects.test_golden_replies import NAMES, Case, load_case
from tests.actions.rule_texts import matches

READ = tuple(name for name in NAMES if "problem" not in load_case(name).expected)
REFUSED = {
    "several calls, each of which is a reply of its own": (
        *("fara/two_calls", "gui_owl/computer_several_calls", "gui_r1/two_actions", "opencua/keys_held"),
        *("qwen/computer_several_calls", "scalecua/mobile_enter", "scalecua/mobile_response", "scalecua/several_lines"),
        *("scalecua/two_action_tags", "ui_s1/two_actions", "ui_tars/desktop_repeats_itself"),
        *("ui_tars/desktop_several_actions", "ui_venus/mobile_two_actions", "unified/actions_member"),
        *("unified/list_of_actions", "unified/several_steps", "unified/two_steps_first_broken"),
    ),
    "a key several times, or a list of keys, which are as many replies": (
        *("opencua/press_a_list", "opencua/press_several_times"),
        *("scalecua/press_a_list", "scalecua/press_several_times"),
    ),
    "its makers' prompt has no such call": (
        *("gui_owl/mobile_interact", "gui_owl/mobile_key"),
        *("gui_r1/desktop_double_click", "gui_r1/desktop_hotkey", "gui_r1/desktop_move", "gui_r1/desktop_press_tab"),
        *("gui_r1/desktop_right_click", "gui_r1/impossible", "gui_r1/long_press", "gui_r1/open_app", "gui_r1/recent"),
        *("gui_r1/wait", "mai_ui/reply_ask_user", "mai_ui/reply_double_click"),
    ),
    "its makers' prompt has no such argument": (
        "gui_r1/type_at_a_point",
        "ui_tars/mobile_long_press_with_a_time",
    ),
    "it scrolls the page at its centre, and not at the cursor": ("ui_venus/web_scroll",),
    "it reloads the page, for which there is a key and no action": ("holo/refresh",),
}
"""Replies that no reply of the rule stands for, by the reason."""
LISTED = {name for names in REFUSED.values() for name in names}


def seen_of(case: Case, *types: str) -> Seen:
    """Return a screen on which actions of these types are possible."""
    cursor = Point(*case.expected["cursor"]) if "cursor" in case.expected else None
    frame = Frame("model image", Size(*case.expected["frame"]))
    secrets = tuple(action["secret"] for action in case.expected["actions"] if "secret" in action)
    return Seen(frame, cursor=cursor, abilities=Abilities(frozenset(types), (), secrets))


def written(dialect: Dialect, actions: Sequence[AnyAction], frame: Frame) -> str | None:
    """Return the one reply that a dialect writes for what another asks for; None if there is none."""
    try:
        match actions:
            case [action]:
                return dialect.write(action, frame, "Click OK.")
            case [Click() as click, Type() as text] if isinstance(dialect, TypesAtPoint):
                return dialect.write_at(click.point, text, frame, "Click OK.")
            case _:
                return None
    except Inexpressible:
        return None


def replied(name: str) -> bool:
    """Return whether a golden reply is one of the rule, or else one that asks for the same is."""
    case = load_case(name)
    dialect = DIALECTS[case.expected["format"]]
    actions = [load(each) for each in case.expected["actions"]]
    seen = seen_of(case, *(action.type for action in actions))
    rule = grammar(dialect, seen)
    if rule is None:
        return False
    same = written(dialect, actions, seen.frame)
    return matches(rule, case.text) or (same is not None and matches(rule, same))


@pytest.mark.parametrize("name", READ)
def test_what_is_read_can_be_written_but_for_what_is_listed(name: str) -> None:
    assert replied(name) == (name not in LISTED)


def test_what_is_listed_is_there_once() -> None:
    assert sum(map(len, REFUSED.values())) == len(LISTED)
    assert set(READ) >= LISTED


@pytest.mark.parametrize("name", ["fara/type_at_a_point", "fara/type_and_delete", "holo/write"])
def test_a_text_may_name_the_place_where_to_type_it(name: str) -> None:
    case = load_case(name)
    dialect = DIALECTS[case.expected["format"]]
    rule = grammar(dialect, seen_of(case, "click", "type"))
    assert rule is not None
    assert matches(rule, case.text)
    for kind in ("click", "type"):
        alone = grammar(dialect, seen_of(case, kind))
        assert alone is None or not matches(alone, case.text)
