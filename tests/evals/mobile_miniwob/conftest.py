from collections.abc import Iterator

import pytest

from handeye.evals.mobile_miniwob.chromium import ChromiumPages
from handeye.evals.mobile_miniwob.phone import PhonePages


@pytest.fixture(scope="session")
def chromium() -> Iterator[ChromiumPages]:
    """The tasks and their browser, one for all tests."""
    with ChromiumPages() as pages:
        yield pages


@pytest.fixture(scope="session")
def phone() -> Iterator[PhonePages]:
    """The tasks and their phone, one for all tests."""
    with PhonePages() as pages:
        yield pages
