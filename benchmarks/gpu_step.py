"""One agent step on a GPU: a 1920x1080 screenshot in, 64 tokens out, handeye against transformers.

    python benchmarks/gpu_step.py
    python benchmarks/gpu_step.py --tiny --device cpu     # the same code in seconds, on any machine

Builds Qwen2.5-VL-7B in its full shape with random bfloat16 weights (16.6 GB, shared by both sides) and prints
milliseconds for preprocessing, vision, prefill and each token, the peak memory, the time from a screenshot to the
numbers of its patches, and the greatest difference of the logits after the prompt. transformers runs with its Pillow
image processor, SDPA attention and `generate`.
"""

import argparse

import torch
import transformers
from step import build, logit_difference, messages, middle, ours, pixels, reference_of, screenshot, table, theirs

from handeye.model.preprocess import PixelRule

VISION_7B = {
    "model_type": "qwen2_5_vl_vision",
    "depth": 32,
    "hidden_size": 1280,
    "intermediate_size": 3420,
    "num_heads": 16,
    "out_hidden_size": 3584,
    "patch_size": 14,
    "spatial_merge_size": 2,
    "temporal_patch_size": 2,
    "tokens_per_second": 2,
    "window_size": 112,
    "fullatt_block_indexes": [7, 15, 23, 31],
}
SHAPE_7B = {
    "model_type": "qwen2_5_vl",
    "vocab_size": 152064,
    "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "rms_norm_eps": 1e-6,
    "rope_theta": 1e6,
    "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
    "max_position_embeddings": 128000,
    "tie_word_embeddings": False,
    "vision_config": VISION_7B,
}
SHAPE_TINY = {
    **SHAPE_7B,
    "vocab_size": 1024,
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "rope_scaling": {"type": "mrope", "mrope_section": [4, 6, 6]},
    "vision_config": {
        **VISION_7B,
        "depth": 2,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_heads": 4,
        "out_hidden_size": 128,
        "fullatt_block_indexes": [1],
    },
}


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument(
        "--tiny", action="store_true", help="use a tiny shape and a small screenshot, to try the benchmark"
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=64)
    options = parser.parse_args()
    device = torch.device(options.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SystemExit("gpu_step: PyTorch finds no CUDA device; to try the benchmark, use --tiny --device cpu")
    transformers.logging.set_verbosity_error()
    shape, size = (SHAPE_TINY, (448, 252)) if options.tiny else (SHAPE_7B, (1920, 1080))
    checkpoint = build(shape, PixelRule(min_pixels=3136, max_pixels=12_845_056), device, torch.bfloat16)
    reference = reference_of(checkpoint, shape)
    prompt = messages(screenshot(*size))
    mine = [ours(checkpoint, prompt, options.tokens) for _ in range(options.runs + 1)]  # the first one warms up
    their = [theirs(reference, checkpoint, prompt, options.tokens) for _ in range(options.runs + 1)]
    difference, scale = logit_difference(reference, checkpoint, prompt)
    parameters = sum(parameter.numel() for parameter in checkpoint.network.parameters()) / 1e9
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    print(
        f"{size[0]}x{size[1]} screenshot, {options.tokens} tokens out, {parameters:.2f} B parameters, bfloat16, "
        f"median of {options.runs} runs\n"
        f"torch {torch.__version__}, transformers {transformers.__version__}, {name}\n"
    )
    print(table(middle(mine[1:]), middle(their[1:]), device))
    there, here, equal = pixels(checkpoint, screenshot(*size), max(options.runs, 9))
    print(
        f"\npixels of the screenshot: {there * 1e3:.2f} ms made on {device}, {here * 1e3:.2f} ms made on the CPU, "
        f"{'the same' if equal else 'NOT the same'} numbers"
    )
    agreed = sum(one == other for one, other in zip(mine[-1].tokens, their[-1].tokens, strict=True))
    print(f"\ngreatest logit difference {difference:.3f}, greatest logit {scale:.2f}")
    print(f"{agreed} of {options.tokens} tokens agree")


if __name__ == "__main__":
    main()
