"""A policy of two models: one plans and says in words what to point at, the other finds the places."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from handeye.actions.aliases import canonical_members
from handeye.actions.carry import points_of
from handeye.actions.dialects.unified import UNIFIED
from handeye.actions.replies.objects import Object
from handeye.actions.schema import InvalidAction
from handeye.agent.decision import Confidence, Decision, Place, TokenCount, known
from handeye.agent.history import History
from handeye.agent.policies.backend import Backend, counted, limited, notices_of, total
from handeye.agent.policies.grounder import Grounder, NotFound
from handeye.agent.policies.reading import of_reading
from handeye.agent.policy import ProfileId
from handeye.agent.prompts.catalog import agent_prompt
from handeye.agent.prompts.digest import digest
from handeye.agent.prompts.families.planner import PLANNER
from handeye.agent.prompts.seen import seen
from handeye.agent.prompts.view import View

_POINTED = frozenset({"click", "long_press", "move", "scroll"})


class PlannerPolicy:
    """Shows a planner the task and the screenshot, and asks a grounder for each place that the planner names."""

    def __init__(
        self,
        planner: Backend,
        grounder: Grounder,
        *,
        max_new_tokens: int | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> None:
        """`max_new_tokens` and `temperature` are those of the profile `planner` by default."""
        self.profile = PLANNER
        self.grounder = grounder
        self._prompt = agent_prompt(PLANNER)
        self._planner = limited(planner, PLANNER)
        self.max_new_tokens = PLANNER.sampling.max_tokens if max_new_tokens is None else max_new_tokens
        self.temperature = PLANNER.sampling.temperature if temperature is None else temperature
        self.seed = seed
        self.on_text = on_text

    @property
    def name(self) -> str:
        """The names of both models."""
        return f"{self._planner.name} with {self.grounder.name}"

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know about both models, as far as it is known by now."""
        return notices_of(self._planner, self.grounder)

    @property
    def profile_id(self) -> ProfileId:
        """The name and the hash of the planner's profile; each place names the grounder's."""
        return ProfileId(self.profile.name, digest(self.profile))

    def decide(self, history: History) -> Decision:
        """Answer the newest screenshot of `history`. Raises what the models raise."""
        began = time.perf_counter()
        view = View(history, UNIFIED, self._planner.image_size, self._prompt.history)
        answer = self._planner.generate(
            self._prompt.compose(view),
            max_new_tokens=self.max_new_tokens,
            temperature=self.temperature,
            seed=None if self.seed is None else self.seed + len(history.steps),
            on_text=self.on_text,
        )
        own = counted(answer, time.perf_counter() - began)
        search = _Search(self.grounder, history)
        answered = replace(seen(history, view.size), frame=history.observation.frame)
        reading = UNIFIED.read(answer.text, answered, search.located)
        cut = self.max_new_tokens if answer.finish == "length" else None
        decision = of_reading(reading, answer.text, view, total((own, *search.spent)), cut)
        return replace(decision, places=tuple(search.places), confidence=_confidence(decision, search.places))


def _confidence(decision: Decision, places: Sequence[Place]) -> Confidence:
    """Return how sure the grounder was of the points of a decision, which are its places in order."""
    left = list(places)
    return known(
        tuple(
            tuple(left.pop(0).confidence if left and left[0].point == point else None for point in points_of(action))
            for action in decision.actions
        )
    )


class _Search:
    """Finds the places that one reply names."""

    def __init__(self, grounder: Grounder, history: History) -> None:
        self._grounder = grounder
        self._observation = history.observation
        self.places: list[Place] = []
        self.spent: list[TokenCount | None] = []
        """What each search took, also one that found nothing."""

    def located(self, members: Object) -> Object:
        """Return the members of an action with a point for each target; raise `InvalidAction`."""
        given = canonical_members(members)
        kind = given.get("type")
        if not given.keys().isdisjoint(("point", "path", "box", "x", "y")):
            raise InvalidAction('coordinates are not read: say in "target" what to point at')
        target, targets = given.pop("target", None), given.pop("targets", None)
        if kind == "drag":
            if not isinstance(targets, list) or len(targets) != 2:
                raise InvalidAction('a drag needs two "targets": what to press on and what to release on')
            return {**given, "path": [self._point(each) for each in targets]}
        if not isinstance(kind, str) or kind not in _POINTED:
            return given
        if target is not None:
            return {**given, "point": self._point(target)}
        if kind == "scroll":
            middle = self._observation.frame.box.center
            return {**given, "point": [middle.x, middle.y]}
        raise InvalidAction(f'{kind} needs a "target": what to point at, in words')

    def _point(self, target: object) -> list[int]:
        if not isinstance(target, str) or not target.strip():
            raise InvalidAction('a "target" says in words what to point at')
        try:
            place = self._grounder.find(self._observation.image, target.strip())
        except NotFound as error:
            self.spent.append(error.tokens)
            raise InvalidAction(f"{error}; describe it in other words, or do something else") from None
        self.spent.append(place.tokens)
        self.places.append(place)
        return [place.point.x, place.point.y]
