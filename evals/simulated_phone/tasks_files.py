"""Tasks with files and folders."""

from collections.abc import Iterator
from random import Random
from typing import Any

from handeye.evals.simulated_phone.challenge import Challenge, State
from handeye.evals.simulated_phone.reader import PhoneReader
from handeye.evals.simulated_phone.words import FILES, FOLDERS, LINES
from handeye.evals.task import Move

_WRITTEN = 1_773_000_000


def folder() -> dict[str, Any]:
    """Return a folder, as the phone stores it."""
    return {"directory": True, "size": 0, "mtime": _WRITTEN}


def file(text: str) -> dict[str, Any]:
    """Return a text file, as the phone stores it."""
    return {"directory": False, "size": len(text.encode()), "mtime": _WRITTEN, "text": text}


def files(random: Random) -> dict[str, Any]:
    """Return a few folders with three texts in Documents and one in Download."""
    names = random.sample(FILES, 4)
    found = {path: folder() for path in ("/sdcard", "/sdcard/Documents", "/sdcard/Download", "/sdcard/Music")}
    for name in names[:3]:
        found[f"/sdcard/Documents/{name}.txt"] = file(f"{random.choice(LINES)}\n")
    found[f"/sdcard/Download/{names[3]}.txt"] = file(f"{random.choice(LINES)}\n")
    return found


def documents(found: dict[str, Any]) -> list[str]:
    """Return the names of the files in Documents."""
    return [path.rpartition("/")[2] for path in found if path.startswith("/sdcard/Documents/")]


def rename_file(random: Random) -> Challenge:
    """Give a file another name."""
    start = files(random)
    old = random.choice(documents(start))
    new = f"{random.choice(('brief', 'Übersicht', 'résumé final', '计划', 'v2 & more'))}.txt"

    def change(state: State) -> None:
        state["files"][f"/sdcard/Documents/{new}"] = state["files"].pop(f"/sdcard/Documents/{old}")

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Files")
        yield phone.tap("Documents")
        yield phone.hold(old)
        yield phone.tap("Rename")
        yield from phone.fill_field(0, new)
        yield phone.tap("OK")
        yield phone.done()

    return Challenge(f"Rename the file {old} in Documents to {new}", change, moves, {"files": start})


def delete_file(random: Random) -> Challenge:
    """Delete one file of several."""
    start = files(random)
    name = random.choice(documents(start))

    def change(state: State) -> None:
        del state["files"][f"/sdcard/Documents/{name}"]

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Files")
        yield phone.tap("Documents")
        yield phone.tap(f"More options for {name}")
        yield phone.tap("Delete")
        yield phone.tap("Delete", "Button")
        yield phone.done()

    return Challenge(f"Delete the file {name} in Documents.", change, moves, {"files": start})


def create_folder(random: Random) -> Challenge:
    """Create a folder in a folder."""
    start, name = files(random), random.choice(FOLDERS)
    place = random.choice(("Documents", "Download", "Music"))

    def change(state: State) -> None:
        state["files"][f"/sdcard/{place}/{name}"] = folder()

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Files")
        yield phone.tap(place)
        yield phone.tap("New folder")
        yield phone.type(name)
        yield phone.tap("Create")
        yield phone.done()

    return Challenge(f"Create a folder named {name} in {place}.", change, moves, {"files": start})


def move_file(random: Random) -> Challenge:
    """Create a folder and move a file into it."""
    start, name = files(random), random.choice(FOLDERS)
    moved = random.choice(documents(start))

    def change(state: State) -> None:
        state["files"][f"/sdcard/{name}"] = folder()
        state["files"][f"/sdcard/{name}/{moved}"] = state["files"].pop(f"/sdcard/Documents/{moved}")

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Files")
        yield phone.tap("New folder")
        yield phone.type(name)
        yield phone.tap("Create")
        yield phone.tap("Documents")
        yield phone.hold(moved)
        yield phone.tap("Move to…")
        yield from phone.reach(name)
        yield phone.done()

    goal = f"In Files, create a folder named {name} beside Documents, and move {moved} from Documents into it."
    return Challenge(goal, change, moves, {"files": start})
