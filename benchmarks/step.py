"""One agent step in handeye and in transformers, on the same random weights. Shared by the step benchmarks.

The input of a step is a prompt of a few lines and one screenshot, or several of an episode; the output is a fixed
number of greedy tokens. Both sides start from the same decoded images and the same messages, and share the weights in
memory. handeye has read the prompt of the step before, if there is one; transformers keeps nothing between two calls.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
from PIL.Image import Image, fromarray
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from handeye.model.adapters.apply import make_ready
from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message, images
from handeye.model.conversation.prompt import assemble
from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Request
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.images.preprocess import PixelRule, Preprocessor
from handeye.model.runtime import Model
from handeye.model.training.tiny.vocabulary import build_tokenizer

NEVER = 10**6
"""No token has this id, so no reply ends early."""

Result = TypeVar("Result")

_SPECIAL = {
    "image_token_id": "image_pad",
    "video_token_id": "video_pad",
    "vision_start_token_id": "vision_start",
    "vision_end_token_id": "vision_end",
}


class Figures(NamedTuple):
    """Times of one step in seconds, memory in bytes."""

    preprocess: float
    vision: float
    prefill: float
    per_token: float
    whole: float
    peak_memory: int
    tokens: tuple[int, ...]


def screenshot(width: int, height: int, seed: int = 0) -> Image:
    """Draw an image that resembles a page: flat areas, edges, and text-like noise."""
    generator = np.random.default_rng(seed)
    page = np.full((height, width, 3), 245, dtype=np.uint8)
    for _ in range(60):
        left, top = generator.integers(0, width - 40), generator.integers(0, height - 20)
        box = page[top : top + generator.integers(8, 120), left : left + generator.integers(40, 400)]
        box[:] = generator.integers(0, 256, 3)
        box[::3, ::2] = generator.integers(0, 256, 3)
    return fromarray(page)


def messages(image: Image, history: Sequence[Image] = ()) -> list[Message]:
    """Return the prompt of a step: text first, earlier screenshots with what was done there, the screenshot last."""
    text = "Task: Book the cheapest flight to Lisbon.\nStep 1: clicked [642, 211]\nStep 2: typed Lisbon\n"
    turns = [Message("system", ("You operate a screen.",))]
    for number, earlier in enumerate(history):
        turns += [Message("user", (text, earlier)), Message("assistant", (f"click [{number}, 40]",))]
    return [*turns, Message("user", (text, image))]


def build(fields: Mapping[str, Any], rule: PixelRule, device: torch.device, dtype: torch.dtype) -> Checkpoint:
    """Build a checkpoint of a given shape with random weights, in memory."""
    tokenizer = Tokenizer(build_tokenizer(()))
    ids = {name: tokenizer.id(f"<|{token}|>") for name, token in _SPECIAL.items()}
    config = ModelConfig.from_json({**fields, **ids})
    tokenizer.size = config.text.vocab_size  # with random weights, every row is a token
    with torch.device("meta"):
        network = Qwen2_5_VL(config)
    generator = torch.Generator(device).manual_seed(0)
    weights = {}
    for name, tensor in network.state_dict().items():
        value = torch.empty(tensor.shape, device=device, dtype=dtype)
        scale = tensor[0].numel() ** -0.5 if tensor.dim() > 1 else 0.1
        value.normal_(0.0 if tensor.dim() > 1 or name.endswith("bias") else 1.0, scale, generator=generator)
        weights[name] = value
    network.load_state_dict(weights, assign=True)
    preprocessor = Preprocessor(rule, config.vision)
    return Checkpoint("random", config, make_ready(network, []), tokenizer, preprocessor, frozenset())


def reference_of(checkpoint: Checkpoint, fields: Mapping[str, Any]) -> Qwen2_5_VLForConditionalGeneration:
    """Build the reference on the same tensors."""
    network = checkpoint.network
    ids = {name: checkpoint.tokenizer.id(f"<|{token}|>") for name, token in _SPECIAL.items()}
    torch.set_default_dtype(network.dtype)  # not `to`, which would round the reference's rotary frequencies as well
    try:
        with torch.device(network.device):
            reference = Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig(**{**fields, **ids}))
    finally:
        torch.set_default_dtype(torch.float32)
    names = {
        f"model.{name}"
        if name.startswith("visual.")
        else name.replace("model.", "model.language_model.", 1): tensor.contiguous()
        for name, tensor in network.state_dict().items()
    }
    reference.load_state_dict(names, assign=True)
    if network.device.type == "cuda":
        torch.cuda.empty_cache()  # frees the reference's initial weights
    return reference.eval()


def ours(
    model: Model, device: torch.device, prompt: Sequence[Message], tokens: int, before: Sequence[Message] = ()
) -> Figures:
    """Run handeye's step once, after the model has read the prompt of the step before, if there is one."""
    if before:
        model.generate(before, max_new_tokens=1)
    _reset_memory(device)
    reply, whole = timed(device, lambda: model.generate(prompt, max_new_tokens=tokens))
    spent = reply.timings
    memory = _peak_memory(device)
    per_token = spent.decode / max(1, tokens - 1)
    return Figures(spent.preprocess, spent.vision, spent.prefill, per_token, whole, memory, reply.token_ids)


