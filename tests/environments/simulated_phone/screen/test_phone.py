"""What is on the phone's screen, and what touches and keys do to it."""

import gzip
import io
import math
import struct
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageChops

from handeye.environments.simulated_phone.phone import SimulatedPhone

Run = Callable[..., Any]

WATCH = """() => {
  window.seen = [];
  if (window.watched) return;
  window.watched = true;
  for (const kind of ['pointerdown', 'pointermove', 'pointerup', 'pointercancel', 'keydown'])
    addEventListener(kind, event => seen.push([kind, event.key ?? [event.clientX, event.clientY]]), true);
}"""
FIELD = """() => {
  const field = document.createElement('textarea');
  field.id = 'field';
  field.style = 'position:fixed;left:0;top:100px;width:300px;height:100px;z-index:99999';
  document.getElementById('field')?.remove();
  document.body.append(field);
  field.focus();
}"""


def image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def alike(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and all(most <= 8 for _, most in ImageChops.difference(one, other).getextrema())


def value(phone: SimulatedPhone) -> object:
    return phone.evaluate("() => document.getElementById('field').value")


@pytest.fixture
def field(phone: SimulatedPhone) -> Any:
    """A field that has the focus, in front of everything."""
    phone.evaluate(FIELD)
    yield phone
    phone.evaluate("() => document.getElementById('field').remove()")


@pytest.mark.slow
def test_all_kinds_of_captures_show_the_same(sh: Run, phone: SimulatedPhone, adb: Any) -> None:
    png = adb("exec-out", "screencap -p", serial=phone.address).out
    raw = adb("exec-out", "screencap", serial=phone.address).out
    packed = adb("exec-out", "screencap | gzip -1", serial=phone.address).out
    sh("screencap -p /sdcard/Pictures/a.png; screencap /sdcard/Pictures/b.png; screencap /data/local/tmp/c.raw")
    assert struct.unpack("<4I", raw[:16]) == (1080, 2400, 1, 1)
    assert len(raw) == 16 + 1080 * 2400 * 4
    shown = image(png)
    assert shown.size == (1080, 2400)
    assert gzip.decompress(packed) == raw
    others = [image(adb("exec-out", f"cat /sdcard/Pictures/{name}.png", serial=phone.address).out) for name in "ab"]
    others.append(Image.frombytes("RGBA", (1080, 2400), raw[16:]).convert("RGB"))
    others.append(
        Image.frombytes(
            "RGBA", (1080, 2400), adb("exec-out", "cat /data/local/tmp/c.raw", serial=phone.address).out[16:]
        ).convert("RGB")
    )
    # From one picture to the next, Chromium draws the edges of an icon a little lighter or darker.
    assert [ImageChops.difference(shown, other).getextrema() for other in others if not alike(shown, other)] == []


@pytest.mark.slow
def test_what_is_protected_or_off_is_black(sh: Run, phone: SimulatedPhone, adb: Any) -> None:
    def colours() -> int:
        return len(image(adb("exec-out", "screencap -p", serial=phone.address).out).getcolors(1 << 24) or ())

    assert colours() > 1
    sh("am start -n org.handeye.bank/.BankActivity")
    assert colours() == 1
    assert "SECURE" in sh("dumpsys window windows").text
    sh("input keyevent HOME POWER")
    assert colours() == 1
    assert "mHoldingDisplaySuspendBlocker=false" in sh("dumpsys power").text
    assert "null root node" in sh("uiautomator dump").err.decode()
    sh("input keyevent WAKEUP; wm dismiss-keyguard")
    assert colours() > 1


def test_a_finger_lands_on_the_pixel(sh: Run, phone: SimulatedPhone) -> None:
    phone.evaluate(WATCH)
    for x, y in [(0, 0), (1, 2), (541, 1201), (1078, 2398)]:
        sh(f"input tap {x} {y}")
        kind, (left, top) = phone.evaluate("() => seen.filter(([kind]) => kind === 'pointerdown').at(-1)")  # type: ignore[misc]
        assert (kind, int(left * 3), int(top * 3)) == ("pointerdown", x, y)
    before = phone.evaluate("() => seen.length")
    assert sh("input tap 1080 5; input tap -1 5").status == 0
    assert phone.evaluate("() => seen.length") == before


BOX = """() => {
  const box = document.createElement('div');
  box.style = 'position:fixed;left:100px;top:100px;width:20px;height:20px;z-index:99999';
  document.body.append(box);
  window.box = box;
  window.tapped = null;
  addEventListener('click', event => { tapped = event.target === box; event.stopPropagation(); }, true);
}"""


@pytest.mark.parametrize("density", [480, 320])
def test_a_tap_meets_what_is_painted(sh: Run, phone: SimulatedPhone, density: int) -> None:
    sh(f"wm density {density}")
    phone.evaluate(BOX)
    css: Any = phone.evaluate("() => innerWidth")
    first, after = (math.ceil(edge * 1080 / css) for edge in (100, 120))
    middle = round(110 * 1080 / css)
    # Chromium looks for what a finger meets at the nearest whole CSS px, so an edge may be a pixel further left.
    for x, hit in ((first - 2, False), (first, True), (after - 2, True), (after, False)):
        sh(f"input tap {x} {middle}")
        assert phone.evaluate("() => tapped") is hit, x
    phone.evaluate("() => box.remove()")
    sh("wm density reset")


def test_a_swipe_takes_its_time_and_its_way(sh: Run, phone: SimulatedPhone) -> None:
    phone.evaluate(WATCH)
    began = time.monotonic()
    sh("input swipe 300 1200 600 900 400")
    assert time.monotonic() - began >= 0.4
    seen: Any = phone.evaluate("() => seen")
    kinds = [kind for kind, _ in seen]
    assert kinds[0] == "pointerdown" and kinds[-1] in ("pointerup", "pointercancel") and kinds.count("pointermove") >= 3
    sh("input motionevent DOWN 300 1200; input motionevent MOVE 310 1210; input motionevent UP 310 1210")
    assert phone.evaluate("() => seen.at(-1)[0]") == "pointerup"


def test_text_is_typed_by_keys(sh: Run, field: SimulatedPhone) -> None:
    text = "".join(map(chr, range(33, 127))).replace("'", "")
    assert sh(f"input text '{text}%sx'").status == 0
    assert value(field) == text + " x"
    assert sh("input keyevent 67 DEL KEYCODE_DEL 29 30 KEYCODE_ENTER").status == 0
    assert value(field) == text[:-1] + "ab\n"
    sh("input keycombination CTRL_LEFT A; input keyevent FORWARD_DEL")
    assert value(field) == ""


def test_text_without_keys_is_refused_and_nothing_typed(sh: Run, field: SimulatedPhone) -> None:
    refused = sh("input text 'Grüße'")
    assert refused.status == 255
    assert refused.err.decode().startswith(
        "\nException occurred while executing 'text':\n"
        "java.lang.NullPointerException: Attempt to get length of null array\n"
        "\tat com.android.server.input.InputShellCommand.sendText(InputShellCommand.java:338)\n"
    )
    assert value(field) == ""


def test_a_long_press_of_a_key_holds_it(sh: Run, field: SimulatedPhone) -> None:
    field.evaluate(WATCH)
    began = time.monotonic()
    sh("input keyevent --longpress KEYCODE_A")
    assert time.monotonic() - began >= 0.5
    assert field.evaluate("() => seen.filter(([kind]) => kind === 'keydown').length") == 1


def test_nothing_is_typed_or_touched_in_the_dark(sh: Run, phone: SimulatedPhone) -> None:
    phone.evaluate(WATCH)
    sh("input keyevent SLEEP; input tap 540 1200; input swipe 1 1 500 500 50; input text abc")
    assert phone.evaluate("() => seen.filter(([kind]) => kind.startsWith('pointer')).length") == 0


@pytest.mark.slow
@pytest.mark.parametrize("rotation", [1, 2, 3])
def test_the_screen_turns(sh: Run, phone: SimulatedPhone, adb: Any, rotation: int) -> None:
    sh(f"settings put system accelerometer_rotation 0; settings put system user_rotation {rotation}")
    size = (2400, 1080) if rotation % 2 else (1080, 2400)
    assert image(adb("exec-out", "screencap -p", serial=phone.address).out).size == size
    device = adb.device(phone.address)
    assert (device.rotation(), tuple(device.window_size())) == (rotation, size)
    assert sh("wm size").out == b"Physical size: 1080x2400\n"
    assert sh("wm user-rotation").text == f"lock {rotation}\n"
    assert ElementTree.fromstring(device.dump_hierarchy()).get("rotation") == str(rotation)
    phone.evaluate(WATCH)
    sh(f"input tap {size[0] - 2} 7")
    _, (left, top) = phone.evaluate("() => seen.filter(([kind]) => kind === 'pointerdown').at(-1)")  # type: ignore[misc]
    assert (int(left * 3), int(top * 3)) == (size[0] - 2, 7)
    sh("wm user-rotation free")
    assert image(adb("exec-out", "screencap -p", serial=phone.address).out).size == (1080, 2400)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "density"), [("720x1600", 320), ("1440x3040", 560), ("1001x1999", 420)])
