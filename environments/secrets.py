"""Texts that the policy may type by name and never sees."""

from collections.abc import Mapping
from urllib.parse import quote, quote_plus

from handeye.environments.errors import ActionRejected, InvalidOption


class Secrets:
    """Named secret texts. Their values are revealed only for typing; `repr` shows the names."""

    def __init__(self, values: Mapping[str, str]) -> None:
        empty = [name for name, value in values.items() if not value]
        if empty:
            raise InvalidOption(f"the secret {empty[0]!r} is empty")
        self._values = dict(values)
        # Longest first, so that a secret within another does not leave the rest of that one readable.
        pairs = [(form, name) for name, value in values.items() for form in _forms(value)]
        self._forms = sorted(pairs, key=lambda pair: -len(pair[0]))

    def reveal(self, name: str) -> str:
        """Return the secret's value; raise `ActionRejected` if there is no such name."""
        if name not in self._values:
            known = ", ".join(sorted(self._values)) or "none"
            raise ActionRejected(f"there is no secret {name!r}; there are: {known}")
        return self._values[name]

    def redact(self, text: str) -> str:
        """Return the text with each secret replaced by its name, including percent-encoded occurrences."""
        for form, name in self._forms:
            text = text.replace(form, f"<{name}>")
        return text

    def __repr__(self) -> str:
        return f"Secrets({', '.join(sorted(self._values))})"


def _forms(value: str) -> set[str]:
    return {value, quote(value), quote(value, safe=""), quote_plus(value)}
