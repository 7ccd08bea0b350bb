"""What is closed at the end of a `with` block."""

from abc import ABC, abstractmethod
from typing import Self


class Closeable(ABC):
    """A context manager whose end is its `close`."""

    __slots__ = ()

    @abstractmethod
    def close(self) -> None:
        """Give everything back. May be called again."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
