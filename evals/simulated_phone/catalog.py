"""The tasks by name, and which of them a text selects."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Final, TypeAlias

from handeye.evals.selection import named_tasks, require_task
from handeye.evals.simulated_phone import (
    tasks_clock,
    tasks_files,
    tasks_notes,
    tasks_people,
    tasks_settings,
    tasks_several,
)
from handeye.evals.simulated_phone.challenge import Challenge

Template: TypeAlias = Callable[[Random], Challenge]

TASKS: Final[Mapping[str, Template]] = {
    "airplane-mode": tasks_settings.airplane_mode,
    "bluetooth": tasks_settings.bluetooth,
    "quick-settings": tasks_settings.quick_settings,
    "join-wifi": tasks_settings.join_wifi,
    "brightness": tasks_settings.brightness,
    "adaptive-brightness": tasks_settings.adaptive_brightness,
    "volume": tasks_settings.volume,
    "font-size": tasks_settings.font_size,
    "screen-timeout": tasks_settings.screen_timeout,
    "clock-format": tasks_settings.clock_format,
    "language": tasks_settings.language,
    "device-name": tasks_settings.device_name,
    "add-contact": tasks_people.add_contact,
    "change-number": tasks_people.change_number,
    "delete-contact": tasks_people.delete_contact,
    "find-and-call": tasks_people.find_and_call,
    "dial": tasks_people.dial,
    "send-message": tasks_people.send_message,
    "add-alarm": tasks_clock.add_alarm,
    "repeating-alarm": tasks_clock.repeating_alarm,
    "switch-alarm": tasks_clock.switch_alarm,
    "delete-alarm": tasks_clock.delete_alarm,
    "set-timer": tasks_clock.set_timer,
    "create-note": tasks_notes.create_note,
    "append-to-note": tasks_notes.append_to_note,
    "rename-note": tasks_notes.rename_note,
    "delete-note": tasks_notes.delete_note,
    "copy-note": tasks_notes.copy_line,
    "rename-file": tasks_files.rename_file,
    "delete-file": tasks_files.delete_file,
    "create-folder": tasks_files.create_folder,
    "move-file": tasks_files.move_file,
    "send-note": tasks_several.send_note,
    "save-sender": tasks_several.save_sender,
    "alarm-for-train": tasks_several.alarm_for_train,
    "good-night": tasks_several.good_night,
    "tidy-up": tasks_several.tidy_up,
}
THREE: Final = ("airplane-mode", "add-contact", "alarm-for-train")
"""What `make run-phone` shows: a setting, typing, and two apps."""
STEPS: Final = 30
"""How many steps an episode may take. The oracles take up to 18."""


SETS: Final[Mapping[str, Sequence[str]]] = {"all": tuple(TASKS), "three": THREE}


def challenge(name: str, seed: int) -> Challenge:
    """Return the instance for a seed, always the same. Raises `UnknownTask`."""
    require_task(name, TASKS, SETS)
    return TASKS[name](Random(f"{name} {seed}"))


def select(text: str) -> tuple[str, ...]:
    """Return the tasks that `text` selects: `all`, `three`, or names separated by commas. Raises `UnknownTask`."""
    return named_tasks(text, TASKS, SETS)
