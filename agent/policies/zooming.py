"""A policy that looks closer before it clicks where its model did not see every pixel."""

from dataclasses import replace

from handeye.actions.schema import Click, LongPress
from handeye.agent.decision import Decision, known
from handeye.agent.history import History
from handeye.agent.policies.backend import notices_of, total
from handeye.agent.policies.grounder import Grounder, NotFound
from handeye.agent.policy import Policy, Profiled, ProfileId


class ZoomingPolicy:
    """Asks a grounder again about the click of another policy, on the enlarged part of the screenshot around it.

    What is looked for is the step in the policy's own words: its conclusion, or its thought. A reply with several
    clicks is carried out as it is.
    """

    def __init__(self, policy: Policy, grounder: Grounder) -> None:
        self.policy = policy
        self.grounder = grounder

    @property
    def name(self) -> str:
        """The name of the policy."""
        return self.policy.name

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know about the policy and the grounder, as far as it is known by now."""
        return notices_of(self.policy, self.grounder)

    @property
    def profile_id(self) -> ProfileId:
        """The profile of the policy."""
        return self.policy.profile_id if isinstance(self.policy, Profiled) else ProfileId("", "")

    def decide(self, history: History) -> Decision:
        """Answer the newest screenshot of `history`. Raises what the models raise."""
        decision = self.policy.decide(history)
        phrase = decision.conclusion or decision.thought
        aimed = [action for action in decision.actions if isinstance(action, Click | LongPress)]
        if not phrase or len(aimed) != 1:  # the words are about the whole reply: of several places they name none
            return decision
        (action,) = aimed
        try:
            place = self.grounder.closer(history.observation.image, phrase, action.point)
        except NotFound as error:
            note = "a closer look did not find it, so the first answer stands"
            return replace(decision, notes=(*decision.notes, note), tokens=total((decision.tokens, error.tokens)))
        if place is None:
            return decision
        nearer = action.model_copy(update={"point": place.point})
        return replace(
            decision,
            actions=tuple(nearer if each is action else each for each in decision.actions),
            confidence=known(
                tuple(
                    (place.confidence,) if each is action else decision.confidence_of(number)
                    for number, each in enumerate(decision.actions)
                )
            ),
            tokens=total((decision.tokens, place.tokens)),
            places=(*decision.places, place),
        )
