"""Phones with other words, or without some, keep the contract."""

from collections.abc import Callable

import pytest


@pytest.mark.slow
@pytest.mark.parametrize(
    "quirk",
    ["busy-screen", "dex", "hint-fields", "null-focus", "samsung-power", "virtual-display", "window-timeout"],
)
def test_they_keep_the_contract(keeps_the_contract: Callable[..., None], quirk: str) -> None:
    keeps_the_contract(quirk)


@pytest.mark.slow
def test_two_at_once_keep_the_contract(keeps_the_contract: Callable[..., None]) -> None:
    keeps_the_contract("dex", "busy-screen")
