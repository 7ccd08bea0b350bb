"""The images and videos of a request: from `data:` URLs, and from files of one folder. Nothing is fetched."""

import base64
import binascii
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar
from urllib.parse import unquote_to_bytes, urlsplit
from urllib.request import url2pathname

from PIL.Image import Image

from handeye.model.errors import InvalidVideo
from handeye.model.images.image import open_image
from handeye.model.serve.errors import Refused
from handeye.model.video.open import open_video
from handeye.model.video.source import Video

Found = TypeVar("Found")

MOST_PIXELS = 160_000_000
"""Of all images of a request: 480 MB when they are decoded."""
_NAME = "the video"
"""How messages call a video that was sent along."""


class Media:
    """Opens what a request shows, until it is closed, which deletes the copies that were made."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` holds the files that requests may name; None is no file at all."""
        self._folder = None if folder is None else folder.resolve()
        self._copies = ExitStack()
        self._pixels = 0

    def __enter__(self) -> "Media":
        return self

    def __exit__(self, *exception: object) -> None:
        self._copies.close()

    def image(self, url: str) -> Image:
        """Return an image. Raises `Refused` and `InvalidImage`."""
        return self._opened(url, "image", self._image, self._image)

    def _image(self, source: Path | bytes) -> Image:
        return open_image(source, self._count)

    def _count(self, pixels: int) -> None:
        """Refuse images that would take too much memory together: a small file may hold a huge one."""
        self._pixels += pixels
        if self._pixels > MOST_PIXELS:
            raise Refused(
                400,
                f"the images have more than {MOST_PIXELS:,} pixels in all: send fewer or smaller ones",
                code="images_too_large",
                param="messages",
            )

    def video(self, url: str) -> Video:
        """Return a video, which can be read until this is closed. Raises `Refused`, `InvalidVideo`, and
        `MissingDependency` without PyAV."""
        return self._opened(url, "video", open_video, self._sent)

    def _opened(self, url: str, what: str, path: Callable[[Path], Found], data: Callable[[bytes], Found]) -> Found:
        scheme = url[:5].lower()
        if scheme == "data:":
            return data(_decoded(url, what))
        if scheme == "file:":
            return path(self._path(url, what))
        raise Refused(
            400,
            f"the {what} is not sent along: this server fetches nothing, so send it as data:{what}/…;base64,…",
            code=f"invalid_{what}_url",
            param="messages",
        )

    def _path(self, url: str, what: str) -> Path:
        """Return the path of a file inside the folder, after all links."""
        refusal = Refused(
            400,
            f"there is no such {what} in the folder of this server (--media): send it as data:{what}/…;base64,…",
            code=f"invalid_{what}_url",
            param="messages",
        )
        if self._folder is None:
            raise refusal
        try:
            parts = urlsplit(url)
            place = Path(url2pathname(parts.path)).resolve(strict=True)
        except (OSError, ValueError, RuntimeError):  # not there, NUL, a circle of links
            raise refusal from None
        inside = parts.netloc in ("", "localhost") and place.is_relative_to(self._folder)
        if not inside or not place.is_file():  # a folder of frames could hold links that lead out of it
            raise refusal
        return place

    def _sent(self, data: bytes) -> Video:
        """Open a video by way of a temporary file, because FFmpeg reads it more than once."""
        file = NamedTemporaryFile(prefix="handeye-", suffix=".video")  # noqa: SIM115 (open until this is closed)
        self._copies.enter_context(file)
        file.write(data)
        file.flush()
        try:
            video = open_video(file.name)
        except InvalidVideo as error:
            raise type(error)(str(error).replace(file.name, _NAME)) from None
        video.name = _NAME
        return video


def _decoded(url: str, what: str) -> bytes:
    head, comma, data = url[5:].partition(",")
    try:
        if not comma:
            raise ValueError("no comma")
        if head.lower().endswith(";base64"):
            return base64.b64decode(data, validate=True)
        return unquote_to_bytes(data)
    except (ValueError, binascii.Error):
        raise Refused(
            400,
            f"the data URL of the {what} is damaged: send it as data:{what}/…;base64,… with complete base64",
            code=f"invalid_{what}",
            param="messages",
        ) from None
