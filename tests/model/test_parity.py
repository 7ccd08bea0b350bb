"""Our network against the reference implementation, on the same random weights, in fp32.

Every comparison is relative to the size of the numbers compared: 1e-5 of their greatest.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import PIL.Image
import pytest
import torch

from handeye.actions.geometry import Size
from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.positions import token_positions
from handeye.model.architecture.text import Decoder
from handeye.model.architecture.vision import VisionTransformer
from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import assemble
from handeye.model.images.preprocess import PixelRule, Preprocessor
from handeye.model.runtime import Model

if TYPE_CHECKING:
    from transformers import Qwen2_5_VLForConditionalGeneration
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

MakeImage = Callable[..., PIL.Image.Image]
MakeInputs = Callable[[Sequence[Message]], dict[str, torch.Tensor]]

SIZES = {
    "one window": [(112, 112)],
    "aligned": [(448, 336)],
    "odd": [(333, 217)],
    "a line": [(1000, 20)],
    "several": [(333, 217), (112, 112), (61, 97), (500, 120)],
}


def assert_close(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    assert ours.shape == theirs.shape
    assert (ours - theirs).abs().max() <= 1e-5 * theirs.abs().max()


def whole_logits(checkpoint: Checkpoint, messages: Sequence[Message]) -> torch.Tensor:
    """Return the logits of every token of a prompt, (1, L, V), in one pass without a cache."""
    preprocessor, network = checkpoint.preprocessor, checkpoint.network
    prompt = assemble(messages, checkpoint.tokenizer, preprocessor, checkpoint.config)
    grids = [picture.grid for picture in prompt.pictures]
    patches = torch.cat([preprocessor.patches(picture) for picture in prompt.pictures])
    ids = torch.tensor(prompt.ids(checkpoint.config.image_token_id))
    with torch.inference_mode():
        embeddings = network.embed(ids[None], preprocessor.normalise(patches, network.dtype), grids)
        positions = token_positions(ids, grids, checkpoint.config).index
        return network.logits(network.model(embeddings, positions[:, None]))


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES.keys())
def test_vision_and_logits(
    sizes: list[tuple[int, int]],
    checkpoint: Checkpoint,
    reference: "Qwen2_5_VLForConditionalGeneration",
    reference_inputs: MakeInputs,
    noise: MakeImage,
) -> None:
    pictures = [noise(*size, seed) for seed, size in enumerate(sizes)]
    messages = [
        Message("system", ("Look.",)),
        Message("user", (pictures[0], "click")),
        Message("assistant", ("done",)),
        Message("user", ("and", *pictures[1:], "now?")),
    ]
    inputs = reference_inputs(messages)
    prepared = [checkpoint.preprocessor.picture(picture) for picture in pictures]
    patches = torch.cat([checkpoint.preprocessor.patches(picture) for picture in prepared])
    with torch.inference_mode():
        ours = checkpoint.network.visual(
            checkpoint.preprocessor.normalise(patches, torch.float32), [picture.grid for picture in prepared]
        )
        theirs = reference.model.visual(inputs["pixel_values"], grid_thw=inputs["image_grid_thw"]).pooler_output
        assert_close(ours, theirs)
        assert_close(whole_logits(checkpoint, messages), reference(**inputs).logits)


def test_two_frames_encode_as_the_folded_still(checkpoint: Checkpoint, noise: MakeImage) -> None:
    picture = checkpoint.preprocessor.picture(noise(140, 84))
    still = checkpoint.preprocessor.normalise(checkpoint.preprocessor.patches(picture), torch.float32)
    twice = still.view(-1, 3, 1, 196).expand(-1, -1, 2, -1).flatten(1)
    with torch.inference_mode():
        assert_close(checkpoint.network.visual(still, [picture.grid]), checkpoint.network.visual(twice, [picture.grid]))


def test_greedy_tokens_are_the_references(
    checkpoint: Checkpoint,
    reference: "Qwen2_5_VLForConditionalGeneration",
    reference_inputs: MakeInputs,
    noise: MakeImage,
) -> None:
    messages = [Message("user", ("first", noise(333, 217), "then", noise(120, 500, 1), "click the button"))]
    inputs = reference_inputs(messages)
    padding = list(range(checkpoint.tokenizer.size, checkpoint.config.text.vocab_size))
    theirs = reference.generate(
        **inputs, max_new_tokens=64, do_sample=False, suppress_tokens=padding, eos_token_id=[10**6], pad_token_id=0
    )
    ours = Model(replace(checkpoint, closing=frozenset())).generate(messages, max_new_tokens=64)
    assert len(ours.token_ids) == 64
    assert len(set(ours.token_ids)) > 8
    assert list(ours.token_ids) == theirs[0, inputs["input_ids"].shape[1] :].tolist()


def test_bfloat16_is_as_close_to_float32_as_the_references(
    folder: Path,
    checkpoint: Checkpoint,
    reference: "Qwen2_5_VLForConditionalGeneration",
    reference_inputs: MakeInputs,
    noise: MakeImage,
) -> None:
    from transformers import Qwen2_5_VLForConditionalGeneration

    messages = [Message("user", (noise(333, 217), "click the button"))]
    inputs = reference_inputs(messages)
    rough = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=torch.bfloat16).eval()
    with torch.inference_mode():
        exact = reference(**inputs).logits
        theirs = (rough(**inputs).logits.float() - exact).abs()
    ours = (whole_logits(open_checkpoint(folder, device="cpu", dtype="bfloat16"), messages).float() - exact).abs()
    assert ours.mean() <= 1.5 * theirs.mean()
    assert ours.max() <= 2 * theirs.max()


@pytest.mark.slow
def test_a_picture_above_four_megapixels(
    fields: dict[str, Any], noise: MakeImage, reference_processor: "Qwen2VLImageProcessorPil"
) -> None:
    """In one narrow window block and one full block: what counts is the size, 86 x 61 cells, all edges cut."""
    from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLVisionConfig
    from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VisionTransformerPretrainedModel

    narrow = {"depth": 2, "hidden_size": 16, "intermediate_size": 24, "num_heads": 1, "fullatt_block_indexes": [1]}
    changed = {**fields["vision_config"], **narrow, "model_type": "qwen2_5_vl_vision"}
    theirs = Qwen2_5_VisionTransformerPretrainedModel(Qwen2_5_VLVisionConfig(**changed)).eval()
    stir(theirs)
    config = ModelConfig.from_json({**fields, "vision_config": changed}).vision
    ours = VisionTransformer(config)
    ours.load_state_dict(theirs.state_dict(), assign=True)
    image = noise(2410, 1710)
    preprocessor = Preprocessor(PixelRule(3136, 12_845_056), config)
    assert preprocessor.image_size(Size(2410, 1710)) == (2408, 1708)
    picture = preprocessor.picture(image)
    inputs = reference_processor(images=[image], return_tensors="pt")
    with torch.inference_mode():
        encoded = ours(preprocessor.normalise(preprocessor.patches(picture), torch.float32), [picture.grid])
        assert_close(encoded, theirs(inputs["pixel_values"], grid_thw=inputs["image_grid_thw"]).pooler_output)


@pytest.mark.slow
def test_one_decoder_layer_at_the_width_of_7b(fields: dict[str, Any]) -> None:
    from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLTextConfig
    from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VLTextModel

    wide = {
        "hidden_size": 3584,
        "intermediate_size": 18944,
        "num_hidden_layers": 1,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
        "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
        "vision_config": {**fields["vision_config"], "out_hidden_size": 3584},
        "vocab_size": 8,
    }
    config = ModelConfig.from_json({**fields, **wide}).text
    rope = {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [16, 24, 24]}
    same = {name: wide[name] for name in wide if name not in ("rope_scaling", "vision_config")}
    theirs = Qwen2_5_VLTextModel(Qwen2_5_VLTextConfig(**same, rms_norm_eps=1e-6, rope_parameters=rope)).eval()
    stir(theirs)
    with torch.device("meta"):
        ours = Decoder(config)
    ours.load_state_dict(theirs.state_dict(), assign=True)
    embeddings = torch.randn(1, 24, 3584, generator=torch.Generator().manual_seed(1))
    positions = torch.randint(0, 3000, (3, 1, 24), generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        assert_close(
            ours(embeddings, positions),
            theirs(inputs_embeds=embeddings, position_ids=positions, use_cache=False).last_hidden_state,
        )


@pytest.mark.slow
def test_one_vision_block_at_its_true_width(noise: MakeImage, fields: dict[str, Any]) -> None:
    from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLVisionConfig
    from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VisionTransformerPretrainedModel

    wide = {"depth": 1, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16, "fullatt_block_indexes": [7]}
    changed = {**fields["vision_config"], **wide, "model_type": "qwen2_5_vl_vision"}
    theirs = Qwen2_5_VisionTransformerPretrainedModel(Qwen2_5_VLVisionConfig(**changed)).eval()
    stir(theirs)
    config = ModelConfig.from_json({**fields, "vision_config": changed}).vision
    with torch.device("meta"):
        ours = VisionTransformer(config)
    ours.load_state_dict(theirs.state_dict(), assign=True)
    preprocessor = Preprocessor(PixelRule(), config)
    picture = preprocessor.picture(noise(170, 140))
    patches = preprocessor.normalise(preprocessor.patches(picture), torch.float32)
    twice = patches.view(-1, 3, 1, 196).expand(-1, -1, 2, -1).flatten(1)
    with torch.inference_mode():
        assert_close(ours(patches, [picture.grid]), theirs(twice, grid_thw=torch.tensor([picture.grid])).pooler_output)


def stir(module: torch.nn.Module) -> None:
    """Give a fresh module weights that make a difference: the reference's own leave norms at one and biases at zero."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.dim() == 1:
                parameter.add_(torch.randn(parameter.shape, generator=generator), alpha=0.2)
            elif parameter.numel() < 1_000_000:
                parameter.normal_(std=parameter[0].numel() ** -0.5, generator=generator)
