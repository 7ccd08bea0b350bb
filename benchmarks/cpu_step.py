"""One agent step on a CPU: a 1280x720 screenshot in, 64 tokens out, handeye against transformers, same weights.

    OMP_NUM_THREADS=2 python benchmarks/cpu_step.py
    OMP_NUM_THREADS=2 python benchmarks/cpu_step.py --history 3

Prints milliseconds for preprocessing, vision, prefill, each token and the whole step, and the ratio. The network has
two million parameters and reads images of at most 336x448 pixels, like the shipped checkpoint, handeye-tiny; its
weights are random, fp32, and shared by both sides. transformers runs in its default configuration without torchvision:
the Pillow image processor, SDPA attention, `generate`.

With a higher pixel limit (`--max-pixels 12845056`: the screenshot in full size) both sides spend most of the time in
the same matrix products.
"""

import argparse
import platform

import torch
import transformers
from step import build, logit_difference, messages, middle, ours, reference_of, screenshot, table, theirs

from handeye.model.images.preprocess import PixelRule
from handeye.model.runtime import Model

SHAPE = {
    "model_type": "qwen2_5_vl",
    "vocab_size": 576,
    "hidden_size": 128,
    "intermediate_size": 352,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-6,
    "rope_theta": 1e4,
    "rope_scaling": {"type": "mrope", "mrope_section": [4, 6, 6]},
    "max_position_embeddings": 4096,
    "tie_word_embeddings": False,
    "vision_config": {
        "model_type": "qwen2_5_vl_vision",
        "depth": 4,
        "hidden_size": 128,
        "intermediate_size": 352,
        "num_heads": 4,
        "out_hidden_size": 128,
        "patch_size": 14,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "tokens_per_second": 2,
        "window_size": 112,
        "fullatt_block_indexes": [2],
    },
}


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--max-pixels", type=int, default=336 * 448)
    parser.add_argument("--history", type=int, default=0, help="earlier screenshots in the prompt")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    device = torch.device("cpu")
    checkpoint = build(SHAPE, PixelRule(min_pixels=3136, max_pixels=options.max_pixels), device, torch.float32)
    reference = reference_of(checkpoint, SHAPE)
    screens = [screenshot(1280, 720, seed) for seed in range(options.history + 1)]
    prompt = messages(screens[-1], screens[:-1])
    before = messages(screens[-2], screens[:-2]) if options.history else []
    mine, their = [], []
    for _ in range(
        options.runs + 1
    ):  # alternating, so that load on the machine affects both; the first runs only warm up
        mine.append(ours(Model(checkpoint), device, prompt, options.tokens, before))
        their.append(theirs(reference, checkpoint, prompt, options.tokens))
    parameters = sum(parameter.numel() for parameter in checkpoint.network.parameters()) / 1e6
    grid = checkpoint.preprocessor.picture(screenshot(1280, 720)).grid
    print(
        f"1280x720 screenshot read as {grid.w * 14}x{grid.h * 14}, {options.history} before it, "
        f"{options.tokens} tokens out, {parameters:.1f} M parameters, fp32, {torch.get_num_threads()} threads, "
        f"median of {options.runs} runs\n"
        f"torch {torch.__version__}, transformers {transformers.__version__}, {platform.machine()}\n"
    )
    print(table(middle(mine[1:]), middle(their[1:]), device))
    same = "the same" if mine[-1].tokens == their[-1].tokens else "NOT the same"
    difference, scale = logit_difference(reference, checkpoint, prompt)
    print(f"\ntokens: {same}; greatest logit difference {difference:.1e}, greatest logit {scale:.1f}")


if __name__ == "__main__":
    main()
