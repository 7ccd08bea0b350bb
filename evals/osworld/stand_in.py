"""A stand-in for the machine: a drawn screen with a button and a field, behind the interface of `DesktopEnv`.

The interface is that of desktop-env 1.0.2 (PyPI), `desktop_env/desktop_env.py`, checked against it by signature. It
runs in an interpreter of its own, needs Python 3.8 and no package, and starts no virtual machine. A command is parsed
and not run: it may consist of calls of pyautogui with literal arguments, and of our own function `enter`.
"""

from __future__ import annotations

import ast
import os
import struct
import zlib
from typing import Any, Callable, Dict, List, Optional, Tuple  # noqa: UP035

FIELD = (100, 800, 700, 860)
"""Left, top, right, bottom."""
_BACK, _BUTTON, _PRESSED, _WHITE = b"\x30\x40\x50", b"\x20\x80\xe0", b"\x20\xb0\x40", b"\xff\xff\xff"
_CALLS = frozenset(
    "click moveTo mouseDown mouseUp scroll hscroll write press hotkey keyDown keyUp".split()
)  # of pyautogui


class Controller:
    """Carries out commands on the drawn screen, as `PythonController` does in a machine."""

    def __init__(self, button: Tuple[int, int, int, int]) -> None:  # noqa: UP006
        self.button = button
        self.pressed = 0
        self.text = ""
        self.focused = False
        self.commands: List[str] = []  # noqa: UP006

    def execute_python_command(self, command: str) -> Dict[str, Any]:  # noqa: UP006
        """Carry out a command, and return how it ended."""
        self.commands.append(command)
        try:
            for statement in ast.parse(command).body:
                self._do(statement)
        except (SyntaxError, ValueError, TypeError) as error:
            return {"status": "success", "output": "", "error": f"{type(error).__name__}: {error}", "returncode": 1}
        return {"status": "success", "output": "", "error": "", "returncode": 0}

    def _do(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.FunctionDef) and statement.name == "enter":
            return  # what it does on a real keyboard, `_act` does here
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
            raise ValueError(f"{ast.dump(statement)} is no call")
        call = statement.value
        if isinstance(call.func, ast.Name) and call.func.id == "enter":
            self._act("write", [ast.literal_eval(each) for each in call.args], {})
            return
        if not (isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)):
            raise ValueError(f"{ast.dump(call.func)} is no function of a module")
        module, name = call.func.value.id, call.func.attr
        positional = [ast.literal_eval(each) for each in call.args]
        named = {each.arg: ast.literal_eval(each.value) for each in call.keywords}
        if module == "time" and name == "sleep":
            return
        if module != "pyautogui" or name not in _CALLS:
            raise ValueError(f"{module}.{name} is not known here")
        self._act(name, positional, named)

    def _act(self, name: str, positional: List[Any], named: Dict[Any, Any]) -> None:  # noqa: UP006
        if name == "click":
            x, y = positional
            self.focused = within(FIELD, x, y)
            self.pressed += within(self.button, x, y) * int(named.get("clicks", 1))
        elif self.focused and name == "write":
            self.text += positional[0]
        elif self.focused and name == "press":
            self.text = "" if positional == ["delete"] else self.text + {"enter": "\n"}.get(positional[0], "")
        elif self.focused and name == "hotkey":
            self.text += "<" if positional == ["shift", ","] else ""


