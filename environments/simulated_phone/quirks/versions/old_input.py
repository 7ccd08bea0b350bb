"""`input` before it could move a finger step by step, or press keys together."""

from collections.abc import Collection

from handeye.environments.simulated_phone.quirks.quirk import Change, capture
from handeye.environments.simulated_phone.quirks.versions.version import unknown_input
from handeye.environments.simulated_phone.shell.call import Call, Command


def input_without(verbs: Collection[str]) -> Change:
    """Return the change of `input` that does not know these commands."""

    async def input_(call: Call, usual: Command) -> int:
        verb = call.words[0] if call.words else ""
        if verb in verbs:
            return await unknown_input(call, verb)
        if verb not in ("", "help"):
            return await usual(call)
        ran = await capture(call, usual)
        kept = [
            line for line in ran.text.splitlines(keepends=True) if line.split()[:1] not in [[name] for name in verbs]
        ]
        await call.print("".join(kept))
        return ran.status

    return input_
