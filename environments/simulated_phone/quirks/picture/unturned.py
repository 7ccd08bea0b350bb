"""Pictures of the panel as it is mounted."""

from collections.abc import Mapping

from PIL import Image

from handeye.environments.simulated_phone.quirks.picture.pixels import changed_picture
from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk
from handeye.environments.simulated_phone.shell.call import Call, Command


class PictureUnturned(Quirk):
    """Tablets and television boxes whose `screencap` does not turn the picture with the screen."""

    name = "unturned-picture"
    does = "`screencap` gives the panel as it is mounted: upright, with its content lying, while the screen is wide"
    reports = ("argent#693", "Airtest#259", "appium#3158")

    def changes(self) -> Mapping[str, Change]:
        """Change `screencap`."""
        return {"screencap": _unturned}


async def _unturned(call: Call, usual: Command) -> int:
    return await changed_picture(call, usual, _upright)


def _upright(picture: Image.Image) -> Image.Image:
    return picture.transpose(Image.Transpose.ROTATE_90) if picture.width > picture.height else picture
