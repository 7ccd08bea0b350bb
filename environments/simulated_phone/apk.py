"""The name of the package in an APK: a zip file with a manifest in Android's binary XML.

Source: `ResourceTypes.h` of Android: chunks of a kind (2 bytes), a header size (2 bytes) and a size (4 bytes).
"""

import io
import struct
import zipfile
from typing import Final

from handeye.actions.errors import HandeyeError

_STRINGS: Final = 0x0001
_ELEMENT: Final = 0x0102
_UTF_8 = 0x100
_MANIFEST = "AndroidManifest.xml"
_MANIFEST_LIMIT = 16 * 1024 * 1024


class BadApk(HandeyeError, ValueError):
    """The input is not an APK."""


def package_of(apk: bytes) -> str:
    """Return the name of the package; raise `BadApk` if there is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(apk)) as archive:
            if archive.getinfo(_MANIFEST).file_size > _MANIFEST_LIMIT:
                raise BadApk("its manifest is too large")
            manifest = archive.read(_MANIFEST)
        name = _manifest_package(manifest)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError):
        raise BadApk("not a zip file with an AndroidManifest.xml") from None
    except (struct.error, IndexError, UnicodeDecodeError):
        raise BadApk("its manifest cannot be read") from None
    if not name:
        raise BadApk("its manifest names no package")
    return name


def _manifest_package(xml: bytes) -> str:
    """Return the attribute `package` of the first element, which is `manifest`; nothing if it has none."""
    strings: list[str] = []
    at: int = struct.unpack_from("<H", xml, 2)[0]
    while at + 8 <= len(xml):
        kind, header, size = struct.unpack_from("<HHI", xml, at)
        if size < 8:
            raise BadApk("its manifest cannot be read")
        if kind == _STRINGS:
            strings = _read_strings(xml[at : at + size])
        elif kind == _ELEMENT:
            start, width, count = struct.unpack_from("<8xHHH", xml, at + header)
            attributes = [struct.unpack_from("<4xII", xml, at + header + start + i * width) for i in range(count)]
            return next((strings[value] for key, value in attributes if strings[key] == "package"), "")
        at += size
    return ""


def _read_strings(chunk: bytes) -> list[str]:
    count, _, flags, start = struct.unpack_from("<IIII", chunk, 8)
    offsets = struct.unpack_from(f"<{count}I", chunk, 28)
    read = _utf8 if flags & _UTF_8 else _utf16
    return [read(chunk, start + offset) for offset in offsets]


def _utf8(chunk: bytes, at: int) -> str:
    at += 2 if chunk[at] & 0x80 else 1  # the length in characters comes first
    length = chunk[at]
    at += 1
    if length & 0x80:
        length = (length & 0x7F) << 8 | chunk[at]
        at += 1
    return chunk[at : at + length].decode()


def _utf16(chunk: bytes, at: int) -> str:
    length = struct.unpack_from("<H", chunk, at)[0]
    at += 2
    if length & 0x8000:
        length = (length & 0x7FFF) << 16 | struct.unpack_from("<H", chunk, at)[0]
        at += 2
    return chunk[at : at + 2 * length].decode("utf-16-le")
