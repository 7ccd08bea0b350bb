"""Writing screenshots as PNG, fast because most of a screen is unchanged since the last one."""

import struct
import zlib

from PIL import Image

from handeye.actions.geometry import Size

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LEVEL = 1
"""The compression level. Higher ones take longer and save little on screens, which are flat colours and text."""
_ROWS = 32
_ZLIB_HEADER = b"\x78\x01"
_LAST_BLOCK = b"\x03\x00"
_ADLER = 65_521


class PngEncoder:
    """Encodes the screenshots of one screen. Strips unchanged since the previous one reuse their compressed bytes."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._strips: list[tuple[bytes, bytes, int]] = []
        """For the previous screenshot: each strip's pixels, its compressed rows, and their Adler-32."""

    def encode(self, pixels: bytes | bytearray, size: Size) -> bytes:
        """Return the PNG (8 bit RGB) of `pixels`: blue, green, red and an unused byte each, row by row."""
        if size != self._size:
            self._size, self._strips = size, []
        length = _ROWS * size.width * 4
        strips = []
        for number, start in enumerate(range(0, len(pixels), length)):
            old = self._strips[number] if self._strips else None
            strip = bytes(memoryview(pixels)[start : start + length])
            strips.append(old if old is not None and old[0] == strip else _strip(strip, size.width))
        self._strips = strips
        adler, rows = 1, size.height
        for _, _, checksum in strips:
            adler = _joined(adler, checksum, min(_ROWS, rows) * (1 + 3 * size.width))
            rows -= _ROWS
        body = b"".join((_ZLIB_HEADER, *(data for _, data, _ in strips), _LAST_BLOCK, struct.pack(">I", adler)))
        header = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
        return b"".join((_SIGNATURE, _chunk(b"IHDR", header), _chunk(b"IDAT", body), _chunk(b"IEND", b"")))


def _strip(pixels: bytes, width: int) -> tuple[bytes, bytes, int]:
    height = len(pixels) // (4 * width)
    colours = Image.frombytes("RGB", (width, height), pixels, "raw", "BGRX").tobytes()
    stride = 3 * width
    # Each row begins with its filter type: none.
    rows = b"".join(b"\0" + colours[start : start + stride] for start in range(0, len(colours), stride))
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    # A full flush ends at a byte boundary and resets the dictionary, so that strips can be joined in any order.
    return pixels, compressor.compress(rows) + compressor.flush(zlib.Z_FULL_FLUSH), zlib.adler32(rows)


def _joined(first: int, second: int, length: int) -> int:
    """Return the Adler-32 of two concatenated pieces of data; `length` is that of the second one."""
    a = ((first & 0xFFFF) + (second & 0xFFFF) - 1) % _ADLER
    b = ((first >> 16) + (second >> 16) + length * ((first & 0xFFFF) - 1)) % _ADLER
    return b << 16 | a


def _chunk(kind: bytes, data: bytes) -> bytes:
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", zlib.crc32(kind + data))))
