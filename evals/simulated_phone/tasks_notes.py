"""Tasks with notes."""

from collections.abc import Iterator
from random import Random
from typing import Any

from handeye.evals.simulated_phone.challenge import Challenge, State
from handeye.evals.simulated_phone.reader import FIELD, PhoneReader
from handeye.evals.simulated_phone.words import LINES, TITLES
from handeye.evals.task import Move


def notes(random: Random, count: int = 3) -> list[dict[str, Any]]:
    """Return notes with different titles."""
    return [
        {"id": index, "title": title, "text": "\n".join(random.sample(LINES, 2))}
        for index, title in enumerate(random.sample(TITLES, count), start=1)
    ]


def create_note(random: Random) -> Challenge:
    """Write a note of several lines."""
    *others, new = notes(random)

    def change(state: State) -> None:
        state["notes"].append(new)

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Notes")
        yield phone.tap("New note")
        yield from phone.fill("Title", new["title"])
        yield from phone.fill("Note", new["text"])
        yield phone.tap("Done")
        yield phone.done()

    goal = f'Create a note titled "{new["title"]}" with these lines:\n{new["text"]}'
    return Challenge(goal, change, moves, {"notes": others})


def append_to_note(random: Random) -> Challenge:
    """Add a line at the end of a note."""
    kept = notes(random)
    chosen, line = random.choice(kept), random.choice(LINES)

    def change(state: State) -> None:
        next(each for each in state["notes"] if each["title"] == chosen["title"])["text"] += f"\n{line}"

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Notes")
        yield phone.tap(chosen["title"])
        yield from phone.fill_field(1, f"{chosen['text']}\n{line}")
        yield phone.tap("Done")
        yield phone.done()

    goal = f'Add this line at the end of the note "{chosen["title"]}": {line}'
    return Challenge(goal, change, moves, {"notes": kept})


def rename_note(random: Random) -> Challenge:
    """Give a note another title."""
    *kept, other = notes(random)
    chosen = random.choice(kept)

    def change(state: State) -> None:
        next(each for each in state["notes"] if each["title"] == chosen["title"])["title"] = other["title"]

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Notes")
        yield phone.tap(chosen["title"])
        yield from phone.fill(chosen["title"], other["title"])
        yield phone.tap("Done")
        yield phone.done()

    goal = f'Change the title of the note "{chosen["title"]}" to "{other["title"]}".'
    return Challenge(goal, change, moves, {"notes": kept})


def delete_note(random: Random) -> Challenge:
    """Delete one note of several."""
    kept = notes(random)
    chosen = random.choice(kept)

    def change(state: State) -> None:
        state["notes"] = [each for each in state["notes"] if each["title"] != chosen["title"]]

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Notes")
        yield phone.tap(chosen["title"])
        yield phone.tap("Delete note")
        yield phone.tap("Delete", "Button")
        yield phone.done()

    return Challenge(f'Delete the note "{chosen["title"]}".', change, moves, {"notes": kept})


def copy_line(random: Random) -> Challenge:
    """Copy the only line of one note into a new one."""
    title, other = random.sample(TITLES, 2)
    line = random.choice(LINES)

    def change(state: State) -> None:
        state["notes"].append({"title": other, "text": line})

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Notes")
        yield phone.tap("New note")
        yield from phone.fill("Title", other)
        yield phone.tap("Note", FIELD)
        yield phone.type(line)
        yield phone.tap("Done")
        yield phone.done()

    goal = f'Create a note titled "{other}" with the same text as the note "{title}".'
    return Challenge(goal, change, moves, {"notes": [{"id": 1, "title": title, "text": line}]})
