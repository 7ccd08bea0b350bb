"""The phone through the real adb: what tools see of it."""

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random
from socket import create_connection, create_server
from typing import Any

import pytest

from handeye.environments.simulated_phone.phone import SimulatedPhone

Run = Callable[..., Any]
BIG = Random(1).randbytes(3_000_000)


def test_it_introduces_itself(phone: SimulatedPhone, adb: Any) -> None:
    listed = adb("devices", "-l").text
    assert f"{phone.address}        device product:simulated_phone model:Simulated_phone device:simulated" in listed
    assert adb("features", serial=phone.address).text.split() == ["shell_v2", "cmd", "fixed_push_mkdir"]
    assert adb("shell", "getprop ro.build.version.sdk", serial=phone.address).text == "34\n"


def test_output_errors_and_status_are_kept_apart(sh: Run) -> None:
    assert sh("echo out; echo err >&2; exit 7") == (b"out\n", b"err\n", 7)
    assert sh("nosuch").status == 127


def test_the_first_version_of_the_shell_gives_one_stream(phone: SimulatedPhone, adb: Any) -> None:
    assert adb("shell", "-x", "echo out; nosuch; echo $?", serial=phone.address).out == (
        b"out\n/system/bin/sh: nosuch: inaccessible or not found\n127\n"
    )
    assert adb("exec-out", "printf 'a\\r\\n\\0b'", serial=phone.address).out == b"a\r\n\0b"


def test_standard_input_reaches_commands(sh: Run, phone: SimulatedPhone, adb: Any, eventually: Run) -> None:
    assert sh("cat | wc -c", stdin=BIG).out == b"3000000\n"
    adb("exec-in", "cat > /sdcard/Download/in.bin", stdin=BIG[:300_000], serial=phone.address)
    # exec-in hangs up without waiting; the command reads on to the end of what was sent.
    eventually(lambda: sh("stat -c %s /sdcard/Download/in.bin").out == b"300000\n")
    assert adb("exec-out", "cat /sdcard/Download/in.bin", serial=phone.address).out == BIG[:300_000]


def test_many_commands_run_at_once(phone: SimulatedPhone, adb: Any) -> None:
    device = adb.device(phone.address)
    running = [device.shell(f"echo {number}; sleep 600", stream=True) for number in range(8)]
    assert [stream.read_string(2) for stream in running] == [f"{number}\n" for number in range(8)]
    assert device.shell("echo and another") == "and another"
    for stream in running:
        stream.close()


@pytest.mark.parametrize("folder", ["/sdcard/Download", "/data/local/tmp"])
def test_three_megabytes_there_and_back(phone: SimulatedPhone, adb: Any, tmp_path: Path, folder: str) -> None:
    (tmp_path / "big").write_bytes(BIG)
    assert adb("push", tmp_path / "big", f"{folder}/été 1.bin", serial=phone.address).status == 0
    assert adb("shell", f"wc -c < '{folder}/été 1.bin'", serial=phone.address).text == "3000000\n"
    assert adb("pull", f"{folder}/été 1.bin", tmp_path / "back", serial=phone.address).status == 0
    assert (tmp_path / "back").read_bytes() == BIG


def test_folders_there_and_back(phone: SimulatedPhone, adb: Any, tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "one.txt").write_text("one\n")
    (tmp_path / "a" / "b" / "empty").write_bytes(b"")
    assert adb("push", tmp_path / "a", "/sdcard/Documents/", serial=phone.address).status == 0
    assert adb("shell", "cat /sdcard/Documents/a/one.txt", serial=phone.address).out == b"one\n"
    assert adb("pull", "/sdcard/Documents/a", tmp_path / "back", serial=phone.address).status == 0
    assert (tmp_path / "back" / "one.txt").read_text() == "one\n"
    assert (tmp_path / "back" / "b" / "empty").read_bytes() == b""


def test_files_that_cannot_be(phone: SimulatedPhone, adb: Any, tmp_path: Path) -> None:
    missing = adb("pull", "/sdcard/nothing", tmp_path, serial=phone.address)
    assert missing.status == 1 and b"does not exist" in missing.err
    (tmp_path / "x").write_bytes(b"x")
    refused = adb("push", tmp_path / "x", "/system/x", serial=phone.address)
    assert refused.status == 1 and b"Read-only file system" in refused.err


def test_adbutils_reads_and_writes_files(phone: SimulatedPhone, adb: Any) -> None:
    sync = adb.device(phone.address).sync
    sync.push(b"hello\n", "/sdcard/Download/hello.txt")
    assert sync.read_text("/sdcard/Download/hello.txt") == "hello\n"
    assert (sync.stat("/sdcard/Download/hello.txt").size, sync.exists("/sdcard/no")) == (6, False)
    assert [info.path for info in sync.list("/sdcard/Download")] == ["hello.txt", "ticket.txt"]
    assert phone.state()["files"]["/sdcard/Download/hello.txt"]["text"] == "hello\n"  # type: ignore[index,call-overload]


@pytest.mark.slow
def test_adbutils_knows_the_phone(phone: SimulatedPhone, adb: Any) -> None:
    device = adb.device(phone.address)
    device.app_start("com.android.settings", ".Settings")
    current = device.app_current()
    assert (current.package, current.activity) == ("com.android.settings", ".Settings")
    assert tuple(device.window_size()) == (1080, 2400)
    assert device.rotation() == 0
    assert device.is_screen_on()
    assert device.battery().level == 100
    assert device.app_info("com.android.settings").version_code == 34
    assert "com.android.contacts" in device.list_packages()
    assert device.screenshot(error_ok=False).size == (1080, 2400)
    assert device.screenshot(display_id=0, error_ok=False).size == (1080, 2400)
    assert "Network" in device.dump_hierarchy()
    assert device.prop.model == "Simulated phone"
    assert device.shell2("echo out; echo err >&2; exit 3", v2=True).stderr == "err\n"
    device.click(0.5, 0.999)  # the home button
    assert device.app_current().package == "com.android.launcher3"


