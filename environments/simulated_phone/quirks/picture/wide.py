"""Raw pixels of a screen with wide colours."""

import struct
from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.picture.pixels import asked
from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk
from handeye.environments.simulated_phone.shell.call import Call, Command

_RGBA_FP16 = 22
_SRGB = 1
_PIXEL = 8


class PictureWide(Quirk):
    """While content with a high dynamic range is shown, raw pixels have eight bytes; a PNG is as usual."""

    name = "wide-colour"
    does = "raw pixels have 8 bytes, in the format RGBA_FP16; `screencap -p` is as usual"
    reports = ("frameworks/base screencap, PIXEL_FORMAT_RGBA_FP16",)

    def changes(self) -> Mapping[str, Change]:
        """Change `screencap`."""
        return {"screencap": _wide}


async def _wide(call: Call, usual: Command) -> int:
    wanted = asked(call.words)
    if wanted.png or wanted.path is not None:
        return await usual(call)
    width, height = call.device.display.size
    await call.out.write(struct.pack("<4I", width, height, _RGBA_FP16, _SRGB) + bytes(width * height * _PIXEL))
    return 0
