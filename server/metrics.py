"""What the server counts about itself, for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

if TYPE_CHECKING:
    from podium.server.store.client import Store

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counters of one server, in a registry of its own."""

    def __init__(self, store: Store) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "podium_http_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "podium_http_request_seconds", "Time to the end of an answer.", ["route"], registry=self.registry
        )
        self.gauge("podium_store_available", "1 while the store serves.").set_function(lambda: float(store.available))
        self.gauge("podium_store_restarts", "How often the store was started again.").set_function(
            lambda: float(store.restarts)
        )

    def gauge(self, name: str, help: str) -> Gauge:
        """Make a gauge in this registry; the caller sets it or gives it a function."""
        return Gauge(name, help, registry=self.registry)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request; ``route`` is the template, so that there are few of them."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def render(self) -> bytes:
        """Everything in the text format that Prometheus reads."""
        return generate_latest(self.registry)
