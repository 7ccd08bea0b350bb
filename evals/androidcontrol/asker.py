"""What asks a model what to do at a step."""

import time
from collections.abc import Mapping
from dataclasses import asdict

from PIL.Image import Image
from pydantic import JsonValue

from handeye.actions.dialects.dialect import Seen
from handeye.actions.dialects.qwen.dialect import MOBILE_USE
from handeye.actions.geometry import Frame, Size
from handeye.actions.reading import Reading
from handeye.actions.schema import AnyAction, Click, Type
from handeye.agent.decision import SeenImage
from handeye.agent.policies.backend import Backend, counted, limited
from handeye.agent.prompts.digest import digest
from handeye.agent.prompts.plain import prompt_text
from handeye.agent.prompts.profile import FACTOR
from handeye.evals.androidcontrol.prompt import compose, known_profile
from handeye.evals.androidcontrol.sample import StepSample
from handeye.evals.facts import backend_facts
from handeye.evals.samples.asker import Reply
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.region import Spot
from handeye.evals.samples.settings import AskSettings


class StepAsker:
    """Asks in the words of Qwen's protocol, and reads calls of `mobile_use`."""

    def __init__(self, backend: Backend, settings: AskSettings) -> None:
        """Raises `UnknownPrompt`, `UnknownProfile` and `UnsupportedCheckpoint`."""
        self._profile = known_profile(settings, backend.name, *backend.origins)
        self._backend = limited(backend, self._profile)

    def ask(self, sample: StepSample, image: Image, seed: int | None) -> Reply:
        """Return the step that the model answers. Raises what the model raises, and `InvalidDataset`."""
        began = time.perf_counter()
        size = Size(*image.size)
        seen = self._backend.image_size(size)
        rule = self._profile.sampling
        answer = self._backend.generate(
            compose(sample, image, seen),
            max_new_tokens=rule.max_tokens,
            temperature=rule.temperature,
            top_p=rule.top_p,
            frequency_penalty=rule.frequency_penalty,
            repetition_penalty=rule.repetition_penalty,
            seed=seed,
            stop=self._profile.stop,
        )
        cut = (f"the reply was cut off after {rule.max_tokens} tokens",) if answer.finish == "length" else ()
        frame = Frame("model image", seen)
        reading = MOBILE_USE.read(answer.text, Seen(frame, Frame("screenshot", size)))
        problem = None if reading.problem is None else "; ".join((reading.problem.reason, *cut))
        return Reply(
            answer.text,
            _one(reading),
            spot=_spot(MOBILE_USE.read(answer.text, Seen(frame)), seen, size),
            problem=problem,
            notes=(*reading.notes, *cut),
            image=SeenImage(seen, seen.width * seen.height // FACTOR**2),
            tokens=counted(answer, time.perf_counter() - began),
        )

    def prompt(self, sample: StepSample, image: Image) -> str:
        """Return the prompt."""
        return prompt_text(compose(sample, image, self._backend.image_size(Size(*image.size))))

    def facts(self) -> Mapping[str, JsonValue]:
        """Return how the model is run."""
        return {
            **backend_facts(self._backend),
            "profile": self._profile.name,
            "profile_hash": digest(self._profile),
            "format": "Qwen's for AndroidControl",
            "decoding": asdict(self._profile.sampling),
        }


def _one(reading: Reading) -> tuple[AnyAction, ...]:
    """Return the actions, without the click of a call that types at a place: a judge compares the typing."""
    match reading.actions:
        case (Click(), Type() as typing, *rest):
            return (typing, *rest)
        case actions:
            return actions


def _spot(reading: Reading, seen: Size, size: Size) -> Spot | None:
    """Return the place of the first action exactly, in pixels of the screenshot, of actions on the image as seen."""
    point = Prediction(key="", sample="", actions=_one(reading)).point
    if point is None:
        return None
    return Spot(point.x * size.width / seen.width, point.y * size.height / seen.height)
