"""What the options of a command ask for, and what is stored of them."""

from pathlib import Path
from typing import Any

import pytest

from handeye.agent.cli.policy import PolicySettings, named_model
from handeye.agent.cli.settings import Settings
from handeye.agent.prompts.catalog import NotAGrounder, NotAnAgent, UnknownProfile, UnsupportedCheckpoint
from handeye.agent.servers.errors import InvalidServer
from handeye.environments.errors import InvalidOption


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({}, InvalidOption, "name the model that decides"),
        ({"model": "a/b", "profile": "none"}, UnknownProfile, "there is no profile 'none'"),
        ({"model": "Yan98/GTA1-7B-2507"}, NotAnAgent, "gta1 only finds places and cannot plan: give it as --grounder"),
        ({"model": "microsoft/GUI-Actor-3B"}, UnsupportedCheckpoint, "patches"),
        ({"model": " "}, InvalidOption, "--model is empty"),
        ({"model": "a", "grounder": ""}, InvalidOption, "--grounder is empty"),
        ({"server": "not a url!!"}, InvalidServer, "is not the address of a server"),
        ({"model": "a", "grounder": "Fara-7B"}, NotAGrounder, "fara is not asked where something is"),
        ({"model": "a", "grounder": "Qwen/Qwen2.5-VL-7B-Instruct", "grounder_profile": "x"}, UnknownProfile, "'x'"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_loaded(
    given: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        PolicySettings(**given).require()


def test_what_can_work_is_not_refused() -> None:
    for given in (
        {"model": "handeye-tiny"},
        {"server": "http://localhost:1"},
        {"server": "http://localhost:1", "grounder_server": "localhost:2"},
        {"server": "http://localhost:1", "grounder": "its-name", "grounder_server": "HTTP://h:2"},
        {"model": "a/b", "grounder": "Yan98/GTA1-7B-2507"},
        {"model": "Qwen/Qwen2.5-VL-7B-Instruct", "zoom": True},
    ):
        PolicySettings(**given).require()


def test_an_unknown_fine_tune_is_told_how_it_is_prompted() -> None:
    assert PolicySettings(model="me/my-shop-7B").notice.startswith("me/my-shop-7B is not known: it is prompted as qwen")
    assert PolicySettings(model="me/my-shop-7B", profile="ui-tars-1.5").notice == ""
    assert PolicySettings(model="ByteDance-Seed/UI-TARS-1.5-7B").notice == ""


def test_another_model_or_server_takes_the_place_of_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here").mkdir()
    assert named_model("here", "http://localhost:1") == "here", "the name of a model on the server"
    assert named_model("x" * 400) == "x" * 400
    Path("UI-TARS-1.5-7B").symlink_to("here")
    assert named_model("UI-TARS-1.5-7B") == str(tmp_path / "UI-TARS-1.5-7B")
    served = PolicySettings(model="name", server="http://localhost:1", profile="planner", device="cpu")
    assert served.changed() == served
    assert served.changed(device="cuda") == served.model_copy(update={"device": "cuda"})
    assert served.changed(model="here") == served.model_copy(
        update={"model": str(tmp_path / "here"), "server": None, "profile": None}
    )
    local = PolicySettings(model="a/b")
    assert local.changed(server="http://localhost:2") == PolicySettings(server="http://localhost:2")
    assert local.changed(server="http://localhost:2", model="c").model == "c"


def test_settings_of_before_servers_are_read() -> None:
    stored: dict[str, Any] = {"marks": True, "model": "handeye-tiny", "device": "cpu", "dtype": "auto"}
    settings = Settings.from_journal(stored, Path("d"))
    assert settings.policy == PolicySettings(model="handeye-tiny", device="cpu")
    assert settings.marks


def test_a_folder_is_what_its_config_says(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoint-500"
    folder.mkdir()
    (folder / "config.json").write_text('{"_name_or_path": "ByteDance-Seed/UI-TARS-1.5-7B"}')
    assert PolicySettings(model=str(folder)).notice == ""
    (folder / "config.json").write_text('{"_name_or_path": "Hcompany/Holo1.5-7B"}')
    with pytest.raises(NotAnAgent, match=r"holo1\.5 only finds places"):
        PolicySettings(model=str(folder)).require()
    for broken in ("{", "[]", '{"_name_or_path": 7}'):
        (folder / "config.json").write_text(broken)
        assert "is not known" in PolicySettings(model=str(folder)).notice
