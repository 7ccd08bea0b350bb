"""The configuration of a Qwen2.5-VL checkpoint, read from its config.json.

There are three layouts: the released one keeps the decoder's keys at the root, newer files nest them under
`text_config` and call `rope_scaling` `rope_parameters`, and OpenCUA's nest the keys of a plain Qwen2 decoder there. All
are read into the same form.

transformers leaves out what equals the defaults of its classes, so a key that is absent has that default (in every
version from 4.49 to 5.23), not the value of a released checkpoint.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from handeye.model.architecture.activations import NAMES
from handeye.model.architecture.rope import RopeScaling
from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import Section, read_json
from handeye.model.files.origins import named_origins
from handeye.model.quantised.scheme import Scheme, read_scheme

FILE = "config.json"
MRope = Literal["reference", "hf5"]
"""How the tokens of a video are placed in time.

reference: as in the training of the released checkpoints. hf5: as transformers 5 does, for comparisons with it: text
after a video begins where it would after a still, so its positions are also those of the video's times.
"""
_QUANTISED = "quantization_config"
OPENCUA = "opencua"
"""The `model_type` of the checkpoints of OpenCUA."""
_MOST_LAYERS = 1000
"""Each layer is built before the weights are read; the largest released checkpoint has 80."""


@dataclass(frozen=True, slots=True)
class VisionConfig:
    """The vision transformer and its merger."""

    depth: int
    hidden_size: int
    intermediate_size: int
    num_heads: int
    out_hidden_size: int
    """Width of a merged token, which is the decoder's width."""
    patch_size: int
    """Side of a patch, in pixels."""
    spatial_merge_size: int
    """Patches per side that become one token."""
    temporal_patch_size: int
    """Frames per patch; a still image repeats its only frame."""
    window_size: int
    """Side of an attention window, in pixels."""
    fullatt_block_indexes: tuple[int, ...]
    """Blocks that attend over a whole frame instead of a window."""
    tokens_per_second: int
    hidden_act: str = "silu"
    """The activation of the feed-forward layers."""
    rope_theta: float = 10000.0
    in_channels: int = 3

    @property
    def factor(self) -> int:
        """Pixels per side of one token; image sides are multiples of it."""
        return self.patch_size * self.spatial_merge_size

    @classmethod
    def read(cls, fields: Section) -> "VisionConfig":
        """Read `vision_config`. Raises `InvalidCheckpoint`, which names the key."""
        rope = fields.part("rope_scaling", "rope_parameters")
        key = "rope_type" if "rope_type" in rope else "type"
        if rope.get(key) not in (None, "default", "axial"):
            raise rope.invalid(key, "but the vision part has only plain rotary frequencies (default)")
        if fields.count("in_channels", 3) != 3:
            raise fields.invalid("in_channels", "but images have 3 channels")
        return cls(
            depth=fields.count("depth" if "depth" in fields else "num_hidden_layers", 32, most=_MOST_LAYERS),
            hidden_size=fields.count("hidden_size", 3584),
            intermediate_size=fields.count("intermediate_size", 3420),
            num_heads=fields.count("num_heads" if "num_heads" in fields else "num_attention_heads", 16),
            out_hidden_size=fields.count("out_hidden_size", 3584),
            patch_size=fields.count("patch_size", 14),
            spatial_merge_size=fields.count("spatial_merge_size", 2),
            temporal_patch_size=fields.count("temporal_patch_size", 2),
            window_size=fields.count("window_size", 112),
            fullatt_block_indexes=fields.counts("fullatt_block_indexes", (7, 15, 23, 31)),
            tokens_per_second=fields.count("tokens_per_second", 4),
            hidden_act=_activation(fields),
            rope_theta=(rope if "rope_theta" in rope else fields).number("rope_theta", 10000.0),
        )


class TextDefaults(NamedTuple):
    """What transformers leaves out of a config.json: the defaults of its class for the decoder."""

    vocab_size: int = 152064
    hidden_size: int = 8192
    intermediate_size: int = 29568
    num_hidden_layers: int = 80
    num_attention_heads: int = 64
    num_key_value_heads: int = 8
    rms_norm_eps: float = 1e-5
    rope_theta: float = 1e6


