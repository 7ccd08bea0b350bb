"""How the memory of keys and values grows."""

import pytest
import torch

from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.placement import Place
from handeye.model.engine.pages import Pages
from tests.model.random_checkpoint import build_tokenizer, config_fields
from tests.model.simulated_gpus import simulated_gpus


def pages(device: str, most: int | None = None) -> Pages:
    text = ModelConfig.from_json(config_fields(build_tokenizer())).text
    return Pages(text, [Place(torch.device(device), torch.float32)] * text.num_hidden_layers, most)


def capacities(found: Pages, *asked: int) -> list[int]:
    made = []
    for each in asked:
        found.reserve(each)
        made.append(found.capacity)
    return made


def test_on_a_cpu_it_is_what_is_asked_for() -> None:
    found = pages("cpu", most=6400)
    assert capacities(found, 32, 16, 48) == [32, 32, 48]
    assert found.made == 2
    assert found.layer(0)[0].shape[2] == 49, "one more, for rows of no use"


def test_on_a_gpu_it_grows_seldom() -> None:
    with simulated_gpus(1):
        found = pages("cuda:0")
        assert capacities(found, 32, 4096, 4112, 8208, 12304) == [4096, 4096, 8192, 12288, 20480]
        assert found.made == 4


@pytest.mark.parametrize("first", [32, 5000])
def test_on_a_gpu_with_a_limit_it_never_moves(first: int) -> None:
    with simulated_gpus(1):
        found = pages("cuda:0", most=6400)
        assert capacities(found, first, 6400) == [6400, 6400]
        assert found.made == 1
        found.clear()
        assert capacities(found, 16) == [6400]


def test_what_is_there_is_kept() -> None:
    found = pages("cpu")
    found.reserve(16)
    heads, width = found.layer(0)[0].shape[1], found.layer(0)[0].shape[3]
    k, v = torch.randn(2, 1, heads, 3, width)
    found.write(1, [range(4, 7)], k, v)
    found.reserve(64)
    assert all(torch.equal(*pair) for pair in zip(found.read(1, [range(4, 7)]), (k, v), strict=True))
