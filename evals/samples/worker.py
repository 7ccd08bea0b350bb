"""What asks a model about samples in a worker."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import PIL.Image
from PIL.Image import Image
from pydantic import JsonValue

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Size
from handeye.agent.cli.policy import load_backend
from handeye.evals.pool.crew import Crew, end_on_sigterm, gpus_of
from handeye.evals.samples.asker import Asker, Reply
from handeye.evals.samples.benchmark import Benchmark
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.sample import Sample
from handeye.evals.samples.scripted import ScriptedAsker
from handeye.evals.samples.settings import SCRIPTED, AskSettings
from handeye.model.errors import InvalidImage
from handeye.model.images.image import open_image


class Question(NamedTuple):
    """One sample to ask about."""

    sample: Sample
    key: str
    repeat: int
    attempt: int


class SamplePlayer:
    """Asks about one sample after the other."""

    def __init__(self, asker: Asker[Any], first: Sample | None, decode: Callable[[Path], Image] = open_image) -> None:
        """`first` is the sample whose prompt is shown in the manifest. `decode` raises `InvalidImage`."""
        self.asker = asker
        self.first = first
        self._decode = decode
        self._opened: tuple[Path, Image] | None = None

    @property
    def facts(self) -> Mapping[str, JsonValue]:
        """How the model is run, and the prompt of the first sample."""
        return {**self.asker.facts(), **self._prompt()}

    def play(self, job: Question) -> Prediction:
        """Ask about a sample. What goes wrong with it alone is its error; a lost model fails each of its samples."""
        sample = job.sample
        known = {"key": job.key, "sample": sample.id, "repeat": job.repeat, "attempt": job.attempt}
        began = time.perf_counter()
        try:
            image = self._open(sample.image)
        except InvalidImage as error:
            return Prediction.model_validate({**known, "error": str(error)})
        try:
            reply = self.asker.ask(sample, image, job.repeat)
        except HandeyeError as error:
            seconds = round(time.perf_counter() - began, 4)
            return Prediction.model_validate({**known, "size": image.size, "seconds": seconds, "error": str(error)})
        return _prediction(known, Size(*image.size), reply, time.perf_counter() - began)

    def _open(self, path: Path) -> Image:
        """Return an image. Samples of one image mostly follow each other, and decoding it takes long."""
        if self._opened is None or self._opened[0] != path:
            self._opened = None  # not two at a time
            self._opened = path, self._decode(path)
        return self._opened[1]

    def _prompt(self) -> Mapping[str, JsonValue]:
        if self.first is None:
            return {}
        try:
            return {"prompt": self.asker.prompt(self.first, self._open(self.first.image))}
        except InvalidImage:
            return {}


@contextmanager
def sample_player(
    benchmark: Callable[[], Benchmark[Any]], settings: AskSettings, first: Sample | None
) -> Iterator[SamplePlayer]:
    """Load the model, as long as the context is open. Raises `HandeyeError`."""
    chosen = benchmark()
    if settings.model in SCRIPTED:
        yield SamplePlayer(ScriptedAsker(chosen, settings.model), None, read_size)
        return
    backend = load_backend(settings.model, settings.server, settings)
    settings.backend.profile(backend, settings.profile)  # refuses a model whose points may be in other units
    end_on_sigterm()
    yield SamplePlayer(chosen.asker(backend, settings), first)


def sample_crew(
    benchmark: Callable[[], Benchmark[Any]], settings: AskSettings, first: Sample | None
) -> Crew[Question, Prediction]:
    """Return what asks about samples by the settings; `benchmark` is a module's function."""
    gpus = gpus_of(settings.device) if settings.server is None else 0.0
    return Crew(partial(sample_player, benchmark, settings, first), _failed, gpus)


def read_size(path: Path) -> Image:
    """Return an image of which only the header was read, for who needs no pixels. Raises `InvalidImage`."""
    try:
        with PIL.Image.open(path) as image:
            return image
    except (OSError, ValueError, PIL.Image.DecompressionBombError) as error:
        raise InvalidImage(f"{path} cannot be read as an image: {error}") from None


def _failed(job: Question, reason: str) -> Prediction:
    return Prediction(key=job.key, sample=job.sample.id, repeat=job.repeat, attempt=job.attempt, error=reason)


def _prediction(known: Mapping[str, object], size: Size, reply: Reply, seconds: float) -> Prediction:
    tokens = reply.tokens
    return Prediction.model_validate(
        {
            **known,
            "text": reply.text,
            "actions": reply.actions,
            "spot": reply.spot,
            "problem": reply.problem,
            "notes": reply.notes,
            "size": size,
            "image": reply.image,
            "zoomed": reply.zoomed,
            "prompt_tokens": None if tokens is None else tokens.prompt,
            "generated_tokens": None if tokens is None else tokens.generated,
            "seconds": round(seconds, 4),
        }
    )