class DesktopEnv:
    """The stand-in, with the signatures of the real class."""

    def __init__(
        self,
        provider_name: str = "vmware",
        region: Optional[str] = None,  # noqa: UP045
        path_to_vm: Optional[str] = None,  # noqa: UP045
        snapshot_name: str = "init_state",
        action_space: str = "pyautogui",
        cache_dir: str = "cache",
        screen_size: Tuple[int, int] = (1920, 1080),  # noqa: UP006
        headless: bool = False,
        require_a11y_tree: bool = True,
        require_terminal: bool = False,
        os_type: str = "Ubuntu",
        enable_proxy: bool = False,
        client_password: str = "",
    ) -> None:
        if path_to_vm == "nowhere":
            raise FileNotFoundError("there is no machine at nowhere")
        self.action_space = action_space
        self.screen_size = screen_size
        self.is_environment_used = False
        self.action_history: List[Any] = []  # noqa: UP006
        self.evaluator: Dict[str, Any] = {}  # noqa: UP006
        self.instruction: Optional[str] = None  # noqa: UP045
        self.controller = Controller((0, 0, 0, 0))

    def reset(
        self,
        task_config: Optional[Dict[str, Any]] = None,  # noqa: UP006, UP045
        seed: Any = None,
        options: Any = None,
    ) -> Dict[str, Any]:  # noqa: UP006
        """Show the task's button, and forget what was done."""
        self.action_history.clear()
        task = task_config or {}
        setup = task.get("config") or [{}]
        if setup[0].get("type") == "fail":
            raise RuntimeError("Setup step 1 failed: _fail_setup")
        self.controller = Controller(tuple(setup[0].get("button", (0, 0, 0, 0))))
        self.evaluator = task.get("evaluator", {})
        self.instruction = task.get("instruction")
        return self._get_obs()

    def step(self, action: Any, pause: float = 2) -> Tuple[Dict[str, Any], float, bool, Dict[str, Any]]:  # noqa: UP006
        """Carry out an action."""
        self.action_history.append(action)
        self.is_environment_used = True
        if action == "crash":
            os.abort()
        words = ("WAIT", "FAIL", "DONE")
        if action not in words and isinstance(action, str):
            self.controller.execute_python_command(action)
        elif action not in words:
            self.controller.execute_python_command(_as_command(action))
        return self._get_obs(), 0, action in words[1:], {}

    def evaluate(self) -> float:
        """Return the share of what is expected that is there; of what cannot be done, whether that was said last."""
        failed = bool(self.action_history) and self.action_history[-1] == "FAIL"
        if self.evaluator["func"] == "infeasible":
            return 1 if failed else 0
        if failed:
            return 0
        expected = self.evaluator["expected"]
        there = {"pressed": self.controller.pressed > 0, "text": self.controller.text}
        return float(sum(there[name] == value for name, value in expected.items()) / len(expected))

    def close(self) -> None:
        """Do nothing: there is no machine."""

    def render(self, mode: str = "rgb_array") -> bytes:
        """Return the screen."""
        return bytes(self._get_obs()["screenshot"])

    def _get_obs(self) -> Dict[str, Any]:  # noqa: UP006
        width, height = self.screen_size
        colour = _PRESSED if self.controller.pressed else _BUTTON
        boxes = [(self.controller.button, colour), (FIELD, _WHITE)]
        return {"screenshot": png(width, height, boxes), "accessibility_tree": None, "terminal": None}


def within(box: Tuple[int, int, int, int], x: int, y: int) -> bool:  # noqa: UP006
    """Return whether a point is in a box."""
    return box[0] <= x < box[2] and box[1] <= y < box[3]


def _as_command(part: Dict[str, Any]) -> str:  # noqa: UP006
    """Return the command for a part of computer_13, as the real controller makes it."""
    kind, given = part["action_type"], part["parameters"]
    calls: Dict[str, Callable[[], str]] = {  # noqa: UP006
        "CLICK": lambda: f"pyautogui.click({given['x']}, {given['y']}, clicks={given['num_clicks']})",
        "TYPING": lambda: f"pyautogui.write({given['text']!r})",
        "PRESS": lambda: f"pyautogui.press({given['key']!r})",
        "HOTKEY": lambda: f"pyautogui.hotkey({', '.join(map(repr, given['keys']))})",
    }
    return calls.get(kind, lambda: "")()


def png(width: int, height: int, boxes: List[Tuple[Tuple[int, int, int, int], bytes]]) -> bytes:  # noqa: UP006
    """Return a picture of boxes on the background, the later ones in front."""
    edges = sorted({0, height, *(min(max(edge, 0), height) for box, _ in boxes for edge in (box[1], box[3]))})
    rows = []
    for top, bottom in zip(edges, edges[1:]):  # noqa: B905, RUF007
        line = bytearray(_BACK * width)
        for (left, first, right, last), colour in boxes:
            if first <= top < last:
                left, right = max(left, 0), min(right, width)
                line[3 * left : 3 * right] = colour * (right - left)
        rows.append((b"\0" + bytes(line)) * (bottom - top))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 1)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body
