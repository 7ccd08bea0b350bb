import json
from pathlib import Path

import pytest

from handeye.evals.miniwob import pages
from handeye.evals.mobile_miniwob.names import (
    CHANGED,
    MINIWOB,
    MINIWOB_SUBSET,
    ONLY_IN_ANDROID_WORLD,
    WHOLE_IN_ANDROID_WORLD,
)

LISTS = Path(__file__).parents[4] / "shared" / "data" / "androidworld" / "android_world_miniwob_tasks.json"


def test_the_families_have_their_sizes() -> None:
    assert (len(MINIWOB), len(set(MINIWOB))) == (92, 92)
    assert (len(MINIWOB_SUBSET), len(set(MINIWOB_SUBSET))) == (62, 62)
    assert set(MINIWOB_SUBSET) < set(MINIWOB)


def test_they_are_as_published() -> None:
    if not LISTS.exists():
        pytest.skip(f"AndroidWorld's lists of the tasks are not at {LISTS}")
    published = json.loads(LISTS.read_text(encoding="utf-8"))
    assert list(MINIWOB) == published["android_world_miniwob_names"]
    assert list(MINIWOB_SUBSET) == published["android_world_miniwob_subset"]


def test_the_package_has_all_pages_but_those_that_only_android_world_has() -> None:
    there = {page.stem for page in (pages.folder() / "miniwob").glob("*.html")}
    assert set(MINIWOB) - there == set(ONLY_IN_ANDROID_WORLD)
    assert set(MINIWOB) & there >= CHANGED
    assert len(MINIWOB) - len(CHANGED) - len(ONLY_IN_ANDROID_WORLD) == 66
    assert len(set(MINIWOB_SUBSET) - CHANGED) == 42
    assert WHOLE_IN_ANDROID_WORLD <= CHANGED
