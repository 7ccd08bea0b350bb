"""appium-adb, the package through which Appium drives every Android phone."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from handeye.environments.android.adb_server import adb_program
from handeye.environments.simulated_phone.phone import SimulatedPhone

FOLDER = Path(sys.prefix) / "clients"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(not (FOLDER / "node_modules" / "appium-adb").is_dir(), reason="appium-adb is not installed"),
]
LATIN, UIAUTOMATOR = "com.android.inputmethod.latin/.LatinIME", "com.github.uiautomator/.AdbKeyboard"


def test_every_call_returns_what_is_true_of_the_phone(phone: SimulatedPhone, adb: Any, tmp_path: Path) -> None:
    tools = tmp_path / "sdk" / "platform-tools"
    tools.mkdir(parents=True)
    (tools / "adb").symlink_to(adb_program())
    done = subprocess.run(
        ["node", "--input-type=module", "-", phone.address, str(adb.server.port), tmp_path],
        input=Path(__file__).with_name("appium.mjs").read_text("utf-8"),
        cwd=FOLDER,
        env={**os.environ, "ANDROID_HOME": str(tools.parent), "ANDROID_ADB_SERVER_PORT": str(adb.server.port)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    results = dict(json.loads(line[1:]) for line in done.stdout.splitlines() if line.startswith("@"))
    assert results == {
        "devices": ["device"],
        "api": 34,
        "size": "1080x2400",
        "density": 480,
        "orientation": 0,
        "model": "Simulated phone",
        "airplane": [True, False],
        "wifi": [False, True],
        "installed": [True, False],
        "activity": "org.handeye.notes/.NotesActivity",
        "start": {"appPackage": "org.handeye.notes", "appActivity": ".NotesActivity"},
        "running": [True, False],
        "stopped": False,
        "keyboard": {"isKeyboardShown": False, "canCloseKeyboard": False},
        "keyboards": [LATIN, UIAUTOMATOR],
        "lock": [True, False],
        "files": ["words\n", ["it's.txt"], 32, False],
        "settings": "77",
        "location": ["gps"],
        "screenshot": "PNG",
        "version": 34,
        "packages": {"appPackage": "org.handeye.notes", "versionCode": "34"},
    }, done.stderr
