"""Raw pixels as up to Android 8: the header has no colour space."""

from typing import Final

from handeye.environments.simulated_phone.quirks.picture.pixels import asked
from handeye.environments.simulated_phone.quirks.quirk import capture
from handeye.environments.simulated_phone.shell.call import Call, Command

_HEADER: Final = 12
_NEW_HEADER: Final = 16


async def short_header(call: Call, usual: Command) -> int:
    """Write raw pixels after a header of 12 bytes; a PNG as usual."""
    wanted = asked(call.words)
    if wanted.png or wanted.path is not None:
        return await usual(call)
    ran = await capture(call, usual)
    await call.out.write(ran.out[:_HEADER] + ran.out[_NEW_HEADER:])
    await call.err.write(ran.err)
    return ran.status
