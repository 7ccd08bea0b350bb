"""What each screen delivers and each dialect says: no gap that is not documented, and the documentation is true."""

from pathlib import Path

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.catalog import AGENTS, Family
from handeye.actions.dialects.dialect import Seen
from handeye.actions.dialects.grounding.answers import ANSWERS
from handeye.actions.geometry import Size
from handeye.actions.schema import ACTION_TYPES, ACTIONS, AnyAction, Scroll, Wait
from handeye.agent.cli.action_table import EXAMPLES, FRAME, SCREENS, Row, dialect_on, rows

PAGE = (Path(__file__).parents[3] / "docs" / "actions.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE.split()).lower()
LOOP = frozenset({"note", "answer", "ask_user", "terminate"})
each = pytest.mark.parametrize("family", AGENTS)
every = pytest.mark.parametrize("screen", SCREENS)


def test_there_is_an_example_of_every_type() -> None:
    assert {action.type for action in EXAMPLES.values()} == ACTION_TYPES


@every
@each
def test_what_is_said_is_read_back_and_what_is_not_has_a_reason(screen: str, family: str) -> None:
    for row in rows(screen, family):
        assert bool(row.said) != bool(row.unsaid), row.name
        if row.said:
            (read,) = dialect_on(screen, family).read("\n".join(row.said), Seen(FRAME)).actions
            assert level(read) == level(row.action)


def level(action: AnyAction) -> AnyAction:
    """The action, with the distance of a scroll and the time of a wait made one: not every dialect can say them."""
    if isinstance(action, Wait):
        return Wait()
    if not isinstance(action, Scroll):
        return action
    dx, dy = ((each > 0) - (each < 0) for each in (action.dx, action.dy))
    return action.model_copy(update={"dx": dx, "dy": dy})


@every
@each
def test_why_something_is_not_said_is_documented(screen: str, family: str) -> None:
    supported = SCREENS[screen] | LOOP
    dialect = dialect_on(screen, family)
    for kind in supported - dialect.says:
        assert dialect.unsaid[kind].lower() in TEXT, dialect.unsaid[kind]


@every
def test_with_qwens_tools_only_a_few_of_what_a_screen_supports_are_not_said(screen: str) -> None:
    supported = SCREENS[screen] | LOOP
    unsaid = supported - dialect_on(screen, "qwen").says
    assert unsaid == {"wait_until_stable", "note", *(["scroll"] if screen == "android" else [])}
    assert all(row.said for row in rows(screen, "unified"))


@every
def test_what_can_be_said_is_told_to_the_model_where_it_is_possible_and_nowhere_else(screen: str) -> None:
    abilities = Abilities(SCREENS[screen] | LOOP, secrets=("password",))
    told = dialect_on(screen, "qwen").describe(Size(28, 28), abilities)
    for row in rows(screen, "qwen"):
        for call in row.said:
            name = call.split('"action": "')[1].split('"')[0]
            possible = row.action.type in abilities.types
            if "device_use" in call:
                assert (f"* `{name}`: " in told) == possible, name
            else:
                assert f"* `{name}`: " in told


@every
@each
def test_a_refusal_names_only_actions_that_can_be_said(screen: str, family: str) -> None:
    dialect = dialect_on(screen, family)
    sayable = {dialect.word(kind) for kind in SCREENS[screen] | {"zoom"}} - {None}
    for row in rows(screen, family):
        if "possible actions" in row.refusal:
            listed = row.refusal.split("possible actions: ")[1].split(", ")
            assert len(listed) == len(set(listed))
            assert {name.strip("`") for name in listed} == sayable


def cell(row: Row) -> str:
    if row.refusal:
        return "refused"
    if not row.said:
        return "–"
    names = [call.split('"action": "')[1].split('"')[0] for call in row.said]
    return " ".join(
        f"*`{name}`*" if "device_use" in call else f"`{name}`" for name, call in zip(names, row.said, strict=True)
    )


def test_the_page_has_the_table() -> None:
    columns = [list(rows(screen, "qwen")) for screen in SCREENS]
    lines = ["| | browser | desktop | phone |", "|---|---|---|---|"]
    lines += [
        f"| {first.name} | {' | '.join(map(cell, (first, *others)))} |" for first, *others in zip(*columns, strict=True)
    ]
    assert "\n".join(lines) in PAGE, "the table in docs/actions.md should be:\n" + "\n".join(lines)


def test_the_page_has_the_table_of_families() -> None:
    families = [family for family in AGENTS.values() if family.computer.name != "unified"]
    lines = [
        f"| `{kind}` | {' | '.join(_where(family, kind) for family in families)} |"
        for kind in ACTIONS
        if any(_where(family, kind) for family in families)
    ]
    assert "\n".join(lines) in PAGE, "the table in docs/actions.md should be:\n" + "\n".join(lines)


def _where(family: Family, kind: str) -> str:
    return "".join(letter for letter, dialect in (("c", family.computer), ("p", family.phone)) if kind in dialect.says)


def test_the_page_names_every_dialect() -> None:
    for name, family in AGENTS.items():
        assert f"| `{name}` | {family.models} |" in PAGE
    for name in ANSWERS:
        assert f"| `{name}` | " in PAGE
