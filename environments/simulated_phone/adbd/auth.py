"""Who may debug the phone: tokens, signatures, and the keys that a person has allowed.

The phone sends a token, the computer signs it with each of its keys; if the phone knows none of them, the computer
sends a public key, and the phone asks the person who holds it. Source: `adb_auth` and `android_pubkey` of adb.
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
# A token is signed as if it were the SHA-1 of something: PKCS #1 v1.5, RFC 8017 section 9.2.
_DIGEST_INFO = bytes.fromhex("3021300906052b0e03021a05000414")


class BadKey(HandeyeError, ValueError):
    """What was given is no public key of adb."""


class Authorize(StrEnum):
    """Whom the phone lets in."""

    EVERYONE = "everyone"
    """Without asking, as an emulator does."""
    ASK = "ask"
    """Computers with a key that has been allowed; the others wait until somebody allows theirs."""
    NOBODY = "nobody"
    """Only keys that were known from the start; the others stay unauthorized."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of an RSA key, as adb keeps it in `adbkey.pub`."""

    modulus: int
    exponent: int
    name: str
    """Whose it is, in the computer's own words: `user@host`; often empty."""

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read a line of `adbkey.pub`; raise `BadKey` if it is none."""
        encoded, _, name = line.strip().strip("\0").partition(" ")
        try:
            words, _, modulus, _, exponent = _KEY.unpack(base64.b64decode(encoded, validate=True))
        except (binascii.Error, struct.error):
            raise BadKey("this is no public key of adb: they are in files named adbkey.pub") from None
        if words != _WORDS:
            raise BadKey(f"adb's keys have {_WORDS * 32} bits, not {words * 32}")
        return cls(int.from_bytes(modulus, "little"), exponent, name)

    @property
    def fingerprint(self) -> str:
        """Sixteen pairs of hexadecimal digits, for a person to compare."""
        digest = hashlib.md5(self.modulus.to_bytes(_WORDS * 4, "little"), usedforsecurity=False).digest()
        return digest.hex(":").upper()

    def signed(self, token: bytes, signature: bytes) -> bool:
        """Return whether the signature of the token was made with the private half."""
        if len(signature) != _WORDS * 4:
            return False
        opened = pow(int.from_bytes(signature, "big"), self.exponent, self.modulus)
        expected = b"\0" + _DIGEST_INFO + token
        padded = b"\0\1" + b"\xff" * (_WORDS * 4 - 2 - len(expected)) + expected
        return secrets.compare_digest(opened.to_bytes(_WORDS * 4, "big"), padded)
