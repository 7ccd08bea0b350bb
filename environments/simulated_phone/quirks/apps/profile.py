"""Apps of a work profile."""

from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk, rewrite
from handeye.environments.simulated_phone.shell.call import Call, Command


class ProfileWork(Quirk):
    """The windows of a work profile's apps belong to user 10."""

    name = "work-profile"
    does = "windows and activities belong to the user 10 of a work profile: `u10` instead of `u0`"
    reports = ("mobile-mcp#266",)

    def changes(self) -> Mapping[str, Change]:
        """Change `dumpsys`."""
        return {"dumpsys": _of_profile}


async def _of_profile(call: Call, usual: Command) -> int:
    if call.words[:1] not in (("window",), ("activity",)):
        return await usual(call)
    return await rewrite(
        call, usual, lambda text: text.replace(" u0 com.", " u10 com.").replace(" u0 org.", " u10 org.")
    )
