"""A picture of the differences between two screens, for people."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

from handeye.actions.geometry import Size
from handeye.agent.replay.compare import Difference, Region

_PALE = 0.65
"""How far the unchanged parts are blended with white."""
_RED = (214, 0, 60)
_WASH = 0.35
_IGNORED = (120, 120, 120)
_MARGIN = 3


def difference_picture(
    recorded: Image.Image, now: Image.Image, difference: Difference, ignore: Sequence[Region] = ()
) -> Image.Image:
    """Return the current screen, pale and in the size of the recorded one, with the changes tinted and framed.

    Ignored regions are crossed out. A screen of a different shape is framed as a whole.
    """
    shown = now if now.size == recorded.size else now.resize(recorded.size, Image.Resampling.BOX)
    picture = Image.blend(shown.convert("L").convert("RGB"), Image.new("RGB", shown.size, "white"), _PALE)
    draw = ImageDraw.Draw(picture)
    for region in ignore:
        if (box := region.box(Size(*recorded.size))) is not None:
            left, top, right, bottom = box.left, box.top, box.right - 1, box.bottom - 1
            draw.rectangle((left, top, right, bottom), outline=_IGNORED)
            draw.line((left, top, right, bottom), fill=_IGNORED)
            draw.line((left, bottom, right, top), fill=_IGNORED)
    for change in difference.changes:
        part = shown.crop(change.box)
        picture.paste(Image.blend(part, Image.new("RGB", part.size, _RED), _WASH), change.box[:2])
        left, top, right, bottom = change.box
        frame = (left - _MARGIN, top - _MARGIN, right - 1 + _MARGIN, bottom - 1 + _MARGIN)
        draw.rectangle(frame, outline=_RED, width=2)
    return picture