_QWEN2 = TextDefaults(
    vocab_size=151936,
    hidden_size=4096,
    intermediate_size=22016,
    num_hidden_layers=32,
    num_attention_heads=32,
    num_key_value_heads=32,
    rms_norm_eps=1e-6,
    rope_theta=10000.0,
)


@dataclass(frozen=True, slots=True)
class TextConfig:
    """The decoder."""

    vocab_size: int
    """Rows of the embedding, padding rows included."""
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    rms_norm_eps: float
    rope_theta: float
    mrope_section: tuple[int, int, int]
    """Rotary frequencies for time, height and width; they add up to half of `head_dim`."""
    max_position_embeddings: int
    """Longest context, in tokens."""
    tie_word_embeddings: bool
    hidden_act: str = "silu"
    """The activation of the feed-forward layers."""
    rope_scaling: RopeScaling | None = None
    """How the rotary frequencies are scaled for longer contexts."""

    @classmethod
    def read(cls, fields: Section, *, nested: bool, tied: bool, plain: bool = False) -> "TextConfig":
        """Read the decoder's keys, from `text_config` if they are nested. Raises `InvalidCheckpoint`, names the key.

        `plain`: it is a Qwen2 decoder, whose positions have one axis.
        """
        default = _QWEN2 if plain else TextDefaults()
        rope = fields.part("rope_scaling", "rope_parameters")
        if fields.flag("use_sliding_window", default=False):
            raise fields.invalid(
                "use_sliding_window", "which no released checkpoint has: only full attention is supported"
            )
        layers = fields.get("layer_types")
        if layers is not None and (not isinstance(layers, list) or any(kind != "full_attention" for kind in layers)):
            raise fields.invalid("layer_types", "but only full_attention is supported")
        heads = fields.count("num_attention_heads", default.num_attention_heads)
        width = fields.count("hidden_size", default.hidden_size)
        section = (width // heads // 2, 0, 0) if plain else rope.counts("mrope_section", (16, 24, 24))
        if len(section) != 3:
            raise rope.invalid("mrope_section", "not three numbers: frequencies for time, height and width")
        if width % heads:
            raise fields.invalid("hidden_size", f"not a multiple of num_attention_heads, {heads}")
        if fields.count("head_dim", width // heads) != width // heads:
            raise fields.invalid("head_dim", f"but hidden_size and num_attention_heads make it {width // heads}")
        scaling = RopeScaling.read(fields, rope, nested=nested)
        base = rope if "rope_theta" in rope else fields
        theta = base.number("rope_theta", default.rope_theta)
        if theta <= 1 and scaling is not None and scaling.rule == "yarn":
            raise base.invalid("rope_theta", "but yarn needs one above 1")
        return cls(
            vocab_size=fields.count("vocab_size", default.vocab_size),
            hidden_size=width,
            intermediate_size=fields.count("intermediate_size", default.intermediate_size),
            num_hidden_layers=fields.count("num_hidden_layers", default.num_hidden_layers, most=_MOST_LAYERS),
            num_attention_heads=heads,
            num_key_value_heads=heads  # null: as many as there are heads
            if fields.null("num_key_value_heads")
            else fields.count("num_key_value_heads", default.num_key_value_heads),
            head_dim=width // heads,
            rms_norm_eps=fields.number("rms_norm_eps", default.rms_norm_eps, zero=True),
            rope_theta=theta,
            mrope_section=(section[0], section[1], section[2]),
            max_position_embeddings=fields.count("max_position_embeddings", 32768),
            tie_word_embeddings=tied,
            hidden_act=_activation(fields),
            rope_scaling=scaling,
        )


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The configuration of a whole checkpoint."""

    vision: VisionConfig
    text: TextConfig
    image_token_id: int
    video_token_id: int
    vision_start_token_id: int
    origins: tuple[str, ...]
    """Names that say what the checkpoint is, the surest first: that of the shipped one whose prompt format it was
    trained on, and what transformers wrote down when it was saved: an id on the hub, or a folder."""
    mrope: MRope = "reference"
    scheme: Scheme | None = None
    """How the weights of linear layers are packed; None: they are not."""
    axes: Literal[1, 3] = 3
    """3: an image extends over rows and columns at a single time. 1: its tokens follow one another like those of text,
    as OpenCUA was trained, which cannot see videos either."""

    @classmethod
    def from_file(cls, path: Path) -> "ModelConfig":
        """Read a config.json.

        Raises:
            InvalidCheckpoint: the file is missing, is not JSON, or describes another architecture.
        """
        if not path.exists():
            raise InvalidCheckpoint(f"{path} is missing: a checkpoint folder needs a config.json")
        return cls.from_json(read_json(path))

    @classmethod
    def from_json(cls, fields: object, file: str = FILE) -> "ModelConfig":
        """Read the parsed config.json, in the released or in the nested form; `file` is the name for messages.

        Raises:
            InvalidCheckpoint: another architecture, an invalid or an unsupported value, or inconsistent values.
        """
        found = fields.get("model_type") if isinstance(fields, Mapping) else type(fields).__name__
        if not isinstance(fields, Mapping) or found not in ("qwen2_5_vl", OPENCUA):
            raise InvalidCheckpoint(
                f"model_type is {found!r}, not 'qwen2_5_vl' or '{OPENCUA}': only Qwen2.5-VL checkpoints can be loaded; "
                "--backend transformers, or load_transformers, loads others"
            )
        root = Section(fields, file)
        if "transformers_weights" in root:
            raise root.invalid("transformers_weights", "which is not supported: rename that file to model.safetensors")
        nested, plain = "text_config" in root, found == OPENCUA
        text = root.part("text_config") if nested else root
        # some writers keep it in one place, some in the other; what counts is that either says so
        tied = root.flag("tie_word_embeddings", default=False) | text.flag("tie_word_embeddings", default=False)
        decoder = TextConfig.read(text, nested=nested, tied=tied, plain=plain)
        image = ("media_placeholder_token_id", 151664) if plain else ("image_token_id", 151655)
        config = cls(
            vision=VisionConfig.read(root.part("vision_config")),
            text=decoder,
            image_token_id=root.count(*image, least=0),
            # no token of a plain decoder stands for videos
            video_token_id=decoder.vocab_size if plain else root.count("video_token_id", 151656, least=0),
            vision_start_token_id=root.count("vision_start_token_id", 151652, least=0),
            origins=named_origins(root),
            scheme=next((read_scheme(part.part(_QUANTISED)) for part in (root, text) if part.get(_QUANTISED)), None),
            axes=1 if plain else 3,
        )
        _require_consistent(config, root.part("vision_config"), text, file)
        return config


def _activation(fields: Section) -> str:
    name = fields.get("hidden_act")
    if name is None and not fields.null("hidden_act"):
        return "silu"
    if not isinstance(name, str) or name not in NAMES:
        raise fields.invalid("hidden_act", f"which is not supported: use a checkpoint with {', '.join(NAMES)}")
    return name


def _require_consistent(config: ModelConfig, vision_fields: Section, text_fields: Section, file: str) -> None:
    vision, text = config.vision, config.text

    def named(fields: Section, part: VisionConfig | TextConfig, key: str) -> str:
        return f"{fields.name(key)} ({getattr(part, key)})"

    def seen(key: str) -> str:
        return named(vision_fields, vision, key)

    def said(key: str) -> str:
        return named(text_fields, text, key)

    checks = {
        f"{seen('out_hidden_size')} must equal {said('hidden_size')}": vision.out_hidden_size == text.hidden_size,
        f"mrope_section {list(text.mrope_section)} must add up to half of head_dim, {text.head_dim}": (
            2 * sum(text.mrope_section) == text.head_dim
        ),
        f"{said('num_attention_heads')} must be a multiple of num_key_value_heads ({text.num_key_value_heads})": (
            text.num_attention_heads % text.num_key_value_heads == 0
        ),
        f"{seen('hidden_size')} must be a multiple of four times {seen('num_heads')}": (
            vision.hidden_size % (4 * vision.num_heads) == 0
        ),
        f"{seen('window_size')} must be at least {seen('patch_size')} times {seen('spatial_merge_size')}": (
            vision.window_size >= vision.factor
        ),
    }
    for requirement, holds in checks.items():
        if not holds:
            raise InvalidCheckpoint(f"{file} is inconsistent: {requirement}")
