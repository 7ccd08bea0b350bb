"""Collect training data: play the oracles in a real browser and record screenshots, prompts and answers.

Each step of an oracle gives one example: the screenshot before the step, in the size that the network sees, the prompt
that a policy would have got, and the step as its answer. The first screen of an episode is also paired with other
instructions that fit it. Some clicks miss on purpose, so that the network learns to look instead of trusting its
history.

    python -m handeye.evals.miniwob.collect --out data/train --tasks click-tab,enter-text --episodes 2000
"""

import random
import string
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Annotated

import typer

from handeye.actions.carry import carried
from handeye.actions.dialects.unified import UNIFIED
from handeye.actions.geometry import Frame, Point, Size, Transform
from handeye.actions.schema import Action, Click
from handeye.agent.decision import Decision
from handeye.agent.episode import Episode
from handeye.agent.errors import ScriptEnded
from handeye.agent.history import History
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.prompts.families import compact
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.observation import Observation
from handeye.environments.settle import Settle
from handeye.evals.miniwob import pages
from handeye.evals.miniwob.oracle import PageReader
from handeye.evals.miniwob.oracles import ALTERNATIVES, ORACLES
from handeye.evals.staged import StagedEnvironment
from handeye.evals.task import Move
from handeye.model.images.resize import resize, smart_resize
from handeye.model.training.tiny import recipe
from handeye.model.training.tiny.dataset import Example, Pair, ShardWriter

TRAINING_SEEDS = 100_000
"""Seeds below this are for training; results are reported on seeds from 1,000,000 up."""

MISS = 0.08
"""The probability that a click in a task with several steps misses on purpose."""

ALTERNATIVES_KEPT = 3
"""Other instructions kept for a first screen."""

TYPING = frozenset({"enter-text", "enter-password", "login-user"})
RETOLD = 2
"""How many more pairs each step of a typing task gives, with other words to type."""

RELOAD = 250
"""Episodes played on one loaded page."""

MAX_STEPS = 12

QUICK = Settle(grace=0.02, quiet=0.0)
"""These pages show the effect of an action at once."""


def pair(task: str, done: Sequence[str], move: Move, observation: Observation, seen: Frame) -> Pair:
    """Return the prompt of a step and its answer, as a policy would see and write them."""
    system, user = compact.conversation(task, done, (), observation.image, seen.size)
    action = carried(move.action, Transform(observation.frame, seen))
    return Pair(_text(system.content), _text(user.content), UNIFIED.write(action, seen, move.thought))


def retold(told: Pair, words: Sequence[str], choice: random.Random) -> Pair:
    """Return the pair with other words to type in place of `words`, so that the network does not memorise them."""
    prompt, answer = told.prompt, told.answer
    for word in words:
        other = "".join(choice.choices(string.ascii_letters + string.digits, k=choice.randint(1, 9)))
        prompt = prompt.replace(f'"{word}"', f'"{other}"')
        for mark in ('"', '\\"'):  # the action's text, and the thought's quotation inside JSON
            answer = answer.replace(f"{mark}{word}{mark}", f"{mark}{other}{mark}")
    return Pair(told.system, prompt, answer)


def _text(content: Sequence[object]) -> str:
    return "".join(part for part in content if isinstance(part, str))


def _encoded(observation: Observation, seen: Frame) -> bytes:
    buffer = BytesIO()
    resize(observation.image, seen.size, 1).save(buffer, "PNG")
    return buffer.getvalue()


