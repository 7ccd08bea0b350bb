"""What asks a model where something is."""

import io
from collections.abc import Mapping
from dataclasses import asdict

from PIL.Image import Image
from pydantic import JsonValue

from handeye.actions.geometry import Box, Size
from handeye.actions.schema import Click, LongPress, Terminate
from handeye.agent.decision import Decision, SeenImage
from handeye.agent.history import History
from handeye.agent.policies.backend import Backend, limited
from handeye.agent.policies.grounder import Grounder, NotFound
from handeye.agent.policies.prompted import PromptedPolicy
from handeye.agent.policies.reading import view_of
from handeye.agent.policies.zooming import ZoomingPolicy
from handeye.agent.prompts.catalog import agent_prompt
from handeye.agent.prompts.digest import digest
from handeye.agent.prompts.plain import prompt_text
from handeye.agent.prompts.profile import FACTOR, CheckpointProfile
from handeye.environments.observation import Observation
from handeye.evals.facts import backend_facts
from handeye.evals.grounding.formats import FORMATS, profile_of
from handeye.evals.grounding.sample import GroundingSample
from handeye.evals.grounding.spot import exact_spot
from handeye.evals.samples.asker import Asker, Reply
from handeye.evals.samples.settings import AskSettings

NOWHERE = Terminate(status="infeasible")
"""The answer that there is no such thing."""


def grounding_asker(backend: Backend, settings: AskSettings) -> Asker[GroundingSample]:
    """Return what asks a model in the form of the settings. Raises `UnknownProfile` and `UnsupportedCheckpoint`."""
    profile = profile_of(settings, backend.name, *backend.origins)
    if profile.grounder is None:
        return AgentAsker(backend, profile, settings)
    return GrounderAsker(backend, profile, settings)


class GrounderAsker:
    """Asks for a place."""

    def __init__(self, backend: Backend, profile: CheckpointProfile, settings: AskSettings) -> None:
        """`profile` has a grounder."""
        self._profile = profile
        self._settings = settings
        self._backend = limited(backend, profile)
        self._grounder = Grounder(backend, profile, zoom=settings.zoom)

    def ask(self, sample: GroundingSample, image: Image, seed: int | None) -> Reply:
        """Return the place, or that there is none."""
        self._grounder.seed = seed
        seen = self._backend.image_size(Size(*image.size))
        known = SeenImage(seen, seen.width * seen.height // FACTOR**2)
        try:
            place = self._grounder.find(image, sample.instruction)
        except NotFound as error:
            actions = (NOWHERE,) if error.absent else ()
            problem = None if error.absent else str(error)
            return Reply(error.text, actions, problem=problem, image=known, tokens=error.tokens)
        assert self._profile.grounder is not None
        part = place.zoomed or Box(0, 0, *image.size)
        looked = self._backend.image_size(Size(*image.size))  # a part is enlarged to the image's size
        spot = exact_spot(self._profile.grounder.answer, place.text, looked, part)
        return Reply(
            place.text,
            (Click(point=place.point),),
            spot=spot,
            image=known,
            zoomed=place.zoomed,
            tokens=place.tokens,
        )

    def prompt(self, sample: GroundingSample, image: Image) -> str:
        """Return the prompt."""
        assert self._profile.grounder is not None
        seen = self._backend.image_size(Size(*image.size))
        prefix = self._profile.grounder.answer.prefix
        text = prompt_text(self._profile.grounder.compose(sample.instruction, image, seen))
        return f"{text}\nthe answer begins with: {prefix}" if prefix else text

    def facts(self) -> Mapping[str, JsonValue]:
        """Return how the model is run."""
        assert self._profile.grounder is not None
        return {
            **_facts(self._backend, self._profile, self._settings),
            "decoding": asdict(self._profile.grounder.sampling),
        }


class AgentAsker:
    """Asks for the next step of a task, as an agent acts: its first click counts."""

    def __init__(self, backend: Backend, profile: CheckpointProfile, settings: AskSettings) -> None:
        """Raises `NotAnAgent` if the checkpoint only points."""
        prompt = agent_prompt(profile)
        self._prompt = prompt
        self._profile = profile
        self._settings = settings
        self._backend = limited(backend, profile)
        self._policy = PromptedPolicy(self._backend, profile)

    def ask(self, sample: GroundingSample, image: Image, seed: int | None) -> Reply:
        """Return the first click of the step; a step that ends the task as infeasible says that there is nothing."""
        self._policy.seed = seed
        history = _history(sample, image)
        decision = self._decide(history)
        actions = _aimed(decision)
        problem = None if decision.problem is None else decision.problem.reason
        if problem is None and not actions:
            problem = "the step points at nothing"
        zoomed = next((place.zoomed for place in decision.places), None)
        return Reply(
            decision.text,
            actions,
            problem=problem,
            notes=decision.notes,
            image=decision.image,
            zoomed=zoomed,
            tokens=decision.tokens,
        )

    def prompt(self, sample: GroundingSample, image: Image) -> str:
        """Return the prompt."""
        view = view_of(_history(sample, image), self._prompt, self._backend.image_size)
        return prompt_text(self._prompt.compose(view))

    def facts(self) -> Mapping[str, JsonValue]:
        """Return how the model is run."""
        return {
            **_facts(self._backend, self._profile, self._settings),
            "decoding": asdict(self._profile.sampling),
            "format": "agent",
        }

    def _decide(self, history: History) -> Decision:
        if not self._settings.zoom or self._profile.grounder is None:
            return self._policy.decide(history)
        return ZoomingPolicy(self._policy, Grounder(self._backend, self._profile)).decide(history)


def _aimed(decision: Decision) -> tuple[Click | LongPress | Terminate, ...]:
    """Return the first action that points, or that ends the task as infeasible; empty without one."""
    for action in decision.actions:
        if isinstance(action, Click | LongPress):
            return (action,)
        if isinstance(action, Terminate) and action.status != "success":
            return (NOWHERE,)
    return ()


def _history(sample: GroundingSample, image: Image) -> History:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    observation = Observation(buffer.getvalue(), Size(*image.size), 0.0)
    return History(sample.instruction, (), observation)


def _facts(backend: Backend, profile: CheckpointProfile, settings: AskSettings) -> dict[str, JsonValue]:
    form = settings.format if settings.format in FORMATS else "the profile's own"
    return {
        **backend_facts(backend),
        "profile": profile.name,
        "profile_hash": digest(profile),
        "format": form,
        "zoom": settings.zoom,
    }
