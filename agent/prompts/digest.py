"""A short hash of a profile, which changes with anything that a model would notice."""

import hashlib
import json
from dataclasses import asdict

from handeye.agent.prompts.example import ABILITIES, asked, example
from handeye.agent.prompts.plain import plain
from handeye.agent.prompts.profile import FACTOR, CheckpointProfile

LENGTH = 12
"""Hexadecimal digits."""


def digest(profile: CheckpointProfile) -> str:
    """Return the hash of a profile's limits, sampling and endings, and of the prompts that it renders.

    These are the prompts of an example: where nothing is known of the screen, in a browser, on a desktop, on a phone.
    """
    parts: list[object] = [
        profile.name,
        None if profile.pixels is None else {"least": profile.pixels.least, "most": profile.pixels.most},
        asdict(profile.sampling),
        profile.stop,
    ]
    if profile.factor != FACTOR:
        parts.append({"factor": profile.factor})
    if profile.template:
        parts.append({"template": profile.template})
    if profile.agent is not None:
        parts.append(asdict(profile.agent.history))
        for phone in (False, True):
            parts.append(plain(profile.agent.compose(example(profile.agent, profile.pixels, phone=phone))))
        for abilities in ABILITIES.values():
            parts.append(plain(profile.agent.compose(example(profile.agent, profile.pixels, abilities=abilities))))
    if profile.grounder is not None:
        rule = asdict(profile.grounder.sampling)
        parts += [profile.grounder.answer.prefix, rule, plain(asked(profile.grounder, profile.pixels))]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:LENGTH]
