"""Health, readiness, metrics and unknown addresses."""

from __future__ import annotations

import httpx


async def test_health_and_readiness_need_no_token(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/healthz")).json() == {"status": "ok"}
    assert (await anonymous.get("/readyz")).json() == {"status": "ready", "store": "available"}


async def test_metrics_need_the_token_and_count_requests(anonymous: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    await api.get("/api/v1/apps")
    text = (await api.get("/metrics")).text
    assert 'podium_http_requests_total{method="GET",route="/api/v1/apps",status="200"}' in text
    assert "podium_store_available 1.0" in text
    assert (await anonymous.get("/metrics")).status_code == 401


async def test_metrics_never_name_what_a_client_made_up(api: httpx.AsyncClient) -> None:
    await api.get("/api/v1/made-up-by-a-client")
    assert "made-up" not in (await api.get("/metrics")).text
