"""Training: the vocabulary, the data at rest, batches equal to what is served, learning, export."""

import json
from io import BytesIO
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import load_file

from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import assemble
from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.images.preprocess import PixelRule, Preprocessor
from handeye.model.training.tiny import recipe
from handeye.model.training.tiny.batch import Collator
from handeye.model.training.tiny.dataset import Dataset, Example, InvalidDataset, Pair, Shard, ShardWriter
from handeye.model.training.tiny.export import export
from handeye.model.training.tiny.trainer import Schedule, Trainer, initialise

TOKENIZER = recipe.tokenizer()
CONFIG = ModelConfig.from_json(recipe.config(TOKENIZER))
PREPROCESSOR = Preprocessor(PixelRule(max_pixels=168 * 224), CONFIG.vision)


def example(color: str, point: tuple[int, int]) -> Example:
    buffer = BytesIO()
    Image.new("RGB", (112, 56), color).save(buffer, "PNG")
    step = {"thought": f"Click the {color} box.", "action": {"type": "click", "point": list(point)}}
    prompt = f"Task: Click on the {color} colored box.\nScreen 112x56:\n"
    return Example("boxes", buffer.getvalue(), (Pair("Answer.", prompt, json.dumps(step)),))


def collator() -> Collator:
    return Collator(recipe.tokenizer(), PREPROCESSOR, CONFIG, point_weight=2.0)


@given(st.text(max_size=80))
def test_any_text_survives_the_vocabulary(text: str) -> None:
    tokenizer = Tokenizer(recipe.tokenizer())
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_digits_and_scaffold_are_single_tokens() -> None:
    text = '{"thought": "Click the red box.", "action": {"type": "click", "point": [107, 9]}}'
    tokens = TOKENIZER.encode(text, add_special_tokens=False).tokens
    assert tokens == [
        '{"thought": "', "Click", " the", " red", " box", '.", "action": {"type": "', 'click", "point": [',
        "1", "0", "7", ", ", "9", "]}}",
    ]  # fmt: skip


def test_a_shard_is_read_while_it_grows(tmp_path: Path) -> None:
    with ShardWriter(tmp_path, "boxes.1") as writer:
        writer.write(example("red", (3, 4)))
        shard = Shard(tmp_path / "boxes.1.jsonl")
        assert len(shard) == 1
        with (tmp_path / "boxes.1.jsonl").open("a") as torn:
            torn.write('{"source": "box')
        shard.refresh()
        assert len(shard) == 1
    assert shard.source == "boxes"
    assert shard[0] == example("red", (3, 4))
    assert shard[0].image().getpixel((0, 0)) == (255, 0, 0)


def test_a_folder_without_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidDataset, match="holds no training data"):
        Dataset(tmp_path)


def test_training_reads_the_tokens_that_serving_will_make() -> None:
    shown = example("blue", (50, 7))
    [pair] = shown.pairs
    batch = collator().batch([(shown, shown.pairs)])
    turns = [Message("system", (pair.system,)), Message("user", (pair.prompt, shown.image()))]
    served = assemble(turns, Tokenizer(recipe.tokenizer()), PREPROCESSOR, CONFIG).ids(CONFIG.image_token_id)
    assert batch.ids[0, : len(served)].tolist() == served
    trained = batch.targets[0] >= 0
    assert int(trained.nonzero()[0]) == len(served) - 1  # the last token of the prompt predicts the first of the answer
    answer = batch.targets[0][trained].tolist()
    assert TOKENIZER.decode(answer[:-1]) == pair.answer
    assert answer[-1] == TOKENIZER.token_to_id("<|im_end|>")
    digits = batch.targets[0][batch.is_point[0]].tolist()
    assert [TOKENIZER.id_to_token(token) for token in digits] == ["5", "0", "7"]


def test_padding_and_company_do_not_change_a_sequence() -> None:
    network = Qwen2_5_VL(CONFIG).eval()
    initialise(network, 0)
    small, large = example("red", (3, 4)), example("magenta", (100, 40))

    def hidden(*shown: Example) -> torch.Tensor:
        batch = collator().batch([(one, one.pairs) for one in shown])
        cells = network.visual(batch.patches, batch.grids)
        embeddings = network.fill(batch.ids, network.model.embed_tokens(batch.ids), cells)
        states = network.model(embeddings, batch.positions)[-1]
        return states[batch.targets[-1] >= 0]

    with torch.inference_mode():
        torch.testing.assert_close(hidden(small), hidden(large, small), rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_it_learns_by_heart_and_is_exported(tmp_path: Path) -> None:
    with ShardWriter(tmp_path / "data", "boxes.1") as writer:
        for color, point in (("red", (3, 4)), ("blue", (90, 50)), ("lime", (41, 33))):
            writer.write(example(color, point))
    fields = recipe.config(TOKENIZER)
    network = Qwen2_5_VL(CONFIG)
    initialise(network, 0)
    schedule = Schedule(minutes=10, steps=30, images=3, warmup=5, log_every=5)
    Trainer(network, collator(), Dataset(tmp_path / "data"), schedule, tmp_path / "run").run()
    log = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert log[-1]["answer"] < 0.5 * log[0]["answer"]

    folder = tmp_path / "checkpoint"
    export(network, TOKENIZER, fields, recipe.PIXELS, folder)
    weights = load_file(folder / "model.safetensors")
    assert weights.keys() == network.state_dict().keys()
    assert {tensor.dtype for tensor in weights.values()} == {torch.bfloat16}
    assert ModelConfig.from_file(folder / "config.json") == CONFIG