class Teacher:
    """A policy that plays an oracle and records each of its moves as an example.

    Some clicks in tasks with several steps miss on purpose: the oracle's move is recorded, and the miss is played.
    """

    name = "teacher"

    def __init__(self, name: str, seed: int, reader: PageReader, shard: ShardWriter) -> None:
        self._task = name
        self._choice = random.Random(f"{name}/{seed}")
        self._reader = reader
        self._shard = shard
        self._moves = ORACLES[name](reader)
        self._done: list[str] = []

    def decide(self, history: History) -> Decision:
        """Return the oracle's next move, or a miss in its place. Raises `ScriptEnded` when there is none."""
        observation = history.observation
        limits = recipe.PIXELS["min_pixels"], recipe.PIXELS["max_pixels"]
        seen = Frame("model image", smart_resize(observation.size, recipe.FACTOR, *limits))
        extra = self._other_instructions(observation, seen) if not self._done else []
        move = next(self._moves, None)
        if move is None:
            raise ScriptEnded("the oracle has no further move, and the task is not over")
        told = pair(history.task, self._done, move, observation, seen)
        words = self._reader.quoted if self._task in TYPING else []
        pairs = (told, *extra, *(retold(told, words, self._choice) for _ in range(RETOLD if words else 0)))
        self._shard.write(Example(self._task, _encoded(observation, seen), pairs))
        self._done.append(move.thought)
        return Decision(text="", thought=move.thought, actions=(self._perhaps_missed(move, observation.size),))

    def _other_instructions(self, observation: Observation, seen: Frame) -> list[Pair]:
        """Return the pairs of other instructions that fit the first screen."""
        name = self._task
        others = list(ALTERNATIVES[name](self._reader)) if name in ALTERNATIVES else []
        return [
            pair(utterance, (), move, observation, seen)
            for utterance, move in self._choice.sample(others, min(ALTERNATIVES_KEPT, len(others)))
        ]

    def _perhaps_missed(self, move: Move, size: Size) -> Action:
        missable = isinstance(move.action, Click) and "text box" in move.thought
        if missable and self._choice.random() < MISS:
            return Click(point=Point(self._choice.randrange(size.width), self._choice.randrange(size.height)))
        return move.action


def collect_episode(environment: BrowserEnvironment, name: str, seed: int, shard: ShardWriter) -> Episode:
    """Play one episode of a task on its loaded page and record its steps."""
    task = pages.start(environment.evaluate, seed)
    return run_episode(
        task,
        StagedEnvironment(environment),
        Teacher(name, seed, PageReader(environment.evaluate), shard),
        limits=Limits(steps=MAX_STEPS, problems=1),
        ended=lambda: pages.verdict(environment.evaluate).done,
    )


def main(
    out: Annotated[Path, typer.Option(help="Folder for the shards, one for each task.")],
    tasks: Annotated[str, typer.Option(help="Names, separated by commas.")],
    episodes: Annotated[int, typer.Option(min=1, help="Episodes of each task.")] = 1000,
    first_seed: Annotated[int, typer.Option(min=0)] = 0,
    part: Annotated[str, typer.Option(help="Suffix of the shards' names, to add to existing data.")] = "",
) -> None:
    """Collect training data from the oracles' tasks."""
    if first_seed + episodes > TRAINING_SEEDS:
        raise typer.BadParameter(f"seeds from {TRAINING_SEEDS} up are not for training")
    with (
        pages.PageServer() as server,
        BrowserEnvironment(
            viewport=pages.VIEWPORT,
            clip=pages.CLIP,
            device_scale_factor=pages.DEVICE_SCALE_FACTOR,
            init_script=pages.INIT_SCRIPT,
            settle=QUICK,
        ) as environment,
    ):
        environment.reset()
        failures = 0
        for name in tasks.split(","):
            with ShardWriter(out, name + part) as shard:
                count = 0
                for index in range(episodes):
                    if index % RELOAD == 0:
                        environment.goto(server.url(name))
                    episode = collect_episode(environment, name, first_seed + index, shard)
                    if episode.stop is StopReason.INTERRUPTED:
                        raise KeyboardInterrupt
                    if episode.stop in (StopReason.FAILED, StopReason.PROBLEM_LIMIT):
                        failures += 1
                        typer.echo(f"{name} {first_seed + index}: {episode.message}", err=True)
                    count += len(episode.steps)
            typer.echo(f"{name}: {count} steps of {episodes} episodes")
    if failures:
        typer.echo(f"error: {failures} episodes failed: their steps up to the failure are in the data", err=True)
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
