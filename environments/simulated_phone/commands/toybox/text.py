"""Commands on text and bytes: `echo`, `grep`, `head`, `tail`, `wc`, `gzip`, `md5sum`, `base64`, `sort`, `tr`."""

import asyncio
import base64
import gzip as gzip_format
import hashlib
import re
import zlib
from typing import Final

from handeye.environments.simulated_phone.shell.call import Call, CommandFailed

_CHUNK: Final = 256 * 1024


async def echo(call: Call) -> int:
    """Print the words; `-n` omits the newline and `-e` interprets escapes."""
    words, end, escapes = list(call.words), "\n", False
    while words and re.fullmatch(r"-[neE]+", words[0]):
        option = words.pop(0)
        end = "" if "n" in option else end
        escapes = escapes or "e" in option
    text = " ".join(words)
    await call.print((_unescaped(text) if escapes else text) + end)
    return 0


async def printf(call: Call) -> int:
    """Print a format with `%s`, `%d` and escapes."""
    if not call.words:
        raise CommandFailed("printf: Needs 1 argument")
    values = iter(call.words[1:])
    await call.print(re.sub(r"%[sd%]", lambda m: "%" if m[0] == "%%" else next(values, ""), _unescaped(call.words[0])))
    return 0


async def grep(call: Call) -> int:
    """Print the lines that match; status 1 if there is none."""
    options, words = options_of(call.words, with_value="emABC")
    pattern = options.pop("e", None) or (words.pop(0) if words else None)
    if pattern is None:
        raise CommandFailed("grep: no REGEX", 2)
    if "F" in options:
        pattern = re.escape(pattern)
    elif "E" not in options:
        pattern = _extended(pattern)
    if "w" in options:
        pattern = rf"\b(?:{pattern})\b"
    try:
        wanted = re.compile(pattern, re.IGNORECASE if "i" in options else 0)
    except re.error:
        raise CommandFailed(f"grep: bad REGEX '{pattern}'", 2) from None
    lines = (await input_of(call, words)).decode(errors="surrogateescape").splitlines()
    found = [line for line in lines if (wanted.search(line) is None) == ("v" in options)]
    limit = options.get("m")
    found = found if limit is None else found[: int(limit)]
    if "o" in options:
        found = [match[0] for line in found for match in wanted.finditer(line)]
    if "c" in options:
        await call.print(f"{len(found)}\n")
    elif "q" not in options:
        await call.print("".join(f"{line}\n" for line in found))
    return 0 if found else 1


async def head(call: Call) -> int:
    """Print the first lines, ten by default, and read no further."""
    count, of_bytes, names = _count(call)
    data = bytearray(await input_of(call, names) if names else b"")
    while not names and (len(data) if of_bytes else data.count(b"\n")) < count:
        part = await call.stdin.read(_CHUNK)
        if not part:
            break
        data += part
    await call.out.write(bytes(data[:count]) if of_bytes else b"".join(data.splitlines(keepends=True)[:count]))
    return 0


async def tail(call: Call) -> int:
    """Print the last lines, ten by default."""
    count, of_bytes, names = _count(call)
    data = await input_of(call, names)
    await call.out.write(
        data[max(0, len(data) - count) :]
        if of_bytes
        else b"".join(data.splitlines(keepends=True)[-count or len(data) :])
    )
    return 0


def _count(call: Call) -> tuple[int, bool, list[str]]:
    """Return the count, whether it is in bytes, and the files."""
    words = [f"-n{word[1:]}" if re.fullmatch(r"-\d+", word) else word for word in call.words]
    options, names = options_of(tuple(words), with_value="nc")
    of_bytes = "c" in options
    number = options["c"] if of_bytes else options.get("n", "10")
    if not number.isdecimal():
        raise CommandFailed(f"{call.name}: not integer: {number}")
    return int(number), of_bytes, names


async def wc(call: Call) -> int:
    """Count lines, words and bytes."""
    options, names = options_of(call.words)
    data = await input_of(call, names)
    counts = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data)}
    shown = [str(counts[key]) for key in "lwc" if not options or key in options]
    await call.print(" ".join([*shown, *names]) + "\n")
    return 0


