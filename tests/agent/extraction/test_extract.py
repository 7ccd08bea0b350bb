"""Extraction: what is asked, lenient reading, being asked again, and giving up."""

from datetime import date
from typing import Annotated

import pytest
from PIL import Image
from pydantic import BaseModel, Field, RootModel

from handeye.agent.extraction.errors import ExtractionFailed, InvalidSchema
from handeye.agent.extraction.extract import extract
from handeye.agent.extraction.schema import schema_model
from handeye.model.errors import InvalidImage
from handeye.model.runtime import load_model
from tests.agent.saying import Said, Saying

IMAGE = Image.new("RGB", (400, 200), "white")


class Line(BaseModel):
    name: str
    price: float = Field(ge=0)


class Invoice(BaseModel):
    number: str = Field(description="the invoice number")
    due: date | None = None
    lines: list[Line]


GOOD = '{"number": "A-7", "due": "2025-01-31", "lines": [{"name": "Tea", "price": 2.5}]}'
WANTED = Invoice(number="A-7", due=date(2025, 1, 31), lines=[Line(name="Tea", price=2.5)])


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Here is the data:\n\n{GOOD}\n\nAnything else?",
        GOOD.replace('"', "'"),
        GOOD.replace("}]}", "},],}"),
        f'{{"invoice": {GOOD}}}',
        f'{{"note": "none"}} {GOOD}',
        f'<think>{{"number": 1}}</think>{GOOD}',
    ],
)
def test_answers_that_are_read(answer: str) -> None:
    model = Saying([answer])
    assert extract(model, IMAGE, Invoice) == WANTED
    ((message,),) = model.asked
    image, words = message.content
    assert image is IMAGE and isinstance(words, str)
    assert '"description": "the invoice number"' in words


def test_the_model_is_told_what_is_wrong() -> None:
    first = '{"number": "A-7", "lines": [{"name": "Tea", "price": -1}, {"price": "two"}]}'
    model = Saying([first, "I cannot.", GOOD])
    assert extract(model, IMAGE, Invoice, max_new_tokens=50) == WANTED
    turns = model.asked[2]
    assert [turn.role for turn in turns] == ["user", "assistant", "user", "assistant", "user"]
    assert turns[1].content == (first,) and turns[3].content == ("I cannot.",)
    (told,), (again,) = turns[2].content, turns[4].content
    assert "lines.0.price: Input should be greater than or equal to 0" in str(told)
    assert "lines.1.name: Field required" in str(told) and "lines.1.price: Input should be a valid number" in str(told)
    assert "it holds no JSON object with any of the members number, due, lines" in str(again)
    assert all(options == {"max_new_tokens": 50} for options in model.options)


def test_giving_up_names_the_last_error() -> None:
    model = Saying(["no", "no", '{"number": 7}'])
    with pytest.raises(ExtractionFailed, match="no valid data after 3 answers: number: Input should be") as caught:
        extract(model, IMAGE, Invoice)
    assert (caught.value.text, caught.value.attempts) == ('{"number": 7}', 3)
    assert "lines: Field required" in caught.value.problem and "\n" not in str(caught.value)
    with pytest.raises(ExtractionFailed, match="after 1 answer: "):
        extract(Saying(["no"]), IMAGE, Invoice, retries=0)
    with pytest.raises(ValueError, match="retries must be at least 0"):
        extract(Saying([]), IMAGE, Invoice, retries=-1)


def test_a_cut_off_answer_is_told_as_one() -> None:
    with pytest.raises(ExtractionFailed, match="it was cut off after 9 tokens; "):
        extract(Saying([Said('{"number": "A', "length")]), IMAGE, Invoice, retries=0, max_new_tokens=9)


def test_many_errors_are_told_in_part() -> None:
    class Many(BaseModel):
        a: int
        b: int
        c: int
        d: int
        e: int
        f: int
        g: int

    with pytest.raises(ExtractionFailed, match=r"e: .*; and 2 more errors$"):
        extract(
            Saying(['{"a": "x", "b": "x", "c": "x", "d": "x", "e": "x", "f": "x", "g": "x"}']), IMAGE, Many, retries=0
        )


def test_aliases_are_the_names_that_the_model_writes() -> None:
    class Aliased(BaseModel):
        total: Annotated[float, Field(alias="Total due")]

    assert extract(Saying(['{"Total due": 3}']), IMAGE, Aliased).total == 3


def test_what_is_no_schema_or_no_image() -> None:
    with pytest.raises(InvalidSchema, match="is not a pydantic model"):
        extract(Saying([]), IMAGE, dict)  # type: ignore[type-var]
    with pytest.raises(InvalidSchema, match="not an object with members: wrap it in one"):
        extract(Saying([]), IMAGE, RootModel[list[int]])

    class Odd(BaseModel):
        model_config = {"arbitrary_types_allowed": True}
        picture: Image.Image

    with pytest.raises(InvalidSchema, match="Odd has no JSON schema"):
        extract(Saying([]), IMAGE, Odd)
    with pytest.raises(InvalidImage, match="900x2"):
        extract(Saying([]), Image.new("RGB", (900, 2)), Invoice)


def test_a_json_schema_works_as_a_class_does() -> None:
    written = {"properties": {"class": {"type": "string", "examples": ["A"]}}, "required": ["class"]}
    model = Saying(['{"class": 5}', '{"class": "B", "more": 1}'])
    found = extract(model, IMAGE, schema_model(written))
    assert found.model_dump(by_alias=True, exclude_unset=True) == {"class": "B", "more": 1}
    assert '{"properties": {"class": {"type": "string", "examples": ["A"]}}, "required": ["class"]}' in str(
        model.asked[0][0].content[1]
    )
    assert "class: Input should be a valid string" in str(model.asked[1][-1].content[0])


def test_a_real_network_fails_with_the_named_error() -> None:
    with pytest.raises(ExtractionFailed, match="no valid data after 2 answers: "):
        extract(load_model("handeye-tiny", device="cpu"), IMAGE, Invoice, retries=1, max_new_tokens=8)
