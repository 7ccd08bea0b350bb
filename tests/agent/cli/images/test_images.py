"""`handeye detect`, `parse` and `extract`: wrong input, answers that are cut off, and what is kept of a failure."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from PIL import Image
from typer.testing import CliRunner

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Box, Point
from handeye.agent.cli.app import app
from handeye.agent.cli.images.marked import RED, draw
from handeye.agent.cli.images.parse import parse_numbers
from handeye.agent.errors import InvalidTask
from handeye.agent.extraction.errors import InvalidSchema
from handeye.agent.objects.errors import AnswerCutOff
from handeye.environments.errors import InvalidOption
from handeye.model import runtime
from handeye.model.errors import InvalidImage, UnreadableAnswer
from tests.agent.saying import Said, Saying

Call = Callable[..., Result]
CAT = '[{"bbox_2d": [10, 20, 30, 40], "label": "cat"}]'
CUT = Said('[{"bbox_2d": [10, 20, 30, 40], "label": "cat"}, {"bbox', "length")


class Broken(HandeyeError):
    """The model is gone."""


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Runs a command in a folder with `a.png`, on a model that says some replies and then fails."""
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (400, 200), "white").save("a.png")

    class Failing(Saying):
        def generate(self, messages: Any, **options: Any) -> Said:
            if len(self.asked) == len(self.replies):
                raise Broken("the model is gone")
            return super().generate(messages, **options)

    def run(*words: str, says: tuple[Said | str, ...] = ()) -> Result:
        monkeypatch.setattr(runtime, "load_model", lambda name, **options: Failing([*says]))
        return CliRunner().invoke(app, [*words])

    return run


@pytest.mark.parametrize(
    ("words", "error", "reason"),
    [
        (["detect", "a.png", " "], InvalidTask, "what to find is empty"),
        (["detect", "none.png", "cat"], InvalidImage, "cannot be opened"),
        (["detect", "a.png", "cat", "--points", "--count"], InvalidOption, "boxes are counted"),
        (["detect", "a.png", "cat", "--save", "a.txt"], HandeyeError, "ends in .png"),
        (["detect", "a.png", "cat"], Broken, "is gone"),
        (["parse", "none.png"], InvalidImage, "cannot be opened"),
        (["parse", "a.png", "--markdown", "--json"], InvalidOption, "give one of them"),
        (["parse", "a.png", "--save", "a.png"], InvalidOption, "ends in .html"),
        (["parse", "a.png", "--pages", "two"], InvalidOption, "write them like 1-3,7"),
        (["parse", "a.png", "--pages", "2"], HandeyeError, "there is no page 2"),
        (["parse", "a.png"], Broken, "is gone"),
        (["extract", "a.png", "--schema", "none.json"], InvalidSchema, "cannot be opened"),
        (["extract", "a.png", "--schema", "a.png"], InvalidSchema, "is not JSON"),
    ],
)
def test_errors(call: Call, words: list[str], error: type[Exception], reason: str) -> None:
    done = call(*words)
    assert isinstance(done.exception, error) and reason in str(done.exception)
    assert done.stdout == ""


def test_no_phrase_is_wrong_usage(call: Call) -> None:
    assert call("detect", "a.png").exit_code == 2


def test_what_was_found_before_a_failure_is_printed_and_drawn(call: Call) -> None:
    done = call("detect", "a.png", "cat", "--save", "b.png", says=(CUT,))
    assert isinstance(done.exception, AnswerCutOff)
    assert done.stdout == "[20, 40, 60, 80] cat\n" and Path("b.png").exists()
    done = call("detect", "a.png", "cat", "dog", "--points", says=('[{"point_2d": [1, 2]}]',))
    assert isinstance(done.exception, Broken) and done.stdout == "[3, 5] cat\n"
    done = call("detect", "a.png", "cat", "--count", says=(CUT,))
    assert isinstance(done.exception, AnswerCutOff) and done.stdout == "cat: at least 1\n"


def test_finding_nothing_is_status_1(call: Call) -> None:
    for option, printed in (([], ""), (["--count"], "cat: 0\n"), (["--json"], "[]\n")):
        done = call("detect", "a.png", "cat", *option, says=("[]",))
        assert (done.exit_code, done.stdout) == (1, printed)
    assert isinstance(call("detect", "a.png", "cat", says=("turtles",)).exception, UnreadableAnswer)


def test_labels_cannot_steer_the_terminal(call: Call) -> None:
    done = call("detect", "a.png", "cat", "dog", says=('[{"bbox_2d": [10, 20, 30, 40], "label": "\\u001b[31mred"}]',))
    assert done.stdout == "[20, 40, 60, 80] \\x1b[31mred\n"


def test_pages_before_a_failure_are_written(call: Call) -> None:
    pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed: make test installs it")
    pages = [Image.new("RGB", (20, 30), "white") for _ in range(2)]
    pages[0].save("two.pdf", save_all=True, append_images=pages[1:])
    done = call("parse", "two.pdf", "--markdown", "--save", "two.html", says=("<p>First</p>",))
    assert isinstance(done.exception, Broken)
    assert done.stdout == "First\n\n" and "reading page 2 of 2" in done.stderr
    assert "First" in Path("two.html").read_text("utf-8")


def test_a_page_that_is_cut_off_or_empty_is_status_1(call: Call) -> None:
    done = call("parse", "a.png", "--max-tokens", "9", says=(Said("<p>Half", "length"),))
    assert done.exit_code == 1 and "<p>Half</p>" in done.stdout
    assert "page 1: cut off after 9 tokens: the end of the page is missing" in done.stderr
    assert call("parse", "a.png", says=("",)).exit_code == 1
    assert call("parse", "a.png", "--json", says=("<p>x</p>",)).exit_code == 0


def test_extraction_that_fails_is_status_1(call: Call) -> None:
    Path("s.json").write_text(json.dumps({"properties": {"n": {"type": "integer"}}, "required": ["n"]}), "utf-8")
    done = call("extract", "a.png", "--schema", "s.json", "--retries", "0", says=('{"n": "x"}',))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("no valid data after 1 answer: n: Input should be a valid integer")
    done = call("extract", "a.png", "--schema", "s.json", says=('{"n": 5, "x": "\\u009b\\u00e9"}',))
    assert (done.exit_code, done.stdout) == (0, '{\n  "n": 5,\n  "x": "\\u009b\\u00e9"\n}\n')


def test_numbers_of_pages() -> None:
    assert parse_numbers("3") == [3] and parse_numbers("1-3, 7,2") == [1, 2, 3, 7, 2]
    for text in ("", "0", "3-1", "1-", "-2", "a", "1,,2", "1-2-3"):
        with pytest.raises(InvalidOption, match="write them like 1-3,7"):
            parse_numbers(text)


def test_labels_are_written_beside_their_places() -> None:
    image = Image.new("RGB", (300, 200), "white")
    marked = draw(image, [Box(50, 50, 150, 100), Point(250, 20)], ["a label\n", "Ω字"])
    assert marked.getpixel((53, 43)) == RED or marked.getpixel((51, 45)) == RED
    assert image.getpixel((50, 50)) == (255, 255, 255)
