"""Every layout of a checkpoint answers a question and points, or is refused with the reason and the way out."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial, partialmethod
from pathlib import Path
from typing import Any, NamedTuple

import PIL.Image
import pytest
import torch
from safetensors.torch import load_file, save_file

from handeye.actions.errors import HandeyeError
from handeye.model.errors import InvalidCheckpoint, UnknownModel, UnreadableAnswer, UnsupportedDtype
from handeye.model.others.load import load_transformers
from handeye.model.others.model import TransformersModel
from handeye.model.runtime import Model, load_model
from tests.model.adapters.folders import write_adapter
from tests.model.gguf.random_pair import write_pair
from tests.model.opencua_checkpoint import write_opencua
from tests.model.others.tiny import write_qwen3_vl
from tests.model.quantised.packed_checkpoint import FORMS, WIDE, Form, awq, write_packed
from tests.model.random_checkpoint import build_tokenizer, config_fields, nested, write_checkpoint

MakeImage = Callable[..., PIL.Image.Image]


class Layout(NamedTuple):
    """What is loaded: a folder or a file, and the options."""

    path: Path
    options: Mapping[str, Any]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random weights rarely end a reply: it is cut off."""
    for kind in (Model, TransformersModel):
        monkeypatch.setattr(kind, "generate", partialmethod(kind.generate, max_new_tokens=4))


def fields() -> dict[str, Any]:
    """Return the small checkpoint's config.json."""
    return config_fields(build_tokenizer())


def released(folder: Path) -> Layout:
    return Layout(write_checkpoint(folder, fields=fields()), {})


def newer(folder: Path) -> Layout:
    return Layout(write_checkpoint(folder, fields=nested(fields())), {})


def in_shards(folder: Path) -> Layout:
    return Layout(write_checkpoint(folder, fields=fields(), shards=3), {})


def opencua(folder: Path) -> Layout:
    return Layout(write_opencua(folder), {})


def packed(form: Form, folder: Path) -> Layout:
    return Layout(write_packed(folder, form, **{**WIDE, "max_position_embeddings": 2048})[0], {})


def gguf(format: str, folder: Path) -> Layout:
    return Layout(write_pair(folder, formats=lambda name: format).language, {})


def made_at_load(dtype: str, folder: Path) -> Layout:
    return Layout(released(folder).path, {"dtype": dtype})


def adapted(folder: Path) -> Layout:
    write_adapter(folder / "lora")
    return Layout(released(folder / "model").path, {"adapters": [folder / "lora"]})


def in_place_of_its_model(folder: Path) -> Layout:
    write_adapter(folder / "lora", base_model_name_or_path=str(released(folder / "model").path))
    return Layout(folder / "lora", {})


LAYOUTS: Mapping[str, Callable[[Path], Layout]] = {
    "released": released,
    "nested": newer,
    "in shards": in_shards,
    "OpenCUA": opencua,
    "compressed-tensors FP8": partial(packed, FORMS["fp8"]),
    "compressed-tensors W8A8": partial(packed, FORMS["w8a8"]),
    "compressed-tensors W4A16": partial(packed, FORMS["w4a16"]),
    "compressed-tensors W4A16 with zeros": partial(packed, FORMS["w4a16-asymmetric"]),
    "AWQ in groups of 128": partial(packed, awq(128)),
    "AWQ in groups of 64": partial(packed, awq(64)),
    "GPTQ": partial(packed, FORMS["gptq"]),
    "GPTQ with act-order": partial(packed, FORMS["gptq-act-order"]),
    "bitsandbytes nf4": partial(packed, FORMS["nf4"]),
    "bitsandbytes nf4, twice": partial(packed, FORMS["nf4-double"]),
    "bitsandbytes int8": partial(packed, FORMS["int8"]),
    **{f"GGUF {format}": partial(gguf, format) for format in ("Q4_K", "Q5_K", "Q6_K", "Q8_0", "F16")},
    "FP8 at load": partial(made_at_load, "fp8"),
    "int8 at load": partial(made_at_load, "int8"),
    "an adapter": adapted,
    "an adapter in place of its model": in_place_of_its_model,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LAYOUTS)
def test_it_answers_and_points(name: str, tmp_path: Path, noise: MakeImage) -> None:
    layout = LAYOUTS[name](tmp_path / "a")
    model = load_model(layout.path, device="cpu", **layout.options)
    assert isinstance(model.ask([noise(84, 84)], "What is it?"), str)
    with suppress(UnreadableAnswer):  # random weights point nowhere, and that is told by name
        assert all(place for place in model.ground(noise(84, 84), "the button"))


