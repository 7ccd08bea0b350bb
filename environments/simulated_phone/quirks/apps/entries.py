"""What `query-activities` lists: several entries of one package, no labels, names within other names."""

import re
from collections.abc import Mapping
from typing import ClassVar, Final

from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk, capture, with_words
from handeye.environments.simulated_phone.shell.call import Call, Command

_CONTACTS: Final = "com.android.contacts"
_DIALER: Final = "com.android.contacts.activities.TwelveKeyDialer"
_OPENED: Final = "com.android.dialer/com.android.dialer.main.impl.MainActivity"
_LOOKALIKES: Final = (
    ("com.online.banking", "com.online.banking.Start"),
    ("com.xiaomi.smartphone.transfer", "com.xiaomi.smartphone.transfer.Main"),
    ("com.example.bitmaps", "com.example.bitmaps.Main"),
)
_HEAD = re.compile(r"^(\d+) activities found:\n", re.MULTILINE)
_NUMBER = re.compile(r"^(\s*)Activity #\d+:", re.MULTILINE)


class _Entries(Quirk):
    """Changes the list of what a launcher shows."""

    name: ClassVar[str]

    def changes(self) -> Mapping[str, Change]:
        """Change `pm query-activities`."""
        return {"pm": self._pm}

    async def _pm(self, call: Call, usual: Command) -> int:
        if call.words[:1] != ("query-activities",):
            return await usual(call)
        ran = await capture(call, usual)
        await call.print(self.listed(ran.text))
        return ran.status

    def listed(self, text: str) -> str:
        """Return the changed list."""
        raise NotImplementedError


class EntriesSeveral(_Entries):
    """The contacts of many phones have the dialer's icon in the same package, listed first."""

    name = "several-entries"
    does = "the package of the contacts has a second icon, the dialer's, which is listed first"
    reports = ("openlauncher#546", "Silverfish#68", "lawnicons#465", "agent-device#114")

    def changes(self) -> Mapping[str, Change]:
        """Change `pm query-activities`, and let `am` open the second entry."""
        return {**super().changes(), "am": _opening}

    def listed(self, text: str) -> str:
        """Put the dialer's entry first."""
        return _with_entries(text, ((_CONTACTS, _DIALER),))


class EntriesUnnamed(_Entries):
    """Apps keep their labels in resources, which no command prints."""

    name = "no-labels"
    does = "no app's label is printed: `nonLocalizedLabel=null`, as on all real phones for nearly all apps"
    reports = ("agent-device#114", "frameworks/base ResolveInfo.dump")

    def listed(self, text: str) -> str:
        """Remove the labels."""
        return re.sub(
            r"labelRes=0x0 nonLocalizedLabel=.+? icon=", "labelRes=0x7f1211a9 nonLocalizedLabel=null icon=", text
        )


class EntriesLookalike(_Entries):
    """Packages whose names contain other apps' names."""

    name = "lookalike-apps"
    does = "apps without a label whose packages contain other names: com.online.banking, com.example.bitmaps, …"
    reports = ("agent-device#114",)

    def listed(self, text: str) -> str:
        """Put them before the others."""
        return _with_entries(text, _LOOKALIKES)


def _with_entries(text: str, entries: tuple[tuple[str, str], ...]) -> str:
    """Add entries without a label at the beginning, in the form that the list has."""
    head = _HEAD.search(text)
    if head is None:
        if "/" not in text:
            return text
        return "".join(f"{package}/{activity}\n" for package, activity in entries) + text
    added = "".join(f"  Activity #0:\n{_described(*entry, brief='ActivityInfo' not in text)}" for entry in entries)
    whole = f"{int(head[1]) + len(entries)} activities found:\n{added}{text[head.end() :]}"
    numbers = iter(range(whole.count("Activity #")))
    return _NUMBER.sub(lambda match: f"{match[1]}Activity #{next(numbers)}:", whole)


def _described(package: str, activity: str, *, brief: bool) -> str:
    match = "    priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=false\n"
    if brief:
        return f"{match}    {package}/{activity}\n"
    label = "labelRes=0x7f1211a9 nonLocalizedLabel=null icon=0x7f08020e banner=0x0"
    return (
        f"{match}    ActivityInfo:\n      name={activity}\n      packageName={package}\n      {label}\n"
        f"      enabled=true exported=true directBootAware=false\n      ApplicationInfo:\n"
        f"        packageName={package}\n        {label}\n"
    )


async def _opening(call: Call, usual: Command) -> int:
    names = {f"{_CONTACTS}/{_DIALER}", f"{_CONTACTS}/.activities.TwelveKeyDialer"}
    return await with_words(call, usual, *(_OPENED if word in names else word for word in call.words))
