"""What adapter_config.json says, and which adapters are not read.

Source: LoRA, arXiv 2106.09685; rank-stabilised scaling, arXiv 2312.03732; the files as peft 0.21 writes them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.adapter import CONFIG
from handeye.model.files.fields import Section, read_object

MERGED = "merge it with the software that it was trained with (peft: merge_and_unload), and give the merged folder"
"""The way out of what is not read."""
_OWN = (
    "modules_to_save",
    "layer_replication",
    "trainable_token_indices",
    "target_parameters",
    "alora_invocation_tokens",
)
"""Settings by which an adapter has more than pairs of matrices."""
_HARMLESS = {"use_rslora", "megatron_config", "eva_config", "runtime_config"}
_STARTS = (True, False, None, "gaussian", "eva", "orthogonal")
"""Ways to begin the training that leave the weights of the model as they are."""
_PATTERN = re.compile(r"(?:[\w.|()^$-]|\\[.d]|(?:\.|\\d)[*+])+")
_QUANTIFIERS = 2


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """How the matrices of an adapter are scaled."""

    rank: int
    alpha: float
    stabilised: bool
    """The change is divided by the root of the rank instead of the rank."""
    ranks: Mapping[str, float]
    """Ranks of layers that have another one, by a pattern of their names."""
    alphas: Mapping[str, float]

    @classmethod
    def read(cls, folder: Path) -> "LoraSettings":
        """Read an adapter's settings.

        Raises:
            InvalidCheckpoint: it is not plain LoRA, or a value is invalid.
        """
        values = read_object(folder / CONFIG)
        fields = Section(values, CONFIG)
        _require_plain(values, fields, folder)
        return cls(
            rank=fields.count("r", 8),
            alpha=fields.number("lora_alpha", 8),
            stabilised=fields.flag("use_rslora", default=False),
            ranks=_patterns(fields, "rank_pattern"),
            alphas=_patterns(fields, "alpha_pattern"),
        )

    def rank_of(self, layer: str) -> float:
        """Return the rank of a layer, by its name in the adapter's file."""
        return _matching(self.ranks, layer, self.rank)

    def scale(self, layer: str) -> float:
        """Return what the product of a layer's matrices is multiplied by."""
        rank = self.rank_of(layer)
        return _matching(self.alphas, layer, self.alpha) / (rank**0.5 if self.stabilised else rank)


def _require_plain(values: Mapping[str, object], fields: Section, folder: Path) -> None:
    kind = fields.get("peft_type")
    if kind != "LORA":
        raise InvalidCheckpoint(f"{folder} is an adapter of the kind {kind!r}, and only LORA is read: {MERGED}")
    if fields.get("init_lora_weights") not in _STARTS and "init_lora_weights" in fields:
        raise fields.invalid(
            "init_lora_weights", "which changes the model too: convert it to plain LoRA with peft, or " + MERGED
        )
    if fields.get("bias") not in (None, "none"):
        raise fields.invalid("bias", f"but only adapters without biases are read: {MERGED}")
    for key, value in values.items():
        method = key.startswith("use_") or key.endswith("_config") or key in ("fan_in_fan_out", "lora_bias", *_OWN)
        if value and method and key not in _HARMLESS:
            raise fields.invalid(key, f"which is not supported: {MERGED}")


def _patterns(fields: Section, key: str) -> dict[str, float]:
    """Return the numbers of layers by a pattern, as peft reads it: a regular expression of the end of a name."""
    part = fields.part(key)
    found = {}
    for pattern in fields.get(key) or {}:  # type: ignore[attr-defined]  # `part` has made sure that it is an object
        found[pattern] = part.number(pattern, 1)
        if not _PATTERN.fullmatch(pattern) or len(re.findall(r"[*+]", pattern)) > _QUANTIFIERS:
            raise part.invalid(pattern, "whose name is not a pattern that is read: name the layers one by one")
        try:
            re.compile(pattern)
        except re.error as error:
            raise part.invalid(pattern, f"whose name is not a regular expression ({error})") from error
    return found


def _matching(numbers: Mapping[str, float], layer: str, default: float) -> float:
    return next((value for pattern, value in numbers.items() if re.match(rf"(.*\.)?({pattern})$", layer)), default)
