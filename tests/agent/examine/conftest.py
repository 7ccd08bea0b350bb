"""A model that looks at its pictures, with eyes and a hand that fail as a test says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

import pytest
from PIL import ImageChops
from PIL.Image import Image

from handeye.actions.geometry import Frame, Point, Size, Transform
from handeye.actions.schema import Click
from handeye.agent.examine import sheet
from handeye.agent.examine.screen import SIZE, TARGETS
from handeye.agent.examine.square import PAINT
from handeye.agent.prompts.catalog import find_profile
from handeye.agent.prompts.profile import CheckpointProfile, Pixels
from handeye.model.conversation.messages import Message, images

MIDDLE = Frame("screenshot", SIZE).box.center
Map = Callable[[float, float, Size], tuple[float, float]]
"""Returns what is said of a place in pixels of the image, whose size is given."""
NUMBERS = [[row * 200 + column * 31 + 123 for column in range(6)] for row in range(4)]
"""What is written on the sheet."""
PLAIN = {"2 + 3": "5", "France": "Paris", "barks": "Dog."}


@dataclass(frozen=True)
class Said:
    """An answer."""

    text: str
    prompt_tokens: int | None
    generated_tokens: int | None
    cached_tokens: int = 0
    finish: Literal["stop", "length"] = "stop"


@dataclass
class Seer:
    """Stands in place of a model: names the colour in the middle, and the place of the target that is asked for.

    `sees` returns what a colour looks like to it, or None to a blind one; `hand` where a place comes out. `scale` is
    that of the images that reach it, `says` replaces an answer, given its number.
    """

    profile: CheckpointProfile = field(default_factory=lambda: find_profile("qwen2.5-vl"))
    name: str = "Qwen/Qwen2.5-VL-7B-Instruct"
    origins: tuple[str, ...] = ()
    pixels: Pixels = field(default_factory=lambda: Pixels(56 * 56, 12845056))
    sees: Callable[[str], str | None] = lambda colour: colour
    hand: Map = lambda x, y, size: (x, y)
    says: Callable[[str, int], str] = lambda text, number: text
    scale: float = 1.0
    counts: bool = True
    first: float = 0.5
    each: float = 0.02
    """Seconds to the first token, and for each further one."""
    now: list[float] = field(default_factory=lambda: [0.0])
    asked: list[Sequence[Message]] = field(default_factory=list)

    def clock(self) -> float:
        return self.now[0]

    def image_size(self, size: Size) -> Size:
        return self.pixels.resize(size)

    def seeing(self, min_pixels: int, max_pixels: int, /) -> Self:
        return replace(self, pixels=Pixels(min_pixels, max_pixels))

    def generate(
        self, messages: Sequence[Message], *, max_new_tokens: int = 512, on_text: Any = None, **_: Any
    ) -> Said:
        self.asked.append(messages)
        pictures = [*images(messages)]
        question = " ".join(part for message in messages for part in message.content if isinstance(part, str))
        text = self.says(self._answer(question, pictures), len(self.asked) - 1)
        self.now[0] += self.first
        if on_text is not None:
            on_text(text[:1])
        tokens = min(max_new_tokens, 40)
        self.now[0] += (tokens - 1) * self.each
        count = 17 + sum(self._squares(picture) + 2 for picture in pictures)
        return Said(text, count if self.counts else None, tokens if self.counts else None)

    def _squares(self, picture: Image) -> int:
        if self.sees("red") is None:
            return -2
        size = self.image_size(Size(*picture.size))
        seen = Pixels(28 * 28).resize(Size(round(size.width * self.scale), round(size.height * self.scale)))
        return seen.width * seen.height // 28**2

    def _answer(self, question: str, pictures: Sequence[Image]) -> str:
        for part, answer in PLAIN.items():
            if part in question:
                return answer
        if question in ("Say OK.", "Describe this screenshot in detail."):
            return "A window with two buttons, a toolbar, and some more text than that."
        if "six numbers" in question:
            return self._numbers(question, pictures[-1])
        if "square? " in question:
            paint = pictures[-1].getpixel((pictures[-1].width // 2, pictures[-1].height // 2))
            (colour,) = (colour for colour, known in PAINT.items() if known == paint)
            return self.sees(colour) or "red"
        return self._point(question, pictures[-1])

    def _numbers(self, question: str, picture: Image) -> str:
        assert picture.size != sheet.SIZE or ImageChops.difference(picture, sheet.draw(NUMBERS)).getbbox() is None
        (row,) = (numbers for letter, numbers in zip(sheet.ROWS, NUMBERS, strict=True) if f'"{letter}"' in question)
        return ", ".join(map(str, row)) if self.sees("red") else "100, 200"

    def _point(self, question: str, picture: Image) -> str:
        (target,) = (target for target in TARGETS if target.phrase in question)
        frames = Frame("screenshot", SIZE), Frame("model image", self.image_size(Size(*picture.size)))
        if target.label == "" and picture.size == SIZE:
            assert picture.getpixel(target.box.center) == target.fill
        at = Transform(*frames).point(target.box.center if self.sees("red") else MIDDLE)
        x, y = self.hand(at.x, at.y, frames[1].size)
        if self.profile.grounder is not None:
            if self.profile.grounder.answer.points.unit == "thousandths":
                x, y = round(x * 1000 / frames[1].size.width), round(y * 1000 / frames[1].size.height)
            whole = x == int(x) and y == int(y)
            return self.profile.grounder.answer.form(*((int(x), int(y)) if whole else (round(x, 3), round(y, 3))))
        assert self.profile.agent is not None
        dialect = self.profile.agent.dialects.computer
        wide = Frame("model image", Size(10**5, 10**5)) if dialect.points.unit == "pixels" else frames[1]
        return dialect.write(Click(point=Point(round(x), round(y))), wide, "I click.")


@pytest.fixture(autouse=True)
def known_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the numbers that the model knows how to read."""
    monkeypatch.setattr(sheet, "choose", lambda chance: NUMBERS)


@pytest.fixture
def seer() -> type[Seer]:
    return Seer
