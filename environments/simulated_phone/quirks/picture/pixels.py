"""Pictures that quirks make: taken from the phone's screen, and written as `screencap` writes them."""

import asyncio
import io
import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

from PIL import Image

from handeye.environments.simulated_phone.quirks.quirk import capture
from handeye.environments.simulated_phone.shell.call import Call, Command

_RGBA_8888 = 1
_SRGB = 1


class Asked(NamedTuple):
    """What a call of `screencap` asks for."""

    display: str | None
    """The display's id, if one is given."""
    png: bool
    path: str | None
    """The file to write, if not the standard output."""


def asked(words: Sequence[str]) -> Asked:
    """Read the arguments of `screencap`."""
    display, png, path, rest = None, False, None, list(words)
    while rest:
        word = rest.pop(0)
        if word == "-d":
            display = rest.pop(0) if rest else ""
        elif word.startswith("-"):
            png = png or "p" in word
        else:
            path = word
    return Asked(display, png or (path or "").endswith(".png"), path)


async def changed_picture(call: Call, usual: Command, change: Callable[[Image.Image], Image.Image]) -> int:
    """Write the picture of the screen, changed."""
    wanted = asked(call.words)
    ran = await capture(call, usual, ["-p"] if wanted.display is None else ["-p", "-d", wanted.display])
    if ran.status != 0:
        await call.err.write(ran.err)
        return ran.status
    picture = await asyncio.to_thread(_opened, ran.out, change)
    return await write_picture(call, picture)


async def write_picture(call: Call, picture: Image.Image) -> int:
    """Write a picture as the call asks: in its format, to its file or to the standard output."""
    wanted = asked(call.words)
    data = await asyncio.to_thread(_encoded if wanted.png else _raw, picture)
    if wanted.path is None:
        await call.out.write(data)
    else:
        await call.device.files.write(call.path(wanted.path), data)
    return 0


def _opened(png: bytes, change: Callable[[Image.Image], Image.Image]) -> Image.Image:
    with Image.open(io.BytesIO(png)) as image:
        return change(image.convert("RGB"))


def _encoded(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _raw(picture: Image.Image) -> bytes:
    return struct.pack("<4I", *picture.size, _RGBA_8888, _SRGB) + picture.convert("RGBA").tobytes()
