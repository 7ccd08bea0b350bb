"""Which key goes to which server: a key is sent only to a server that its user named."""

import os

from handeye.actions.errors import HandeyeError
from handeye.agent.servers.address import parse_address, same_server
from handeye.agent.servers.key import GROUNDER_VARIABLE, VARIABLE

SERVER_VARIABLE = "HANDEYE_SERVER"
"""The environment variable that names the server for all commands."""


class KeyWithheld(HandeyeError):
    """A key is set, but only a journal, which somebody else may have written, names the server that it would go to."""


def grounder_variable(grounder: str, server: str | None) -> str:
    """Return the environment variable of the key for a grounder's address: that of `server` if it runs there too."""
    return VARIABLE if server is not None and same_server(grounder, server) else GROUNDER_VARIABLE


def require_named(address: str, given: str | None, option: str, variable: str) -> None:
    """Refuse to send the key in a variable to the address in a journal.

    It is sent to this machine, to the address that the user gives by an option, and to that in HANDEYE_SERVER. Raises
    `KeyWithheld`, and `InvalidServer`.
    """
    named = given or (os.environ.get(SERVER_VARIABLE) if variable == VARIABLE else None)
    if not os.environ.get(variable, "").strip() or parse_address(address).loopback:
        return
    if not named or not same_server(address, named):
        raise KeyWithheld(
            f"only the journal names the server at {parse_address(address).label}, so the key in {variable} is not "
            f"sent there: give {option} with its address if you trust it, or unset {variable}"
        )
