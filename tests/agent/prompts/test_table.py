"""Where each part of each profile was read: said for all of them, and the documentation has it."""

from dataclasses import replace
from pathlib import Path

import pytest

from handeye.agent.prompts.catalog import PROFILES
from handeye.agent.prompts.digest import digest
from handeye.agent.prompts.facts import PARTS, facts
from handeye.agent.prompts.origins import CHECKPOINT, NOT_READ, Origins
from handeye.agent.prompts.table import table

PAGE = (Path(__file__).parents[3] / "docs" / "profiles.md").read_text(encoding="utf-8")
each = pytest.mark.parametrize("name", PROFILES)


def test_the_page_has_the_table() -> None:
    lines = "\n".join(table(PROFILES.values()))
    assert lines in PAGE, f"the table in docs/profiles.md should be:\n{lines}"


@each
def test_every_part_says_where_it_is_from(name: str) -> None:
    profile = PROFILES[name]
    told = list(facts(profile))
    parts = {"pixels"}
    parts |= {"history", "images", "sampling"} if profile.agent is not None else set()
    parts |= {"pointing"} if profile.grounder is not None else set()
    assert [fact.part for fact in told] == [part for part in PARTS if part in parts]
    for fact in told:
        assert fact.origins
        for origin in fact.origins:
            if isinstance(origin, int):
                assert 0 <= origin < len(profile.sources)
            else:
                assert origin in (CHECKPOINT, NOT_READ) or origin.startswith("ours: ")


@each
def test_limits_that_the_makers_do_not_set_are_the_checkpoints(name: str) -> None:
    profile = PROFILES[name]
    assert (CHECKPOINT in profile.read_from.pixels) == (profile.pixels is None)


def test_what_was_not_read_is_shown() -> None:
    unread = replace(PROFILES["holo1"], read_from=Origins())
    _, _, row, *_ = table([unread])
    assert row.count(f"[{NOT_READ}]") == len(PARTS)


def test_a_file_that_several_profiles_share_has_one_number() -> None:
    profile = PROFILES["gta1"]
    _, _, first, second, _, *files = table([profile, replace(profile, name="another")])
    assert second == first.replace("`gta1`", "`another`")
    assert files == [f"1. `{profile.sources[0]}`"]


def test_the_hash_of_a_profile_does_not_depend_on_where_it_was_read() -> None:
    profile = PROFILES["fara"]
    assert digest(replace(profile, read_from=Origins(), sources=(), notes=())) == digest(profile)
