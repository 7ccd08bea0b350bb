"""What the JSON files and the vocabulary of a checkpoint folder say: all of a checkpoint but its weights."""

from pathlib import Path
from typing import NamedTuple

from handeye.model.architecture.config import ModelConfig
from handeye.model.conversation.chat import KIMI, KIMI_QWEN, QWEN, Control, Template
from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import read_object
from handeye.model.files.ranks import has_ranks
from handeye.model.images.preprocess import PixelRule


class Description(NamedTuple):
    """All of a checkpoint but its weights."""

    config: ModelConfig
    tokenizer: Tokenizer
    rule: PixelRule
    closing: frozenset[int]
    """Ids of the tokens that end a reply."""
    template: Template


def describe(folder: Path) -> Description:
    """Read what the files of a folder say.

    Raises:
        InvalidCheckpoint: a file is missing or broken, a value is invalid or not supported, or they contradict each
            other.
    """
    config = ModelConfig.from_file(folder / "config.json")
    tokenizer = Tokenizer.from_folder(folder)
    if tokenizer.size > config.text.vocab_size:
        raise InvalidCheckpoint(
            f"the tokenizer in {folder} has {tokenizer.size} tokens, but config.json gives {config.text.vocab_size}: "
            "they belong to different checkpoints"
        )
    if config.image_token_id >= config.text.vocab_size:
        raise InvalidCheckpoint(
            f"config.json in {folder} is inconsistent: image_token_id ({config.image_token_id}) must be below "
            f"vocab_size ({config.text.vocab_size})"
        )
    template = _template(config, folder)
    return Description(
        config=config,
        tokenizer=tokenizer,
        rule=PixelRule.from_folder(folder, config.vision),
        closing=_closing(folder, tokenizer, template),
        template=template,
    )


def _template(config: ModelConfig, folder: Path) -> Template:
    if config.axes == 1:
        return KIMI
    return KIMI_QWEN if has_ranks(folder) else QWEN


def _closing(folder: Path, tokenizer: Tokenizer, template: Template) -> frozenset[int]:
    """Return the ids that end a reply: those of generation_config.json, and always the end of a turn."""
    path = folder / "generation_config.json"
    if not path.is_file():
        return frozenset(map(tokenizer.id, template.ends))
    named = read_object(path).get("eos_token_id")
    ids = [] if named is None else named if isinstance(named, list) else [named]
    if any(not isinstance(token, int) or isinstance(token, bool) for token in ids):
        raise InvalidCheckpoint(f"{path} has an invalid value: eos_token_id is not an id or a list of ids")
    return frozenset((*ids, tokenizer.id(Control.IM_END)))
