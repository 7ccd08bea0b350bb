"""The cache of encoded images."""

import torch

from handeye.model.engine.vision_cache import VisionCache


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    cache = VisionCache(most=10)
    cells = {name: torch.full((4, 2), float(number)) for number, name in enumerate((b"a", b"b", b"c"))}
    cache.add(b"a", cells[b"a"])
    cache.add(b"b", cells[b"b"])
    assert cache.find(b"a") is cells[b"a"]
    cache.add(b"c", cells[b"c"])
    assert (cache.find(b"b"), cache.find(b"c")) == (None, cells[b"c"])
    assert cache.find(b"a") is cells[b"a"]


def test_what_is_larger_than_all_of_it_is_not_kept() -> None:
    cache = VisionCache(most=10)
    cache.add(b"a", torch.zeros(10, 2))
    cache.add(b"b", torch.zeros(11, 2))
    assert cache.find(b"b") is None
    assert cache.find(b"a") is not None
    cache.clear()
    assert cache.find(b"a") is None
    cache.add(b"c", torch.zeros(10, 2))
    assert cache.find(b"c") is not None


def test_a_part_does_not_hold_what_was_encoded_with_it() -> None:
    cache, together = VisionCache(), torch.arange(24.0).view(12, 2)
    cache.add(b"a", together[3:5])
    kept = cache.find(b"a")
    assert kept is not None and torch.equal(kept, together[3:5])
    assert kept.untyped_storage().nbytes() == kept.nbytes
