"""Text without the folders of the machine that an episode ran on: a page is made to be shared."""

import re

_NAME = r"(?P<name>[^\s\"'<>?#/\\]*)"
_FILE = re.compile(rf"\bfile(?::|%3A)(?P<folders>(?:[^\s\"'<>?#]*(?:[/\\]|%2F|%5C))){_NAME}", re.IGNORECASE)
_PATH = re.compile(
    r"(?<![\w.%:/\\-])(?P<folders>(?:/home|/Users|/root|~|[A-Za-z]:|\\\\[\w.$-]+)[/\\]+"
    rf"(?:[^\s\"'<>?#/\\]+[/\\]+)*){_NAME}"
)
_HOMES = re.compile(r"(?:^|[/\\]|%2F|%5C)(?:home|Users)(?:[/\\]|%2F|%5C)+$", re.IGNORECASE)
"""The end of a folder whose only parts are people's own folders."""


def without_addresses(text: str) -> str:
    """Return `text` with only the file's name left of each `file:` address: `…/form.html`.

    For what a person or a model wrote: any other path there may belong to a command that was typed.
    """
    return _FILE.sub(_shortened, text)


def without_folders(text: str) -> str:
    """Return `text` with only the file's name left of each `file:` address and each path to a user's files.

    For what handeye and the environment report: addresses, titles, notices, messages.
    """
    return _PATH.sub(_shortened, without_addresses(text))


def _shortened(found: re.Match[str]) -> str:
    return "…/" if _HOMES.search(found["folders"]) else f"…/{found['name']}"
