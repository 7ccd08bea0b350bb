"""Files that a page offers (downloads) and requests (file choosers)."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from handeye.actions.schema import Action, Press, Type
from handeye.environments.errors import ActionRejected
from handeye.environments.pulse import Pulse
from handeye.environments.secrets import Secrets

if TYPE_CHECKING:
    from playwright.async_api import Download, FileChooser, Page

_MAX_NAME_BYTES = 200
_MAX_SUFFIX_BYTES = 20
_LONGEST_QUOTE = 100
_FORBIDDEN = '<>:"/\\|?*'
_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])(?=\.|$)", re.IGNORECASE)
"""Names that are no files on Windows, with any suffix."""


class Files:
    """Saves downloads into one folder, and gives file choosers only the allowed files."""

    def __init__(
        self,
        downloads: Path | None,
        uploads: Mapping[str, Path],
        secrets: Secrets,
        notice: Callable[[str], None],
        pulse: Pulse,
    ) -> None:
        """`notice` receives a message for each download, `pulse` beats when one ends."""
        self.saving = 0
        """How many downloads are running."""
        self._downloads = downloads
        self._uploads = uploads
        self._secrets = secrets
        self._notice = notice
        self._pulse = pulse
        self._chooser: FileChooser | None = None

    def follow(self, page: "Page") -> None:
        """Handle this page's downloads and file choosers."""
        page.on("download", self._save)
        page.on("filechooser", self._open)

    @property
    def asked(self) -> bool:
        """Whether a file chooser is open."""
        if self._chooser is not None and self._chooser.page.is_closed():
            self._chooser = None
        return self._chooser is not None

    def chooser_notice(self) -> str:
        """Return a notice about the open file chooser for the policy."""
        return f"The page has opened a file chooser. {self._hint()}"

    async def choose(self, action: Action) -> None:
        """Answer the open file chooser; raise `ActionRejected` unless the action names allowed files or cancels."""
        from playwright.async_api import Error

        chooser = self._chooser
        if chooser is None:
            return
        match action:
            case Press(keys=("esc",)):
                self._chooser = None
                try:
                    # What the browser sends when a person cancels the chooser.
                    await chooser.element.dispatch_event("cancel", {"bubbles": True})
                except Error:
                    return  # the requesting element is gone
            case Type(text=str(text)):
                paths = self._named(text, chooser.is_multiple())
                try:
                    await chooser.set_files(paths)
                except Error as error:
                    problem = self._secrets.redact(error.message.splitlines()[0])
                    raise ActionRejected(f"the page did not accept the file: {problem}") from None
                self._chooser = None
            case _:
                raise ActionRejected(f"a file chooser is open. {self._hint()}")

    def _named(self, text: str, several: bool) -> list[Path]:
        names = [name.strip() for name in text.splitlines() if name.strip()]
        unknown = [name for name in names if name not in self._uploads]
        if unknown or not names:
            shown = self._secrets.quote(" ".join(unknown), _LONGEST_QUOTE)
            raise ActionRejected(f"{shown} is not one of the allowed files. {self._hint()}")
        if len(names) > 1 and not several:
            raise ActionRejected(f"only one file can be chosen here. {self._hint()}")
        return [self._uploads[name] for name in names]

    def _hint(self) -> str:
        if not self._uploads:
            return "No files are available: press esc to close it."
        several = ", one per line for several" if self._chooser is not None and self._chooser.is_multiple() else ""
        names = self._secrets.redact(", ".join(sorted(self._uploads)))
        return f"Type the name of a file{several}, or press esc to close it. The files are: {names}"

    def _open(self, chooser: "FileChooser") -> None:
        self._chooser = chooser
        self._pulse.beat()

    async def _save(self, download: "Download") -> None:
        from playwright.async_api import Error

        name = safe_name(self._secrets.redact(download.suggested_filename))
        if self._downloads is None:
            self._notice(f"The download of {name} was refused: no download folder is set.")
            self._pulse.beat()
            return
        self.saving += 1
        try:
            path = _reserve(self._downloads, name)
            try:
                await download.save_as(path)
                self._notice(f"Downloaded {path.name} ({path.stat().st_size} bytes).")
            except Error as error:
                path.unlink(missing_ok=True)
                self._notice(f"The download of {name} failed: {self._secrets.redact(error.message.splitlines()[0])}")
        except OSError as error:
            self._notice(f"The download of {name} failed: {error.strerror}")
        finally:
            self.saving -= 1
            self._pulse.beat()


def safe_name(suggested: str) -> str:
    """Return a server's suggested file name without folders, hidden prefixes and unprintable characters."""
    name = suggested.replace("\\", "/").rpartition("/")[2]
    name = "".join("_" if character in _FORBIDDEN else character for character in name if _is_plain(character))
    name = name.strip(" .") or "download"
    if _DEVICES.match(name):
        name = f"_{name}"
    suffix = PurePosixPath(name).suffix
    if len(suffix.encode()) > _MAX_SUFFIX_BYTES:
        suffix = ""
    stem = name.removesuffix(suffix).encode()[: _MAX_NAME_BYTES - len(suffix.encode())]
    return stem.decode(errors="ignore") + suffix


def _is_plain(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def _reserve(folder: Path, name: str) -> Path:
    """Create an empty file of this name in the folder, with a number added if it is taken; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    number = 0
    while True:
        path = folder / (name if number == 0 else f"{stem} ({number}){suffix}")
        try:
            path.open("xb").close()
        except FileExistsError:
            number += 1
        else:
            return path
