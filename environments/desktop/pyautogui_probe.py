"""The pointer's position on Windows and macOS."""

from handeye.actions.geometry import Point
from handeye.environments.desktop.pyautogui_module import load_pyautogui
from handeye.environments.errors import InvalidOption


class PyautoguiProbe:
    """Reads the pointer, but no keys."""

    def __init__(self) -> None:
        """Raises `MissingDependency` and `MissingProgram`."""
        self._position = load_pyautogui().position

    def pointer(self) -> Point:
        """Return where the pointer is, in the system's units."""
        return Point(*(round(value) for value in self._position()))

    def is_held(self, key: str) -> bool:
        """Raise `InvalidOption`: pyautogui cannot tell."""
        raise InvalidOption(f"a key as kill switch ({key}) needs X11: use a corner")

    def close(self) -> None:
        """Do nothing: there is no connection."""
