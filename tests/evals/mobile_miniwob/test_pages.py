from pathlib import Path

import pytest

from handeye.evals.errors import UnknownTask
from handeye.evals.miniwob import pages
from handeye.evals.mobile_miniwob.names import MINIWOB
from handeye.evals.mobile_miniwob.pages import IN_CHECKOUT, find_pages


def checkout(folder: Path) -> Path:
    """Make a folder that has the package's pages where AndroidWorld has its own, and one for drag-item."""
    there = folder / IN_CHECKOUT / "miniwob"
    there.mkdir(parents=True)
    for name in MINIWOB:
        own = pages.folder() / "miniwob" / f"{name}.html"
        (there / f"{name}.html").write_bytes(own.read_bytes() if own.exists() else b"<head></head>")
    return folder


def test_without_a_checkout_they_are_the_packages() -> None:
    found = find_pages(None)
    assert found.folder == pages.folder()
    assert found.origin.startswith("the package miniwob 1.")
    assert found.left_out == ("drag-item",)


def test_those_of_a_checkout_are_used_and_nothing_is_left_out(tmp_path: Path) -> None:
    found = find_pages(checkout(tmp_path))
    assert found.folder == tmp_path / IN_CHECKOUT
    assert found.left_out == ()


def test_another_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UnknownTask, match="name the root of a checkout of google-research/android_world") as refused:
        find_pages(tmp_path)
    assert "\n" not in str(refused.value)
    (checkout(tmp_path) / IN_CHECKOUT / "miniwob" / "use-slider.html").unlink()
    with pytest.raises(UnknownTask, match="no page of use-slider"):
        find_pages(tmp_path)
