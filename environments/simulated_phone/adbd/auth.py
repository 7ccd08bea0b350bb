"""Who may debug the phone: tokens, signatures, and the keys that a person has allowed.

The phone sends a token, and the computer signs it with each of its keys; if the phone knows none of them, the computer
sends a public key, and the phone asks its user. Source: `adb_auth` and `android_pubkey` of adb.
"""

import base64
import binascii
import hashlib
import secrets
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from handeye.actions.errors import HandeyeError

TOKEN_BYTES: Final = 20

TOKEN: Final = 1
SIGNATURE: Final = 2
PUBLIC_KEY: Final = 3
"""The kinds of AUTH messages, in their first argument."""

_WORDS = 64  # of the modulus: 2048 bits
_KEY = struct.Struct(f"<II{_WORDS * 4}s{_WORDS * 4}sI")
# A token is signed as if it were a SHA-1 hash: PKCS #1 v1.5, RFC 8017 section 9.2.
_DIGEST_INFO = bytes.fromhex("3021300906052b0e03021a05000414")


class BadKey(HandeyeError, ValueError):
    """The input is not an adb public key."""


class Authorize(StrEnum):
    """Whom the phone lets in."""

    EVERYONE = "everyone"
    """All computers without asking, like an emulator."""
    ASK = "ask"
    """Computers with an allowed key; the others wait until theirs is allowed."""
    NOBODY = "nobody"
    """Only keys known from the start; the others stay unauthorized."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of an RSA key, as stored by adb in `adbkey.pub`."""

    modulus: int
    exponent: int
    name: str
    """The owner, as stated by the computer: `user@host`; often empty."""

    @classmethod
    def parse(cls, line: str) -> Self:
        """Parse a line of `adbkey.pub`; raise `BadKey` if it is invalid."""
        encoded, _, name = line.strip().strip("\0").partition(" ")
        try:
            words, _, modulus, _, exponent = _KEY.unpack(base64.b64decode(encoded, validate=True))
        except (binascii.Error, struct.error):
            raise BadKey("this is not an adb public key: they are in files named adbkey.pub") from None
        if words != _WORDS:
            raise BadKey(f"adb keys have {_WORDS * 32} bits, not {words * 32}")
        return cls(int.from_bytes(modulus, "little"), exponent, name)

    @property
    def fingerprint(self) -> str:
        """Sixteen pairs of hexadecimal digits, for a person to compare."""
        digest = hashlib.md5(self.modulus.to_bytes(_WORDS * 4, "little"), usedforsecurity=False).digest()
        return digest.hex(":").upper()

    def signed(self, token: bytes, signature: bytes) -> bool:
        """Return whether the token was signed with the private half."""
        if len(signature) != _WORDS * 4:
            return False
        opened = pow(int.from_bytes(signature, "big"), self.exponent, self.modulus)
        expected = b"\0" + _DIGEST_INFO + token
        padded = b"\0\1" + b"\xff" * (_WORDS * 4 - 2 - len(expected)) + expected
        return secrets.compare_digest(opened.to_bytes(_WORDS * 4, "big"), padded)
