"""Replies of a network with random weights that is kept to the grammar of a dialect: how many can be read.

    OMP_NUM_THREADS=2 python benchmarks/constrained.py
    OMP_NUM_THREADS=2 python benchmarks/constrained.py --replies 4      # the same in a minute

For each family of models and each sort of screen, replies are drawn at temperature 1 from a network of two million
parameters that was never trained, so it writes anything that it may. Each is read as that of a model is, and counts as
valid if it asks for an action that is possible on the screen, with its points in the screenshot, and if nothing of it
had to be corrected. Rooms differ, down to the least that the grammar needs.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import torch
from cpu_step import SHAPE
from step import build

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.dialects.dialect import Dialect, Seen, TabStrip
from handeye.actions.dialects.rules.grammar import grammar
from handeye.actions.geometry import Box, Frame, Size
from handeye.actions.grammar import Rule
from handeye.actions.schema import ACTION_TYPES
from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.engine.engine import Engine
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.images.preprocess import PixelRule
from handeye.model.pending import PendingReply
from handeye.model.training.tiny.vocabulary import build_tokenizer

BROWSER = ACTION_TYPES - {"home", "recent_apps", "open_app"}
DESKTOP = BROWSER - {"navigate", "back", "new_tab", "switch_tab", "close_tab"} | {"open_app"}
PHONE = DESKTOP - {"move"} | {"back", "home", "recent_apps", "long_press"}
SCREENS = {
    "browser": Seen(
        Frame("model image", Size(1288, 728)),
        Frame("screenshot", Size(1920, 1080)),
        tabs=TabStrip(1, 3),
        abilities=Abilities(BROWSER, secrets=("password",)),
    ),
    "desktop": Seen(
        Frame("model image", Size(1932, 1092)),
        Frame("screenshot", Size(1920, 1080)),
        marks=(Box(0, 0, 40, 20), Box(100, 200, 180, 230)),
        abilities=Abilities(DESKTOP),
    ),
    "phone": Seen(
        Frame("model image", Size(504, 1092)),
        Frame("screenshot", Size(1080, 2340)),
        abilities=Abilities(PHONE, apps=("Settings", "Clock", 'Files by "G"')),
    ),
}


class Case(NamedTuple):
    """One reply that is wanted."""

    screen: str
    dialect: Dialect
    seen: Seen
    rule: Rule


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replies", type=int, default=240, help="of each family on each screen")
    parser.add_argument("--tokens", type=int, default=160, help="the most tokens of a reply")
    parser.add_argument("--together", type=int, default=32, help="replies at a time")
    options = parser.parse_args()
    device = torch.device("cpu")
    built = build(SHAPE, PixelRule(min_pixels=3136, max_pixels=336 * 448), device, torch.float32)
    tokenizer = Tokenizer(build_tokenizer(()))
    checkpoint = replace(built, tokenizer=tokenizer, closing=frozenset((tokenizer.id("<|im_end|>"),)))
    began = time.perf_counter()
    found: Counter[str] = Counter()
    tokens = 0
    for case, text, count in replies(checkpoint, options.replies, options.tokens, options.together):
        tokens += count
        fault = wrong(case, text)
        found["invalid" if fault else "valid"] += 1
        if fault:
            print(f"{case.dialect.name}: {fault}: {text!r}")
    seconds = time.perf_counter() - began
    print(
        f"{found.total():,} replies of {len(AGENTS)} families on {len(SCREENS)} screens, at temperature 1, random "
        f"weights, torch {torch.__version__}\n"
        f"{found['invalid']} invalid; {tokens / found.total():.0f} tokens a reply; {seconds / tokens * 1e3:.2f} ms a "
        f"token, {options.together} replies at a time"
    )
    raise SystemExit(1 if found["invalid"] else 0)


def cases() -> Iterator[Case]:
    """Yield each family on each screen."""
    for family in AGENTS.values():
        for screen, seen in SCREENS.items():
            dialect = family.on(seen.abilities)
            rule = grammar(dialect, seen)
            assert rule is not None
            yield Case(screen, dialect, seen, rule)


def replies(checkpoint: Checkpoint, each: int, most: int, together: int) -> Iterator[tuple[Case, str, int]]:
    """Yield the replies of each case, with their numbers of tokens."""
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, most_requests=together)
    for number, case in enumerate(cases()):
        rooms = most, most, most // 2, least(checkpoint, case)
        for first in range(0, each, together):
            running = []
            for reply in range(first, min(first + together, each)):
                pending = PendingReply(
                    checkpoint,
                    [Message("user", ("What next?",))],
                    Sampling(temperature=1.0, seed=number * each + reply),
                    max_new_tokens=max(rooms[reply % len(rooms)], rooms[-1]),
                    grammar=case.rule,
                )
                engine.submit(pending.request)
                running.append(pending)
            while engine.step():
                pass
            for pending in running:
                pending.complete()
                yield case, pending.text, len(pending.request.tokens)


def least(checkpoint: Checkpoint, case: Case) -> int:
    """Return how many tokens a reply has at least."""
    compiled = checkpoint.compiler.compile(case.rule, checkpoint.tokenizer, checkpoint.closing)
    return compiled.least(compiled.start)


def wrong(case: Case, text: str) -> str:
    """Say what is wrong with a reply; empty if nothing is."""
    reading = case.dialect.read(text, case.seen)
    if reading.problem is not None:
        return reading.problem.reason
    target = case.seen.target or case.seen.frame
    for action in reading.actions:
        if action.type not in case.seen.abilities.types:
            return f"{action.type} is not possible"
        point = getattr(action, "point", None)
        if point is not None and not target.contains(point):
            return f"{point} is outside"
    repaired = [note for note in reading.notes if not note.startswith("took ")]  # chords of tabs
    return "; ".join(repaired)


if __name__ == "__main__":
    main()
