"""A small tokenizer for checkpoints that are trained from scratch.

Every byte is a token, so any text can be read and written; digits are single tokens as in Qwen's vocabulary. In
addition there are Qwen's control tokens and whole pieces: the scaffold of the prompt and of the JSON step, and the
words of the instructions. Labels on a screen remain bytes, because the network must learn to read them.
"""

from collections.abc import Sequence

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

CONTROL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
"""The control tokens of Qwen2.5-VL that the chat template uses."""


def build_tokenizer(pieces: Sequence[str]) -> Tokenizer:
    """Build the tokenizer: bytes, control tokens, then `pieces`, matched leftmost and longest."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={byte: index for index, byte in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in CONTROL])
    tokenizer.add_tokens([AddedToken(piece, special=False, normalized=False) for piece in dict.fromkeys(pieces)])
    return tokenizer