def theirs(
    reference: Qwen2_5_VLForConditionalGeneration,
    checkpoint: Checkpoint,
    prompt: Sequence[Message],
    tokens: int,
    **options: Any,
) -> Figures:
    """Run the reference's step: its processor, then `generate`, whose parts are separated by generating one token.

    Only the image part of its processor is measured; it gets ready token ids. `options` are for `generate`.
    """
    device = checkpoint.network.device
    _reset_memory(device)
    preprocessor = checkpoint.preprocessor
    text = text_inputs(checkpoint.config, checkpoint.tokenizer, preprocessor, prompt)
    inputs, preprocess = timed(device, lambda: {**text, **image_inputs(preprocessor.rule, prompt)})
    inputs = {name: value.to(device) for name, value in inputs.items()}

    def generate(count: int) -> torch.Tensor:
        out: torch.Tensor = reference.generate(
            **inputs, max_new_tokens=count, do_sample=False, eos_token_id=[NEVER], pad_token_id=0, **options
        )
        return out

    pixels = inputs["pixel_values"].to(checkpoint.network.dtype)
    with torch.inference_mode():
        _, vision = timed(device, lambda: reference.model.visual(pixels, grid_thw=inputs["image_grid_thw"]))
        _, first = timed(device, lambda: generate(1))
        found, all_of_them = timed(device, lambda: generate(tokens))
    per_token = (all_of_them - first) / max(1, tokens - 1)
    new = tuple(found[0, inputs["input_ids"].shape[1] :].tolist())
    return Figures(preprocess, vision, first - vision, per_token, preprocess + all_of_them, _peak_memory(device), new)


def pixels(checkpoint: Checkpoint, image: Image, runs: int) -> tuple[float, float, bool]:
    """Return the seconds from an image to the network's numbers, made where the network is and made on the CPU.

    Both are medians, measured in turn; also tells whether the numbers are the same, bit by bit.
    """
    preprocessor, network = checkpoint.preprocessor, checkpoint.network
    picture = preprocessor.picture(image)
    there: list[float] = []
    here: list[float] = []
    for _ in range(runs + 1):  # the first one warms up
        own, seconds = timed(
            network.device, lambda: preprocessor.normalise(preprocessor.patches(picture, network.device), network.dtype)
        )
        there.append(seconds)
        moved, seconds = timed(
            network.device,
            lambda: preprocessor.normalise(preprocessor.patches(picture).to(network.device), network.dtype),
        )
        here.append(seconds)
    return median(there[1:]), median(here[1:]), torch.equal(own, moved)


def logit_difference(
    reference: Qwen2_5_VLForConditionalGeneration, checkpoint: Checkpoint, prompt: Sequence[Message]
) -> tuple[float, float]:
    """Return the greatest difference of the logits after the prompt, and the greatest logit of the reference."""
    expected = reference_logits(reference, checkpoint, prompt)
    return float((our_logits(checkpoint, prompt) - expected).abs().max()), float(expected.abs().max())


