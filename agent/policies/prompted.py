"""A policy that prompts a model by a profile, wherever the model runs."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from handeye.actions.dialects.rules.grammar import grammar
from handeye.actions.grammar import Rule
from handeye.actions.reading import Reading
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.policies.backend import (
    Answered,
    Backend,
    Constrainable,
    Unconstrainable,
    constrainable,
    counted,
    digits_of,
)
from handeye.agent.policies.reading import decided, view_of
from handeye.agent.policy import ProfileId
from handeye.agent.prompts.catalog import agent_prompt, choose_profile, find_profile
from handeye.agent.prompts.digest import digest
from handeye.agent.prompts.profile import CheckpointProfile
from handeye.agent.prompts.seen import seen
from handeye.agent.prompts.view import View
from handeye.model.conversation.messages import Message


class PromptedPolicy:
    """Shows a model the task, the earlier steps and the screenshot as its profile says, and reads its reply.

    The points of a reply are pixels of the image as the model saw it; those of the decision are pixels of the
    screenshot. A mark that a reply names stands for the middle pixel of its box in the screenshot.
    """

    def __init__(
        self,
        backend: Backend,
        profile: CheckpointProfile,
        *,
        max_new_tokens: int | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        on_text: Callable[[str], None] | None = None,
        constrained: bool = False,
    ) -> None:
        """`max_new_tokens` and `temperature` are the profile's by default.

        constrained: whether a reply is kept to what the profile's dialect reads: a thought, and one action that is
            possible on the screen. Published figures were made without.

        Raises `NotAnAgent` if the profile only points, and `Unconstrainable` if the backend cannot be kept to replies.
        """
        self.profile = profile
        self.backend = backend
        self._prompt = agent_prompt(profile)
        self.max_new_tokens = profile.sampling.max_tokens if max_new_tokens is None else max_new_tokens
        self.temperature = profile.sampling.temperature if temperature is None else temperature
        self.seed = seed
        self.on_text = on_text
        self._constrained = constrainable(backend) if constrained else None

    @property
    def name(self) -> str:
        """The name of the checkpoint."""
        return self.backend.name

    @property
    def profile_id(self) -> ProfileId:
        """The name and the hash of the profile."""
        return ProfileId(self.profile.name, digest(self.profile))

    def decide(self, history: History) -> Decision:
        """Answer the newest screenshot of `history`. Raises what the model's `generate` raises."""
        began = time.perf_counter()
        view = view_of(history, self._prompt, self.backend.image_size)
        sampling = self.profile.sampling
        answer = self._generating(view)(
            self._prompt.compose(view),
            max_new_tokens=self.max_new_tokens,
            temperature=self.temperature,
            top_p=sampling.top_p,
            frequency_penalty=sampling.frequency_penalty,
            repetition_penalty=sampling.repetition_penalty,
            # A different seed for each step: with one seed, an unchanged screen would get the same reply every time.
            seed=None if self.seed is None else self.seed + len(history.steps),
            stop=self.profile.stop,
            on_text=self.on_text,
        )
        count = counted(answer, time.perf_counter() - began)
        cut = self.max_new_tokens if answer.finish == "length" else None
        decision = decided(answer.text, view, count, cut, self.profile.factor, digits_of(answer))
        if self._constrained is None or cut is None or decision.problem is not None:
            return decision
        # The rule has brought the reply to an end: what it asks for is what the limit left of it.
        reason = f"the reply was cut off after {cut} tokens: think less, and answer with one action"
        problem = Reading.of_problem(reason, answer.text).problem
        return replace(decision, actions=(), confidence=(), problem=problem)

    def _generating(self, view: View) -> Callable[..., Answered]:
        """Return what answers a conversation about a view."""
        if self._constrained is None:
            return self.backend.generate
        return partial(_kept, self._constrained, grammar(view.dialect, seen(view.history, view.size)))


def _kept(backend: Constrainable, rule: Rule | None, messages: Sequence[Message], **options: Any) -> Answered:
    """Answer a conversation with a reply that fits a rule. Raises `Unconstrainable` if none can."""
    try:
        return backend.generate(messages, grammar=rule, **options)
    except ValueError as error:
        raise Unconstrainable(f"{error}: give more tokens, or leave out --constrain") from error


def profile_of(profile: CheckpointProfile | str | None, name: str, origins: Sequence[str]) -> CheckpointProfile:
    """Return a profile: itself, the one with that name, or the one that the names of a checkpoint ask for.

    Raises `UnknownProfile` and `UnsupportedCheckpoint`.
    """
    if profile is None:
        return choose_profile(name, *origins).profile
    return find_profile(profile) if isinstance(profile, str) else profile
