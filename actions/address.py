"""Web addresses that a policy may request."""

import re

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d+(?:[/?#]|$))", re.IGNORECASE)
_LOCAL = re.compile(r"(?:localhost|127(?:\.\d+){3}|\[::1\])(?:[:/?#]|$)", re.IGNORECASE)
_ALLOWED = ("http", "https", "about", "file")


def canonical_address(text: str) -> str:
    """Return the address with its scheme: `https://` is prepended to a bare host, `http://` to a local one.

    Raises ValueError for spaces and control characters, and for schemes such as `javascript:`, which would let a
    model's output run as a script. The environment decides whether a `file:` address may be opened.
    """
    address = text.strip()
    if not address or any(character.isspace() or not character.isprintable() for character in address):
        raise ValueError("must be a web address without spaces, such as https://example.org/")
    scheme = _SCHEME.match(address)
    if scheme is None:
        return f"{'http' if _LOCAL.match(address) else 'https'}://{address.removeprefix('//')}"
    if scheme[1].lower() not in _ALLOWED:
        raise ValueError(f"must be an http or https address, not {scheme[1][:20]}:")
    return address
