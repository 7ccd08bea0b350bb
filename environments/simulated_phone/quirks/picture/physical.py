"""Pictures in the pixels of the panel, while touches are in those of the size that `wm size` has set."""

from collections.abc import Mapping

from PIL import Image

from handeye.actions.geometry import Size
from handeye.environments.simulated_phone.device import Device
from handeye.environments.simulated_phone.quirks.picture.pixels import changed_picture
from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk
from handeye.environments.simulated_phone.shell.call import Call, Command

_PART = 3 / 4


class SizeOverride(Quirk):
    """An old phone whose size has been overridden by three quarters, as people do to save power."""

    name = "size-override"
    does = "`wm size` is overridden by three quarters of the panel's size, and pictures keep the panel's size"
    reports = ("AzurLaneAutoScript#1316",)

    def changes(self) -> Mapping[str, Change]:
        """Change `screencap`."""
        return {"screencap": _physical}

    async def prepare(self, device: Device) -> None:
        """Override the size and the density."""
        width, height = device.physical_size
        await device.resize(Size(round(width * _PART), round(height * _PART)), round(device.physical_density * _PART))


async def _physical(call: Call, usual: Command) -> int:
    device = call.device
    panel = device.physical_size

    def enlarged(picture: Image.Image) -> Image.Image:
        size = Size(panel.height, panel.width) if picture.width > picture.height else panel
        return picture.resize(size, Image.Resampling.BILINEAR)

    return await changed_picture(call, usual, enlarged)
