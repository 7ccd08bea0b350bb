"""Unpacking, against the package gguf (0.19.0): the same bits."""

import numpy as np
import pytest
import torch
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, quants

from handeye.model.gguf.blocks import UNPACK
from handeye.model.gguf.formats import FORMATS, OTHERS, Format
from handeye.model.gguf.packed import BlockEmbedding, BlockLinear, unpack
from tests.model.gguf.random_pair import SCALES, random_blocks


@pytest.mark.parametrize("name", UNPACK)
def test_random_bytes_are_unpacked_to_the_same_bits(name: str) -> None:
    """Any bytes: scales that are infinite or NaN too."""
    kind = GGMLQuantizationType[name]
    blocks = np.random.default_rng(0).integers(0, 256, (300, GGML_QUANT_SIZES[kind][1]), dtype=np.uint8)
    with np.errstate(invalid="ignore"):
        theirs = quants.dequantize(blocks, kind)
    ours = UNPACK[name](torch.from_numpy(blocks)).numpy()
    broken = np.isnan(theirs)
    assert ours.shape == theirs.shape
    assert 0 < broken.sum() < broken.size / 4
    assert np.array_equal(np.isnan(ours), broken)
    assert np.array_equal(ours[~broken].view(np.uint32), theirs[~broken].view(np.uint32))


def test_the_table_of_formats_is_ggmls() -> None:
    for number, format in FORMATS.items():
        kind = GGMLQuantizationType(number)
        assert Format(kind.name, *GGML_QUANT_SIZES[kind]) == format
    assert {number: GGMLQuantizationType(number).name for number in OTHERS} == OTHERS
    assert {number.value for number in GGMLQuantizationType} >= FORMATS.keys() | OTHERS.keys()
    assert {format.name for format in FORMATS.values()} == {"F32", "F16", "BF16", *UNPACK}
    assert SCALES.keys() == UNPACK.keys()


@pytest.mark.parametrize("name", UNPACK)
def test_a_layer_computes_with_the_unpacked_weight(name: str) -> None:
    """More rows than are unpacked together."""
    rows, width = 4100 if name == "Q4_K" else 7, 256
    raw = random_blocks(name, rows, width, 1)
    weight = torch.from_numpy(quants.dequantize(raw, GGMLQuantizationType[name]))
    format = next(each for each in FORMATS.values() if each.name == name)
    layer, embedding = BlockLinear(width, rows, format, bias=True), BlockEmbedding(rows, width, format)
    bias = torch.randn(rows, generator=torch.Generator().manual_seed(0))
    layer.load_state_dict({"weight": torch.from_numpy(raw), "bias": bias}, assign=True)
    embedding.load_state_dict({"weight": torch.from_numpy(raw)}, assign=True)
    x = torch.randn(2, 3, width, generator=torch.Generator().manual_seed(1))
    assert torch.equal(layer.dense(torch.float32), weight)
    assert torch.allclose(layer(x), torch.nn.functional.linear(x, weight, bias), atol=1e-5)
    assert embedding.project(x.bfloat16()).dtype is torch.bfloat16
    ids = torch.tensor([[0, rows - 1], [3, 3]])
    assert torch.equal(embedding(ids), weight[ids])
    assert torch.allclose(embedding.project(x), torch.nn.functional.linear(x, weight), atol=1e-5)


def test_plain_numbers_are_no_copies() -> None:
    rows = torch.arange(64, dtype=torch.uint8).view(4, 16)
    assert unpack(rows, FORMATS[1]).data_ptr() == rows.data_ptr()
    assert unpack(rows, FORMATS[0]).shape == (4, 4)
