"""What users are told about the models that decide."""

from collections.abc import Callable
from typing import Any

import pytest

from handeye.agent.cli.notices import Notices
from handeye.agent.cli.policy import PolicySettings

Serve = Callable[..., Any]


class Telling:
    notices: tuple[str, ...] = ("one [bold]", "two")


def test_each_is_printed_once_and_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    telling, notices = Telling(), Notices("two")
    notices.tell(telling, object())
    telling.notices = ("one [bold]", "three")
    notices.tell(telling)
    assert capsys.readouterr() == ("", "one [bold]\nthree\n")


def test_a_planner_and_a_grounder_that_nobody_knows_are_told(serve: Serve, words: Any) -> None:
    one = serve(words.reply("x"), models={"data": [{"id": "default"}]})
    policy = PolicySettings(server=one.url, grounder_server=one.url).make()
    (notice,) = policy.notices  # type: ignore[attr-defined]
    assert notice.startswith("default is not known: it is prompted as qwen2.5-vl")
    known = serve(words.reply("x"), models={"data": [{"id": "GTA1-7B-2507"}]})
    assert PolicySettings(server=one.url, grounder_server=known.url).make().notices == ()  # type: ignore[attr-defined]
    alone = PolicySettings(server=one.url).make()
    assert any("default is not known" in notice for notice in alone.notices)  # type: ignore[attr-defined]
