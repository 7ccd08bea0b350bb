"""Tasks that need several apps."""

from collections.abc import Iterator
from random import Random

from handeye.evals.simulated_phone.challenge import Challenge, State
from handeye.evals.simulated_phone.reader import PhoneReader
from handeye.evals.simulated_phone.tasks_clock import alarm, set_alarm
from handeye.evals.simulated_phone.tasks_files import file, files
from handeye.evals.simulated_phone.tasks_notes import notes
from handeye.evals.simulated_phone.tasks_people import people, write
from handeye.evals.simulated_phone.words import LINES, clock_time, number
from handeye.evals.task import Move


def send_note(random: Random) -> Challenge:
    """Send somebody what a note says."""
    kept, contacts = notes(random), people(random)
    note, person = random.choice(kept), random.choice(contacts)["name"]
    note["text"] = random.choice(LINES)

    def change(state: State) -> None:
        state["messages"].append({"with": person, "mine": True, "text": note["text"], "time": state["clock"]})

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Notes")
        yield phone.tap(note["title"])
        yield phone.home()
        yield phone.tap("Messages")
        yield phone.tap("Start chat")
        yield from phone.reach(person)
        yield from write(phone, note["text"])
        yield phone.done()

    goal = f'Send {person} the text of the note "{note["title"]}" as a message.'
    return Challenge(goal, change, moves, {"notes": kept, "contacts": contacts})


def save_sender(random: Random) -> Challenge:
    """Save the number that somebody sent in a message."""
    contacts = people(random)
    sender, phone_number = contacts.pop()["name"], number(random)
    text = f"Hi, this is {sender}. My new number is {phone_number}"

    def change(state: State) -> None:
        state["contacts"].append({"name": sender, "phone": phone_number, "email": ""})

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Messages")
        yield phone.tap("Unknown")
        yield phone.home()
        yield phone.tap("Contacts")
        yield phone.tap("Create contact")
        yield from phone.fill("Name", sender)
        yield from phone.fill("Phone", phone_number)
        yield phone.tap("Save")
        yield phone.done()

    message = {"id": 1, "with": "Unknown", "mine": False, "text": text, "time": "2026-03-14T08:11"}
    goal = "Somebody unknown sent a message with a name and a number. Save them as a contact."
    return Challenge(goal, change, moves, {"contacts": contacts, "messages": [message]})


def alarm_for_train(random: Random) -> Challenge:
    """Set an alarm for a time that is written in a file."""
    hour, minute = random.randrange(5, 23), random.randrange(60)
    start = files(random)
    start["/sdcard/Download/ticket.txt"] = file(f"Train at {hour:02d}:{minute:02d}, platform 4, seat 61\n")

    def change(state: State) -> None:
        state["alarms"].append(alarm(hour - 1, minute))

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Files")
        yield phone.tap("Download")
        yield phone.tap("ticket.txt")
        yield phone.home()
        yield phone.tap("Clock")
        yield from set_alarm(phone, hour - 1, minute)
        yield phone.done()

    goal = "Download/ticket.txt says when my train leaves. Set an alarm for exactly one hour earlier."
    return Challenge(goal, change, moves, {"files": start})


def good_night(random: Random) -> Challenge:
    """Prepare the phone for the night: an alarm, airplane mode, the dark theme."""
    hour, minute = random.randrange(5, 10), random.randrange(60)

    def change(state: State) -> None:
        state["alarms"].append(alarm(hour, minute))
        state["settings"]["global"]["airplane_mode_on"] = "1"
        state["settings"]["secure"]["ui_night_mode"] = "2"

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Clock")
        yield from set_alarm(phone, hour, minute)
        yield phone.pull_down()
        yield phone.tap("Airplane mode")
        yield phone.tap("Dark theme")
        yield phone.home()
        yield phone.done()

    goal = f"Set an alarm for {clock_time(hour, minute)}, then turn on airplane mode and the dark theme."
    return Challenge(goal, change, moves)


def tidy_up(random: Random) -> Challenge:
    """Write a file's text into a note and delete the file."""
    start, line = files(random), random.choice(LINES)
    start["/sdcard/Download/idea.txt"] = file(f"{line}\n")

    def change(state: State) -> None:
        state["notes"].append({"title": "Idea", "text": line})
        del state["files"]["/sdcard/Download/idea.txt"]

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Files")
        yield phone.tap("Download")
        yield phone.tap("idea.txt")
        yield phone.open("Notes")
        yield phone.tap("New note")
        yield from phone.fill("Title", "Idea")
        yield from phone.fill("Note", line)
        yield phone.tap("Done")
        yield phone.open("Files")
        yield phone.back()
        yield phone.tap("More options for idea.txt")
        yield phone.tap("Delete")
        yield phone.tap("Delete", "Button")
        yield phone.done()

    goal = 'Create a note titled "Idea" with the line in Download/idea.txt, then delete that file.'
    return Challenge(goal, change, moves, {"files": start, "notes": []})
