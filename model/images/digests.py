"""Digests of images. Those of earlier screenshots are asked for in every step, and are not computed again.

An image can be drawn upon at any time, and nothing tells of it. So its pixels are kept with its digest, and compared
before that counts: a small part of the time of computing it, and never wrong.
"""

import hashlib
from typing import NamedTuple
from weakref import ref

from PIL.Image import Image

MOST_IMAGES = 16
MOST_BYTES = 64 * 2**20
"""Ten screenshots of 1920x1080."""


class _Seen(NamedTuple):
    image: "ref[Image]"
    about: bytes
    pixels: bytes
    digest: bytes


class Digests:
    """Makes digests, and keeps those of the images that were asked for last, as long as these images exist."""

    def __init__(self, most_images: int = MOST_IMAGES, most_bytes: int = MOST_BYTES) -> None:
        """Limit how many images are kept, and the bytes of their pixels together."""
        self._most_images = most_images
        self._most_bytes = most_bytes
        self._seen: dict[int, _Seen] = {}
        """By the identity of the image; those that were asked for last come last."""

    def of(self, image: Image, about: bytes) -> bytes:
        """Return the SHA-256 digest of `about` and, after it, the pixels of an image."""
        pixels = image.tobytes()
        seen = self._seen.pop(id(image), None)
        if seen is None or seen.image() is not image or (seen.about, seen.pixels) != (about, pixels):
            digest = hashlib.sha256(about)
            digest.update(pixels)
            seen = _Seen(self._watched(image), about, pixels, digest.digest())
        self._seen[id(image)] = seen
        self._limit()
        return seen.digest

    def _watched(self, image: Image) -> "ref[Image]":
        """Return a reference that takes the image's entry along when the image ends."""
        key, me = id(image), ref(self)

        def drop(_: "ref[Image]") -> None:
            if (digests := me()) is not None:
                digests._seen.pop(key, None)

        return ref(image, drop)

    def _limit(self) -> None:
        entries = [*self._seen.items()]  # others may end meanwhile
        size = sum(len(seen.pixels) for _, seen in entries)
        for number, (key, seen) in enumerate(entries):
            if len(entries) - number <= self._most_images and size <= self._most_bytes:
                return
            self._seen.pop(key, None)
            size -= len(seen.pixels)
