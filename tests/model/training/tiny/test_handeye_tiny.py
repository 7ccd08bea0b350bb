"""The shipped checkpoint: of the architecture, readable by the reference, and small."""

from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw

import handeye.model
from handeye.model import Message, load_model
from handeye.model.architecture.config import ModelConfig
from handeye.model.conversation.prompt import assemble
from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.images.preprocess import PixelRule, Preprocessor

FOLDER = Path(handeye.model.__file__).parent / "checkpoints" / "handeye-tiny"


def screen() -> list[Message]:
    image = Image.new("RGB", (336, 448), "white")
    drawing = ImageDraw.Draw(image)
    drawing.rectangle((0, 0, 320, 100), "yellow")
    drawing.rectangle((40, 200, 160, 250), "lightgrey", "grey")
    drawing.text((70, 215), "Click Me!", "black")
    task = "Task: Click the button.\nScreen 168x224:\n"
    return [Message("system", ("You operate a screen. Answer with one JSON step.",)), Message("user", (task, image))]


def test_it_fits_into_a_repository() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) <= 32 * 2**20


def test_it_is_known_under_any_name() -> None:
    assert load_model(FOLDER, device="cpu").origins == ("handeye-tiny",)


@pytest.mark.slow
def test_the_reference_reads_it_and_says_the_same() -> None:
    from transformers import Qwen2_5_VLForConditionalGeneration

    config = ModelConfig.from_file(FOLDER / "config.json")
    preprocessor = Preprocessor(PixelRule.from_folder(FOLDER), config.vision)
    prompt = assemble(screen(), Tokenizer.from_folder(FOLDER), preprocessor, config)
    ids = torch.tensor([prompt.ids(config.image_token_id)])
    [picture] = prompt.pictures
    stills = preprocessor.normalise(preprocessor.patches(picture), torch.float32)
    frames = stills.view(len(stills), 3, 1, -1).expand(-1, -1, 2, -1).reshape(len(stills), -1)

    reference = Qwen2_5_VLForConditionalGeneration.from_pretrained(FOLDER, dtype=torch.float32).eval()
    written = load_model("handeye-tiny", device="cpu").generate(screen(), max_new_tokens=64)
    with torch.inference_mode():
        theirs = reference.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            mm_token_type_ids=(ids == config.image_token_id).int(),
            pixel_values=frames,
            image_grid_thw=torch.tensor([list(picture.grid)]),
            max_new_tokens=64,
            do_sample=False,
        )
    answer = theirs[0, ids.shape[1] :].tolist()
    assert Tokenizer.from_folder(FOLDER).decode(answer) == written.text
    assert '"type": "click"' in written.text
