from pathlib import Path

import pytest
from pydantic import JsonValue

from handeye.evals.errors import ResultsError
from handeye.evals.manifest import Manifest, read_manifest

ASKED: dict[str, JsonValue] = {"model": "a", "format": "the profile's own", "revision": None}


def run(folder: Path, identity: dict[str, JsonValue], found: dict[str, JsonValue]) -> None:
    """Do what a run does to the manifest: `found` is what a worker says of itself."""
    manifest = Manifest(folder)
    manifest.require(identity)
    manifest.begin({**identity, "data": "x"}, 1)
    manifest.add(found)
    manifest.end(1, {})


def test_a_run_is_continued_though_its_worker_says_more_exactly_how_it_asks(tmp_path: Path) -> None:
    run(tmp_path, ASKED, {"format": "agent", "revision": "1a2b"})
    assert read_manifest(tmp_path)["format"] == "agent", "this is what a reader has to know"
    run(tmp_path, ASKED, {"format": "agent"})
    assert [each["results"] for each in read_manifest(tmp_path)["runs"]] == [1, 1]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("format", "agent", "format the profile's own, not agent"), ("model", "b", "model a, not b")],
)
def test_a_folder_of_another_run_is_refused(name: str, value: str, said: str, tmp_path: Path) -> None:
    run(tmp_path, ASKED, {"format": "agent"})
    with pytest.raises(ResultsError, match=said):
        Manifest(tmp_path).require({**ASKED, name: value})


def test_what_an_earlier_run_did_not_ask_for_is_no_contradiction(tmp_path: Path) -> None:
    run(tmp_path, ASKED, {})
    Manifest(tmp_path).require({**ASKED, "server": "http://localhost:8000"})
