"""Answers without a model: the right ones, the middle of each image, and places at random."""

import random
from collections.abc import Mapping
from typing import Generic

from PIL.Image import Image
from pydantic import JsonValue

from handeye.actions.geometry import Point
from handeye.actions.schema import AnyAction, Click
from handeye.evals.samples.asker import Reply
from handeye.evals.samples.benchmark import Benchmark, SampleT
from handeye.evals.samples.settings import CENTER, ORACLE


class ScriptedAsker(Generic[SampleT]):
    """Answers every sample by a rule. The scores are known: what they should be is what tests the harness."""

    def __init__(self, benchmark: Benchmark[SampleT], name: str) -> None:
        """`name` is one of `handeye.evals.samples.settings.SCRIPTED`."""
        self._benchmark = benchmark
        self._name = name

    def ask(self, sample: SampleT, image: Image, seed: int | None) -> Reply:
        """Return the answer. A random one depends on the sample and the seed alone."""
        return Reply(text=self._name, actions=self._actions(sample, image, seed))

    def prompt(self, sample: SampleT, image: Image) -> str:
        """Return nothing: nothing is asked."""
        return ""

    def facts(self) -> Mapping[str, JsonValue]:
        """Return nothing: there is no model."""
        return {}

    def _actions(self, sample: SampleT, image: Image, seed: int | None) -> tuple[AnyAction, ...]:
        if self._name == ORACLE:
            return self._benchmark.oracle(sample)
        if self._name == CENTER:
            return (Click(point=Point(image.width // 2, image.height // 2)),)
        generator = random.Random(f"{sample.id} {seed}")
        return (Click(point=Point(generator.randrange(image.width), generator.randrange(image.height))),)
