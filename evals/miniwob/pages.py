"""The pages of MiniWoB++: served from the `miniwob` package's files, set up by our protocol, started and judged.

The protocol: pixels in, real mouse and keyboard out, the query bar visible, no time limit, nothing on the screen that
shows the reward or the last click, success when the page's own undiscounted reward reaches 1. Once an episode is over,
no click starts another one.

The package is used for its HTML files only: it is located, never imported, and its Selenium environment is not used.
"""

import functools
import http
import http.server
import importlib.util
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from handeye.actions.closeable import Closeable
from handeye.actions.errors import MissingDependency
from handeye.actions.geometry import Box, Size

Evaluate: TypeAlias = Callable[[str, object], object]
"""Evaluates a JavaScript function with one argument in the page, as `page.evaluate` of Playwright does."""

VIEWPORT: Final = Size(500, 400)
"""CSS px. Far larger than a task, because a page that can scroll moves when one of its inputs gets the focus."""

CLIP: Final = Box(0, 0, 168, 224)
"""CSS px of the viewport that are observed: the task area of 160x210 and a margin; sides are multiples of 14."""

LARGER_CLIPS: Final[Mapping[str, Box]] = {
    "buy-ticket": Box(0, 0, 168, 252),
    "choose-list": Box(0, 0, 252, 308),
    "click-menu": Box(0, 0, 210, 224),
    "click-menu-2": Box(0, 0, 210, 224),
    **dict.fromkeys(("click-tab-2", "click-tab-2-easy", "click-tab-2-hard", "click-tab-2-medium"), Box(0, 0, 168, 252)),
}
"""What is observed instead where a page, or what opens on it, is larger than the task area."""

DEVICE_SCALE_FACTOR: Final = 2
"""Screenshot px per CSS px: the text of the pages is about ten pixels high, too small to read at 1."""

REFRESH_RATE: Final = 1000
"""Frames a second at most while a page is waited for; in truth as many as the machine paints."""

HTML_ONLY: Final = frozenset({"button-delay", "chase-circle", "hover-shape", "moving-items", "simon-says"})
"""Pages that the package ships but does not register as environments: not part of the benchmark."""

INIT_SCRIPT: Final = """
document[Symbol.for('handeye.over')] = () => typeof WOB_DONE_GLOBAL !== 'undefined' && WOB_DONE_GLOBAL === true;
addEventListener('DOMContentLoaded', () => {
  if (typeof core === 'undefined') return;
  core.EPISODE_MAX_TIME = 2147483647;  // the longest that a timer can run, in ms: 24 days
  core.countdownTimer = () => {};      // its hidden clock would change the page every second
});
{
  // Not a style element: the page's own scripts must not find one more node.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('#reward-display, #click-canvas, #sync-task-cover { display: none !important }');
  document.adoptedStyleSheets.push(sheet);
}
"""
"""Runs before the page's own scripts. The hidden parts are positioned absolutely, so nothing else moves; a cover that
is not displayed can't be clicked, and clicking it is the only way to start a new episode."""

START: Final = """async seed => {
  document.activeElement?.blur();
  Math.seedrandom(seed);
  core.startEpisodeReal();
  const limit = performance.now() + 10000;
  while (!WOB_TASK_READY) {
    if (performance.now() > limit) throw new Error('the page was not ready after 10 s');
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  const told = core.getUtterance();
  return typeof told === 'string' ? told : told.utterance;
}"""
"""Starts the episode of a seed, and returns its instruction."""

TASKS: Final = "/miniwob/"
"""The folder of the tasks' pages on the server."""

UTTERANCE: Final = "() => { const u = core.getUtterance(); return typeof u === 'string' ? u : u.utterance }"

VERDICT: Final = """() => typeof WOB_DONE_GLOBAL === 'undefined'
  ? [false, 0, 'the page of the task was left']
  : [WOB_DONE_GLOBAL, WOB_RAW_REWARD_GLOBAL, String(WOB_REWARD_REASON ?? '')]"""


class Verdict(NamedTuple):
    """What the page itself says about the episode."""

    done: bool
    reward: float
    """Raw: not discounted by time. 0 until the episode is over."""
    reason: str


def start(evaluate: Evaluate, seed: int) -> str:
    """Start the episode of `seed` on a loaded page and return its instruction."""
    return told(evaluate(START, seed))


def told(instruction: object) -> str:
    """Return an instruction that the page has given."""
    return str(instruction).strip()


def utterance(evaluate: Evaluate) -> str:
    """Return the instruction of the running episode."""
    return told(evaluate(UTTERANCE, None))


def verdict(evaluate: Evaluate) -> Verdict:
    """Ask the page whether the episode is over, and how it went."""
    answer: Any = evaluate(VERDICT, None)
    done, reward, reason = answer
    return Verdict(bool(done), float(reward), str(reason))


def folder() -> Path:
    """Return the folder of the package's html files; raise MissingDependency without the package."""
    found = importlib.util.find_spec("miniwob")
    if found is None or found.origin is None:
        raise MissingDependency("miniwob", "miniwob")
    return Path(found.origin).parent / "html"


@functools.cache
def names() -> tuple[str, ...]:
    """Return the names of the 125 registered tasks, sorted."""
    return tuple(sorted({page.stem for page in (folder() / "miniwob").glob("*.html")} - HTML_ONLY))


def clip(name: str) -> Box:
    """Return the part of the viewport that is observed in a task, in CSS px."""
    return LARGER_CLIPS.get(name, CLIP)


class PageServer(Closeable):
    """Serves html files on a loopback port of its own until closed."""

    def __init__(
        self, directory: Path | None = None, *, script: str = "", others: Mapping[str, str] | None = None
    ) -> None:
        """Serve a folder laid out like the package's, or that one.

        script: what each task's page runs before its own scripts, whenever it is loaded; it leaves no element behind.
        others: further pages, by their paths.
        """
        handler = functools.partial(_QuietRequest, directory=str(folder() if directory is None else directory))
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.script, self._server.others = script, others or {}
        self._thread = threading.Thread(target=self._server.serve_forever, name="miniwob-pages", daemon=True)
        self._thread.start()

    def url(self, name: str) -> str:
        """Return the address of a task's page."""
        return self.address(f"{TASKS}{name}.html")

    def address(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def close(self) -> None:
        """Stop serving. Closing again does nothing."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(http.server.ThreadingHTTPServer):
    script: str
    others: Mapping[str, str]


class _QuietRequest(http.server.SimpleHTTPRequestHandler):
    """Answers without writing a log line to the terminal; keeps connections, and lets the browser keep what it has."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=86400")
        super().end_headers()

    def do_GET(self) -> None:
        page = self._page()
        if page is None:
            super().do_GET()
            return
        self.send_response(http.HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def _page(self) -> bytes | None:
        """Return a page that is not sent as it is on disk; None for all others."""
        if self.path in self.server.others:
            return self.server.others[self.path].encode()
        script, path = self.server.script, Path(self.translate_path(self.path))
        if not script or not self.path.startswith(TASKS) or path.suffix != ".html" or not path.is_file():
            return None
        start = f"<head><script>document.currentScript.remove();{script}</script>"
        return path.read_bytes().replace(b"<head>", start.encode(), 1)

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        # The files are UTF-8 and don't say so; without this unicode-test shows wrong characters.
        kind = super().guess_type(path)
        return f"{kind}; charset=utf-8" if kind == "text/html" else kind

    def log_message(self, format: str, *args: object) -> None:
        pass
