"""The key of a server: read from the environment, sent to the server alone, and shown nowhere."""

import os

from handeye.agent.servers.address import Address
from handeye.agent.servers.errors import KeyRefused
from handeye.environments.secrets import Secrets

VARIABLE = "HANDEYE_SERVER_KEY"
"""The environment variable of the key, for the server that is asked by default."""
GROUNDER_VARIABLE = "HANDEYE_GROUNDER_KEY"
"""That of the server of a grounder, if it is another one: a key is for one server."""
OPENAI_HOST, OPENAI_VARIABLE = "api.openai.com", "OPENAI_API_KEY"
"""OpenAI's own key is sent to OpenAI's own host only: it is set on many machines for other programs."""
_NAME = "server key"


class Key:
    """A key, or none."""

    def __init__(self, value: str | None, address: Address, variable: str = VARIABLE) -> None:
        """None takes what the environment variable holds. Raises `KeyRefused` if it cannot be sent."""
        found = os.environ.get(variable) if value is None else value
        if not found and value is None and address.host == OPENAI_HOST and address.encrypted:
            found = os.environ.get(OPENAI_VARIABLE)
        found = (found or "").strip()
        if not (found.isascii() and found.isprintable()) or " " in found:
            raise KeyRefused(
                f"the key of the server holds characters that cannot be sent: set {variable} to the key alone"
            )
        self.variable = variable
        self._value = found
        self._secrets = Secrets({_NAME: found} if found else {})

    @property
    def headers(self) -> dict[str, str]:
        """What a request carries."""
        return {"Authorization": f"Bearer {self._value}"} if self._value else {}

    def redact(self, text: str) -> str:
        """Return a text without the key."""
        return self._secrets.redact(text)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return f"Key({'set' if self._value else 'none'})"
