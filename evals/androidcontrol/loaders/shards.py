"""The published records: `android_control-00000-of-00020` and so on, `splits.json`, `test_subsplits.json`."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from pydantic import JsonValue
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from handeye.agent.journal.durable import write_whole
from handeye.evals.androidcontrol.loaders.kept import Kept, KeptEpisode
from handeye.evals.androidcontrol.loaders.steps import Step
from handeye.evals.androidcontrol.records.episode import Episode, episode_id, parse_example, read_episode
from handeye.evals.androidcontrol.records.tfrecord import read_records
from handeye.evals.androidcontrol.subsets import Key, Subset
from handeye.evals.androidcontrol.truth import Finished, read_truth
from handeye.evals.samples.dataset import InvalidDataset

CACHE: Final = "handeye-cache"
"""The folder, in that of the data, for screenshots and what is kept of the shards."""
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SUBSPLITS: Final = ("test_subsplits.json", "android_control_test_subsplits.json")

Wanted = Callable[[Key, bool], bool]
"""Returns whether a step is asked about; the second argument says whether it is the end of its episode."""


def shards_of(folder: Path) -> list[Path]:
    """Return the files of records in a folder."""
    found = [path for path in folder.glob("android_control*") if path.is_file()]
    return sorted(path for path in found if path.suffix not in (".json", ".jsonl", ".part", ".gstmp"))


def read_shards(
    folder: Path, subset: Subset, ids: Sequence[Key] | None, cache: Path | None
) -> tuple[list[Step], dict[str, JsonValue]]:
    """Return the steps, and what is known of the files. Screenshots are written to the cache, each once.

    `cache` is None for the usual folder. Raises `InvalidDataset`.
    """
    episodes = _episodes(folder, subset)
    names = _subsplits(folder)
    cache = folder / CACHE if cache is None else cache
    wanted = _wanted(subset, ids)
    steps: list[Step] = []
    shards = shards_of(folder)
    total = sum(path.stat().st_size for path in shards)
    with _progress() as progress:
        task = progress.add_task("reading", total=total)
        done = 0
        for shard in shards:
            found = _read_shard(shard, episodes, wanted, cache, partial(_tell, progress, task, done))
            done += shard.stat().st_size
            for episode in found:
                steps += _steps(episode, wanted, cache, names.get(episode.id, ""))
    facts: dict[str, JsonValue] = {
        "files": f"{len(shards)} files of records",
        "boxes": "of the accessibility trees",
        "screenshots": str(cache / "screenshots"),
    }
    return sorted(steps, key=lambda step: step.key), facts


def _read_shard(
    shard: Path, episodes: Collection[int] | None, wanted: Wanted, cache: Path, read_so_far: Callable[[int], None]
) -> list[KeptEpisode]:
    """Return the episodes of a shard that are asked for; their screenshots are in the cache afterwards."""
    chosen = "all" if episodes is None else hashlib.sha256(repr(sorted(episodes)).encode()).hexdigest()[:16]
    kept = Kept(cache / f"{shard.name}.jsonl", shard, chosen)
    known = kept.read()
    if known is not None and all(_image(cache, key).is_file() for each in known for key in _keys(each, wanted)):
        return known
    found = []
    for offset, record in read_records(shard, read_so_far):
        where = f"the record at byte {offset} (decompressed) of {shard}"
        example = parse_example(record, where)
        if episodes is not None and episode_id(example, where) not in episodes:
            continue
        episode = read_episode(example, where)
        found.append(KeptEpisode.of(episode))
        _write_screenshots(episode, _keys(found[-1], wanted), cache)
    try:
        kept.write(found)
    except OSError as error:
        raise _unwritable(cache, error) from error
    return found


def _keys(episode: KeptEpisode, wanted: Wanted) -> list[Key]:
    """Return the steps of an episode that are asked about, its end included."""
    last = len(episode.actions)
    return [key for index in range(last + 1) if wanted(key := Key(episode.id, index), index == last)]


def _write_screenshots(episode: Episode, keys: Sequence[Key], cache: Path) -> None:
    for key in keys:
        path = _image(cache, key)
        content = bytes(episode.screenshots[key.step])
        if not content.startswith(_PNG):
            raise InvalidDataset(f"{episode.where} has a screenshot at step {key.step} that is no PNG")
        try:
            if not path.is_file() or path.stat().st_size != len(content):
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, content)
        except OSError as error:
            raise _unwritable(cache, error) from error


def _steps(episode: KeptEpisode, wanted: Wanted, cache: Path, split: str) -> Iterator[Step]:
    truths = [read_truth(dict(action), f"episode {episode.id}") for action in episode.actions]
    for key in _keys(episode, wanted):
        is_end = key.step == len(truths)
        seen = episode.screens[key.step]
        yield Step(
            key=key,
            goal=episode.goal,
            instruction=episode.goal if is_end else episode.instructions[key.step],
            truth=Finished() if is_end else truths[key.step],
            history=tuple(truths[: key.step]),
            image=_image(cache, key),
            size=seen.size,
            screen=seen.screen,
            split=split,
        )


def _wanted(subset: Subset, ids: Sequence[Key] | None) -> Wanted:
    if ids is not None:
        chosen = set(ids)
        return lambda key, is_end: key in chosen
    return lambda key, is_end: subset.with_ends or not is_end


def _image(cache: Path, key: Key) -> Path:
    return cache / "screenshots" / str(key.episode) / f"{key.step}.png"


def _episodes(folder: Path, subset: Subset) -> frozenset[int] | None:
    """Return the episodes of the subset's split; None for all, where no file says how they are split."""
    path = folder / "splits.json"
    if not path.is_file():
        raise InvalidDataset(
            f"{folder} has no splits.json, which says which episodes the test has: it is published beside the records"
        )
    splits = _read_object(path)
    names = [name for name in splits if name != "train"] if subset.split == "not train" else [subset.split]
    found: set[int] = set()
    for name in names:
        ids = splits.get(name)
        if not isinstance(ids, list) or not all(isinstance(each, int) for each in ids):
            raise InvalidDataset(f"{path} has no list of episodes as {name}")
        found.update(ids)
    return frozenset(found)


def _subsplits(folder: Path) -> Mapping[int, str]:
    """Return the part of the test split that each episode is in, the first of several as OS-Atlas counts them."""
    for name in _SUBSPLITS:
        if (folder / name).is_file():
            found: dict[int, str] = {}
            for part, ids in _read_object(folder / name).items():
                for each in ids if isinstance(ids, list) else ():
                    found.setdefault(each, part)
            return found
    return {}


def _read_object(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InvalidDataset(f"cannot read {path}: {error}") from error
    if not isinstance(value, dict):
        raise InvalidDataset(f"{path} is not an object of lists of episodes")
    return value


def _unwritable(cache: Path, error: OSError) -> InvalidDataset:
    return InvalidDataset(
        f"cannot write to {cache}, where screenshots are put: {error.strerror or error}. Name another with --cache"
    )


def _tell(progress: Progress, task: TaskID, before: int, count: int) -> None:
    progress.update(task, completed=before + count)


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
