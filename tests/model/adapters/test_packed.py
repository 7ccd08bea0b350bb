"""Adapters of networks whose weights stay packed: the numbers are those on the unpacked weights."""

from collections.abc import Callable
from pathlib import Path

import PIL.Image
import pytest
import torch

from handeye.model import Adapter
from handeye.model.adapters.kept import Adapted
from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import assemble
from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.origins import folder_origins
from handeye.model.runtime import load_model
from tests.model.adapters.folders import LAYERS, write_adapter
from tests.model.gguf.random_pair import Files, write_pair
from tests.model.quantised.packed_checkpoint import FORMS, write_packed
from tests.model.random_checkpoint import build_tokenizer, config_fields

MakeImage = Callable[..., PIL.Image.Image]


def pair(folder: Path, format: str) -> Files:
    vision = "F32" if format == "F32" else "F16"
    return write_pair(folder, formats=lambda name: format, vision=vision, fields=config_fields(build_tokenizer()))


def logits(opened: Checkpoint, image: PIL.Image.Image) -> torch.Tensor:
    prompt = assemble([Message("user", (image, "click"))], opened.tokenizer, opened.preprocessor, opened.config)
    ids = torch.tensor([prompt.ids(opened.config.image_token_id)])
    patches = torch.cat([opened.preprocessor.patches(picture) for picture in prompt.pictures])
    with torch.inference_mode():
        seen = opened.preprocessor.normalise(patches, opened.network.compute)
        embeddings = opened.network.embed(ids, seen, [picture.grid for picture in prompt.pictures])
        return opened.network.logits(opened.network.model(embeddings, torch.arange(ids.shape[1]).expand(3, 1, -1)))


LAYERS_HERE = len(LAYERS) - 1
"""Two of them are parts of a joined layer, if they are plain."""


def require_equal(found: Checkpoint, expected: Checkpoint, image: PIL.Image.Image) -> None:
    wanted = logits(expected, image)
    assert torch.allclose(logits(found, image), wanted, atol=1e-5 * float(wanted.abs().max()), rtol=0)


@pytest.mark.parametrize("merge_adapters", [True, False])
@pytest.mark.parametrize(("format", "merged", "beside"), [("Q8_0", len(LAYERS), len(LAYERS)), ("F32", 1, LAYERS_HERE)])
def test_of_gguf_files(
    tmp_path: Path, noise: MakeImage, format: str, merged: int, beside: int, merge_adapters: bool
) -> None:
    """Layers in plain numbers are changed, but for queries, keys and values of the vision part, which are apart."""
    files = pair(tmp_path / "pair", format)
    write_adapter(tmp_path / "a")
    given = [Adapter(tmp_path / "a", 0.5)]
    found = open_checkpoint(files.language, device="cpu", adapters=given, merge_adapters=merge_adapters)
    expected = open_checkpoint(files.plain, device="cpu", adapters=given)
    require_equal(found, expected, noise(112, 84))
    wrapped = [module for module in found.network.modules() if isinstance(module, Adapted)]
    assert len(wrapped) == (merged if merge_adapters else beside)


def test_of_gguf_files_can_be_weighed(tmp_path: Path, noise: MakeImage) -> None:
    files = pair(tmp_path / "pair", "Q8_0")
    write_adapter(tmp_path / "a")
    messages = [Message("user", (noise(112, 84), "click"))]
    kept = load_model(files.language, device="cpu", adapters=[tmp_path / "a"], merge_adapters=False)
    changed = kept.generate(messages, max_new_tokens=8).token_ids
    kept.weigh_adapters(0)
    plain = load_model(files.language, device="cpu").generate(messages, max_new_tokens=8).token_ids
    assert kept.generate(messages, max_new_tokens=8).token_ids == plain != changed


def test_an_adapter_may_name_a_gguf_file_as_its_model(tmp_path: Path, noise: MakeImage) -> None:
    files = pair(tmp_path / "pair", "Q8_0")
    write_adapter(tmp_path / "a", base_model_name_or_path=str(files.language))
    found = open_checkpoint(tmp_path / "a", device="cpu")
    require_equal(found, open_checkpoint(files.plain, device="cpu", adapters=[Adapter(tmp_path / "a")]), noise(112, 84))
    names = (str(files.language), "Some-Model-Q4_K_M", "Some-Model")
    assert found.config.origins == folder_origins(tmp_path / "a") == names


def test_of_another_model_than_the_gguf_file(tmp_path: Path) -> None:
    files = pair(tmp_path / "pair", "Q8_0")
    write_adapter(tmp_path / "a", layers=["lm_head"], rename=lambda _: "model.layers.7.self_attn.q_proj")
    with pytest.raises(InvalidCheckpoint, match=r"does not have \(model\.layers\.7\.self_attn\.q_proj\)"):
        open_checkpoint(files.language, device="cpu", adapters=[Adapter(tmp_path / "a")])


@pytest.mark.parametrize("merge_adapters", [True, False])
@pytest.mark.parametrize("form", ["w4a16", "nf4-double"])
def test_of_quantised_files(tmp_path: Path, noise: MakeImage, form: str, merge_adapters: bool) -> None:
    packed, dense = write_packed(tmp_path / "base", FORMS[form])
    write_adapter(tmp_path / "a")
    given = [Adapter(tmp_path / "a")]
    found = open_checkpoint(packed, device="cpu", adapters=given, merge_adapters=merge_adapters)
    require_equal(found, open_checkpoint(dense, device="cpu", adapters=given), noise(112, 84))


def test_of_eight_bits_that_are_made_at_load(tmp_path: Path, folder: Path, noise: MakeImage) -> None:
    write_adapter(tmp_path / "a")
    messages = [Message("user", (noise(112, 84), "click"))]
    kept = load_model(folder, device="cpu", dtype="fp8", adapters=[tmp_path / "a"], merge_adapters=False)
    merged = load_model(folder, device="cpu", dtype="fp8", adapters=[tmp_path / "a"])
    layer = merged._checkpoint.network.get_submodule("model.layers.0.self_attn.qkv_proj.q_proj")
    assert isinstance(layer, Adapted)
    kept.weigh_adapters(0)
    plain = load_model(folder, device="cpu", dtype="fp8").generate(messages, max_new_tokens=8).token_ids
    assert kept.generate(messages, max_new_tokens=8).token_ids == plain
    assert merged.generate(messages, max_new_tokens=8).token_ids != plain
