"""tf.train.Example: named lists of bytes or of whole numbers."""

from collections.abc import Mapping, Sequence
from typing import Final

from handeye.evals.androidcontrol.records.wire import Malformed, Value, data, fields, signed, text, varint

_BYTES_LIST: Final = 1
_INT64_LIST: Final = 3


class Example:
    """The features of an example. Lists are read when they are asked for: most of one is screenshots."""

    def __init__(self, features: Mapping[str, memoryview]) -> None:
        """`features` are messages by name."""
        self._features = features

    @classmethod
    def parse(cls, record: bytes) -> "Example":
        """Read a record. Raises `Malformed`."""
        found: dict[str, memoryview] = {}
        for number, features in fields(memoryview(record)):
            if number != 1:
                continue
            for place, entry in fields(data(features)):
                if place == 1:
                    members = dict(fields(data(entry)))
                    found[text(members.get(1, memoryview(b"")))] = data(members.get(2, memoryview(b"")))
        return cls(found)

    def bytes_of(self, name: str) -> list[memoryview]:
        """Return a list of bytes; empty if there is no such feature. Raises `Malformed`."""
        return [data(value) for value in self._list(name, _BYTES_LIST)]

    def texts(self, name: str) -> list[str]:
        """Return a list of texts. Raises `Malformed`."""
        return [text(value) for value in self.bytes_of(name)]

    def numbers(self, name: str) -> list[int]:
        """Return a list of whole numbers, packed or not. Raises `Malformed`."""
        found = []
        for value in self._list(name, _INT64_LIST):
            if isinstance(value, int):
                found.append(signed(value))
                continue
            place = 0
            while place < len(value):
                number, place = varint(value, place)
                found.append(signed(number))
        return found

    def _list(self, name: str, kind: int) -> Sequence[Value]:
        feature = self._features.get(name)
        if feature is None:
            return []
        found = []
        for number, values in fields(feature):
            if number != kind:
                raise Malformed(f"{name} is a list of another kind")
            found += [value for place, value in fields(data(values)) if place == 1]
        return found
