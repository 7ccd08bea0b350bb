"""Texts that the policy may type by name and never sees.

Every character may be encoded or not, and several times over (an address within an address), so a secret is matched by
one pattern rather than by a list of its forms. A secret of a few characters occurs everywhere by chance: it counts only
where it stands alone, as a word of a text or as a whole part of an address.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from html.entities import html5
from urllib.parse import unquote

from handeye.environments.errors import ActionRejected, InvalidOption

_SHORT = 4
"""Secrets with fewer characters count only where they stand alone."""
_NUMBER = 8
"""Digits from which a number, such as that of a card, is also recognized where it is written in groups."""
# Bounded, so that a page with thousands of one sign is compared in good time.
_PERCENT, _ZEROS = "%(?:25){0,8}", "0{0,8}"
_SPACE = (
    rf"(?:\s|\+|&nbsp;|&#{_ZEROS}(?:32|160|[xX]{_ZEROS}(?:20|[aA]0));?|\\{{1,16}}[nrtf]|"
    rf"{_PERCENT}(?:20|2[Bb]|0[9A-Da-d]|[Cc]2{_PERCENT}[Aa]0))"
)
_UNFIT_FOR_FILES = '<>:"/\\|?*'
"""For which the name of a file has an underscore."""
_GROUPED = rf"(?:[\s.+-]|{_PERCENT}20)?"
_SEPARATORS = re.compile(r"[\s.-]")
_ENCODINGS = ("utf-8", "cp1252")
"""Of addresses: a form of a page in the second sends its characters so, and others as HTML escapes."""

# A sign before or after which a part of an address may end, and the same encoded.
_SIGN, _ENCODED_SIGN = r"[/?#&=;@+,|!*()'\"<>{}\[\]]", "%(?:2[0-9A-Fa-f]|3[A-Fa-f]|40|5[BDbd]|7[B-Db-d])"
_PART_BEGINS, _PART_ENDS = rf"(?:(?<={_SIGN})|(?<={_ENCODED_SIGN}))", rf"(?=$|{_SIGN}|{_ENCODED_SIGN})"
# A number in "127.0.0.1", "12:30" or "1,000" is not a word of its own.
_WORD_BEGINS, _WORD_ENDS = r"(?<!\w)(?<!\d[.,:/-])", r"(?!\w|[.,:/-]\d)"
_PASSWORD_IN_ADDRESS = ("(?<=:)", "(?=@)")

_ENTITIES: dict[str, list[str]] = {}
for _entity, _meant in html5.items():
    _ENTITIES.setdefault(_meant, []).append(_entity.removesuffix(";"))
_HOST_PROOF = 8
"""Characters from which a secret is replaced in the host of an address too: shorter ones occur there by chance."""
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://(?:<[^<>]*>|[^\s<>\"'`])*", re.IGNORECASE)
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*://)(?:[^/?#@]*@)?([^/?#]*)", re.IGNORECASE)
_MARKER = re.compile(r"<[^<>]+>")
_ENCODED_TIMES = 3


class Secrets:
    """Named secret texts. Their values are revealed only for typing; `repr` shows the names."""

    def __init__(self, values: Mapping[str, str]) -> None:
        empty = [name for name, value in values.items() if not value]
        if empty:
            raise InvalidOption(f"the secret {empty[0]!r} is empty")
        self._values = dict(values)
        self._markers = re.compile("|".join(re.escape(f"<{name}>") for name in values) or r"(?!)")
        # Longest first, so that a secret within another does not leave the rest of that one readable.
        longest_first = sorted(values.items(), key=lambda pair: -len(pair[1]))
        self._traces = [_Trace(name, value) for name, value in longest_first]

    @property
    def names(self) -> tuple[str, ...]:
        """The names, which are no secrets, in alphabetical order."""
        return tuple(sorted(self._values))

    def reveal(self, name: str) -> str:
        """Return the secret's value; raise `ActionRejected` if there is no such name."""
        if name not in self._values:
            known = ", ".join(sorted(self._values)) or "none"
            raise ActionRejected(f"there is no secret {name!r}; there are: {known}")
        return self._values[name]

    def find(self, name: str) -> str | None:
        """Return the secret's value, or None if there is no such name."""
        return self._values.get(name)

    def redact(self, text: str) -> str:
        """Return the text with each secret replaced by its name, `<name>`, however it is encoded there.

        To be called before a text is quoted or cut, since a part of a secret is not recognized. A secret of fewer than
        4 characters is replaced only where it stands alone: as a word, or as a whole part or value of an address. The
        host of an address keeps secrets of fewer than 8 characters.
        """
        for trace in self._traces:
            text = trace.replaced(text, self._markers)
        return text

    def quote(self, text: str, longest: int) -> str:
        """Return the text in quotation marks, for a message: redacted, then cut to `longest` characters."""
        return repr(self.redact(text)[:longest])

    def __repr__(self) -> str:
        return f"Secrets({', '.join(sorted(self._values))})"


def is_redacted(text: str, names: Collection[str] | None = None) -> bool:
    """Return whether a text, such as an address, has the name of a secret in place of the secret.

    The marker `<name>` is also recognized where it is percent-encoded. `names` are those of the secrets; without them
    anything in angle brackets counts, which only an address as the browser reports it can be judged by.
    """
    for _ in range(_ENCODED_TIMES):
        if names is None and _MARKER.search(text):
            return True
        if names is not None and any(f"<{name}>" in text for name in names):
            return True
        text = unquote(text)
    return False


