import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.schema import Back, Click, Drag
from handeye.agent.decision import SeenImage
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.policies.qwen import QwenPolicy
from handeye.agent.policy import Policy, Profiled
from handeye.model.conversation.messages import Message
from handeye.model.runtime import Generation, Model, Timings, load_model


@pytest.fixture(scope="module", params=["handeye-tiny", "qwen2.5-vl"])
def model(request: pytest.FixtureRequest, checkpoint_named: Callable[[str], Path]) -> Model:
    """A real model, small and untrained."""
    folder = checkpoint_named(f"{request.param}-untrained")
    return load_model(folder, device="cpu", min_pixels=4 * 28 * 28, max_pixels=100 * 28 * 28)


def profile_of(model: Model) -> str:
    return Path(model.name).name.removesuffix("-untrained")


class Speaker:
    """Says what it was told to say, in place of a model, and keeps the prompts."""

    origins = ()

    def __init__(self, text: str, name: str, size: Size, finish: str = "stop") -> None:
        self.text = text
        self.name = name
        self.size = size
        self.finish = finish
        self.prompts: list[Sequence[Message]] = []
        self.seeds: list[int | None] = []

    def image_size(self, size: Size) -> Size:
        return self.size

    def generate(self, messages: Sequence[Message], *, seed: int | None = None, **options: object) -> Generation:
        self.prompts.append(messages)
        self.seeds.append(seed)
        return Generation(self.text, (1, 2, 3), 100, 40, self.finish, Timings(0.0, 0.0, 0.0, 0.0))  # type: ignore[arg-type]


def test_a_models_own_limits_are_capped_and_not_replaced(model: Model) -> None:
    for given, limits in (
        (None, (4 * 784, 100 * 784)),
        (1000 * 784, (4 * 784, 100 * 784)),
        (50 * 784, (4 * 784, 50 * 784)),
        (2 * 784, (2 * 784, 2 * 784)),
    ):
        assert QwenPolicy(model, profile="handeye-tiny", max_pixels=given).model.pixel_limits == limits
    # The makers' limits do replace them.
    assert QwenPolicy(model, profile="ui-tars-1.5").model.pixel_limits[1] > 100 * 784


def test_a_real_model_answers_a_screenshot(model: Model, observe: Any) -> None:
    pieces: list[str] = []
    policy = QwenPolicy(model, profile=profile_of(model), max_new_tokens=12, on_text=pieces.append)
    history = History("Click OK.", (), observe(60), abilities=Abilities(frozenset({"click"})))
    decision = policy.decide(history)
    assert (policy.name, policy.profile_id.name) == (model.name, profile_of(model))
    assert decision.text == "".join(pieces)
    # It never learnt to answer: what it says is a problem, which says so, and no action.
    assert decision.actions == ()
    assert decision.problem is not None
    assert "cut off after 12 tokens" in decision.problem.reason
    assert decision.tokens is not None
    assert (decision.tokens.generated, decision.tokens.cached) == (12, 0)
    assert decision.tokens.prompt > 12
    assert decision.tokens.rate > 0
    assert decision.image == SeenImage(Size(84, 56), 6)
    (transform,) = decision.transforms
    assert transform.source == Frame("model image", model.image_size(Size(96, 64)))
    assert transform.target == Frame("screenshot", Size(96, 64))


def test_the_next_prompt_finds_the_last_one_in_the_cache(model: Model, observe: Any, make_step: Any) -> None:
    policy = QwenPolicy(model, profile=profile_of(model), max_new_tokens=4)
    history = History("Click OK.", (), observe(60))
    policy.decide(history)
    second = policy.decide(history.after(make_step(0, Outcome("executed"), thought="One.")).with_(observe(80)))
    assert second.tokens is not None
    assert second.tokens.cached >= 40


def test_it_is_a_policy_with_a_profile(model: Model) -> None:
    policy: Policy = QwenPolicy(model)
    assert isinstance(policy, Profiled)


@pytest.mark.parametrize("name", ["handeye-tiny", "qwen2.5-vl"])
@pytest.mark.parametrize(("x", "y"), [(0, 0), (191, 127), (95, 64), (17, 100)])
def test_points_of_the_model_image_become_points_of_the_screenshot(name: str, x: int, y: int, observe: Any) -> None:
    text = {
        "handeye-tiny": json.dumps({"thought": "why", "action": {"type": "click", "point": [x, y]}}),
        "qwen2.5-vl": '<tool_call>\n{"name": "computer_use", "arguments": '
        f'{{"action": "left_click", "coordinate": [{x}, {y}]}}}}\n</tool_call>',
    }[name]
    decision = QwenPolicy(Speaker(text, name, Size(192, 128))).decide(History("T", (), observe()))  # type: ignore[arg-type]
    assert decision.problem is None
    assert decision.actions == (Click(point=Point(x // 2, y // 2)),)


def test_a_drag_begins_where_the_cursor_was_left(observe: Any, make_step: Any) -> None:
    call = '{"name": "computer_use", "arguments": {"action": "left_click_drag", "coordinate": [100, 60]}}'
    speaker = Speaker(f"<tool_call>\n{call}\n</tool_call>", "qwen2.5-vl", Size(192, 128))
    moved = make_step(20, Outcome("executed"))
    decision = QwenPolicy(speaker).decide(History("T", (moved,), observe()))  # type: ignore[arg-type]
    assert decision.actions == (Drag(path=(Point(20, 20), Point(50, 30))),)


def test_a_whole_action_in_a_reply_that_was_cut_off_counts(observe: Any) -> None:
    text = '{"thought": "", "action": {"type": "back"}} and so on and'
    decision = QwenPolicy(Speaker(text, "handeye-tiny", Size(96, 64), "length"), max_new_tokens=7).decide(  # type: ignore[arg-type]
        History("T", (), observe())
    )
    assert decision.actions == (Back(),)
    assert decision.notes[-1] == "the reply was cut off after 7 tokens"


def test_each_step_draws_with_a_seed_of_its_own(observe: Any, make_step: Any) -> None:
    speaker = Speaker("", "handeye-tiny", Size(96, 64))
    policy = QwenPolicy(speaker, temperature=0.7, seed=10)  # type: ignore[arg-type]
    history = History("T", (), observe())
    policy.decide(history)
    policy.decide(history.after(make_step(0)))
    assert speaker.seeds == [10, 11]


def test_what_is_not_a_model_is_loaded_and_refused_by_name() -> None:
    from handeye.model.errors import UnknownModel

    with pytest.raises(UnknownModel):
        QwenPolicy("no-such-model-here")


def test_a_decision_keeps_what_was_said(observe: Any) -> None:
    text = (
        "<thinking>\nOK is below.\n</thinking>\n<tool_call>\n"
        '{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [96, 10]}}\n'
        "</tool_call>\n<conclusion>\nClick OK.\n</conclusion>"
    )
    decision = QwenPolicy(Speaker(text, "qwen", Size(96, 64))).decide(History("T", (), observe()))  # type: ignore[arg-type]
    assert (decision.text, decision.thought, decision.conclusion) == (text, "OK is below.", "Click OK.")
    assert decision.actions == (Click(point=Point(95, 10)),)
    assert decision.notes == ("clamped [96, 10] to [95, 10]",)
    assert replace(decision, tokens=None).tokens is None
