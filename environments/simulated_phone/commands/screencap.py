"""`screencap`: the screen, as raw pixels or as a PNG."""

import asyncio
import io
import struct

from PIL import Image

from handeye.actions.geometry import Size
from handeye.environments.simulated_phone.device import DISPLAY_ID, Device
from handeye.environments.simulated_phone.shell.call import Call, CommandFailed

_RGBA_8888 = 1
_SRGB = 1
_HELP = """usage: screencap [-ahp] [-d display-id] [FILENAME]
   -h: this message
   -a: captures all the active displays. This appends an integer postfix to the FILENAME.
       e.g., FILENAME_0.png, FILENAME_1.png. If both -a and -d are given, it ignores -d.
   -d: specify the display ID to capture (If the id is not given, it defaults to 4619827259835644672)
       see "dumpsys SurfaceFlinger --display-id" for valid display IDs.
   -p: outputs in png format.
   --hint-for-seamless If set will use the hintForSeamless path in SF

If FILENAME ends with .png it will be saved as a png.
If FILENAME is not given, the results will be printed to stdout.
"""


async def screencap(call: Call) -> int:
    """Write the screen to standard output or to a file."""
    words, png, path = list(call.words), False, ""
    while words:
        word = words.pop(0)
        if word == "-d":
            display = words.pop(0) if words else ""
            if display not in (DISPLAY_ID, "0"):
                raise CommandFailed(f"Display Id '{display}' is not valid.")
        elif word == "-h":
            await call.complain(_HELP)
            return 0
        elif word.startswith("-"):
            png = png or "p" in word
        else:
            path = word
    if path:
        problem = await call.device.files.unwritable(call.path(path))
        if problem is not None:
            raise CommandFailed(f"Error opening file: {path} ({problem})")
    picture = await capture(call.device)
    data = picture if png or path.endswith(".png") else await asyncio.to_thread(_raw, picture)
    if path:
        await call.device.files.write(call.path(path), data)
    else:
        await call.out.write(data)
    return 0


async def capture(device: Device) -> bytes:
    """Return a PNG of the screen: black if it is off or its content is protected."""
    focus = await device.focus()
    size = device.display.size
    if not focus.on or focus.secure:
        return await asyncio.to_thread(_black, size)
    picture = await device.display.png()
    if device.display.size != size:
        return await capture(device)  # the screen has been rotated meanwhile
    if device.display.exact(picture):
        return picture
    return await asyncio.to_thread(_resized, picture, size)


def _raw(png: bytes) -> bytes:
    with Image.open(io.BytesIO(png)) as image:
        header = struct.pack("<4I", *image.size, _RGBA_8888, _SRGB)
        return header + image.convert("RGBA").tobytes()


def _black(size: Size) -> bytes:
    return _encoded(Image.new("RGB", size))


def _resized(png: bytes, size: Size) -> bytes:
    with Image.open(io.BytesIO(png)) as image:
        return _encoded(image.convert("RGB").resize(size, Image.Resampling.BILINEAR))


def _encoded(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
