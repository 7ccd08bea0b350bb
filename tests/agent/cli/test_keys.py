"""Which server gets which key, over real HTTP servers on this machine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import JsonValue
from typer.testing import CliRunner

from handeye.actions.geometry import Point
from handeye.actions.schema import Click
from handeye.agent.cli.app import app
from handeye.agent.cli.keys import KeyWithheld, grounder_variable
from handeye.agent.cli.model import places
from handeye.agent.cli.policy import PolicySettings
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.policies.local import LocalSettings
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.agent.servers.errors import KeyRefused

Serve = Callable[..., Any]
ELSEWHERE = "https://models.example.org/v1"


@pytest.fixture(autouse=True)
def keys(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDEYE_SERVER_KEY", "sk-server")
    monkeypatch.setenv("HANDEYE_GROUNDER_KEY", "sk-grounder")
    monkeypatch.delenv("HANDEYE_SERVER", raising=False)


def sent(stage: Any) -> set[str | None]:
    return {headers.get("Authorization") for _, headers, _ in stage.requests}


def test_each_server_gets_its_own_key(serve: Serve, words: Any) -> None:
    planner = serve(words.reply("x"))
    grounder = serve(words.reply("x"), models={"data": [{"id": "GTA1-7B"}]})
    PolicySettings(server=planner.url, grounder_server=grounder.url).make()
    assert sent(planner) == {"Bearer sk-server"}
    assert sent(grounder) == {"Bearer sk-grounder"}


def test_without_a_key_of_its_own_a_grounder_gets_none(
    serve: Serve, words: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HANDEYE_GROUNDER_KEY")
    grounder = serve(words.reply("x"), models={"data": [{"id": "GTA1-7B"}]})
    PolicySettings(model="m", grounder_server=grounder.url).make_grounder()
    assert sent(grounder) == {None}
    refusing = serve(words.reply("x"), listing=words.refuses(401, {}))
    with pytest.raises(KeyRefused, match="set the environment variable HANDEYE_GROUNDER_KEY"):
        PolicySettings(model="m", grounder_server=refusing.url).make_grounder()


def test_a_grounder_on_the_same_server_has_the_same_key() -> None:
    assert grounder_variable("http://h:1/v1", "h:1") == "HANDEYE_SERVER_KEY"
    for other in ("http://h:2", "https://h:1", "http://i:1", None):
        assert grounder_variable("http://h:1", other) == "HANDEYE_GROUNDER_KEY"


def test_the_server_of_ground_is_the_server(serve: Serve, words: Any) -> None:
    stage = serve(words.counting(4096 * 784, text="(1, 2)"), models={"data": [{"id": "GTA1-7B"}]})
    found, _ = places(Image.new("RGB", (280, 140)), "x", None, stage.url, None, LocalSettings(), zoom=False)
    assert len(found) == 1
    assert sent(stage) == {"Bearer sk-server"}


class TestResume:
    """A journal may come from somebody else."""

    def test_a_server_that_only_the_journal_names_gets_no_key(self) -> None:
        with pytest.raises(KeyWithheld, match=r"models\.example\.org.*HANDEYE_SERVER_KEY.*give --server"):
            PolicySettings(server=ELSEWHERE).require_servers_named(None, None)
        planned = PolicySettings(model="m", grounder_server=ELSEWHERE)
        with pytest.raises(KeyWithheld, match=r"HANDEYE_GROUNDER_KEY.*give --grounder-server"):
            planned.require_servers_named("http://localhost:1", None)

    def test_what_the_user_names_gets_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        both = PolicySettings(server=ELSEWHERE, grounder_server="https://other.example.org")
        both.require_servers_named(ELSEWHERE, "https://other.example.org")
        monkeypatch.setenv("HANDEYE_SERVER", "models.example.org")
        both.require_servers_named(None, "https://other.example.org")
        with pytest.raises(KeyWithheld, match="other"):
            both.require_servers_named(None, None)
        monkeypatch.setenv("HANDEYE_SERVER", "http://models.example.org")  # not encrypted: another server
        with pytest.raises(KeyWithheld, match="models"):
            both.require_servers_named(None, None)

    def test_this_machine_gets_it_and_without_a_key_there_is_nothing_to_withhold(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        PolicySettings(server="localhost:8000", grounder_server="http://127.0.0.1:1").require_servers_named(None, None)
        PolicySettings(model="m", grounder="a/b").require_servers_named(None, None)
        for name in ("HANDEYE_SERVER_KEY", "HANDEYE_GROUNDER_KEY"):
            monkeypatch.setenv(name, " ")
        PolicySettings(server=ELSEWHERE, grounder_server="http://other.example.org").require_servers_named(None, None)

    @pytest.mark.parametrize("more", [["resume"], ["replay", "--on-divergence", "policy"]])
    def test_the_commands_ask_for_the_server(self, more: list[str], room: Any, tmp_path: Path) -> None:
        script = ScriptedPolicy([Click(point=Point(1, 1)), Click(point=Point(2, 2))])
        settings: dict[str, JsonValue] = {"policy": {"server": ELSEWHERE}}
        run_episode("T", room(), script, journal=tmp_path, limits=Limits(steps=1), settings=settings)
        command, *options = more
        allowed = ["--max-steps", "5"] if command == "resume" else []
        result = CliRunner().invoke(app, [command, str(tmp_path), *options, *allowed])
        assert isinstance(result.exception, KeyWithheld), result.exception


def test_another_grounder_takes_the_place_of_the_first() -> None:
    first = PolicySettings(server="http://h:1", grounder="a", grounder_server="http://localhost:2", zoom=True)
    assert first.changed(grounder_server="http://localhost:2") == first
    second = first.changed(grounder_server="http://localhost:3", server="http://localhost:4")
    assert second == PolicySettings(server="http://localhost:4", grounder_server="http://localhost:3", zoom=True)
