"""The shape and the vocabulary of handeye-tiny."""

from collections.abc import Mapping
from typing import Any

from tokenizers import Tokenizer

from handeye.model.training.tiny.vocabulary import build_tokenizer

SCAFFOLD = (
    "system\n",
    "user\n",
    "assistant\n",
    "You operate a screen. Answer with one JSON step.",
    "Task: ",
    "Step ",
    "Notice: ",
    "Screen ",
    "Screen 168x224:\n",
    '{"thought": "',
    '.", "action": {"type": "',
    'click", "point": [',
    'type", "text": "',
    '", "clear": true}}',
    '", "submit": true}}',
    '"}}',
    "]}}",
    ", ",
    ' \\"',
    '\\"',
)
"""Constant parts of the prompt and of the answer."""

WORDS = (
    "Click Close Enter Focus Select Type Press Choose Drag Scroll Find Expand Copy Use Check Create Open Buy Book"
    " button buttons dialog box boxes labeled link links tab Tab text textbox input field fields widget colored color"
    " grid coordinate point username password name date time list item option checkbox radio textarea icon image"
    " section menu slider number shape shapes table row column word words email message"
    " on the a an in into to of by both and then with from for up down is at it its your as all each any that which"
    " clicking press login submit Submit Username Password Login Verify Cancel OK ONE TWO Me"
    " 1st 2nd 3rd first second third last left right top bottom"
    " red green blue olive lime black white grey purple orange yellow cyan pink magenta"
    " rejected unknown"
).split()
"""Words of instructions and thoughts, each with and without a leading space."""


def tokenizer() -> Tokenizer:
    """Build the checkpoint's tokenizer."""
    return build_tokenizer([*SCAFFOLD, *(form for word in WORDS for form in (f" {word}", word) if len(form) > 1)])


def config(tokenizer: Tokenizer) -> Mapping[str, Any]:
    """Return the checkpoint's config.json: two million parameters, and every part of the architecture."""
    ids = {token: tokenizer.token_to_id(token) for token in tokenizer.get_vocab()}
    vocabulary = -(-tokenizer.get_vocab_size() // 64) * 64
    return {
        "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        "model_type": "qwen2_5_vl",
        "prompt_format": "compact",
        "vocab_size": vocabulary,
        "hidden_size": 128,
        "intermediate_size": 352,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "hidden_act": "silu",
        "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0,
        "rope_scaling": {"type": "mrope", "mrope_section": [4, 6, 6]},
        "max_position_embeddings": 4096,
        "tie_word_embeddings": True,
        "torch_dtype": "bfloat16",
        "bos_token_id": ids["<|endoftext|>"],
        "eos_token_id": ids["<|im_end|>"],
        "pad_token_id": ids["<|endoftext|>"],
        "image_token_id": ids["<|image_pad|>"],
        "video_token_id": ids["<|video_pad|>"],
        "vision_start_token_id": ids["<|vision_start|>"],
        "vision_end_token_id": ids["<|vision_end|>"],
        "vision_config": {
            "model_type": "qwen2_5_vl",
            "depth": 4,
            "hidden_size": 128,
            "intermediate_size": 352,
            "num_heads": 4,
            "out_hidden_size": 128,
            "hidden_act": "silu",
            "in_channels": 3,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "tokens_per_second": 2,
            "window_size": 112,
            "fullatt_block_indexes": [1, 3],
        },
    }


FACTOR = 28
"""Pixels per side of one token."""

PIXELS: Mapping[str, Any] = {
    "image_processor_type": "Qwen2VLImageProcessor",
    "do_convert_rgb": True,
    "do_resize": True,
    "do_rescale": True,
    "do_normalize": True,
    "rescale_factor": 1 / 255,
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
    "min_pixels": 56 * 56,
    "max_pixels": 168 * 224,
    "patch_size": 14,
    "merge_size": 2,
    "temporal_patch_size": 2,
}
"""preprocessor_config.json. The network never sees larger screens than in training."""
