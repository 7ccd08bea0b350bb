"""Make training data: play the oracles in the real browser and keep what was seen, asked and done.

Every step of an oracle gives one example: the screenshot before the step, as large as the network sees it, the prompt
that a policy would have got, and the step as its answer. The first screen of an episode also serves the other
instructions that it could have been asked with. Now and then a click misses on purpose, so that the network learns to
look instead of trusting its history.

    python -m handeye.evals.miniwob.collect --out data/train --tasks click-tab,enter-text --episodes 2000
"""

import random
import string
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

from handeye.actions.carry import carried
from handeye.actions.dialects.unified import render
from handeye.actions.geometry import Frame, Point, Transform
from handeye.actions.schema import Click
from handeye.agent.prompts import compact
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.observation import Observation
from handeye.environments.settle import Settle
from handeye.evals.miniwob import pages
from handeye.evals.miniwob.oracle import Move, PageReader, TargetNotVisible
from handeye.evals.miniwob.oracles import ALTERNATIVES, ORACLES
from handeye.model.resize import resize, smart_resize
from handeye.model.training.tiny import recipe
from handeye.model.training.tiny.dataset import Example, Pair, ShardWriter

TRAINING_SEEDS = 100_000
"""Seeds below are for training; results are reported on seeds from 1,000,000 up."""

MISS = 0.08
"""How often a click of a task with several steps goes astray."""

ALTERNATIVES_KEPT = 3
"""Other instructions kept for a first screen."""

TYPING = frozenset({"enter-text", "enter-password", "login-user"})
RETOLD = 2
"""Times that each step of a typing task is told again, with other words to type."""

RELOAD = 250
"""Episodes played on one loaded page."""

MAX_STEPS = 12


def pair(task: str, done: Sequence[str], move: Move, observation: Observation, seen: Frame) -> Pair:
    """Return the prompt of a step and its answer, as a policy would see and write them."""
    system, user = compact.compose(task, done, (), observation.image, seen.size)
    action = carried(move.action, Transform(observation.frame, seen))
    return Pair(_text(system.content), _text(user.content), render(action, move.thought))


def retold(told: Pair, words: Sequence[str], choice: random.Random) -> Pair:
    """Return the pair with other words to type in the place of `words`, so that copying is not learned by heart."""
    prompt, answer = told.prompt, told.answer
    for word in words:
        other = "".join(choice.choices(string.ascii_letters + string.digits, k=choice.randint(1, 9)))
        prompt = prompt.replace(f'"{word}"', f'"{other}"')
        for mark in ('"', '\\"'):  # the action's text, and the thought's quotation inside JSON
            answer = answer.replace(f"{mark}{word}{mark}", f"{mark}{other}{mark}")
    return Pair(told.system, prompt, answer)


def _text(content: Sequence[str | Image.Image]) -> str:
    return "".join(part for part in content if isinstance(part, str))


def _encoded(observation: Observation, seen: Frame) -> bytes:
    buffer = BytesIO()
    resize(observation.image, seen.size, 1).save(buffer, "PNG")
    return buffer.getvalue()


def collect_episode(environment: BrowserEnvironment, name: str, seed: int, shard: ShardWriter) -> int:
    """Play one episode of a task on its loaded page and keep its steps; returns the number of examples."""
    choice = random.Random(f"{name}/{seed}")
    task = pages.start(environment.evaluate, seed)
    observation = environment.observe()
    limits = recipe.PIXELS["min_pixels"], recipe.PIXELS["max_pixels"]
    seen = Frame("model image", smart_resize(observation.size, recipe.FACTOR, *limits))
    reader = PageReader(environment.evaluate)
    others = list(ALTERNATIVES[name](reader)) if name in ALTERNATIVES else []
    extra = [
        pair(utterance, (), move, observation, seen)
        for utterance, move in choice.sample(others, min(ALTERNATIVES_KEPT, len(others)))
    ]
    done: list[str] = []
    for move in ORACLES[name](reader):
        told = pair(task, done, move, observation, seen)
        words = reader.quoted if name in TYPING else []
        pairs = (told, *extra, *(retold(told, words, choice) for _ in range(RETOLD if words else 0)))
        shard.write(Example(name, _encoded(observation, seen), pairs))
        done.append(move.thought)
        extra = []
        action = move.action
        missable = isinstance(action, Click) and "text box" in move.thought
        if missable and choice.random() < MISS:
            size = observation.size
            action = Click(point=Point(choice.randrange(size.width), choice.randrange(size.height)))
        observation = environment.execute(action)
        if pages.verdict(environment.evaluate).done or len(done) == MAX_STEPS:
            break
    return len(done)


def main(
    out: Annotated[Path, typer.Option(help="Folder for the shards, one for each task.")],
    tasks: Annotated[str, typer.Option(help="Names, separated by commas.")],
    episodes: Annotated[int, typer.Option(min=1, help="Episodes of each task.")] = 1000,
    first_seed: Annotated[int, typer.Option(min=0)] = 0,
    part: Annotated[str, typer.Option(help="Suffix of the shards' names, to add to data that is there.")] = "",
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
            settle=Settle(grace=0.02, quiet=0.0),
        ) as environment,
    ):
        environment.reset()
        for name in tasks.split(","):
            with ShardWriter(out, name + part) as shard:
                count = 0
                for index in range(episodes):
                    if index % RELOAD == 0:
                        environment.goto(server.url(name))
                    try:
                        count += collect_episode(environment, name, first_seed + index, shard)
                    except TargetNotVisible as hidden:
                        typer.echo(f"{name} {first_seed + index}: {hidden}", err=True)
            typer.echo(f"{name}: {count} examples of {episodes} episodes")


if __name__ == "__main__":
    typer.run(main)
