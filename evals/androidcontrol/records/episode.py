"""One episode of AndroidControl: what was asked, and at each step what was seen and done."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from handeye.actions.geometry import Size
from handeye.evals.androidcontrol.records.example import Example
from handeye.evals.androidcontrol.records.forest import Forest, read_forest
from handeye.evals.androidcontrol.records.wire import Malformed
from handeye.evals.androidcontrol.truth import Truth, read_truth
from handeye.evals.samples.dataset import InvalidDataset


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode. It has one screen more than steps: the last one shows how it ended."""

    id: int
    goal: str
    steps: Sequence[Truth]
    instructions: Sequence[str]
    """What each step was to do. One instruction may stand for several steps, and is then repeated."""
    sizes: Sequence[Size]
    """Of the screenshots in pixels."""
    screenshots: Sequence[memoryview]
    """PNG files."""
    trees: Sequence[memoryview]
    where: str
    """The file and the record, for messages."""

    def forest(self, index: int) -> Forest:
        """Return what the accessibility service saw on a screen. Raises `InvalidDataset`."""
        try:
            return read_forest(self.trees[index])
        except Malformed as error:
            raise InvalidDataset(f"{self.where} has no accessibility tree at step {index}: {error}") from None


def episode_id(example: Example, where: str) -> int:
    """Return the number of an episode, without reading the rest of it. Raises `InvalidDataset`."""
    try:
        ids = example.numbers("episode_id")
    except Malformed as error:
        raise InvalidDataset(f"{where} is no episode of AndroidControl: {error}") from None
    if len(ids) != 1:
        raise InvalidDataset(f"{where} is no episode of AndroidControl: it has no episode_id")
    return ids[0]


def parse_example(record: bytes, where: str) -> Example:
    """Read a record. Raises `InvalidDataset`."""
    try:
        return Example.parse(record)
    except Malformed as error:
        raise InvalidDataset(f"{where} is no tf.train.Example: {error}") from None


def read_episode(example: Example, where: str) -> Episode:
    """Read an episode. Raises `InvalidDataset`, which names `where`, if its lists do not fit each other."""
    number = episode_id(example, where)
    try:
        goals = example.texts("goal")
        actions = example.texts("actions")
        instructions = example.texts("step_instructions")
        screenshots = example.bytes_of("screenshots")
        trees = example.bytes_of("accessibility_trees")
        widths, heights = example.numbers("screenshot_widths"), example.numbers("screenshot_heights")
    except Malformed as error:
        raise InvalidDataset(f"{where} is no episode of AndroidControl: {error}") from None
    screens = {len(screenshots), len(trees), len(widths), len(heights)}
    if len(goals) != 1 or screens != {len(actions) + 1} or len(instructions) != len(actions):
        raise InvalidDataset(
            f"{where} is no whole episode: {len(actions)} actions, {len(instructions)} instructions, "
            f"{len(screenshots)} screenshots, {len(trees)} trees, {len(widths)} widths"
        )
    if any(side < 1 for side in (*widths, *heights)):
        raise InvalidDataset(f"{where} has a screenshot without a size")
    return Episode(
        number,
        goals[0],
        [_truth(action, f"{where}, step {index}") for index, action in enumerate(actions)],
        instructions,
        [Size(*sides) for sides in zip(widths, heights, strict=True)],
        screenshots,
        trees,
        where,
    )


def _truth(action: str, where: str) -> Truth:
    try:
        return read_truth(json.loads(action), where)
    except json.JSONDecodeError:
        raise InvalidDataset(f"{where} has an action that is no JSON: {action[:80]!r}") from None
