"""Asking when something happens in a video, and reading the times of an answer.

The released checkpoints were trained to answer in seconds, in `mm:ss` and in `hh:mm:ss.f`, as text ("from 12.5 to 17
seconds", "at 00:12") and as JSON with a start, an end and a description. Answers come in code fences, with prose around
them, or cut off; all spans in them are read. Source: Qwen2.5-VL technical report, sections 2.1.2 and 2.2; the video
understanding cookbook of the released models.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from handeye.model.errors import UnreadableAnswer

_CLOCK = r"(?:\d{1,2}:)?\d{1,3}:\d{2}(?:\.\d{1,6}|,\d{3})?"
_SECONDS = r"\d{1,6}(?:\.\d{1,6})?"
_UNIT = r"(?:seconds|second|secs|sec|s)\b"
_TIME = rf"(?:{_CLOCK}|{_SECONDS})"
_JOIN = r"\s*(?:-|–|\u2014|~|-->|to|until|till|(?P<both>and))\s*"
_SPAN = re.compile(
    rf"(?P<between>between\s+)?(?<![\w.:])(?P<start>{_TIME})(?P<first>\s*{_UNIT})?{_JOIN}"
    rf"(?P<end>{_TIME})(?P<unit>\s*{_UNIT})?(?![\w:]|\.\d)(?(both)(?(between)|(?!)))"
    rf"|(?<![\w.:])(?:(?P<clock>{_CLOCK})(?![\w:]|\.\d)|(?P<moment>{_SECONDS})\s*{_UNIT})",
    re.IGNORECASE,
)
"""A span, or a single time. Seconds without a unit are times only in a span that has a clock or a unit somewhere."""
_WORDS = re.compile(
    r"(?<![\w.:])(?:(\d{1,2})\s*(?:hours?|hrs?|h)(?![a-z])[\s,]*(?:and\s+)?)?(\d{1,3})\s*(?:minutes?|mins?|m)(?![a-z])"
    r"(?:[\s,]*(?:and\s+)?(\d{1,2}(?:\.\d{1,6})?)\s*(?:seconds?|secs?|s)\b)?",
    re.IGNORECASE,
)
"""Minutes in words, such as "1 minute and 12 seconds"."""
_BRACKETED = re.compile(rf"[\[(]\s*[\"']?({_TIME})[\"']?\s*,\s*[\"']?({_TIME})[\"']?\s*[\])]")
_VALUE = rf"[\"']?\s*({_TIME})\s*(?:{_UNIT})?\s*[\"']?"
_START = re.compile(rf"[\"'](?:start|start_time|begin|from)[\"']\s*:\s*{_VALUE}", re.IGNORECASE)
_END = re.compile(rf"[\"'](?:end|end_time|stop|to)[\"']\s*:\s*{_VALUE}", re.IGNORECASE)
_AT = re.compile(rf"[\"'](?:timestamp|time|second|seconds)[\"']\s*:\s*{_VALUE}", re.IGNORECASE)
_SAID = re.compile(
    r"[\"'](?:description|label|event|caption|sentence|activity|content)[\"']\s*:\s*(\"(?:[^\"\\]|\\.)*\")",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\[\s*\]|\bno such\b|"
    r"\b(?:does not|doesn't|do not|don't|never|not)\s+(?:appear|occur|happen|show|contain|visible|present|found)",
    re.IGNORECASE,
)
_SLACK = 0.02
"""How far after the end, as a fraction of the part, a time may lie and still be accepted, as its end."""


class TimeSpan(NamedTuple):
    """A part of a video."""

    start: float
    """In seconds from the beginning of the video."""
    end: float
    """In seconds; equal to the start for a moment."""
    label: str = ""
    """What the model says of it."""

    def __str__(self) -> str:
        times = f"{self.start:.1f} s" if self.start == self.end else f"{self.start:.1f}-{self.end:.1f} s"
        return f"{times}  {self.label}".rstrip()


def question(query: str) -> str:
    """Return the prompt that asks when what a phrase describes happens."""
    return (
        f"Find every part of the video that shows this: {query.strip()}. Output the start and end timestamp of each "
        'part in seconds. Provide the result in JSON format: [{"start": 1.5, "end": 4.0, "description": "..."}]'
    )


def seconds(time: str) -> float:
    """Return the seconds of a time such as "12.5", "01:12.5" or "1:01:12".

    Raises:
        ValueError: it is no time.
    """
    if re.fullmatch(_TIME, time) is None:
        raise ValueError(f"{time!r} is not a time: write seconds, such as 12.5, or 1:12.5 or 1:01:12")
    total = 0.0
    for part in time.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total


def spans(answer: str, start: float, end: float) -> list[TimeSpan]:
    """Read the times of an answer about the part of a video from `start` to `end`, both in seconds of the video.

    The model counts from the beginning of that part; the spans are in seconds of the video, clipped to the part, and
    each is there once. An answer that says that nothing is found, or an empty list, is a valid answer.

    Raises:
        UnreadableAnswer: the answer contains no time, or all of them lie outside the part.
    """
    found = list(_read(answer))
    within = [span for each in found if (span := _clipped(each, start, end)) is not None]
    if within:
        return list(dict.fromkeys(within))
    shown = " ".join(answer.split())[:200]
    if found:
        raise UnreadableAnswer(f"the model named only times outside the {end - start:.1f} s that it saw: {shown!r}")
    if _NONE.search(answer):
        return []
    raise UnreadableAnswer(f"the model's answer contains no time: {shown!r}")


def _read(answer: str) -> Iterator[TimeSpan]:
    """Yield the spans of an answer, in seconds of what the model saw: those of its JSON, else those of its text."""
    objects = re.findall(r"\{[^{}]*\}?", answer)
    read = [span for text in objects if (span := _object(text)) is not None]
    if read:
        yield from read
        return
    yield from _told(answer)


def _told(text: str) -> Iterator[TimeSpan]:
    """Yield the spans of a text: pairs in brackets if there are any, else what is said to be a time."""
    bracketed = [TimeSpan(*_ordered(match.groups())) for match in _BRACKETED.finditer(text)]
    if bracketed:
        yield from bracketed
        return
    for match in _SPAN.finditer(_WORDS.sub(_clock, text)):
        if match["start"] is None:
            time = seconds(match["clock"] or match["moment"])
            yield TimeSpan(time, time)
        elif match["first"] or match["unit"] or ":" in match["start"] + match["end"]:
            yield TimeSpan(*_ordered((match["start"], match["end"])))


def _clock(match: re.Match[str]) -> str:
    hours, minutes, rest = match.groups()
    whole, dot, fraction = (rest or "0").partition(".")
    return f"{hours or 0}:{int(minutes):02}:{int(whole):02}{dot}{fraction}"


def _object(text: str) -> TimeSpan | None:
    """Return the span of a JSON object, which may be cut off."""
    said = _SAID.search(text)
    label = _unquoted(said[1]) if said is not None else ""
    rest = _SAID.sub("", text)
    start, end, at = (pattern.search(rest) for pattern in (_START, _END, _AT))
    if start is not None:
        return TimeSpan(*_ordered((start[1], (end or start)[1])), label)
    span = next(_told(rest), None)
    if span is None and at is not None:
        span = TimeSpan(seconds(at[1]), seconds(at[1]))
    return None if span is None else span._replace(label=label)


def _unquoted(text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        value = text.strip('"')
    return " ".join(str(value).split())


def _ordered(times: Sequence[str]) -> tuple[float, float]:
    found = [seconds(time) for time in times]
    return min(found), max(found)


def _clipped(span: TimeSpan, start: float, end: float) -> TimeSpan | None:
    first, last = start + span.start, start + span.end
    if first > end + _SLACK * (end - start):
        return None
    return span._replace(start=min(first, end), end=min(last, end))
