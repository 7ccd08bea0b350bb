"""pure-python-adb, a client of the adb server, and its plugins, which parse what commands print."""

from pathlib import Path
from typing import Any

import pytest

from handeye.environments.simulated_phone.phone import SimulatedPhone

client = pytest.importorskip("ppadb.client", reason="pure-python-adb is not installed")
pytestmark = pytest.mark.slow


@pytest.fixture
def device(phone: SimulatedPhone, adb: Any) -> Any:
    return client.Client(host="127.0.0.1", port=adb.server.port).device(phone.address)


def test_what_kind_of_phone_it_is(device: Any) -> None:
    assert device.get_state() == "device"
    size = device.wm_size()
    assert (size.width, size.height) == (1080, 2400)
    assert device.wm_density() == 480 // 160
    assert device.get_properties()["ro.product.model"] == "Simulated phone"
    assert device.get_battery_level() == 100
    assert device.list_features()["android.hardware.touchscreen"] is True


def test_apps(device: Any) -> None:
    assert {"com.android.settings", "org.handeye.notes"} <= set(device.list_packages())
    assert (device.is_installed("org.handeye.bank"), device.is_installed("org.handeye")) == (True, False)
    assert device.get_package_version_name("com.android.settings") == "14"
    device.shell("am start -n org.handeye.notes/.NotesActivity")
    tops = [activity.package for activity in device.get_top_activities()]
    assert tops[-1] == "org.handeye.notes"
    assert int(device.get_pid("org.handeye.notes")) == device.get_top_activities()[-1].pid
    assert device.clear("org.handeye.notes")


def test_processors(device: Any) -> None:
    assert device.cpu_count() == 1
    assert device.cpu_times().total() > 0
    assert 0 <= device.cpu_percent(interval=0.2) <= 100
    pid = device.get_pid("com.android.systemui")
    assert device.get_pid_cpu(pid).name == "(app)"
    assert list(device.get_all_thread_cpu(pid)) == [pid]


def test_touch_keys_and_pictures(device: Any, phone: SimulatedPhone) -> None:
    assert device.screencap().startswith(b"\x89PNG")
    device.shell("am start -n com.android.settings/.Settings")
    device.input_keyevent("KEYCODE_HOME")
    focus: Any = phone.evaluate("() => phone.focus()")
    assert focus["package"] == "com.android.launcher3"
    device.input_swipe(540, 1500, 540, 600, 200)
    device.input_text("notes")
    device.input_tap(540, 2385)
    device.input_press()


def test_files_and_ports(device: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text\n")
    device.push(str(tmp_path / "a.txt"), "/sdcard/Documents/a.txt")
    device.pull("/sdcard/Documents/a.txt", str(tmp_path / "b.txt"))
    assert (tmp_path / "b.txt").read_text() == "text\n"
    device.forward("tcp:45778", "tcp:45779")
    assert device.list_forward() == {"tcp:45778": "tcp:45779"}
    device.killforward_all()
