"""A message holds a sequence of texts and images; anything else is an error at once."""

import numpy as np
import PIL.Image
import pytest

from handeye.model.conversation.messages import Message, images
from handeye.model.video.stills import Stills

IMAGE = PIL.Image.new("RGB", (4, 4))
VIDEO = Stills([IMAGE])


def test_images_in_order() -> None:
    other = PIL.Image.new("RGB", (5, 5))
    messages = [
        Message("user", ("a", IMAGE)),
        Message("assistant", ("b",)),
        Message("user", (other, VIDEO, "c", IMAGE)),
    ]
    assert list(images(messages)) == [IMAGE, other, IMAGE]


@pytest.mark.parametrize(("content", "kind"), [("hello", "a string"), (IMAGE, "an image"), (VIDEO, "a video")])
def test_a_single_part_is_an_error(content: object, kind: str) -> None:
    with pytest.raises(TypeError, match=f"the content of a message is {kind}: give a tuple"):
        Message("user", content)  # type: ignore[arg-type]


@pytest.mark.parametrize("part", [b"x", None, np.zeros((4, 4, 3), np.uint8)])
def test_other_parts_are_an_error(part: object) -> None:
    with pytest.raises(TypeError, match=r"a message holds a .*: give texts, PIL images .*, and videos"):
        Message("user", ("x", part))  # type: ignore[arg-type]