def test_ports_lead_to_the_computer(phone: SimulatedPhone, adb: Any) -> None:
    with create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_echo_once, args=(server,), daemon=True).start()
        local = server.getsockname()[1]
        port = int(adb("reverse", "tcp:0", f"tcp:{local}", serial=phone.address).text)
        assert f"tcp:{port} tcp:{local}" in adb("reverse", "--list", serial=phone.address).text
        with create_connection(("127.0.0.1", port), timeout=60) as socket:
            socket.sendall(b"hello")
            assert socket.recv(5) == b"HELLO"
        taken = adb("reverse", "--no-rebind", f"tcp:{port}", "tcp:1", serial=phone.address)
        assert taken.status == 1 and b"cannot rebind" in taken.err
        assert adb("reverse", "--remove", f"tcp:{port}", serial=phone.address).status == 0
        with pytest.raises(OSError):
            create_connection(("127.0.0.1", port), timeout=60)
        adb("reverse", f"tcp:{local}", f"tcp:{local}", serial=phone.address)
        adb("reverse", "--remove-all", serial=phone.address)
        assert adb("reverse", "--list", serial=phone.address).text.strip() == ""


def _echo_once(server: Any) -> None:
    connection, _ = server.accept()
    with connection:
        connection.sendall(connection.recv(5).upper())


def test_nothing_listens_on_the_phone(phone: SimulatedPhone, adb: Any) -> None:
    port = int(adb("forward", "tcp:0", "tcp:8080", serial=phone.address).text)
    with create_connection(("127.0.0.1", port), timeout=60) as socket:
        assert socket.recv(1) == b""
    adb("forward", "--remove-all")


def test_a_person_at_the_shell(phone: SimulatedPhone, adb: Any) -> None:
    def until(expected: str) -> str:
        seen = b""
        while not seen.endswith(expected.encode()):
            seen += terminal.stdout.read(1)
        return seen.decode()

    with adb.start("shell", "-tt", serial=phone.address) as terminal:
        prompt = "simulated:/ $ "
        until(prompt)
        terminal.stdin.write(b"echo a b\x7f\x7fc\r")
        assert until(prompt).endswith(f"\r\nac\r\n{prompt}")
        terminal.stdin.write(b"nosuch\r")
        assert "nosuch: inaccessible or not found\r\n" in until(prompt)
        terminal.stdin.write(b"sleep 60\r")
        until("sleep 60\r\n")
        terminal.stdin.write(b"\x03")
        assert until(prompt) == f"^C\r\n{prompt}"
        terminal.stdin.write(b"exit\r")
        assert terminal.wait(60) == 130


def test_a_script_comes_by_standard_input(phone: SimulatedPhone, adb: Any) -> None:
    script = b"cd /sdcard\nA='two\nlines'\necho \"$A\"\nls /nosuch\n(echo sub)\nls Download\nexit 4\necho never\n"
    ran = adb("shell", stdin=script, serial=phone.address)
    assert ran == (b"two\nlines\nsub\nticket.txt\n", b"ls: /nosuch: No such file or directory\n", 4)
    assert adb("shell", stdin=b"echo no new line at the end", serial=phone.address).out == b"no new line at the end\n"
    assert adb("shell", stdin=b"echo 'open", serial=phone.address).err == b"/system/bin/sh: no closing quote\n"


def test_a_command_ends_with_its_client(phone: SimulatedPhone, adb: Any, eventually: Run) -> None:
    device = adb.device(phone.address)
    phone.evaluate("""() => {
      window.down = window.up = 0;
      addEventListener('pointerdown', () => down++, true);
      for (const kind of ['pointerup', 'pointercancel']) addEventListener(kind, () => up++, true);
    }""")
    stream = device.shell("input swipe 500 1000 500 1100 600000; input keyevent APP_SWITCH", stream=True)
    eventually(lambda: phone.evaluate("() => down") == 1)
    stream.close()
    eventually(lambda: phone.evaluate("() => up") == 1)
    assert device.app_current().package == "com.android.launcher3"
    device.shell("input tap 540 1200")
    eventually(lambda: phone.evaluate("() => [down, up]") == [2, 2])


def test_pipes_that_only_tools_use(sh: Run) -> None:
    assert sh("dumpsys window | grep -E 'mCurrentFocus'").text.count("com.android.launcher3/") >= 1
    assert sh("dumpsys power | grep 'Display Power: state=' | head -n 1").out == b"Display Power: state=ON\n"
    assert sh("pm list packages | sort | tail -n 1").out == b"package:org.handeye.webview\n"
    assert sh("rm -f /data/local/tmp/x.xml; uiautomator dump /data/local/tmp/x.xml && echo success").text == (
        "UI hierchary dumped to: /data/local/tmp/x.xml\nsuccess\n"
    )


def test_two_adb_servers_share_it(phone: SimulatedPhone, adb: Any) -> None:
    from handeye.environments.android.adb_server import AdbServer, adb_program

    with AdbServer() as other:
        command = [str(adb_program()), "-P", str(other.port)]
        subprocess.run([*command, "connect", phone.address], capture_output=True, timeout=120)
        done = subprocess.run([*command, "shell", "echo hello"], capture_output=True, timeout=120)
        assert done.stdout == b"hello\n"
    assert adb("shell", "echo still here", serial=phone.address).out == b"still here\n"
