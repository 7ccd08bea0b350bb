"""What a server says about an error: in one line, short, without the key and without what was sent to it."""

import json
import re

from pydantic import JsonValue

from handeye.agent.caption import printable
from handeye.agent.servers.key import Key

LONGEST = 300
"""Characters."""
_SEARCHED = 50 * LONGEST
"""Characters in which the key is looked for: half a key at their end is cut off again."""
_SENT = re.compile(r"data:image/[\w.+-]*;base64,[\w+/=]*")


def said(body: str, key: Key) -> str:
    """Return what the body of an error says; empty if it is a web page."""
    if looks_like_html(body):
        return ""
    try:
        text = message_of(json.loads(body))
    except (ValueError, RecursionError):
        text = body
    text = key.redact(" ".join(_SENT.sub("(the image)", text)[:_SEARCHED].split()))
    return printable(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")


def looks_like_html(body: str) -> bool:
    """Return whether a body is a web page."""
    return body.lstrip()[:15].lower().startswith(("<!doctype", "<html", "<head", "<?xml"))


def message_of(value: JsonValue) -> str:
    """Return the message in an error: of `{"error": {"message": ...}}`, `{"detail": ...}` and the like."""
    match value:
        case str():
            return value
        case {"error": (dict() | str()) as inner} if inner:
            return message_of(inner)
        case {"message": (dict() | str()) as inner} if inner:
            return message_of(inner)
        case {"detail": (list() | str() | dict()) as inner}:
            return message_of(inner)
        case {"msg": str() as text, "loc": list() as place}:  # a field that FastAPI refused
            return f"{'.'.join(map(str, place))}: {text}"
        case list():
            return "; ".join(map(message_of, value[:5]))
    return json.dumps(value)
