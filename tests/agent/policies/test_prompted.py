"""A policy that keeps a model to replies that can be read, where the model can be kept to them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.rules.grammar import grammar
from handeye.actions.dialects.unified import UNIFIED
from handeye.actions.grammar import Rule
from handeye.actions.schema import Back
from handeye.agent.history import History
from handeye.agent.policies.backend import Unconstrainable
from handeye.agent.policies.prompted import PromptedPolicy
from handeye.agent.prompts.catalog import PROFILES
from handeye.agent.prompts.seen import seen
from handeye.model.conversation.messages import Message
from tests.actions.rule_texts import matches
from tests.agent.policies.conftest import Said, Speaker

REPLY = '{"thought": "", "action": {"type": "back"}}'
PROFILE = PROFILES["handeye-tiny"]


class Kept(Speaker):
    """A model that can be kept to a rule, and keeps the rules."""

    def generate(self, messages: Sequence[Message], *, grammar: Rule | None = None, **options: Any) -> Said:
        return super().generate(messages, grammar=grammar, **options)


def history(observe: Any, *types: str) -> History:
    return History("Go back.", (), observe(60), abilities=Abilities(frozenset(types)))


def test_the_model_is_given_the_rule_of_its_dialect_and_the_newest_screen(observe: Any) -> None:
    backend = Kept([REPLY, REPLY])
    policy = PromptedPolicy(backend, PROFILE, constrained=True)
    for types in (("back", "click"), ("back",)):
        asked = history(observe, *types)
        assert policy.decide(asked).actions == (Back(),)
        given = backend.options[-1]["grammar"]
        assert given == grammar(UNIFIED, seen(asked, backend.image_size(asked.observation.size)))
        assert matches(given, REPLY)
    first, second = (options.pop("grammar") for options in backend.options)
    assert first != second
    unconstrained = Kept([REPLY])
    PromptedPolicy(unconstrained, PROFILE).decide(history(observe, "back", "click"))
    assert unconstrained.options[0].pop("grammar") is None
    assert unconstrained.options[0] == backend.options[0]


def test_what_the_dialect_has_no_action_for_is_not_kept_to_a_rule(observe: Any) -> None:
    backend = Kept([REPLY])
    PromptedPolicy(backend, PROFILE, constrained=True).decide(history(observe))
    assert backend.options[0]["grammar"] is None


def test_a_model_that_takes_no_rule_is_refused(speaker: Callable[..., Speaker]) -> None:
    with pytest.raises(
        Unconstrainable, match=r"speaker cannot be kept to valid replies.*leave out --constrain"
    ) as error:
        PromptedPolicy(speaker(REPLY), PROFILE, constrained=True)
    assert "\n" not in str(error.value)


def test_a_reply_that_the_limit_has_ended_is_no_action(observe: Any) -> None:
    """The rule brings it to an end that can be read, whatever the model was about to write."""

    class Hurried(Kept):
        def generate(self, messages: Sequence[Message], *, grammar: Rule | None = None, **options: Any) -> Said:
            return replace(super().generate(messages, grammar=grammar, **options), finish="length")

    decision = PromptedPolicy(Hurried([REPLY]), PROFILE, constrained=True).decide(history(observe, "back"))
    assert decision.actions == () and decision.confidence == ()
    assert decision.problem is not None
    assert re.search(r"cut off after \d+ tokens: think less", decision.problem.reason)
    assert PromptedPolicy(Hurried([REPLY]), PROFILE).decide(history(observe, "back")).actions == (Back(),)


def test_a_limit_that_is_too_low_for_any_reply_is_named(observe: Any) -> None:
    class Full(Kept):
        def generate(self, messages: Sequence[Message], *, grammar: Rule | None = None, **options: Any) -> Said:
            raise ValueError("max_new_tokens must be at least 13 for the grammar, not 4")

    with pytest.raises(
        Unconstrainable, match="at least 13 for the grammar, not 4: give more tokens, or leave out --con"
    ):
        PromptedPolicy(Full([REPLY]), PROFILE, constrained=True).decide(history(observe, "back"))
