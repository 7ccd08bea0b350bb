"""The root of the error hierarchy, and the error for a missing optional package.

HandeyeError
├── MissingDependency    an optional package is not installed
└── ...                  each package defines its own errors
"""


class HandeyeError(Exception):
    """Root of the hierarchy. `str(error)` is one line that says what is wrong and what to do."""


class MissingDependency(HandeyeError):
    """An optional package is needed but not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f'needs {package}: pip install "handeye[{extra}]"')
        self.package = package
        self.extra = extra
