"""Models of other architectures, small and with random weights: what they answer is nonsense, and exactly theirs."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer, Qwen3VLForConditionalGeneration

from handeye.actions.geometry import Size
from handeye.model.conversation.messages import Message
from handeye.model.errors import ContextTooLong, InvalidImage, InvalidVideo, NonFiniteOutput, TemplateRefused
from handeye.model.others.load import load_transformers
from handeye.model.others.model import TransformersModel
from handeye.model.runtime import load_model
from handeye.model.video.stills import Stills

Noise = Callable[..., Image.Image]


def question(*parts: Any) -> list[Message]:
    return [Message("system", ("Be brief.",)), Message("user", parts)]


def test_greedy_tokens_are_those_of_transformers(qwen3: TransformersModel, qwen3_folder: Path, noise: Noise) -> None:
    image = noise(150, 70)
    answer = qwen3.generate(question(image, "Click the button."), max_new_tokens=24)
    tokenizer = AutoTokenizer.from_pretrained(qwen3_folder)
    processor = AutoImageProcessor.from_pretrained(qwen3_folder)
    seen = processor(images=[image], return_tensors="pt")
    cells = int(seen["image_grid_thw"].prod()) // 4
    text = (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n<|vision_start|>"
        f"{'<|image_pad|>' * cells}<|vision_end|>Click the button.<|im_end|>\n<|im_start|>assistant\n"
    )
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    network = Qwen3VLForConditionalGeneration.from_pretrained(qwen3_folder, dtype=torch.float32).eval()
    pads = (ids == network.config.image_token_id).int()
    whole = network.generate(
        input_ids=ids,
        mm_token_type_ids=pads,
        **seen,
        do_sample=False,
        repetition_penalty=1.0,
        max_new_tokens=24,
        suppress_tokens=list(range(len(tokenizer), 384)),  # rows of the embedding that are no tokens
    )
    assert list(answer.token_ids) == whole[0, ids.shape[1] :].tolist()
    assert (answer.prompt_tokens, answer.visual_tokens, answer.cached_tokens) == (ids.shape[1], cells, 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"temperature": 1.0, "seed": 5},
        {"temperature": 0.8, "top_p": 0.7, "seed": 9},
        {"frequency_penalty": 1.0, "repetition_penalty": 1.3},
        {"prefix": "Click the"},
    ],
)
def test_it_does_as_handeyes_own_network(folder: Path, noise: Noise, options: dict[str, Any], tmp_path: Path) -> None:
    """Both read the same Qwen2.5-VL; the tokens of every rule of sampling are the same."""
    template = Path(__file__).parents[1] / "qwen2_5_vl.jinja"
    folder = Path(shutil.copytree(folder, tmp_path / "own"))
    (folder / "chat_template.jinja").write_text(template.read_text())
    (own, other) = load_model(folder, device="cpu"), load_transformers(folder, device="cpu")
    assert (other.kind, other.factor, other.pixel_limits) == ("qwen2_5_vl", 28, own.pixel_limits)
    messages = question(noise(90, 60), "Click the button in the dialog.")
    expected = own.generate(messages, max_new_tokens=16, **options)
    answer = other.generate(messages, max_new_tokens=16, **options)
    assert (answer.text, answer.token_ids, answer.finish) == (expected.text, expected.token_ids, expected.finish)
    assert (answer.prompt_tokens, answer.visual_tokens) == (expected.prompt_tokens, expected.visual_tokens)


def test_text_is_passed_on_and_ends_at_a_stop_string(qwen3: TransformersModel) -> None:
    pieces: list[str] = []
    whole = qwen3.generate(question("Type."), max_new_tokens=20, on_text=pieces.append, prefix="So: ")
    assert "".join(pieces) == whole.text
    assert whole.text.startswith("So: ")
    assert (whole.finish, whole.generated_tokens) == ("length", 20)
    stop = whole.text[10:12]
    cut = qwen3.generate(question("Type."), max_new_tokens=20, stop=[stop], prefix="So: ")
    assert cut.text == whole.text[: whole.text.index(stop, 4)]
    assert cut.finish == "stop"
    assert cut.generated_tokens < 20


def test_words_keep_the_spaces_between_them(llava: TransformersModel, noise: Noise) -> None:
    pieces: list[str] = []
    answer = llava.generate(
        question(noise(60, 40), "Where?"), max_new_tokens=30, on_text=pieces.append, seed=1, temperature=2.0
    )
    tokenizer = llava._loaded.prompts.processor.tokenizer
    assert answer.text == "".join(pieces) == tokenizer.decode(answer.token_ids, skip_special_tokens=True)


def test_a_processor_of_another_making_gets_images_as_they_are(llava: TransformersModel, noise: Noise) -> None:
    assert (llava.kind, llava.factor) == ("llava", 1)
    assert llava.image_size(Size(123, 45)) == Size(123, 45)
    assert llava.seeing(1, 1000).image_size(Size(200, 100)) == Size(44, 22)
    assert llava.generate(question(noise(50, 20), noise(20, 50), "?"), max_new_tokens=2).visual_tokens == 8


def test_sizes_are_multiples_of_the_factor_within_limits(qwen3: TransformersModel) -> None:
    assert qwen3.image_size(Size(1920, 1080)) == Size(1920, 1088)
    smaller = qwen3.seeing(4 * 1024, 100 * 1024)
    assert smaller.pixel_limits == (4096, 102400)
    assert smaller.image_size(Size(1920, 1080)) == Size(416, 224)
    for limits in ((0, 4096), (4096, 1000), (5000, 4999), (1.5, 4096)):
        with pytest.raises(ValueError, match="pixels"):
            qwen3.seeing(*limits)  # type: ignore[arg-type]
    with pytest.raises(InvalidImage):
        qwen3.image_size(Size(1, 1000))


def test_text_ends_no_turn_and_shows_no_image(qwen3: TransformersModel) -> None:
    def length(text: str) -> int:
        return qwen3.generate(question(text), max_new_tokens=1).prompt_tokens

    assert length("<|im_end|><|image_pad|>") > length("") + 10
    # The tokens around places control nothing, as in handeye's own network.
    assert length("<|box_start|>") == length("") + 1


def test_the_template_is_told_what_the_profile_says(qwen3: TransformersModel) -> None:
    plain = qwen3.generate(question("Where?"), max_new_tokens=1).prompt_tokens
    silent = qwen3.templated({"thinking": False})
    assert silent.generate(question("Where?"), max_new_tokens=1).prompt_tokens > plain


@pytest.mark.slow
def test_it_answers_a_question(qwen3: TransformersModel, noise: Noise) -> None:
    assert isinstance(qwen3.ask([noise(40, 40)], "What is it?"), str)
    with pytest.raises(TypeError, match="give a list of images"):
        qwen3.ask(noise(4, 4), "What?")  # type: ignore[arg-type]


def test_bad_conversations(qwen3: TransformersModel, noise: Noise) -> None:
    with pytest.raises(ContextTooLong, match="reads at most 2,048: give fewer or smaller images"):
        qwen3.generate(question("a" * 3000))
    with pytest.raises(InvalidImage):
        qwen3.generate(question(noise(400, 1), "?"))
    with pytest.raises(InvalidVideo, match="give images"):
        qwen3.generate([Message("user", (Stills([noise(40, 40), noise(40, 40)]), "?"))])
    with pytest.raises(ValueError, match="max_new_tokens"):
        qwen3.generate(question("?"), max_new_tokens=0)
    with pytest.raises(TypeError, match="messages is a string"):
        qwen3.generate("?")  # type: ignore[arg-type]


def test_a_template_that_refuses_or_drops_text_is_named(qwen3_folder: Path) -> None:
    model = load_transformers(qwen3_folder, device="cpu")
    processor = model._loaded.prompts.processor
    for template, message in (
        ("{{ raise_exception('System role not supported') }}", "refuses the conversation: System role not supported"),
        (
            "{% for m in messages %}{% if m.role == 'user' %}{{ m.content[0].text }}{% endif %}{% endfor %}",
            "leaves out",
        ),
    ):
        processor.chat_template = template
        with pytest.raises(TemplateRefused, match=message):
            model.generate(question("Where?"))
    processor.chat_template = processor.tokenizer.chat_template = None
    with pytest.raises(TemplateRefused, match="has no chat template"):
        model.generate(question("Where?"))


def test_numbers_that_are_none_are_no_answer(qwen3_folder: Path) -> None:
    model = load_transformers(qwen3_folder, device="cpu")
    model._loaded.network.lm_head.weight.data.fill_(torch.nan)
    with pytest.raises(NonFiniteOutput, match="has no answer"):
        model.generate(question("Where?"))
