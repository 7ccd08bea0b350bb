"""Every reply that a rule describes is read, and what a dialect writes is such a reply."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.catalog import AGENTS, DIALECTS
from handeye.actions.dialects.dialect import Dialect, Inexpressible, Seen, TabStrip, TypesAtPoint
from handeye.actions.dialects.fara.dialect import FARA
from handeye.actions.dialects.grounding.answers import ANSWERS
from handeye.actions.dialects.grounding.pair import PAIR
from handeye.actions.dialects.holo.dialect import HOLO
from handeye.actions.dialects.qwen.dialect import COMPUTER_USE, MOBILE_USE
from handeye.actions.dialects.rules.calls import calls_of
from handeye.actions.dialects.rules.grammar import grammar
from handeye.actions.dialects.ui_venus.dialect import MOBILE_1_5
from handeye.actions.dialects.unified import UNIFIED
from handeye.actions.geometry import Box, Frame, Point, Size
from handeye.actions.grammar import Rule
from handeye.actions.points import Points
from handeye.actions.schema import (
    ACTION_TYPES,
    AnyAction,
    Click,
    Drag,
    LongPress,
    Move,
    OpenApp,
    Scroll,
    SwitchTab,
    Terminate,
    Type,
    Zoom,
    load,
)
from tests.actions.dialects.rules.sayable import sayable, some_actions, some_apps
from tests.actions.dialects.test_golden_replies import NAMES, load_case
from tests.actions.rule_texts import matches, sample

FRAME = Frame("model image", Size(1288, 728))
SIZES = ((Size(1288, 728), Size(2560, 1440)), (Size(364, 812), Size(240, 536)))
"""The image as the model sees it, and the screenshot: larger, and smaller."""
MARKS = (Box(0, 0, 10, 10), Box(30, 40, 51, 61), Box(100, 200, 141, 221))
APPS = ("Chrome", 'It\'s "me" <b>', "\u00c4 \\n")
SECRETS = ("pin", 'my "card"')
PHONE = frozenset(
    {"click", "long_press", "drag", "scroll", "type", "press", "hold", "wait", "wait_until_stable", "open_app", "back"}
    | {"home", "recent_apps", "zoom", "note", "answer", "ask_user", "terminate"}
)
BROWSER = ACTION_TYPES - {"home", "recent_apps", "open_app"}
DESKTOP = BROWSER - {"navigate", "back", "new_tab", "switch_tab", "close_tab"} | {"open_app"}
SCREENS = {"browser": BROWSER, "desktop": DESKTOP, "phone": PHONE}
CASES = [
    pytest.param(family.phone if screen == "phone" else family.computer, screen, id=f"{name}-{screen}")
    for name, family in AGENTS.items()
    for screen in SCREENS
]
EACH = [pytest.param(dialect, id=dialect.name) for dialect in DIALECTS.values() if dialect.name not in ANSWERS]


def seens(screen: str) -> Iterator[Seen]:
    """Return what may be seen of a sort of screen: with and without marks, and with and without names."""
    tabs = TabStrip(1, 3) if screen == "browser" else TabStrip()
    for frame, target in SIZES:
        for marks in ((), MARKS):
            for apps, secrets in (((), ()), (APPS, SECRETS)):
                abilities = Abilities(SCREENS[screen], apps, secrets)
                yield Seen(Frame("model image", frame), Frame("screenshot", target), None, marks, tabs, abilities)


def rule_of(dialect: Dialect, seen: Seen) -> Rule:
    rule = grammar(dialect, seen)
    assert rule is not None
    return rule


def only(dialect: Dialect, *types: str, **fields: object) -> Seen:
    abilities = Abilities(frozenset(types), APPS, SECRETS)
    return replace(Seen(FRAME, abilities=abilities), **fields)  # type: ignore[arg-type]


def check(dialect: Dialect, seen: Seen, reply: str) -> None:
    """A reply asks for one action that is possible on the screen, or a click and a text, and nothing is repaired."""
    reading = dialect.read(reply, seen)
    assert reading.problem is None, reply
    action, *typed = reading.actions
    assert {each.type for each in reading.actions} <= seen.abilities.types, reply
    assert not typed or (isinstance(dialect, TypesAtPoint) and action.type == "click"), reply
    assert [each.type for each in typed] in ([], ["type"]), reply
    # chords of tabs, and scrolls without a cursor
    assert all(note.startswith(("took ", "scrolled at the centre ")) for note in reading.notes), (reply, reading.notes)
    target = seen.target or seen.frame
    match action:
        case Click(point=point) | LongPress(point=point) | Move(point=point) | Scroll(point=point):
            assert target.contains(point), reply
        case Drag(path=path):
            assert all(map(target.contains, path)), reply
        case Zoom(box=box):
            target.require_box(box)
        case OpenApp(name=name):
            assert name in seen.abilities.apps or not seen.abilities.apps, reply
        case Type(secret=str(secret)):
            assert secret in seen.abilities.secrets, reply


def check_all(dialect: Dialect, screen: str, times: int) -> None:
    chance = Random(f"{dialect.name} on a {screen}")
    for seen in seens(screen):
        rule = rule_of(dialect, seen)
        for _ in range(times):
            check(dialect, seen, sample(rule, chance))


@pytest.mark.parametrize(("dialect", "screen"), CASES)
def test_a_reply_of_the_rule_is_read(dialect: Dialect, screen: str) -> None:
    check_all(dialect, screen, 15)


@pytest.mark.slow
@pytest.mark.parametrize(("dialect", "screen"), CASES)
def test_many_replies_of_the_rule_are_read(dialect: Dialect, screen: str) -> None:
    check_all(dialect, screen, 1_000)


@pytest.mark.parametrize("dialect", EACH)
def test_each_type_of_action_has_replies(dialect: Dialect) -> None:
    chance = Random(dialect.name)
    for kind in dialect.says:
        seen = only(dialect, kind, tabs=TabStrip(0, 2))
        rule = rule_of(dialect, seen)
        for _ in range(10):
            check(dialect, seen, sample(rule, chance))


@pytest.mark.parametrize("dialect", EACH)
@settings(max_examples=25)
@given(action=some_actions, thought=st.sampled_from(["", "Click OK: it is below, to the left."]))
def test_what_a_dialect_writes_is_a_reply(dialect: Dialect, action: AnyAction, thought: str) -> None:
    try:
        reply = dialect.write(action, FRAME, thought, "Clicked OK.")
    except Inexpressible:
        return
    if dialect == FARA and isinstance(action, Terminate) and action.message:
        return  # the message is a thought, which may not look like a call
    if dialect == MOBILE_1_5 and isinstance(action, Scroll) and max(abs(action.dx), abs(action.dy)) < 600:
        return  # too short
    assert matches(rule_of(dialect, only(dialect, action.type)), reply), reply


@pytest.mark.parametrize("name", NAMES)
def test_golden_actions_are_replies(name: str) -> None:
    case = load_case(name)
    dialect = DIALECTS[case.expected["format"]]
    frame = Frame("model image", Size(*case.expected["frame"]))
    for action in map(load, case.expected.get("actions", [])):
        try:
            reply = dialect.write(action, frame, "Click OK.")
        except Inexpressible:
            continue
        secrets = (action.secret,) if isinstance(action, Type) and action.secret else ()
        seen = Seen(frame, abilities=Abilities(frozenset({action.type}), secrets=secrets))
        assert matches(rule_of(dialect, seen), reply) == sayable(action), reply


@pytest.mark.parametrize("dialect", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_of_a_grounder_is_a_place(dialect: Dialect) -> None:
    chance = Random(dialect.name)
    seen = Seen(*(Frame(name, size) for name, size in zip(("model image", "screenshot"), SIZES[0], strict=True)))
    seen = replace(seen, abilities=Abilities(frozenset({"click"})))
    rule = rule_of(dialect, seen)
    for _ in range(50):
        reading = dialect.read(sample(rule, chance), seen)
        assert [action.type for action in reading.actions] == ["click"]
    assert matches(rule, dialect.write(load({"type": "click", "point": [1287, 727]}), seen.frame))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("qwen/computer_scroll_down_at_the_cursor", "scroll"),
        ("qwen/computer_scroll_nowhere", "scroll"),
        ("fara/scroll_down", "scroll"),
        ("gui_owl/computer_scroll", "scroll"),
        ("qwen/computer_drag_from_the_cursor", "drag"),
        ("gui_owl/computer_1_5_drag", "drag"),
    ],
)
def test_an_action_may_start_at_the_cursor_as_models_write_it(name: str, kind: str) -> None:
    case = load_case(name)
    cursor = Point(*case.expected["cursor"]) if "cursor" in case.expected else None
    seen = only(DIALECTS[case.expected["format"]], kind, cursor=cursor)
    seen = replace(seen, frame=Frame("model image", Size(*case.expected["frame"])))
    assert matches(rule_of(DIALECTS[case.expected["format"]], seen), case.text), case.text


def test_a_drag_starts_at_the_cursor_only_where_that_is_known() -> None:
    case = load_case("qwen/computer_drag_from_the_cursor")
    assert not matches(rule_of(COMPUTER_USE, only(COMPUTER_USE, "drag")), case.text)


@pytest.mark.parametrize("dialect", EACH)
def test_replies_on_a_screen_with_a_cursor_are_read(dialect: Dialect) -> None:
    chance = Random(dialect.name)
    for kind in dialect.says & {"scroll", "drag"}:
        seen = only(dialect, kind, cursor=Point(300, 200))
        for _ in range(30):
            check(dialect, seen, sample(rule_of(dialect, seen), chance))


def test_what_cannot_be_done_has_no_reply() -> None:
    assert grammar(UNIFIED, Seen(FRAME)) is None
    assert grammar(HOLO, only(HOLO, "type")) is None
    assert grammar(replace(PAIR, points=Points("parts")), only(PAIR, "click")) is None
    rule = rule_of(UNIFIED, only(UNIFIED, "click"))
    assert not matches(rule, '{"thought": "", "action": {"type": "back"}}')


@pytest.mark.parametrize(
    ("point", "within"), [("[0, 0]", True), ("[1287, 727]", True), ("[1288, 0]", False), ("[0, 728]", False)]
)
def test_points_lie_in_the_image(point: str, within: bool) -> None:
    rule = rule_of(UNIFIED, only(UNIFIED, "click"))
    assert matches(rule, f'{{"thought": "", "action": {{"type": "click", "point": {point}}}}}') == within


@pytest.mark.parametrize(
    ("dialect", "before", "after"),
    [
        (UNIFIED, '{"thought": "", "action": {"type": "drag", "path": [[1, 2], {"mark": ', "}]}}"),
        (
            MOBILE_USE,
            '<tool_call>\n{"name": "mobile_use", "arguments": {"action": "swipe", "mark": 2, "mark2": ',
            "}}\n</tool_call>",
        ),
    ],
)
def test_marks_are_those_that_there_are(dialect: Dialect, before: str, after: str) -> None:
    marked = rule_of(dialect, only(dialect, "drag", marks=MARKS))
    assert [number for number in range(6) if matches(marked, f"{before}{number}{after}")] == [1, 2, 3]
    assert not matches(rule_of(dialect, only(dialect, "drag")), f"{before}1{after}")


def test_tabs_are_those_that_there_are() -> None:
    for count, indexes in ((0, range(1001)), (1, range(1)), (12, range(12))):
        rule = rule_of(COMPUTER_USE, only(COMPUTER_USE, "switch_tab", tabs=TabStrip(0, count)))
        for index in (0, 1, 11, 12, 1000, 1001):
            reply = COMPUTER_USE.write(load({"type": "switch_tab", "index": index}), FRAME) if index < 1001 else ""
            assert matches(rule, reply) == (index in indexes)


def test_secrets_that_are_not_named_are_not_typed() -> None:
    named, unnamed = (Seen(FRAME, abilities=Abilities(frozenset({"type"}), (), secrets)) for secrets in (SECRETS, ()))
    replies = {secret: UNIFIED.write(Type(secret=secret), FRAME) for secret in (*SECRETS, "other")}
    assert [matches(rule_of(UNIFIED, named), reply) for reply in replies.values()] == [True, True, False]
    assert not any(matches(rule_of(UNIFIED, unnamed), reply) for reply in replies.values())


def test_a_distance_stays_one_on_a_far_larger_screenshot() -> None:
    seen = only(UNIFIED, "scroll", target=Frame("screenshot", Size(65_000, 36_000)))
    replies = {far: UNIFIED.write(load({"type": "scroll", "point": [1, 2], "dy": far}), FRAME) for far in (1900, 2100)}
    assert [matches(rule_of(UNIFIED, seen), reply) for reply in replies.values()] == [True, False]
    check(UNIFIED, seen, replies[1900])
    assert UNIFIED.read(replies[2100], seen).problem is not None


@pytest.mark.parametrize("dialect", [pytest.param(each, id=each.name) for each in (FARA, HOLO)])
def test_a_text_is_typed_at_a_point_or_a_mark(dialect: Dialect) -> None:
    chance = Random(dialect.name)
    seen = only(dialect, "click", "type", marks=MARKS)
    replies = [sample(rule_of(dialect, seen), chance) for _ in range(300)]
    filling = [reply for reply in replies if len(dialect.read(reply, seen).actions) == 2]
    assert filling
    assert any('"mark"' in reply for reply in filling) == (dialect == FARA)
    for reply in filling:
        check(dialect, seen, reply)


def test_a_place_may_be_described_where_the_dialect_has_words_for_it() -> None:
    rule = rule_of(HOLO, only(HOLO, "click"))
    reply = HOLO.write(load({"type": "click", "point": [1, 2]}), FRAME)
    assert matches(rule, reply)
    described = reply.replace('"element": ""', '"element": "the \\"OK\\" button"')
    assert described != reply
    assert matches(rule, described)
    check(HOLO, only(HOLO, "click"), described)


@pytest.mark.parametrize("dialect", EACH)
def test_equal_screens_have_equal_rules(dialect: Dialect) -> None:
    seen = next(seens("browser"))
    first = grammar(dialect, seen)
    assert grammar(dialect, replace(seen, cursor=None)) is first
    calls_of.cache_clear()
    assert grammar(dialect, replace(seen, frame=Frame("image", seen.frame.size))) == first


@pytest.mark.parametrize("dialect", [each for each in EACH if "open_app" in each.values[0].says])
@given(action=some_apps)
@settings(max_examples=10)
def test_any_app_may_be_opened_where_none_is_known(dialect: Dialect, action: OpenApp) -> None:
    seen = Seen(FRAME, abilities=Abilities(frozenset({"open_app"})))
    assert matches(rule_of(dialect, seen), dialect.write(action, FRAME))


def test_the_numbers_of_a_switched_tab_are_read() -> None:
    seen = only(COMPUTER_USE, "switch_tab", tabs=TabStrip(0, 3))
    chance = Random(0)
    read = {COMPUTER_USE.read(sample(rule_of(COMPUTER_USE, seen), chance), seen).actions[0] for _ in range(60)}
    assert read == {SwitchTab(index=index) for index in range(3)}
