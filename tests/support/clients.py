"""HTTP clients for tests. Nothing here speaks TLS, and loading certificates takes a client most of its start."""

from __future__ import annotations

from typing import Any

import httpx

TIMEOUT_S = 30.0


def http_client(base_url: str = "", **options: Any) -> httpx.AsyncClient:
    """A client without credentials, unless ``headers`` has them."""
    return httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT_S, verify=False, **options)


def blocking_client(base_url: str = "", **options: Any) -> httpx.Client:
    """The same for tests that do not use asyncio."""
    return httpx.Client(base_url=base_url, timeout=TIMEOUT_S, verify=False, **options)
