"""One model, tried: what it is asked, and what is found."""

import random
import re
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from handeye.actions.errors import HandeyeError
from handeye.agent.examine import aim, reading, sheet, sight, speed, words
from handeye.agent.examine.advice import Advice, local_advice, server_advice
from handeye.agent.examine.aim import Aim
from handeye.agent.examine.asking import Clock, looks, pace, plain_answers, rows
from handeye.agent.examine.pointing import shoot
from handeye.agent.examine.screen import SIZE, draw
from handeye.agent.examine.subject import Subject
from handeye.agent.examine.tokens import check_tokens
from handeye.agent.policies.backend import Backend, limited
from handeye.agent.prompts.catalog import choose_profile, find_profile
from handeye.agent.prompts.families.planner import PLANNER
from handeye.agent.prompts.profile import CheckpointProfile
from handeye.agent.servers.errors import (
    KeyRefused,
    NotAChatServer,
    ServerFailed,
    ServerNotFound,
    ServerTimeout,
    UnknownServerModel,
)
from handeye.agent.servers.scale import WHAT as SCALE
from handeye.agent.servers.scale import check_scale
from handeye.agent.servers.server import ChatServer
from handeye.environments.doctor.finding import Finding, Status, missing, ok, warning
from handeye.model.catalog import SHIPPED

WHAT = "model"
_GONE = (KeyRefused, NotAChatServer, ServerFailed, ServerNotFound, ServerTimeout, UnknownServerModel)
"""After these no further question is answered."""
_ADVICE = re.compile(r"((?:[^(:]|:(?! )|\([^)]*\))*): (.+)", re.DOTALL)
"""The messages of errors say what is wrong, and after a colon outside of brackets what to do."""
_Result = TypeVar("_Result")


def try_model(subject: Subject) -> Iterator[Finding]:
    """Load a model, or find it behind its server, and try it.

    It answers 3 plain questions, looks at 4 squares, reads 4 rows of numbers, points at 8 targets, and describes a
    screenshot. Raises `UnknownProfile`; every other error is a finding.
    """
    if subject.profile is not None:
        find_profile(subject.profile)
    try:
        backend = subject.open()
        profile = subject.local.backend.profile(backend, subject.profile)
    except HandeyeError as error:
        yield failed(WHAT, error)
        return
    label = backend.label if isinstance(backend, ChatServer) else backend.name
    if label in SHIPPED:
        yield warning(WHAT, f"{label}: {SHIPPED[label]}", "what follows is no fault of it: try a released model")
    elif subject.profile is None and choose_profile(backend.name, *backend.origins).notice:
        chooses = "choose its profile with --profile NAME; see handeye models"
        yield warning(WHAT, f"{label} is not known: it is prompted as {profile.name}", chooses)
    else:
        yield ok(WHAT, f"{label}, prompted as {profile.name}")
    try:
        yield from findings(backend, profile, random.Random())
    except _GONE as error:
        yield failed(WHAT, error)
    if isinstance(backend, ChatServer):
        yield from (warning("server", text) for text in backend.endpoint.notices)
        backend.close()


def findings(
    backend: Backend, profile: CheckpointProfile, order: random.Random, clock: Clock = time.perf_counter
) -> Iterator[Finding]:
    """Try a model; return what is found. `order` chooses what it is shown.

    Everything is asked before anything is judged: a model that points well sees, even if it names no colours, and that
    images arrive as they are sent tells whose fault a scale is. Raises the errors of a server that is gone.
    """
    shown = limited(backend, profile)
    advice = _advice(shown)
    screenshot = draw()
    answers = _tried(lambda: plain_answers(shown))
    seen = _tried(lambda: looks(shown, order))
    size = _tried(lambda: _size(shown, advice))
    read = _tried(lambda: rows(shown, sheet.choose(order)))
    aimed = None if profile is PLANNER else _tried(lambda: shoot(backend, profile, screenshot))
    # A picture that it has not seen: an engine keeps what it has read.
    took = _tried(lambda: pace(shown, screenshot.rotate(180), clock))
    points_well = isinstance(aimed, Aim) and aimed.sees
    if isinstance(answers, HandeyeError):
        yield failed(words.WHAT, answers)
    else:
        yield words.judge(answers, points_well, advice.broken)
    if isinstance(seen, HandeyeError):
        yield failed(sight.WHAT, seen)
    else:
        yield sight.judge(seen, points_well, advice.blind, advice.broken)
    if isinstance(size, HandeyeError):
        yield failed(SCALE, size)
    else:
        yield size
    if isinstance(read, HandeyeError):
        yield failed(reading.WHAT, read)
    else:
        yield reading.judge(read, points_well, advice.broken)
    if isinstance(aimed, HandeyeError):
        yield failed(aim.WHAT, aimed)
    elif aimed is None:
        yield warning(aim.WHAT, f"{profile.name} says in words what to point at: try its grounder too")
    else:
        yield aim.judge(aimed, profile.name, advice.causes, intact=_is_intact(size, shown))
    if isinstance(took, HandeyeError):
        yield failed(speed.WHAT, took)
    else:
        yield speed.judge(took, advice.slow)


def failed(what: str, error: HandeyeError) -> Finding:
    """Return an error as a finding: what is wrong, and what to do."""
    parts = _ADVICE.fullmatch(str(error))
    return missing(what, str(error), "") if parts is None else missing(what, parts[1], parts[2])


def _tried(ask: Callable[[], _Result]) -> _Result | HandeyeError:
    try:
        return ask()
    except _GONE:
        raise
    except HandeyeError as error:
        return error


def _size(backend: Backend, advice: Advice) -> Finding:
    return check_scale(backend) if isinstance(backend, ChatServer) else check_tokens(backend, advice.rescaled)


def _is_intact(size: Finding | HandeyeError, backend: Backend) -> bool:
    """Return whether images are known to be seen as they are sent; a model that is loaded here counts exactly."""
    if isinstance(size, HandeyeError) or size.status is Status.MISSING:
        return False
    return size.status is Status.OK or not isinstance(backend, ChatServer)


def _advice(backend: Backend) -> Advice:
    if not isinstance(backend, ChatServer):
        return local_advice()
    seen = backend.image_size(SIZE)
    return server_advice(backend.endpoint.kind, seen.width * seen.height)
