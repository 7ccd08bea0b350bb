"""The tokenizer in a GGUF file is the one of the tokenizer.json that it was made from."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gguf import GGUFValueType, GGUFWriter, TokenType
from tokenizers import Tokenizer as Library
from tokenizers import trainers

from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.errors import InvalidCheckpoint
from handeye.model.gguf.container import read_container
from handeye.model.gguf.vocabulary import read_tokenizer
from tests.model.gguf.llama_cpp import add_tokenizer, finish
from tests.model.gguf.random_pair import fields_of
from tests.model.random_checkpoint import PLAIN, SPECIAL, build_tokenizer

CORPUS = [
    "The quick brown fox can't jump; it's 12,345.67 €! They'll say: DON'T.",
    'def f(x):\n\treturn {"a": [1, 2]}  # über\r\n\r\n    print(f"{x!r:>10}")\n\n\n',
    '{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [960, 540]}}',
    "你好，世界。これはテストです。한국어 문장입니다. Привет, мир! Γειά σου Κόσμε",  # noqa: RUF001 (every script)
    "مرحبا بالعالم שלום עולם नमस्ते दुनिया สวัสดีชาวโลก வணக்கம் ជំរាបសួរ ሰላም Բարև",
    "e\u0301 é ﬁ Å \u212b 가 \u1100\u1161 𝒳 👩‍👩‍👧‍👦 🇩🇪 \u200b\ufeff\u00a0\u2028x\x00\x7f",  # noqa: RUF001 (every script)
    "   leading, trailing   \n \t ",
    " ".join([*SPECIAL, *PLAIN]),
    "<|im_end|><tool_call>\n<|fim_prefix|>x<|file_sep|><|box_start|>(1,2)<|box_end|></tool_call><|IM_END|>",
]
RANGES = ((32, 126), (0xA0, 0x24F), (0x370, 0x5FF), (0x600, 0x6FF), (0x900, 0xDFF), (0x3040, 0x30FF), (0x4E00, 0x9FFF))


def trained() -> Library:
    """A vocabulary of a few hundred merges in all scripts, with the added tokens of the released one behind it."""
    made = build_tokenizer()
    empty = json.loads(made.to_str())
    empty["added_tokens"], empty["model"]["vocab"], empty["model"]["merges"] = [], {}, []
    library = Library.from_str(json.dumps(empty))
    alphabet = sorted(word for word in made.get_vocab() if len(word) == 1)
    trainer = trainers.BpeTrainer(vocab_size=800, initial_alphabet=alphabet, show_progress=False)
    library.train_from_iterator(CORPUS * 3, trainer)
    library.add_special_tokens([token for token in made.get_added_tokens_decoder().values() if token.special])
    library.add_tokens([token for token in made.get_added_tokens_decoder().values() if not token.special])
    return library


def written(path: Path, library: Library, change: Callable[[dict[str, Any]], None] = lambda values: None) -> Path:
    writer = GGUFWriter(None, "qwen2vl")
    fields = fields_of(build_tokenizer())
    add_tokenizer(writer, json.loads(library.to_str()), fields | {"vocab_size": library.get_vocab_size() + 20})
    change(writer.kv_data[0])
    finish(writer, path)
    return path


def test_ids_and_text_are_the_same(tmp_path: Path) -> None:
    library = trained()
    assert library.get_vocab_size() > 700
    ours = read_tokenizer(read_container(written(tmp_path / "a.gguf", library)))
    theirs = Tokenizer(library)
    assert ours.size == theirs.size
    chance = random.Random(0)
    texts = [*CORPUS]
    for _ in range(500):
        letters = (chr(chance.randint(*chance.choice(RANGES))) for _ in range(chance.randint(1, 12)))
        texts.append("".join((*letters, chance.choice([*SPECIAL, *PLAIN, " ", "\n", "12", "'re"]))))
    for text in texts:
        ids = ours.encode(text)
        assert ids == theirs.encode(text)
        assert ours.decode(ids) == theirs.decode(ids)
    for token in (*SPECIAL, *PLAIN):
        assert ours.id(token) == theirs.id(token)
        assert ours.decode([ours.id(token)]) == theirs.decode([theirs.id(token)])


def changed(key: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], None]:
    def edit(values: dict[str, Any]) -> None:
        values[f"tokenizer.ggml.{key}"].value = change(values[f"tokenizer.ggml.{key}"].value)

    return edit


def dropped(key: str) -> Callable[[dict[str, Any]], None]:
    return lambda values: values.pop(f"tokenizer.ggml.{key}")


def of_numbers(values: dict[str, Any]) -> None:
    values["tokenizer.ggml.tokens"].value = list(range(9))
    values["tokenizer.ggml.tokens"].sub_type = GGUFValueType.INT32


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (changed("model", lambda value: "llama"), "tokenizer.ggml.model is 'llama', and only 'gpt2' is supported"),
        (changed("pre", lambda value: "llama-bpe"), "tokenizer.ggml.pre is 'llama-bpe'"),
        (dropped("pre"), "tokenizer.ggml.pre is None"),
        (dropped("tokens"), "it has no list tokenizer.ggml.tokens"),
        (changed("merges", lambda value: 3 * [""]), "the merge '' is not of two tokens to one"),
        (changed("merges", lambda value: [*value, "a b c"]), "the merge 'a b c'"),
        (changed("merges", lambda value: [*value, "q zzz"]), "the merge 'q zzz' is not of two tokens to one"),
        (changed("token_type", lambda value: value[:-1]), "it has .* tokens, and the types of"),
        (changed("token_type", lambda value: [TokenType.BYTE, *value[1:]]), "or has a type that Qwen2 does not have"),
        (changed("token_type", lambda value: [TokenType.CONTROL, *value[1:]]), "are not all before the others"),
        (changed("tokens", lambda value: [value[1], *value[1:]]), "a token is there twice"),
        (of_numbers, "tokenizer.ggml.tokens holds other values than it should"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, change: Callable[[dict[str, Any]], None], words: str) -> None:
    file = read_container(written(tmp_path / "a.gguf", build_tokenizer(), change))
    with pytest.raises(InvalidCheckpoint, match=words) as caught:
        read_tokenizer(file)
    assert "\n" not in str(caught.value)
