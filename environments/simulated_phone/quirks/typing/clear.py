"""Ctrl+A, with which a field's text is selected before it is deleted, does something else."""

from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk, with_words
from handeye.environments.simulated_phone.shell.call import Call, Command


def _is_combination(call: Call) -> bool:
    return call.words[:1] == ("keycombination",)


class ClearIgnored(Quirk):
    """Samsung's keyboard does not act on it: nothing is selected, and the deletion takes one character."""

    name = "samsung-clear"
    does = "a key combination does nothing and says nothing, so ctrl+a and delete take one character"
    reports = ("midscene#2997", "quern#177")

    def changes(self) -> Mapping[str, Change]:
        """Change `input`."""
        return {"input": _ignored}


class ClearTypes(Quirk):
    """Huawei's keyboard takes the letter without the modifier."""

    name = "huawei-clear"
    does = "a key combination presses its last key alone, so ctrl+a types an 'a'"
    reports = ("midscene#3018",)

    def changes(self) -> Mapping[str, Change]:
        """Change `input`."""
        return {"input": _last_key}


class ClearUnknown(Quirk):
    """Up to Android 11 there are no key combinations."""

    name = "no-key-combination"
    does = "`input keycombination` is an unknown command, as up to Android 11"
    reports = ("mobilewright#117", "frameworks/base InputShellCommand before Android 12")

    def changes(self) -> Mapping[str, Change]:
        """Change `input`."""
        return {"input": unknown_combination}


async def _ignored(call: Call, usual: Command) -> int:
    return 0 if _is_combination(call) else await usual(call)


async def _last_key(call: Call, usual: Command) -> int:
    if not _is_combination(call):
        return await usual(call)
    return await with_words(call, usual, "keyevent", call.words[-1])


async def unknown_combination(call: Call, usual: Command) -> int:
    """Refuse key combinations as a command that nobody knows."""
    if not _is_combination(call):
        return await usual(call)
    await call.complain("Unknown command: keycombination\n")
    return 255