def our_logits(checkpoint: Checkpoint, prompt: Sequence[Message]) -> torch.Tensor:
    """Return handeye's logits (V,) after a prompt, fp32."""
    tokenizer, preprocessor = checkpoint.tokenizer, checkpoint.preprocessor
    built = assemble(prompt, tokenizer, preprocessor, checkpoint.config)
    seen: list[torch.Tensor] = []
    request = Request(built, preprocessor, 1, Sampling(), lambda token: True)
    request.choose = lambda logits: seen.append(logits.float()) or 0
    engine = Engine(checkpoint.network, tokenizer.size)
    engine.submit(request)
    while not request.done:
        engine.step()
    if request.error is not None:
        raise request.error
    [found] = seen
    return found


def reference_logits(
    reference: Qwen2_5_VLForConditionalGeneration, checkpoint: Checkpoint, prompt: Sequence[Message]
) -> torch.Tensor:
    """Return the reference's logits (V,) after a prompt, fp32."""
    config, preprocessor = checkpoint.config, checkpoint.preprocessor
    text = text_inputs(config, checkpoint.tokenizer, preprocessor, prompt)
    inputs = {**text, **image_inputs(preprocessor.rule, prompt)}
    inputs = {name: value.to(checkpoint.network.device) for name, value in inputs.items()}
    with torch.inference_mode():
        logits: torch.Tensor = reference(**inputs, logits_to_keep=1).logits
    return logits[0, -1].float()


def middle(runs: Sequence[Figures]) -> Figures:
    """Return the median of each figure."""
    return Figures(
        preprocess=median(run.preprocess for run in runs),
        vision=median(run.vision for run in runs),
        prefill=median(run.prefill for run in runs),
        per_token=median(run.per_token for run in runs),
        whole=median(run.whole for run in runs),
        peak_memory=max(run.peak_memory for run in runs),
        tokens=runs[0].tokens,
    )


def table(mine: Figures, reference: Figures, device: torch.device) -> str:
    """Return a table with the figures of both sides and their ratio."""
    rows = [
        ("preprocess ms", mine.preprocess * 1e3, reference.preprocess * 1e3),
        ("vision ms", mine.vision * 1e3, reference.vision * 1e3),
        ("prefill ms", mine.prefill * 1e3, reference.prefill * 1e3),
        ("ms/token", mine.per_token * 1e3, reference.per_token * 1e3),
        ("whole step ms", mine.whole * 1e3, reference.whole * 1e3),
    ]
    if device.type == "cuda":
        rows.append(("peak memory GB", mine.peak_memory / 1e9, reference.peak_memory / 1e9))
    lines = [f"{'':16}{'handeye':>12}{'transformers':>15}{'ratio':>9}"]
    lines += [f"{name:16}{one:12.2f}{other:15.2f}{other / one:8.2f}x" for name, one, other in rows]
    return "\n".join(lines)


def timed(device: torch.device, work: Callable[[], Result]) -> tuple[Result, float]:
    """Return the result of `work`, and the seconds it took."""
    _synchronise(device)
    start = time.perf_counter()
    result = work()
    _synchronise(device)
    return result, time.perf_counter() - start


def text_inputs(
    config: ModelConfig, tokenizer: Tokenizer, preprocessor: Preprocessor, prompt: Sequence[Message]
) -> dict[str, torch.Tensor]:
    """Return what the reference gets of a prompt beside pixels: our token ids."""
    built = assemble(prompt, tokenizer, preprocessor, config)
    ids = torch.tensor([built.ids(config.image_token_id)])
    return {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "mm_token_type_ids": (ids == config.image_token_id).long(),  # without this the reference drops M-RoPE
    }


def image_inputs(rule: PixelRule, prompt: Sequence[Message]) -> dict[str, torch.Tensor]:
    """Return the pixels of a prompt, as the reference's image processor makes them."""
    processor = Qwen2VLImageProcessorPil(size={"shortest_edge": rule.min_pixels, "longest_edge": rule.max_pixels})
    return dict(processor(images=list(images(prompt)), return_tensors="pt"))


def _synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _reset_memory(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)


def _peak_memory(device: torch.device) -> int:
    return torch.cuda.max_memory_allocated(device) if device.type == "cuda" else 0