def test_another_size_and_density(sh: Run, phone: SimulatedPhone, adb: Any, size: str, density: int) -> None:
    sh(f"wm size {size}; wm density {density}")
    assert sh("wm size").text == f"Physical size: 1080x2400\nOverride size: {size}\n"
    assert sh("wm density").text == f"Physical density: 480\nOverride density: {density}\n"
    shown = image(adb("exec-out", "screencap -p", serial=phone.address).out)
    assert "x".join(map(str, shown.size)) == size
    assert tuple(adb.device(phone.address).window_size()) == shown.size
    phone.evaluate(WATCH)
    sh(f"input tap {shown.width - 1} {shown.height - 1}")
    _, (left, top) = phone.evaluate("() => seen.filter(([kind]) => kind === 'pointerdown').at(-1)")  # type: ignore[misc]
    width, height = phone.evaluate("() => [innerWidth, innerHeight]")  # type: ignore[misc]
    assert 0 < width - left < 1 and 0 < height - top < 1
    sh("wm size reset; wm density reset")
    assert sh("wm size; wm density").text == "Physical size: 1080x2400\nPhysical density: 480\n"


def test_the_tree_tells_where_things_are(sh: Run, phone: SimulatedPhone, adb: Any) -> None:
    sh("am start -n com.android.settings/.Settings")
    xml = adb.device(phone.address).dump_hierarchy()
    assert xml.startswith(
        "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><hierarchy rotation=\"0\"><node index=\"0\" "
    )
    nodes = list(ElementTree.fromstring(xml).iter("node"))
    assert all(
        list(node.attrib)
        == "index text resource-id class package content-desc checkable checked clickable enabled focusable focused "
        "scrollable long-clickable password selected bounds".split()
        for node in nodes
    )
    network = next(node for node in nodes if node.get("text", "").startswith("Network"))
    left, top, right, bottom = (int(part) for part in network.get("bounds", "")[1:-1].replace("][", ",").split(","))
    assert 0 <= left < right <= 1080 and 0 <= top < bottom <= 2400
    sh(f"input tap {(left + right) // 2} {(top + bottom) // 2}")
    assert "Airplane mode" in adb.device(phone.address).dump_hierarchy()
    assert sh("uiautomator dump --compressed /dev/tty").text.endswith("</hierarchy>UI hierchary dumped to: /dev/tty\n")
