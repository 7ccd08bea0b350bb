"""All profiles, and which one a checkpoint gets."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from handeye.actions.errors import HandeyeError
from handeye.agent.prompts.checkpoint_name import checkpoint_name
from handeye.agent.prompts.families import (
    compact,
    computer_use,
    fara,
    gta1,
    gui_g2,
    gui_owl,
    gui_owl_1_5,
    gui_r1,
    holo,
    infigui,
    mai_ui,
    opencua,
    planner,
    qwen,
    scalecua,
    ui_s1,
    ui_tars,
    ui_venus,
)
from handeye.agent.prompts.families.qwen import QWEN
from handeye.agent.prompts.profile import AgentPrompt, CheckpointProfile, GrounderPrompt

PROFILES: Mapping[str, CheckpointProfile] = {
    profile.name: profile
    for family in (
        compact,
        computer_use,
        fara,
        gta1,
        gui_g2,
        gui_owl,
        gui_owl_1_5,
        gui_r1,
        holo,
        infigui,
        mai_ui,
        opencua,
        planner,
        scalecua,
        ui_s1,
        ui_tars,
        ui_venus,
        qwen,
    )
    for profile in family.PROFILES
}
"""By name. Where several match a checkpoint, the first does: Qwen's own, which stands in the names of many, is last."""

REFUSED: Mapping[str, str] = {
    r"gui-?actor": "GUI-Actor answers with an attention over patches by layers and tokens of its own, not with text",
}
"""Checkpoints that no profile can drive, as a regular expression of their names, each with the reason."""


class UnknownProfile(HandeyeError):
    """No profile has the name."""


class UnsupportedCheckpoint(HandeyeError):
    """A checkpoint that cannot be driven by its replies."""


class NotAnAgent(HandeyeError):
    """A checkpoint that only points was asked to act."""


class NotAGrounder(HandeyeError):
    """A checkpoint that is not asked where something is."""


class Chosen(NamedTuple):
    """The profile of a checkpoint."""

    profile: CheckpointProfile
    notice: str
    """What the user should know about the choice; empty if the profile is the checkpoint's own."""


def find_profile(name: str) -> CheckpointProfile:
    """Return the profile with a name; raise `UnknownProfile`."""
    found = PROFILES.get(name.strip().lower())
    if found is None:
        raise UnknownProfile(f"there is no profile {name!r}: choose one of {', '.join(PROFILES)}")
    return found


def choose_profile(*names: str) -> Chosen:
    """Return the profile of a checkpoint by its names: its hub id or folder, and what its config.json calls it.

    Of each name only the part counts that `checkpoint_name` returns. Raises `UnsupportedCheckpoint`.
    """
    lowered = [checkpoint_name(name) for name in names if name]
    for pattern, reason in REFUSED.items():
        if any(re.search(pattern, name) for name in lowered):
            raise UnsupportedCheckpoint(f"{names[0]} is not supported: {reason}")
    # The first name counts most: a fine-tune's own one says more than that of what it was made from.
    for name in lowered:
        for begin in (_last_part(name), 0):  # a folder may be called after anything
            for profile in PROFILES.values():
                if any(match.end() > begin for match in re.finditer(profile.matches, name)):
                    return Chosen(profile, "")
    return Chosen(QWEN, f"{names[0]} is not known: it is prompted as {QWEN.name}; --profile NAME chooses another")


def _last_part(name: str) -> int:
    """Return where the last part of a path or a hub id begins."""
    return max(name.rstrip("/\\").rfind(mark) for mark in "/\\") + 1


def agent_prompt(profile: CheckpointProfile) -> AgentPrompt:
    """Return how a profile acts; raise `NotAnAgent` if it only points."""
    if profile.agent is None:
        raise NotAnAgent(
            f"{profile.name} only finds places and cannot plan: give it as --grounder, with a model that plans as "
            "--model or --server"
        )
    return profile.agent


def grounder_prompt(profile: CheckpointProfile) -> GrounderPrompt:
    """Return how a profile is asked for places; raise `NotAGrounder` if it is not."""
    if profile.grounder is None:
        able = ", ".join(name for name, each in PROFILES.items() if each.grounder is not None)
        raise NotAGrounder(f"{profile.name} is not asked where something is: take a checkpoint of one of {able}")
    return profile.grounder
