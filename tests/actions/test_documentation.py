"""The page for users against the schema that it describes."""

import re
from pathlib import Path

from handeye.actions.fields import MAX_HOLD, MAX_KEYS, MAX_PATH, MAX_SCROLL, MAX_TEXT, MAX_WAIT
from handeye.actions.keys import NAMED_KEYS
from handeye.actions.schema import ACTIONS

PAGE = (Path(__file__).parents[2] / "docs" / "actions.md").read_text(encoding="utf-8")


def rows() -> dict[str, str]:
    table = PAGE.split("| what it does |\n|---|---|---|\n")[1].split("\n\n")[0]
    cells = [line.split("|") for line in table.splitlines()]
    return {name: fields for _, names, fields, *_ in cells for name in re.findall(r"`(\w+)`", names)}


def test_the_table_is_the_union() -> None:
    assert list(rows()) == list(ACTIONS)


def test_the_table_names_every_field() -> None:
    for name, fields in rows().items():
        assert set(re.findall(r"`(\w+)`", fields)) == set(ACTIONS[name].model_fields) - {"type"}


def test_the_page_names_every_key() -> None:
    listed = set(re.findall(r"`(\w+)`", PAGE.split("## Keys")[1].split("## Frames")[0]))
    assert NAMED_KEYS - listed == {f"f{number}" for number in range(2, 24)}


def test_the_limits_are_those_of_the_schema() -> None:
    assert (MAX_TEXT, MAX_SCROLL, MAX_WAIT, MAX_HOLD, MAX_KEYS, MAX_PATH) == (10_000, 100_000, 600, 60, 6, 100)
    for words in (
        "at most 10,000 characters",
        "at most 100,000",
        "waits 0 to 600",
        "above 0 to 60",
        "(1 to 6)",
        "(2 to 100 points)",
    ):
        assert words in PAGE