async def sort(call: Call) -> int:
    """Sort lines, with `-u` without duplicates, with `-r` in reverse."""
    options, names = options_of(call.words)
    lines = sorted((await input_of(call, names)).splitlines(), reverse="r" in options)
    await call.out.write(b"".join(line + b"\n" for line in (dict.fromkeys(lines) if "u" in options else lines)))
    return 0


async def tr(call: Call) -> int:
    """Replace or, with `-d`, delete characters."""
    words = [_unescaped(word) for word in call.words]
    text = (await call.read_all()).decode(errors="surrogateescape")
    if words[:1] == ["-d"] and len(words) == 2:
        await call.print(text.translate({ord(character): None for character in words[1]}))
    elif len(words) == 2 and words[1]:
        await call.print(text.translate({ord(a): words[1][min(i, len(words[1]) - 1)] for i, a in enumerate(words[0])}))
    else:
        raise CommandFailed("tr: Needs 2 arguments")
    return 0


async def gzip(call: Call) -> int:
    """Compress the standard input, or files, to the standard output; with `-d` decompress."""
    options, names = options_of(call.words)
    data = await input_of(call, names)
    if "d" in options or call.name in ("gunzip", "zcat"):
        try:
            await call.out.write(await asyncio.to_thread(gzip_format.decompress, data))
        except (OSError, EOFError, zlib.error):
            raise CommandFailed(f"{call.name}: corrupt data") from None
        return 0
    level = next((int(option) for option in options if option.isdecimal()), 6)
    await call.out.write(await asyncio.to_thread(gzip_format.compress, data, level, mtime=0))
    return 0


async def md5sum(call: Call) -> int:
    """Print a checksum of each file: `md5sum`, `sha1sum` or `sha256sum`."""
    kind = call.name.removesuffix("sum")
    for name in call.words or ("-",):
        data = await input_of(call, [] if name == "-" else [name])
        await call.print(f"{hashlib.new(kind, data, usedforsecurity=False).hexdigest()}  {name}\n")
    return 0


async def base64_(call: Call) -> int:
    """Encode as base-64, with `-d` decode."""
    options, names = options_of(call.words, with_value="w")
    data = await input_of(call, names)
    if "d" in options:
        await call.out.write(base64.b64decode(data))
        return 0
    encoded = base64.b64encode(data).decode()
    width = int(options.get("w", "76"))
    lines = [encoded[at : at + width] for at in range(0, len(encoded), width)] if width else [encoded]
    await call.print("".join(f"{line}\n" for line in lines))
    return 0


async def input_of(call: Call, names: list[str]) -> bytes:
    """Return the bytes of files, or of the standard input without names; raise `CommandFailed`."""
    if not names or names == ["-"]:
        return await call.read_all()
    parts = []
    for name in names:
        entry = await call.device.files.stat(call.path(name))
        if entry is None or entry.directory:
            reason = "No such file or directory" if entry is None else "Is a directory"
            raise CommandFailed(f"{call.name}: {name}: {reason}", 2 if call.name == "grep" else 1)
        parts.append(await call.device.files.read(call.path(name)))
    return b"".join(parts)


def options_of(words: tuple[str, ...], with_value: str = "") -> tuple[dict[str, str], list[str]]:
    """Return options by letter, those in `with_value` with their values, and the other words."""
    options: dict[str, str] = {}
    names: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            names.append(word)
            continue
        if word == "--":
            names += rest
            break
        letters = word.lstrip("-")
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in with_value:
                options[letter] = letters or (rest.pop(0) if rest else "")
                break
            options[letter] = ""
    return options, names


def _extended(pattern: str) -> str:
    r"""Return a basic regular expression, in which `\|` is special and `|` is not, as an extended one."""
    return re.sub(r"\\([|(){}+?])|([|(){}+?])", lambda match: match[1] or f"\\{match[2]}", pattern)


def _unescaped(text: str) -> str:
    escapes = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "0": "\0", "a": "\a", "b": "\b"}
    return re.sub(r"\\([ntr\\0ab])", lambda match: escapes[match[1]], text)
