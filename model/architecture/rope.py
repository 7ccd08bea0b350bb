"""The rotary frequencies of the decoder, plain or scaled for longer contexts, as the reference computes them.

Sources: YaRN, arXiv 2309.00071; the Llama 3.1 rule and linear scaling as in transformers' `modeling_rope_utils`.
"""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from handeye.model.files.fields import Section

Rule = Literal["linear", "yarn", "llama3"]


@dataclass(frozen=True, slots=True)
class RopeScaling:
    """How frequencies are changed so that the model reads more tokens than it was trained on."""

    rule: Rule
    factor: float
    """The slow frequencies are divided by this."""
    trained_length: float = 1.0
    """Tokens of the longest context in training; for yarn and llama3."""
    attention: float = 1.0
    """Cosines and sines are multiplied by this; for yarn."""
    fast: float = 32.0
    """yarn: frequencies with more turns than this in `trained_length` stay; llama3: the same, `high_freq_factor`."""
    slow: float = 1.0
    """yarn: frequencies with fewer turns than this are divided; llama3: the same, `low_freq_factor`."""
    whole: bool = True
    """yarn: the two bounds are rounded to whole frequencies."""

    @classmethod
    def read(cls, text: Section, rope: Section, *, nested: bool) -> "RopeScaling | None":
        """Read the rotary settings of a decoder, `rope` within `text`; None stands for plain frequencies.

        Raises:
            InvalidCheckpoint: a rule that is not supported, or a value that makes no sense.
        """
        if rope.get("partial_rotary_factor") not in (None, 1):
            raise rope.invalid("partial_rotary_factor", "but only whole heads (1.0) are supported")
        key = "rope_type" if "rope_type" in rope else "type"
        longest = text.count("max_position_embeddings", 32768)
        match rope.get(key):
            case None | "default" | "mrope":
                return None
            case "dynamic":  # it changes frequencies only beyond `max_position_embeddings`, which no context is here
                _factor(rope, "dynamic")
                return None
            case "linear":
                return cls("linear", _factor(rope, "linear"))
            case "llama3":
                for name in ("low_freq_factor", "high_freq_factor"):
                    if name not in rope:
                        raise rope.invalid(name, "but llama3 needs it")
                return cls(
                    "llama3",
                    _factor(rope, "llama3"),
                    _trained_length(text, rope, longest, nested=nested),
                    fast=rope.number("high_freq_factor", 4.0),
                    slow=rope.number("low_freq_factor", 1.0),
                )
            case "yarn":
                return cls._read_yarn(rope, _trained_length(text, rope, longest, nested=nested), longest)
            case _:
                raise rope.invalid(
                    key, "which is not supported: use a checkpoint with default, linear, dynamic, llama3 or yarn"
                )

    @classmethod
    def _read_yarn(cls, rope: Section, trained: int, longest: int) -> "RopeScaling":
        factor = longest / trained if rope.null("factor") else _factor(rope, "yarn")
        if "attention_factor" in rope:
            attention = rope.number("attention_factor", 1.0)
        elif "mscale" in rope and "mscale_all_dim" in rope:
            one, every = (rope.number(key, 1.0) for key in ("mscale", "mscale_all_dim"))
            attention = _temperature(factor, one) / _temperature(factor, every)
        else:
            attention = _temperature(factor, 1.0)
        return cls(
            "yarn",
            factor,
            trained,
            attention,
            fast=rope.number("beta_fast", 32.0) if "beta_fast" in rope else 32.0,
            slow=rope.number("beta_slow", 1.0) if "beta_slow" in rope else 1.0,
            whole=rope.flag("truncate", default=True),
        )


def frequencies(theta: float, size: int, scaling: RopeScaling | None, device: torch.device) -> Tensor:
    """Return the rotary frequencies of heads of width `size`, fp32 (size / 2,), the fastest first."""
    half = size // 2
    plain = 1.0 / theta ** (torch.arange(half, device=device).float() / half)
    if scaling is None:
        return plain
    match scaling.rule:
        case "linear":
            return plain / scaling.factor
        case "llama3":
            return _by_wavelength(plain, scaling)
        case "yarn":
            stays = _staying(theta, size, scaling).to(device)
            # rounded like the reference: 1 / (factor * wavelength), not plain / factor
            divided = 1.0 / (scaling.factor * theta ** (torch.arange(half, device=device).float() / half))
            return divided * (1 - stays) + plain * stays


def _staying(theta: float, size: int, scaling: RopeScaling) -> Tensor:
    """Return, for each frequency, how much of it YaRN leaves as it is: 1 for the fastest, 0 for the slowest."""

    def index(turns: float) -> float:
        """Return the (fractional) index of the frequency that makes so many turns in the trained length."""
        return size * math.log(scaling.trained_length / (turns * 2 * math.pi)) / (2 * math.log(theta))

    first, last = index(scaling.fast), index(scaling.slow)
    if scaling.whole:
        first, last = math.floor(first), math.ceil(last)
    first, last = max(first, 0), min(last, size - 1)
    if first == last:
        last += 0.001
    ramp = (torch.arange(size // 2, dtype=torch.float32) - first) / (last - first)
    return 1 - ramp.clamp(0, 1)


def _by_wavelength(plain: Tensor, scaling: RopeScaling) -> Tensor:
    """Divide the frequencies with long waves, leave those with short ones, and blend those between."""
    waves = 2 * math.pi / plain
    longest, shortest = scaling.trained_length / scaling.slow, scaling.trained_length / scaling.fast
    divided = torch.where(waves > longest, plain / scaling.factor, plain)
    blend = (scaling.trained_length / waves - scaling.slow) / (scaling.fast - scaling.slow)
    blended = (1 - blend) * divided / scaling.factor + blend * divided
    return torch.where((waves >= shortest) & (waves <= longest), blended, divided)


def _temperature(factor: float, scale: float) -> float:
    return 1.0 if factor <= 1 else 0.1 * scale * math.log(factor) + 1.0


def _factor(rope: Section, rule: str) -> float:
    if "factor" not in rope:
        raise rope.invalid("factor", f"but {rule} needs it")
    return rope.number("factor", 1.0)


def _trained_length(text: Section, rope: Section, longest: int, *, nested: bool) -> int:
    """Return the trained length: of the decoder's own section if it has one, else of its rotary settings."""
    key = "original_max_position_embeddings"
    if nested and key in text:
        return text.count(key, longest)
    return rope.count(key, longest) if key in rope else longest
