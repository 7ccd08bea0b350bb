"""Requests that the schema allows, and some that it does not, never break the server."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from handeye.model.checkpoint import Checkpoint
from handeye.model.serve.limits import Limits
from handeye.model.serve.schemas import ChatRequest
from tests.model.serve.serving import serving

pytestmark = pytest.mark.slow


def ask_all(operation: Any, mode: Any) -> None:
    """Send requests that fit the schema, or do not, to one address."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=40, phases=[Phase.generate], suppress_health_check=[*HealthCheck], deadline=None)
    def ask(case: Any) -> None:
        answer = case.call(timeout=300)
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400 and operation.path.startswith("/v1"):
            assert answer.json()["error"]["message"]

    ask()


def test_no_request_breaks_the_server(named: Checkpoint) -> None:
    schemathesis = pytest.importorskip("schemathesis")
    with serving(named, limits=Limits(reply=4)) as served:
        schema = schemathesis.openapi.from_url(f"{served.root}/openapi.json")
        for result in schema.get_all_operations():
            operation = result.ok()
            ask_all(operation, schemathesis.GenerationMode.POSITIVE)
            if operation.method == "post":  # what asks for nothing cannot be asked wrongly
                ask_all(operation, schemathesis.GenerationMode.NEGATIVE)
        served.settle()
        assert served.metric("handeye_refused_total") > 0


BITS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 5), st.floats(), st.text(max_size=5), st.just([]), st.just({})
)


def test_no_field_breaks_the_server(named: Checkpoint) -> None:
    """One field of a good request after the other is something else."""

    @given(name=st.sampled_from([*ChatRequest.model_fields]), value=BITS)
    @settings(max_examples=200, phases=[Phase.generate])
    def ask(name: str, value: Any) -> None:
        if value != value or value in (float("inf"), -float("inf")):  # JSON has none
            return
        answer = served.post(**{name: value})
        assert answer.status_code in (200, 400, 404), answer.text

    with serving(named, limits=Limits(reply=4)) as served:
        ask()
