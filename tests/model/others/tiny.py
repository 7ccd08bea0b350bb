"""Writing small checkpoints of other architectures with random weights, as their makers' files have them."""

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    CLIPVisionConfig,
    GenerationConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    PreTrainedTokenizerFast,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
)

from tests.model.random_checkpoint import SPECIAL, build_tokenizer

TEMPLATE = """{%- for message in messages -%}
<|im_start|>{{ message.role }}
{% for part in message.content -%}
{% if part.type == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part.text }}{% endif %}
{%- endfor %}<|im_end|>
{% endfor -%}
{% if add_generation_prompt %}<|im_start|>assistant
{% if thinking is defined and not thinking %}<think>

</think>

{% endif %}{% endif %}"""
"""Turns as Qwen writes them; `thinking` is Holo2's option."""
LLAVA = """{{ bos_token }}{% for message in messages %}{{ message.role.upper() }}: \
{% for part in message.content %}{% if part.type == 'image' %}<image>{% else %}{{ part.text }}{% endif %}{% endfor %} \
{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}"""


def write_qwen3_vl(folder: Path) -> Path:
    """Write a Qwen3-VL with the released processor and tokens, and what its makers say of sampling."""
    tokenizer = build_tokenizer()
    ids = {token: tokenizer.token_to_id(token) for token in SPECIAL}
    _tokenizer(tokenizer, folder, TEMPLATE, eos_token="<|im_end|>", pad_token="<|endoftext|>", special=SPECIAL)
    text = {
        "vocab_size": 384,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
        "max_position_embeddings": 2048,
        "rope_scaling": {"rope_type": "default", "mrope_section": [2, 3, 3], "mrope_interleaved": True},
    }
    vision = {
        "depth": 2,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_heads": 2,
        "out_hidden_size": 32,
        "patch_size": 16,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "num_position_embeddings": 64,
        "deepstack_visual_indexes": [0],
    }
    config = Qwen3VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
    )
    _network(Qwen3VLForConditionalGeneration, config, folder, ids["<|im_end|>"])
    _write(
        folder / "preprocessor_config.json",
        {
            "processor_class": "Qwen3VLProcessor",
            "image_processor_type": "Qwen2VLImageProcessorFast",
            "size": {"shortest_edge": 4 * 32 * 32, "longest_edge": 16384 * 32 * 32},
            "patch_size": 16,
            "temporal_patch_size": 2,
            "merge_size": 2,
            "image_mean": [0.5, 0.5, 0.5],
            "image_std": [0.5, 0.5, 0.5],
        },
    )
    return folder


def write_llava(folder: Path) -> Path:
    """Write a LLaVA, whose processor makes every image a square of 28 pixels and whose tokens begin with spaces."""
    words = ["▁click", "▁the", "▁button", "▁in", "▁dialog", "▁and", "▁type", "▁text", "▁first", "▁field"]
    letters = sorted(set("".join(chr(code) for code in range(33, 127))) | {"▁", "\n", "é"})
    vocabulary = {token: index for index, token in enumerate(["<unk>", "<s>", "</s>", "<image>", *letters, *words])}
    merges = []
    for word in words:
        for end in range(2, len(word) + 1):
            left, right = word[: end - 1], word[end - 1]
            vocabulary.setdefault(word[:end], len(vocabulary))
            if (left, right) not in merges:
                merges.append((left, right))
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="first")
    tokens = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<unk>"}
    _tokenizer(tokenizer, folder, LLAVA, ["<unk>", "<s>", "</s>", "<image>"], **tokens)
    config = LlavaConfig(
        text_config=LlamaConfig(
            vocab_size=len(vocabulary) + 8,
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=512,
        ),
        vision_config=CLIPVisionConfig(
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=2,
            image_size=28,
            patch_size=14,
            projection_dim=32,
        ),
        image_token_index=vocabulary["<image>"],
        image_seq_length=4,
    )
    _network(LlavaForConditionalGeneration, config, folder, vocabulary["</s>"])
    _write(
        folder / "preprocessor_config.json",
        {
            "processor_class": "LlavaProcessor",
            "image_processor_type": "CLIPImageProcessor",
            "size": {"shortest_edge": 28},
            "crop_size": {"height": 28, "width": 28},
        },
    )
    _write(
        folder / "processor_config.json",
        {
            "processor_class": "LlavaProcessor",
            "patch_size": 14,
            "vision_feature_select_strategy": "default",
            "image_token": "<image>",
            "num_additional_image_tokens": 1,
        },
    )
    return folder


def _tokenizer(tokenizer: Tokenizer, folder: Path, template: str, special: list[str], **tokens: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, additional_special_tokens=special, **tokens)
    fast.chat_template = template
    fast.save_pretrained(folder)


def _network(kind: Any, config: Any, folder: Path, closing: int) -> None:
    torch.manual_seed(0)
    network = kind(config)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    # What many releases say, and handeye must not add to what a caller asks for.
    network.generation_config = GenerationConfig(
        do_sample=True, temperature=0.1, top_k=1, repetition_penalty=1.5, eos_token_id=[closing], max_new_tokens=3
    )
    network.save_pretrained(folder)


def _write(path: Path, fields: dict[str, Any]) -> None:
    path.write_text(json.dumps(fields))
