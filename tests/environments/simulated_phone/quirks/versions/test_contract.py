"""Older and newer Androids keep the contract."""

from collections.abc import Callable

import pytest


@pytest.mark.slow
@pytest.mark.parametrize(
    "quirk", ["android-7", "android-8", "android-9", "android-11", "android-12l", "android-15", "android-16"]
)
def test_they_keep_the_contract(keeps_the_contract: Callable[..., None], quirk: str) -> None:
    keeps_the_contract(quirk)
