import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from handeye.actions.abilities import Abilities
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.schema import Back, Click, Drag
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.policies.qwen import QwenPolicy
from handeye.agent.policy import Policy, Prompted
from handeye.model.chat import Control
from handeye.model.checkpoint import Checkpoint
from handeye.model.config import ModelConfig
from handeye.model.messages import Message
from handeye.model.network import Qwen2_5_VL
from handeye.model.preprocess import PixelRule, Preprocessor
from handeye.model.runtime import Generation, Model, Timings
from handeye.model.tokenizer import Tokenizer as ModelTokenizer
from handeye.model.training.tiny.trainer import initialise


@pytest.fixture(scope="module", params=["compact", "qwen"])
def model(request: pytest.FixtureRequest) -> Model:
    """A real model, small and untrained, that reads bytes."""
    tokenizer = Tokenizer(
        models.BPE(vocab={c: i for i, c in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}, merges=[])
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    specials = [*Control, "<|endoftext|>", "<|video_pad|>"]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in specials])
    fields = {
        "model_type": "qwen2_5_vl",
        "prompt_format": request.param,
        "vocab_size": tokenizer.get_vocab_size(),
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1e6,
        "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]},
        "max_position_embeddings": 8192,
        "tie_word_embeddings": False,
        "image_token_id": tokenizer.token_to_id(Control.IMAGE_PAD),
        "video_token_id": tokenizer.token_to_id("<|video_pad|>"),
        "vision_start_token_id": tokenizer.token_to_id(Control.VISION_START),
        "vision_end_token_id": tokenizer.token_to_id(Control.VISION_END),
        "vision_config": {
            "depth": 1,
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_heads": 2,
            "out_hidden_size": 32,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "window_size": 112,
            "fullatt_block_indexes": [0],
        },
    }
    config = ModelConfig.from_json(fields)
    network = Qwen2_5_VL(config).eval().requires_grad_(False)
    initialise(network, 0)
    network.fuse()
    return Model(
        Checkpoint(
            name=f"tiny-{request.param}",
            config=config,
            network=network,
            tokenizer=ModelTokenizer(tokenizer),
            preprocessor=Preprocessor(PixelRule(min_pixels=4 * 28 * 28, max_pixels=100 * 28 * 28), config.vision),
            closing=frozenset(),  # it never ends a reply by itself
        )
    )


class Speaker:
    """Says what it was told to say, in place of a model, and keeps the prompts."""

    name = "speaker"

    def __init__(self, text: str, prompt_format: str, size: Size, finish: str = "stop") -> None:
        self.text = text
        self.prompt_format = prompt_format
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


def test_a_real_model_answers_a_screenshot(model: Model, observe: Any) -> None:
    pieces: list[str] = []
    policy = QwenPolicy(model, max_new_tokens=12, on_text=pieces.append)
    history = History("Click OK.", (), observe(60), abilities=Abilities(frozenset({"click"})))
    decision = policy.decide(history)
    assert (policy.name, policy.prompt_format) == (model.name, model.prompt_format)
    assert decision.text == "".join(pieces)
    # It never learnt to answer: what it says is a problem, which says so, and no action.
    assert decision.actions == ()
    assert decision.problem is not None
    assert "cut off after 12 tokens" in decision.problem.reason
    assert decision.tokens is not None
    assert (decision.tokens.generated, decision.tokens.cached) == (12, 0)
    assert decision.tokens.prompt > 12
    assert decision.tokens.rate > 0
    (transform,) = decision.transforms
    assert transform.source == Frame("model image", model.image_size(Size(96, 64)))
    assert transform.target == Frame("screenshot", Size(96, 64))


def test_the_next_prompt_finds_the_last_one_in_the_cache(model: Model, observe: Any, make_step: Any) -> None:
    policy = QwenPolicy(model, max_new_tokens=4)
    history = History("Click OK.", (), observe(60))
    policy.decide(history)
    second = policy.decide(history.after(make_step(0, Outcome("executed"), thought="One.")).with_(observe(80)))
    assert second.tokens is not None
    assert second.tokens.cached >= 40


def test_it_is_a_policy_with_a_prompt_format(model: Model) -> None:
    policy: Policy = QwenPolicy(model)
    assert isinstance(policy, Prompted)


@pytest.mark.parametrize("name", ["compact", "qwen"])
@pytest.mark.parametrize(("x", "y"), [(0, 0), (191, 127), (95, 64), (17, 100)])
def test_points_of_the_model_image_become_points_of_the_screenshot(name: str, x: int, y: int, observe: Any) -> None:
    text = {
        "compact": json.dumps({"thought": "why", "action": {"type": "click", "point": [x, y]}}),
        "qwen": '<tool_call>\n{"name": "computer_use", "arguments": '
        f'{{"action": "left_click", "coordinate": [{x}, {y}]}}}}\n</tool_call>',
    }[name]
    decision = QwenPolicy(Speaker(text, name, Size(192, 128))).decide(History("T", (), observe()))  # type: ignore[arg-type]
    assert decision.problem is None
    assert decision.actions == (Click(point=Point(x // 2, y // 2)),)


def test_a_drag_begins_where_the_cursor_was_left(observe: Any, make_step: Any) -> None:
    call = '{"name": "computer_use", "arguments": {"action": "left_click_drag", "coordinate": [100, 60]}}'
    speaker = Speaker(f"<tool_call>\n{call}\n</tool_call>", "qwen", Size(192, 128))
    moved = make_step(20, Outcome("executed"))
    decision = QwenPolicy(speaker).decide(History("T", (moved,), observe()))  # type: ignore[arg-type]
    assert decision.actions == (Drag(path=(Point(20, 20), Point(50, 30))),)


def test_a_whole_action_in_a_reply_that_was_cut_off_counts(observe: Any) -> None:
    text = '{"thought": "", "action": {"type": "back"}} and so on and'
    decision = QwenPolicy(Speaker(text, "compact", Size(96, 64), "length"), max_new_tokens=7).decide(  # type: ignore[arg-type]
        History("T", (), observe())
    )
    assert decision.actions == (Back(),)
    assert decision.notes[-1] == "the reply was cut off after 7 tokens"


def test_each_step_draws_with_a_seed_of_its_own(observe: Any, make_step: Any) -> None:
    speaker = Speaker("", "compact", Size(96, 64))
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