class _Trace:
    """How a secret is found in texts."""

    def __init__(self, name: str, value: str) -> None:
        self._marker = f"<{name}>"
        size = len(value.strip())
        self._short, self._host_proof = size < _SHORT, size >= _HOST_PROOF
        self._alone = _alone_in_text(value)
        self._part = _alone_in_address(value)
        self._anywhere = _anywhere(value)

    def replaced(self, text: str, markers: re.Pattern[str]) -> str:
        """Return the text with the secret replaced by its marker; existing markers, which may contain it, stay."""
        if not self._short and self._anywhere.search(text) is None:
            return text
        pieces, done = [], 0
        for address in _ADDRESS.finditer(text):
            pieces.append(self._in_text(text[done : address.start()], markers))
            pieces.append(self._in_address(address[0], markers))
            done = address.end()
        pieces.append(self._in_text(text[done:], markers))
        whole = "".join(pieces)
        # A secret that holds an address itself, or spaces, goes beyond one.
        return _substituted(self._anywhere, self._marker, whole, markers) if self._host_proof else whole

    def _in_text(self, text: str, markers: re.Pattern[str]) -> str:
        return _substituted(self._alone if self._short else self._anywhere, self._marker, text, markers)

    def _in_address(self, address: str, markers: re.Pattern[str]) -> str:
        origin = _ORIGIN.match(address)
        if origin is None or self._host_proof:
            return _substituted(self._part if self._short else self._anywhere, self._marker, address, markers)
        pattern = self._part if self._short else self._anywhere
        kept = (origin.span(1), origin.span(2))
        return _substituted(pattern, self._marker, address, markers, kept)


def _substituted(
    pattern: re.Pattern[str],
    marker: str,
    text: str,
    markers: re.Pattern[str],
    kept: Collection[tuple[int, int]] = (),
) -> str:
    """Return the text with what matches replaced, except in markers and within the kept spans."""
    spans = [*kept, *(found.span() for found in markers.finditer(text))]

    def replacement(found: re.Match[str]) -> str:
        inside = any(begin <= found.start() and found.end() <= end for begin, end in spans)
        return found[0] if inside else marker

    return pattern.sub(replacement, text)


def _anywhere(value: str) -> re.Pattern[str]:
    """Return the pattern of a secret in any text, in upper and lower case."""
    digits = _SEPARATORS.sub("", value)
    if len(digits) >= _NUMBER and digits.isascii() and digits.isdigit():
        return re.compile(_GROUPED.join(digits))
    return re.compile(_pattern(value, any_case=True))


def _alone_in_text(value: str) -> re.Pattern[str]:
    """Return the pattern of a short secret where it is a word."""
    return re.compile(f"{_WORD_BEGINS}{_pattern(value, any_case=False)}{_WORD_ENDS}")


def _alone_in_address(value: str) -> re.Pattern[str]:
    """Return the pattern of a short secret where it is the whole of a path part, a value, or a password."""
    secret, (begins, ends) = _pattern(value, any_case=False), _PASSWORD_IN_ADDRESS
    return re.compile(f"{_PART_BEGINS}{secret}{_PART_ENDS}|{begins}{secret}{ends}")


def _pattern(value: str, any_case: bool) -> str:
    # A page may write an accent as a character of its own.
    ways = dict.fromkeys((value, unicodedata.normalize("NFC", value)))
    return f"(?:{'|'.join(_pattern_of_words(way, any_case) for way in ways)})"


def _pattern_of_words(value: str, any_case: bool) -> str:
    # Pages and titles run spaces together and drop those at the ends.
    words = value.split() or [" "]
    return f"{_SPACE}+".join("".join(_character(one, any_case) for one in word) for word in words)


def _character(character: str, any_case: bool) -> str:
    if character.isspace():
        return _SPACE
    if character in _UNFIT_FOR_FILES and any_case:
        return f"(?:_|{_character(character, False)})"
    same = {character, character.upper(), character.lower()} if any_case else {character}
    same |= {unicodedata.normalize("NFD", one) for one in same}
    return f"(?:{'|'.join(sorted({form for one in same for form in _forms(one)}))})"


def _forms(text: str) -> Iterator[str]:
    """Yield patterns of the forms of a character, which may be two in upper case (ß)."""
    yield rf"\\{{0,16}}{re.escape(text)}" if text in "\"'/\\`" else re.escape(text)
    for encoding in _ENCODINGS:
        try:
            yield _hex(text.encode(encoding), _PERCENT)
        except UnicodeEncodeError:
            yield "".join(f"{_PERCENT}26{_PERCENT}23{ord(one)}{_PERCENT}3[Bb]" for one in text)
    units = text.encode("utf-16-be")
    yield "".join(rf"(?:\\{{1,16}}|%)[uU](?:0000)?{_hex(units[at : at + 2])}" for at in range(0, len(units), 2))
    if len(text) == 1:
        yield from _escapes(text)


def _escapes(character: str) -> Iterator[str]:
    code = ord(character)
    yield f"&#{_ZEROS}{code};?"
    yield f"&#[xX]{_ZEROS}{_any_case(f'{code:x}')};?"
    yield from (f"&{re.escape(name)};?" for name in _ENTITIES.get(character, ()))
    if code < 0x100:
        yield rf"\\{{1,16}}x{_hex(bytes([code]))}"
    if code > 0xFFFF:
        yield rf"\\{{1,16}}U{_any_case(f'{code:08x}')}"


def _hex(data: Iterable[int], prefix: str = "") -> str:
    return "".join(prefix + _any_case(f"{byte:02x}") for byte in data)


def _any_case(digits: str) -> str:
    return "".join(digit if digit.isdigit() else f"[{digit}{digit.upper()}]" for digit in digits)
