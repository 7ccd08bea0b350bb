"""Tasks with alarms and the timer."""

from collections.abc import Iterator
from random import Random
from typing import Final

from handeye.evals.simulated_phone.challenge import Challenge, State
from handeye.evals.simulated_phone.reader import PhoneReader
from handeye.evals.simulated_phone.words import clock_time
from handeye.evals.task import Move

DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def set_alarm(
    phone: PhoneReader, hour: int, minute: int, days: tuple[int, ...] = (), label: str = ""
) -> Iterator[Move]:
    """Add an alarm, from the list of alarms."""
    yield phone.tap("Add alarm")
    yield from phone.fill_field(0, str(hour % 12 or 12))
    yield from phone.fill_field(1, f"{minute:02d}")
    yield phone.tap("AM" if hour < 12 else "PM")
    for day in days:
        yield phone.tap(DAYS[day])
    if label:
        yield from phone.fill("Label", label)
    yield phone.tap("Save")


def alarm(hour: int, minute: int, days: tuple[int, ...] = (), label: str = "") -> State:
    """Return an alarm that is on, as the phone stores it."""
    return {"hour": hour, "minute": minute, "label": label, "days": list(days), "enabled": True}


def add_alarm(random: Random) -> Challenge:
    """Set an alarm for one time of the day."""
    hour, minute = random.randrange(24), random.randrange(60)

    def change(state: State) -> None:
        state["alarms"].append(alarm(hour, minute))

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Clock")
        yield from set_alarm(phone, hour, minute)
        yield phone.done()

    return Challenge(f"Set an alarm for {clock_time(hour, minute)}.", change, moves)


def repeating_alarm(random: Random) -> Challenge:
    """Set an alarm for some days of the week, with a label."""
    hour, minute = random.randrange(24), random.randrange(60)
    days = tuple(sorted(random.sample(range(7), random.randint(2, 3))))
    label = random.choice(("Müsli", "Swimming", "Русский", "Take pills", "早起"))

    def change(state: State) -> None:
        state["alarms"].append(alarm(hour, minute, days, label))

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Clock")
        yield from set_alarm(phone, hour, minute, days, label)
        yield phone.done()

    named = " and ".join(DAYS[day] for day in days)
    return Challenge(f'Set an alarm labelled "{label}" for {clock_time(hour, minute)} on {named}.', change, moves)


def switch_alarm(random: Random) -> Challenge:
    """Turn one alarm of several on or off."""
    times = random.sample([(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45)], 3)
    on = random.random() < 0.5
    alarms = [{**alarm(*time), "id": index, "enabled": not on} for index, time in enumerate(times, start=1)]
    hour, minute = times[0]

    def change(state: State) -> None:
        state["alarms"][0]["enabled"] = on

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Clock")
        yield phone.tap(f"Alarm {clock_time(hour, minute)}")
        yield phone.done()

    goal = f"Turn {'on' if on else 'off'} the alarm at {clock_time(hour, minute)}."
    return Challenge(goal, change, moves, {"alarms": alarms})


def delete_alarm(random: Random) -> Challenge:
    """Delete one alarm of several."""
    times = random.sample([(hour, minute) for hour in range(24) for minute in range(0, 60, 5)], 3)
    hour, minute = times[1]
    alarms = [{**alarm(*time), "id": index} for index, time in enumerate(times, start=1)]

    def change(state: State) -> None:
        del state["alarms"][1]

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Clock")
        yield phone.tap(clock_time(hour, minute))
        yield phone.tap("Delete alarm")
        yield phone.done()

    return Challenge(f"Delete the alarm at {clock_time(hour, minute)}.", change, moves, {"alarms": alarms})


def set_timer(random: Random) -> Challenge:
    """Start the timer."""
    minutes = random.randrange(2, 60)

    def change(state: State) -> None:
        state["timer"] = {"length": minutes * 60, "running": True}

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Clock")
        yield phone.tap("Timer")
        for digits in (*str(minutes), "00"):
            yield phone.tap(digits, "Button")
        yield phone.tap("Start")
        yield phone.done()

    return Challenge(f"Start a timer of {minutes} minutes.", change, moves)