@pytest.mark.parametrize("kind", ["qwen2_5_vl", "qwen3_vl"])
def test_transformers_answers(kind: str, tmp_path: Path, noise: MakeImage) -> None:
    if kind == "qwen3_vl":
        folder = write_qwen3_vl(tmp_path / "a")
    else:
        folder = released(tmp_path / "a").path
        template = Path(__file__).with_name("qwen2_5_vl.jinja")
        (folder / "chat_template.jinja").write_bytes(template.read_bytes())
    assert isinstance(load_transformers(folder, device="cpu").ask([noise(84, 84)], "What is it?"), str)


def configured(folder: Path, **changes: object) -> Layout:
    path = released(folder).path
    (path / "config.json").write_text(json.dumps({**fields(), **changes}))
    return Layout(path, {})


def quantised(folder: Path, **options: object) -> Layout:
    return configured(folder, quantization_config=options)


def weighed(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> Layout:
    layout = released(folder)
    weights = load_file(layout.path / "model.safetensors")
    change(weights)
    save_file(weights, layout.path / "model.safetensors", {"format": "pt"})
    return layout


def without(name: str, folder: Path) -> Layout:
    layout = released(folder)
    (layout.path / name).unlink()
    return layout


def pickled(folder: Path) -> Layout:
    layout = without("model.safetensors", folder)
    (layout.path / "pytorch_model.bin").write_bytes(b"")
    return layout


def cut(folder: Path) -> Layout:
    layout = released(folder)
    file = layout.path / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-9])
    return layout


def alone(folder: Path) -> Layout:
    files = write_pair(folder)
    files.vision.unlink()
    return Layout(files.language, {})


def twice(folder: Path) -> Layout:
    return Layout(packed(FORMS["awq"], folder).path, {"dtype": "fp8"})


def other_adapter(folder: Path) -> Layout:
    write_adapter(folder / "lora", use_dora=True)
    return Layout(released(folder / "model").path, {"adapters": [folder / "lora"]})


REFUSED: Mapping[str, tuple[Callable[[Path], Layout], type[HandeyeError], str]] = {
    "another architecture": (lambda at: Layout(write_qwen3_vl(at), {}), InvalidCheckpoint, "--backend transformers"),
    "a value head": (
        lambda at: weighed(at, lambda weights: weights.update({"v_head.weight": torch.ones(1, 64)})),
        InvalidCheckpoint,
        r"v_head\.weight",
    ),
    "a missing tensor": (
        lambda at: weighed(at, lambda weights: weights.pop("model.norm.weight")),
        InvalidCheckpoint,
        r"model\.norm\.weight",
    ),
    "no weights": (partial(without, "model.safetensors"), InvalidCheckpoint, "holds no safetensors file"),
    "weights of another format": (pickled, InvalidCheckpoint, "the format of pytorch_model.bin is not supported"),
    "a cut file": (cut, InvalidCheckpoint, "damaged or truncated.*: download it again"),
    "no config.json": (partial(without, "config.json"), InvalidCheckpoint, "needs a config.json"),
    "no tokenizer": (partial(without, "tokenizer.json"), InvalidCheckpoint, "tokenizer.json"),
    "an unknown quantisation": (partial(quantised, quant_method="hqq"), InvalidCheckpoint, "hqq"),
    "AWQ for GEMV": (
        partial(quantised, quant_method="awq", bits=4, group_size=32, version="gemv", zero_point=True),
        InvalidCheckpoint,
        "gemv",
    ),
    "GPTQ in three bits": (
        partial(quantised, quant_method="gptq", bits=3, group_size=32, desc_act=False, sym=False),
        InvalidCheckpoint,
        "bits",
    ),
    "quantised twice": (twice, UnsupportedDtype, "is quantized already, with awq: leave out dtype fp8"),
    "GGUF without its vision part": (alone, InvalidCheckpoint, "needs the vision part"),
    "an adapter of another kind": (other_adapter, InvalidCheckpoint, "use_dora is true, which is not supported: merge"),
    "no such folder": (lambda at: Layout(at / "nothing", {}), UnknownModel, "nothing"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_by_name(name: str, tmp_path: Path) -> None:
    make, kind, reason = REFUSED[name]
    layout = make(tmp_path / "a")
    with pytest.raises(kind, match=reason) as caught:
        load_model(layout.path, device="cpu", **layout.options)
    said = str(caught.value)
    assert "\n" not in said
    assert ": " in said, "the way out"
