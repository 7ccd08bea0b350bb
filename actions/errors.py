"""The root of the tree of errors, and the error of a part that is not installed.

HandeyeError
├── MissingDependency    an optional package is not installed
└── ...                  each package names its own beside their use
"""


class HandeyeError(Exception):
    """Root of the tree. `str(error)` is one line that says what is wrong and what to do."""


class MissingDependency(HandeyeError):
    """An optional package is needed and not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f'needs {package}: pip install "handeye[{extra}]"')
        self.package = package
        self.extra = extra
