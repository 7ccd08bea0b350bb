"""Which Chromium is found, and how one is installed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from handeye.environments.browser import chromium
from handeye.environments.errors import ChromiumNotFound


def program(path: Path, script: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without a browser: its folder, with `bin/` as the only one on the path."""
    monkeypatch.delenv("HANDEYE_CHROMIUM", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "downloads"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(chromium, "_SYSTEM_HEADLESS", (tmp_path / "lib" / "chromium-headless-shell",))
    return tmp_path


def revision(name: str) -> str:
    browsers = chromium.require_playwright() / "driver" / "package" / "browsers.json"
    return next(str(b["revision"]) for b in json.loads(browsers.read_text())["browsers"] if b["name"] == name)


def test_nothing_is_found_on_a_bare_machine(bare: Path) -> None:
    assert chromium.find_chromium() is None
    with pytest.raises(ChromiumNotFound, match=r"apt-get install -y chromium.*HANDEYE_CHROMIUM"):
        chromium.require_chromium()


def test_the_order_of_the_search(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = program(bare / "bin" / "chromium")
    assert chromium.find_chromium() == system
    shell = program(bare / "lib" / "chromium-headless-shell")
    assert chromium.find_chromium() == shell
    assert chromium.find_chromium(headless=False) == system
    folder = bare / "downloads" / f"chromium-{revision('chromium')}"
    downloaded = program(folder / "chrome-linux64" / "chrome")
    assert chromium.find_chromium() == downloaded
    folder = bare / "downloads" / f"chromium_headless_shell-{revision('chromium-headless-shell')}"
    downloaded_shell = program(folder / "chrome-headless-shell-linux64" / "chrome-headless-shell")
    assert chromium.find_chromium() == downloaded_shell
    assert chromium.find_chromium(headless=False) == downloaded
    named = program(bare / "elsewhere" / "browser")
    monkeypatch.setenv("HANDEYE_CHROMIUM", str(named))
    assert chromium.find_chromium() == named
    assert chromium.find_chromium(system) == system


def test_the_wrapper_that_does_not_exec_is_passed_over(bare: Path) -> None:
    program(bare / "bin" / "chromium-headless-shell")
    assert chromium.find_chromium() is None


def test_a_download_of_another_revision_is_passed_over(bare: Path) -> None:
    program(bare / "downloads" / "chromium-1" / "chrome-linux64" / "chrome")
    assert chromium.find_chromium() is None


def test_a_named_one_must_exist(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ChromiumNotFound, match=r"the given executable is .*none, which is not a program"):
        chromium.find_chromium(bare / "none")
    monkeypatch.setenv("HANDEYE_CHROMIUM", str(bare))
    with pytest.raises(ChromiumNotFound, match="HANDEYE_CHROMIUM is"):
        chromium.find_chromium()


def test_what_is_there_is_not_installed_again(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    system = program(bare / "bin" / "chromium")
    assert chromium.main(["--install"]) == 0
    assert capsys.readouterr() == (f"{system}\n", "")


@pytest.fixture
def python(bare: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Python whose `playwright install` fails, and that keeps a log of what was run."""
    path = program(bare / "python", f'echo python "$@" >> {bare}/log; exit 1')
    monkeypatch.setattr(sys, "executable", str(path))
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    return path


def test_the_ladder_ends_with_apt(bare: Path, python: Path, capfd: pytest.CaptureFixture[str]) -> None:
    made = bare / "bin" / "chromium"
    script = (
        f'echo apt-get "$@" >> {bare}/log; [ "$1" = update ] || {{ echo "#!/bin/sh" > {made}; /bin/chmod +x {made}; }}'
    )
    program(bare / "bin" / "apt-get", script)
    assert chromium.main(["--install"]) == 0
    assert capfd.readouterr().out == f"{made}\n"
    assert (bare / "log").read_text().splitlines() == [
        "python -m playwright install --with-deps chromium",
        "apt-get update",
        "apt-get install -y --no-install-recommends chromium",
    ]


def test_the_ladder_may_lead_nowhere(bare: Path, python: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert chromium.main(["--install"]) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert err.splitlines()[-1].startswith("error: Chromium could not be installed: run `playwright install")


def test_without_root_apt_is_left_alone(bare: Path, python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 1000)
    program(bare / "bin" / "apt-get", f"echo apt-get >> {bare}/log")
    assert chromium.main(["--install"]) == 1
    assert (bare / "log").read_text() == "python -m playwright install chromium\n"


def test_it_is_a_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "handeye.environments.browser.chromium"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert Path(done.stdout.strip()).is_file()
