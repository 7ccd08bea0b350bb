"""What a profile says in words, each fact with what it comes from."""

from collections.abc import Iterator
from typing import NamedTuple

from handeye.agent.prompts.origins import Origin
from handeye.agent.prompts.profile import CheckpointProfile, Pixels, SamplingRule
from handeye.agent.prompts.view import HistoryRule, Layout

PARTS = ("history", "images", "pixels", "sampling", "pointing")
"""What is told of each profile, in this order: pixels of all; pointing of one that points; the rest of one that acts.

Sampling is that of a step, and pointing that of an answer that names a place.
"""
_LAYOUTS = {
    Layout.TEXT: "in text",
    Layout.TURNS: "a turn for each screenshot and each reply",
    Layout.SUMMARY: "the oldest in one turn of the assistant, then a turn for each screenshot and each reply",
    Layout.TEXT_AND_TURNS: "the oldest in text, then a turn for each screenshot and each reply",
    Layout.ONE_TURN: "in the turn of the newest screenshot",
}


class Fact(NamedTuple):
    """One part of a profile."""

    part: str
    """One of `PARTS`."""
    said: str
    origins: tuple[Origin, ...]


def facts(profile: CheckpointProfile) -> Iterator[Fact]:
    """Yield the parts of a profile in the order of `PARTS`."""
    origins = profile.read_from
    if profile.agent is not None:
        yield Fact("history", _history(profile.agent.history), origins.history)
        yield Fact("images", _images(profile.agent.history), origins.images)
    yield Fact("pixels", _pixels(profile.pixels), origins.pixels)
    if profile.agent is not None:
        yield Fact("sampling", _sampling(profile.sampling), origins.sampling)
    if profile.grounder is not None:
        yield Fact("pointing", _sampling(profile.grounder.sampling), origins.pointing)


def _history(rule: HistoryRule) -> str:
    told = "every step" if rule.texts is None else f"the last {rule.texts} steps"
    return f"{told}, {_LAYOUTS[rule.layout]}"


def _images(rule: HistoryRule) -> str:
    place = "before the text" if rule.image_first else "after the text"
    return f"the newest, {place}" if rule.images == 1 else f"the last {rule.images}, the newest {place}"


def _pixels(pixels: Pixels | None) -> str:
    return "the checkpoint's own limits" if pixels is None else f"{pixels.least:,} to {pixels.most:,}"


def _sampling(rule: SamplingRule) -> str:
    said = [f"temperature {rule.temperature:g}"]
    said += [f"top-p {rule.top_p:g}"] if rule.top_p != 1 else []
    said += [f"frequency penalty {rule.frequency_penalty:g}"] if rule.frequency_penalty else []
    said += [f"repetition penalty {rule.repetition_penalty:g}"] if rule.repetition_penalty != 1 else []
    return ", ".join((*said, f"at most {rule.max_tokens:,} tokens"))
