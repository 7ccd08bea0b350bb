"""Triton's kernels for the tests of a file."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.model.kernels.gpu.interpreted import interpreted

if TYPE_CHECKING:
    from handeye.model.kernels.gpu.kernels import TritonKernels


@pytest.fixture(scope="module")
def triton_kernels() -> Iterator["TritonKernels"]:
    """The kernels in Triton's interpreter."""
    with interpreted() as kernels:
        yield kernels
