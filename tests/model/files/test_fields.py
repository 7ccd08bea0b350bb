"""Values of a JSON file are of their type, and errors name file, key and value in one line."""

from pathlib import Path

import pytest

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import Section, read_object

VALUES = {"sizes": {"depth": 3, "none": None, "name": "x", "list": [1, 2], "rate": 0.5, "zero": 0, "on": True}}


@pytest.fixture
def part() -> Section:
    return Section(VALUES, "some.json").part("sizes")


def test_values_and_defaults(part: Section) -> None:
    assert part.count("depth", 9) == 3
    assert part.count("absent", 9) == 9
    assert part.count("zero", 9, least=0) == 0
    assert part.counts("list", ()) == (1, 2)
    assert part.number("rate", 1.0) == 0.5
    assert part.number("depth", 1.0) == 3.0
    assert part.number("zero", 1.0, zero=True) == 0.0
    assert part.flag("on", default=False)
    assert not part.flag("absent", default=False)
    assert "depth" in part
    assert "none" not in part
    assert (part.null("none"), part.null("absent")) == (True, False)


def test_the_first_part_that_is_there() -> None:
    fields = Section({"a": None, "b": {"x": 1}, "c": {"x": 2}}, "some.json")
    assert fields.part("a", "b", "c").name("x") == "b.x"
    assert fields.part("a").get("x") is None


def test_a_choice() -> None:
    part = Section({"form": "GEMM", "bits": 8, "none": None}, "some.json")
    assert part.choice("form", "gemv", ("gemm", "gemv")) == "gemm"
    assert part.choice("bits", 4, (4, 8)) == 8
    assert part.choice("none", 4, (4, 8)) == part.choice("absent", 4, (4, 8)) == 4


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda part: part.count("zero", 1), "sizes.zero is 0, not a whole number of at least 1"),
        (lambda part: part.count("on", 1), "sizes.on is true, not a whole number"),
        (lambda part: part.count("rate", 1), "sizes.rate is 0.5, not a whole number"),
        (lambda part: part.count("none", 1), "sizes.none is null, not a whole number"),
        (lambda part: part.counts("depth", ()), "sizes.depth is 3, not a list of whole numbers"),
        (lambda part: part.number("name", 1.0), 'sizes.name is "x", not a finite number above 0'),
        (lambda part: part.number("zero", 1.0), "sizes.zero is 0, not a finite number above 0"),
        (lambda part: part.flag("depth", default=True), "sizes.depth is 3, not true or false"),
        (
            lambda part: part.choice("depth", 4, (4, 8)),
            "sizes.depth is 3, which is not supported: use a copy with 4 or 8",
        ),
        (lambda part: part.choice("on", 1, (1,)), "sizes.on is true, which is not supported: use a copy with 1"),
        (
            lambda part: part.choice("list", "a", ("a",)),
            'sizes.list is [1, 2], which is not supported: use a copy with "a"',
        ),
        (lambda part: part.part("list"), "sizes.list is [1, 2], not an object"),
    ],
)
def test_errors(part: Section, read, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidCheckpoint) as caught:
        read(part)
    assert f"some.json has an invalid value: {message}" in str(caught.value)


def test_long_values_are_cut() -> None:
    with pytest.raises(InvalidCheckpoint) as caught:
        Section({"x": ["a\nb"] * 1000}, "some.json").count("x", 1)
    assert len(str(caught.value)) < 150
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'"text"'])
def test_a_file_that_is_no_object(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "some.json"
    path.write_bytes(content)
    with pytest.raises(InvalidCheckpoint, match=r"some\.json cannot be read as"):
        read_object(path)
