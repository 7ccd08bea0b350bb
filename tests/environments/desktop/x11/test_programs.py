"""Real programs and the input of X11: what they save is what was typed, what is dragged is what moves."""

import http.server
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handeye.actions.geometry import Point
from handeye.environments.contract.kiosk import Kiosk
from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.desktop.x11 import typing as x11_typing
from handeye.environments.desktop.x11.input import X11Input
from handeye.environments.errors import ActionRejected

MIXED = '第一行 Grüße 😀\nline two <tag> & "q" `~^\\|\n한국어 кириллица Ελληνικά 日本語 ÀÉÎ €\n'
# Tells what it gets: F2 sends what the text field holds, and empties it.
PAGE = """<!doctype html><meta charset=utf-8><style>body{margin:0} div{position:absolute;left:600px;width:200px}</style>
<textarea autofocus style="width:500px;height:300px"></textarea>
<div id=source draggable=true style="top:20px;height:80px;background:teal"></div>
<div id=target style="top:200px;height:200px;background:#ddd"></div>
<script>
const field = document.querySelector("textarea"), tell = (path, body) => fetch(path, {method: "POST", body});
field.onkeydown = event => { if (event.key === "F2") { tell("/text", field.value); field.value = ""; } };
onclick = event => tell("/click", [event.clientX, event.clientY]);
onwheel = event => tell("/wheel", [event.deltaX, event.deltaY, event.shiftKey]);
source.ondragstart = event => event.dataTransfer.setData("text/plain", "dragged");
target.ondragover = event => event.preventDefault();
target.ondrop = event => { event.preventDefault(); tell("/drop", event.dataTransfer.getData("text/plain")); };
</script>"""


def rare_text() -> str:
    chooser = random.Random(0)
    return "".join(chr(chooser.randrange(0x4E00, 0x9FA5)) for _ in range(400))


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.01)


@pytest.fixture
def hands(isolated: IsolatedDesktop) -> Iterator[X11Input]:
    hands = X11Input(isolated.display)
    yield hands
    hands.close()


def show(isolated: IsolatedDesktop, command: list[str], name: str) -> "subprocess.Popen[bytes]":
    """Start a program and return when its window is in front."""
    process = isolated.run(command)
    search = ["xdotool", "search", "--sync", "--onlyvisible", "--class", name, "windowactivate", "--sync"]
    subprocess.run(search, env=isolated.environ, check=True, timeout=120, stdout=subprocess.DEVNULL)
    return process


@pytest.mark.slow
def test_an_editor_saves_what_was_typed(
    isolated: IsolatedDesktop, hands: X11Input, tmp_path: Path, needs: Callable[..., None]
) -> None:
    needs("mousepad", "xdotool")
    file = tmp_path / "备忘 note.txt"
    file.touch()
    editor = show(isolated, ["mousepad", "--disable-server", str(file)], "mousepad")
    try:
        text = MIXED + rare_text() + "\nend\n"
        hands.type(text)
        hands.press(["ctrl", "s"])
        until(lambda: file.stat().st_size > 0)
        assert file.read_text(encoding="utf-8") == text
    finally:
        editor.kill()
        editor.wait()


def test_a_program_that_is_busy_gets_no_more_and_is_not_lost(
    isolated: IsolatedDesktop, hands: X11Input, needs: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("mousepad", "xdotool")
    monkeypatch.setattr(x11_typing, "_PATIENCE", 0.3)
    editor = show(isolated, ["mousepad", "--disable-server"], "mousepad")
    try:
        editor.send_signal(signal.SIGSTOP)
        with pytest.raises(ActionRejected, match=r"has read no key for 0\.3 s"):
            hands.type("".join(map(chr, range(0x4E00, 0x4E00 + 60))))
    finally:
        editor.kill()
        editor.wait()


class Answers(dict[str, list[str]]):
    """What the page told, by the path that it told it to."""

    def take(self, path: str) -> str:
        until(lambda: bool(self.get(path)))
        return self[path].pop(0)


@pytest.fixture
def answers() -> Iterator[tuple[str, Answers]]:
    """An address that serves the page, and what it tells."""
    told = Answers()

    class Request(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(PAGE.encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told.setdefault(self.path, []).append(body)
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Request)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", told
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.slow
def test_a_browser_gets_text_wheels_and_drags(
    isolated: IsolatedDesktop, hands: X11Input, answers: tuple[str, Answers]
) -> None:
    address, told = answers
    with Kiosk(address, environ=isolated.environ):
        at = Point(250, 150)
        until(lambda: hands.click(at) is None and bool(told.get("/click")))
        assert told.take("/click") == "250,150"
        for text in (MIXED, rare_text(), MIXED):
            hands.type(text)
            hands.press(["f2"])
            assert told.take("/text") == text
        for dx, dy, modifiers, wheel in ((0, 120, (), "0,120,false"), (0, -1, ("shift",), "0,-120,true")):
            hands.scroll(Point(900, 600), dx, dy, modifiers)
            assert told.take("/wheel") == wheel
        for _ in range(3):
            hands.drag([Point(640, 60), Point(700, 300)])
            assert told.take("/drop") == "dragged"
