"""What a server has done and does, in Prometheus's text format."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from handeye.model.pending import PendingReply
from handeye.model.serve.service import Service

_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300)


class Metrics:
    """Counts the requests of a service."""

    def __init__(self, service: Service) -> None:
        self._registry = registry = CollectorRegistry()
        self._ended = Counter("handeye_requests", "Requests that ended, by how.", ["finish"], registry=registry)
        self._refused = Counter(
            "handeye_refused", "Requests that were refused, by status.", ["status"], registry=registry
        )
        self._read = Counter("handeye_prompt_tokens", "Tokens of prompts, images included.", registry=registry)
        self._cached = Counter(
            "handeye_cached_tokens", "Tokens of prompts that had been read for an earlier request.", registry=registry
        )
        self._written = Counter("handeye_generated_tokens", "Tokens of replies.", registry=registry)
        self._first = Histogram(
            "handeye_first_token_seconds", "Until a prompt was read.", buckets=_SECONDS, registry=registry
        )
        self._whole = Histogram(
            "handeye_request_seconds", "Until a request ended.", buckets=_SECONDS, registry=registry
        )
        engine = service.engine
        for name, meaning, value in (
            ("handeye_running", "Requests that get on.", lambda: engine.running),
            ("handeye_waiting", "Requests that wait for their turn.", lambda: engine.waiting),
            ("handeye_slots_used", "Tokens, read or reserved, of the requests that run.", lambda: engine.used_tokens),
            ("handeye_slots", "Tokens that there is memory for now.", lambda: engine.capacity),
        ):
            Gauge(name, meaning, registry=registry).set_function(value)

    def count(self, pending: PendingReply, began: float) -> None:
        """Count a request that is done, and that came at `began`, as `time.perf_counter` counts."""
        request = pending.request
        self._ended.labels(request.finish if request.error is None else "error").inc()
        self._written.inc(len(request.tokens))
        if "read" in request.moments:
            self._read.inc(len(pending.prompt))
            self._cached.inc(request.cached)
            self._first.observe(request.moments["read"] - began)
        self._whole.observe(time.perf_counter() - began)

    def refuse(self, status: int) -> None:
        """Count a request that was refused with a status of HTTP."""
        self._refused.labels(str(status)).inc()

    def text(self) -> bytes:
        """Return all numbers."""
        return generate_latest(self._registry)
