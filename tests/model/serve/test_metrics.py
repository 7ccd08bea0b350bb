"""What a server counts, in a format that Prometheus reads."""

from collections.abc import Iterator

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from handeye.model.checkpoint import Checkpoint
from tests.model.serve.serving import Served, serving


@pytest.fixture
def fresh(named: Checkpoint) -> Iterator[Served]:
    """A server that has answered nothing."""
    with serving(named) as served:
        yield served


def test_tokens_are_counted(fresh: Served) -> None:
    first, second = (fresh.post(temperature=0).json()["usage"] for _ in range(2))
    fresh.settle()
    assert first["prompt_tokens_details"]["cached_tokens"] == 0
    assert fresh.metric("handeye_prompt_tokens_total") == 2 * first["prompt_tokens"]
    assert fresh.metric("handeye_generated_tokens_total") == 8
    assert fresh.metric("handeye_cached_tokens_total") == second["prompt_tokens_details"]["cached_tokens"] > 0
    assert fresh.metric("handeye_requests_total") == fresh.metric("handeye_request_seconds_count") == 2
    assert fresh.metric("handeye_first_token_seconds_sum") <= fresh.metric("handeye_request_seconds_sum")
    assert fresh.metric("handeye_running") == fresh.metric("handeye_waiting") == fresh.metric("handeye_slots_used") == 0
    assert fresh.metric("handeye_slots") >= first["total_tokens"]


def test_refusals_are_counted_by_status(fresh: Served) -> None:
    fresh.post(n=2)
    fresh.post(model="other")
    text = httpx2.get(f"{fresh.root}/metrics", trust_env=False).text
    assert 'handeye_refused_total{status="400"} 1.0' in text
    assert 'handeye_refused_total{status="404"} 1.0' in text
    assert {family.type for family in text_string_to_metric_families(text)} == {"counter", "gauge", "histogram"}
