"""Applications are found by their desktop entries, and by commands."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handeye.actions.geometry import Box
from handeye.environments.desktop.apps import App, Apps
from handeye.environments.desktop.entries import installed, read_entry
from handeye.environments.desktop.system import Window
from handeye.environments.errors import ActionRejected, InvalidOption
from handeye.environments.secrets import Secrets

NO_SECRETS = Secrets({})
EDITOR = """[Desktop Entry]
Type=Application
Name=Plain Text
Name[de]=Klartext
GenericName=Text Editor
Comment=100% text
Exec=/usr/bin/plain --title "a b" --name %c %U --percent=100%%
StartupWMClass=PlainText
[Desktop Action new]
Exec=other
"""


def write(folder: Path, name: str, text: str) -> dict[str, str]:
    file = folder / "applications" / f"{name}.desktop"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return {"XDG_DATA_HOME": str(folder), "XDG_DATA_DIRS": str(folder / "none"), "PATH": os.environ["PATH"]}


def window(app: str, *kinds: str, title: str = "") -> Window:
    return Window(1, title, app, None, kinds, Box(0, 0, 10, 10))


def test_an_entry_is_read(tmp_path: Path) -> None:
    (entry,) = installed(write(tmp_path, "org.example.plain", EDITOR))
    assert entry.id == "org.example.plain"
    assert (entry.name, entry.generic_name, entry.window_class) == ("Plain Text", "Text Editor", "plaintext")
    assert entry.command == ("/usr/bin/plain", "--title", "a b", "--name", "Plain Text", "--percent=100%")
    assert not entry.terminal and not entry.hidden


@pytest.mark.parametrize("name", ["plain text", "org.example.plain", "Text Editor", "PLAIN", "plaintext"])
def test_an_application_goes_by_all_its_names(name: str, tmp_path: Path) -> None:
    apps = Apps(["Plain Text"], write(tmp_path, "org.example.plain", EDITOR))
    found = apps.find(name)
    assert found is not None
    assert found.command[0] == "/usr/bin/plain"


def test_only_what_is_allowed_can_be_opened(tmp_path: Path) -> None:
    write(tmp_path, "other", EDITOR.replace("Plain Text", "Other").replace("PlainText", "Other"))
    apps = Apps(["Plain Text"], write(tmp_path, "plain", EDITOR))
    with pytest.raises(ActionRejected, match="there is no app 'other'; there are: Plain Text, terminal"):
        apps.require("other", [window("terminal")], NO_SECRETS)


def test_an_open_window_is_preferred(tmp_path: Path) -> None:
    apps = Apps(["Plain Text"], write(tmp_path, "plain", EDITOR))
    opened = window("plain.bin", "plaintext")
    assert apps.require("text editor", [window("x"), opened], NO_SECRETS) is opened
    assert apps.require("X", [window("x"), opened], NO_SECRETS) == window("x")
    assert isinstance(apps.require("text editor", [window("x")], NO_SECRETS), App)


def test_the_whole_menu_leaves_out_what_is_hidden(tmp_path: Path) -> None:
    write(tmp_path, "hidden", EDITOR.replace("Plain Text", "Hidden") + "\n[Desktop Entry]\nNoDisplay=true\n")
    apps = Apps(["*"], write(tmp_path, "plain", EDITOR))
    assert apps.find("plain text") is not None
    assert apps.find("hidden") is None


def test_a_name_of_its_own_comes_before_a_shared_one(tmp_path: Path) -> None:
    write(
        tmp_path, "a-settings", EDITOR.replace("Plain Text", "Settings").replace("/usr/bin/plain", "plain --settings")
    )
    apps = Apps(["*"], write(tmp_path, "plain", EDITOR))
    found = apps.find("plain")
    assert found is not None
    assert found.name == "Plain Text"


def test_commands_can_be_allowed() -> None:
    apps = Apps(["env NAME=1 sh -c 'exit 3'"], os.environ)
    found = apps.find("env")
    assert found is not None
    assert found.command[1:] == ("NAME=1", "sh", "-c", "exit 3")


@pytest.mark.parametrize("item", ["no such program", "", "sh 'unclosed"])
def test_what_is_not_there_cannot_be_allowed(item: str) -> None:
    with pytest.raises(InvalidOption, match="apps"):
        Apps([item], os.environ)


@settings(max_examples=80, deadline=None)
@given(text=st.text(max_size=300) | st.text("[]=#%\"'\\\nabcExec", max_size=100).map("[Desktop Entry]\n".__add__))
def test_no_file_breaks_the_reader(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "any.desktop"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    entry = read_entry(file, "any")
    assert entry is None or entry.command


def test_what_cannot_be_opened_is_quoted_without_secrets() -> None:
    secrets = Secrets({"pin": "tulip's 'meadow\\"})
    with pytest.raises(ActionRejected) as rejected:
        Apps([], {}).require("x" * 95 + "tulip's 'meadow\\", [window("tulip's 'meadow\\")], secrets)
    assert "tulip" not in str(rejected.value) and "<pin" in str(rejected.value)
