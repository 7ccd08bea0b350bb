"""Tasks with contacts, calls and messages."""

from collections.abc import Iterator
from random import Random
from typing import Any

from handeye.evals.simulated_phone.challenge import Challenge, State
from handeye.evals.simulated_phone.reader import FIELD, PhoneReader
from handeye.evals.simulated_phone.words import MESSAGES, PEOPLE, number
from handeye.evals.task import Move


def people(random: Random, count: int = 4) -> list[dict[str, Any]]:
    """Return contacts with different names."""
    names = random.sample(PEOPLE, count)
    return [
        {"id": index, "name": name, "phone": number(random), "email": ""} for index, name in enumerate(names, start=1)
    ]


def add_contact(random: Random) -> Challenge:
    """Add a contact with a name and a number."""
    *others, new = people(random)

    def change(state: State) -> None:
        state["contacts"].append(new)

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Contacts")
        yield phone.tap("Create contact")
        yield from phone.fill("Name", new["name"])
        yield from phone.fill("Phone", new["phone"])
        yield phone.tap("Save")
        yield phone.done()

    goal = f"Add a contact named {new['name']} with the phone number {new['phone']}."
    return Challenge(goal, change, moves, {"contacts": others})


def change_number(random: Random) -> Challenge:
    """Give a contact another number."""
    contacts = people(random)
    chosen, phone_number = random.choice(contacts), number(random)

    def change(state: State) -> None:
        next(each for each in state["contacts"] if each["name"] == chosen["name"])["phone"] = phone_number

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Contacts")
        yield phone.tap(chosen["name"])
        yield phone.tap("Edit contact")
        yield from phone.fill(chosen["phone"], phone_number)
        yield phone.tap("Save")
        yield phone.done()

    goal = f"{chosen['name']} has a new phone number: {phone_number}. Change it in the contacts."
    return Challenge(goal, change, moves, {"contacts": contacts})


def delete_contact(random: Random) -> Challenge:
    """Delete one contact of several."""
    contacts = people(random)
    chosen = random.choice(contacts)

    def change(state: State) -> None:
        state["contacts"] = [each for each in state["contacts"] if each["name"] != chosen["name"]]

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Contacts")
        yield phone.tap(chosen["name"])
        yield phone.tap("Delete contact")
        yield phone.tap("Delete", "Button")
        yield phone.done()

    return Challenge(f"Delete {chosen['name']} from the contacts.", change, moves, {"contacts": contacts})


def find_and_call(random: Random) -> Challenge:
    """Find a contact among many by searching, and call."""
    contacts = people(random, len(PEOPLE))
    chosen = random.choice(contacts)

    def change(state: State) -> None:
        called = "".join(character for character in chosen["phone"] if character in "+0123456789")
        state["calls"].append({"number": called, "time": state["clock"]})

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.swipe_up()
        yield phone.tap("Contacts")
        yield from phone.fill("Search contacts", chosen["name"].split()[0])
        yield phone.tap(chosen["name"], "TextView")
        yield phone.tap(chosen["phone"])
        yield phone.tap("Call")
        yield phone.done()

    return Challenge(f"Call {chosen['name']}.", change, moves, {"contacts": contacts})


def dial(random: Random) -> Challenge:
    """Call a number digit by digit."""
    digits = f"0{random.randrange(10**5, 10**6)}"

    def change(state: State) -> None:
        state["calls"].append({"number": digits, "time": state["clock"]})

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Phone")
        for digit in digits:
            yield phone.tap(digit, "Button")
        yield phone.tap("Call")
        yield phone.tap("End call")
        yield phone.done()

    return Challenge(f"Call {digits} and hang up again.", change, moves)


def send_message(random: Random) -> Challenge:
    """Write to somebody for the first time."""
    contacts = people(random)
    chosen, text = random.choice(contacts), random.choice(MESSAGES)

    def change(state: State) -> None:
        state["messages"].append({"with": chosen["name"], "mine": True, "text": text, "time": state["clock"]})

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Messages")
        yield phone.tap("Start chat")
        yield from phone.reach(chosen["name"])
        yield from write(phone, text)
        yield phone.done()

    return Challenge(f"Send {chosen['name']} this message: {text}", change, moves, {"contacts": contacts})


def write(phone: PhoneReader, text: str) -> Iterator[Move]:
    """Send a message in the open chat."""
    yield phone.tap("Text message", FIELD)
    yield phone.type(text)
    yield phone.tap("Send")
