"""What each screen delivers and each dialect says: no gap that is not documented, and the documentation is true."""

from pathlib import Path
from typing import get_args

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.qwen import tools as qwen
from handeye.actions.dialects.unified import parse
from handeye.actions.geometry import Frame, Size
from handeye.actions.schema import ACTION_TYPES
from handeye.agent.cli.action_table import EXAMPLES, SCREENS, Dialect, Row, rows
from handeye.agent.prompts.qwen import tool_for

PAGE = (Path(__file__).parents[3] / "docs" / "actions.md").read_text(encoding="utf-8")
FRAME = Frame("model image", Size(1280, 720))
LOOP = frozenset({"note", "answer", "ask_user", "terminate"})
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
every = pytest.mark.parametrize("screen", SCREENS)


def test_there_is_an_example_of_every_type() -> None:
    assert {action.type for action in EXAMPLES.values()} == ACTION_TYPES


@every
@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_said_is_read_back_and_what_is_not_has_a_reason(screen: str, dialect: Dialect) -> None:
    for row in rows(screen, dialect):
        assert bool(row.said) != bool(row.unsaid), row.name
        if not row.said:
            continue
        if dialect == "unified":
            reading = parse(row.said[0], FRAME)
        else:
            reading = qwen.parse("\n".join(row.said), tool_for(SCREENS[screen]), FRAME)
        assert reading.actions == (row.action,)


@every
def test_what_a_screen_supports_can_be_said_but_for_a_documented_few(screen: str) -> None:
    supported = SCREENS[screen] | LOOP
    tool = tool_for(supported)
    assert supported - qwen.supported(tool) == supported & qwen.UNSAID[tool].keys()
    for kind, reason in qwen.UNSAID[tool].items():
        assert kind not in supported or reason in PAGE
    assert all(row.said for row in rows(screen, "unified"))


@every
def test_what_can_be_said_is_told_to_the_model_where_it_is_possible_and_nowhere_else(screen: str) -> None:
    tool = tool_for(SCREENS[screen])
    abilities = Abilities(SCREENS[screen] | LOOP, secrets=("password",))
    told = qwen.system_prompt(tool, Size(28, 28), False, abilities)
    for row in rows(screen, "qwen"):
        for call in row.said:
            name = call.split('"action": "')[1].split('"')[0]
            possible = row.action.type in abilities.types
            if "device_use" in call:
                assert (f"* `{name}`: " in told) == possible, name
            else:
                assert f"* `{name}`: " in told


@every
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_refusal_names_only_actions_that_can_be_said(screen: str, dialect: Dialect) -> None:
    tool = tool_for(SCREENS[screen])
    sayable = SCREENS[screen] if dialect == "unified" else {qwen.word(tool, kind) for kind in SCREENS[screen]}
    for row in rows(screen, dialect):
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
