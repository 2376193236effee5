"""What is kept in memory of apps: never older than what is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pymongo.errors import DuplicateKeyError

from podium.server.models.common import AppId, UserId
from podium.server.store.apps import StoredApp
from podium.server.store.known import KnownApps

ME, OTHER = UserId("me"), UserId("other")
THEN, NOW = datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC)


def stored(number: int = 1) -> StoredApp:
    return StoredApp(AppId(f"app_{number}"), ME, f"app-{number}", "main.py", None, THEN, THEN)


APP = stored()


@pytest.fixture
def known() -> KnownApps:
    known = KnownApps(2)
    known.read(APP.id, APP, 0)
    known.read(APP.name, APP, 0)
    return known


def test_it_is_known_to_its_owner_by_what_it_was_asked_for_with(known: KnownApps) -> None:
    assert known.get(ME, APP.id) == known.get(ME, APP.name) == APP
    assert known.get(OTHER, APP.name) is None
    known.read("app-2", stored(2), 0)
    assert [known.get(ME, ref) for ref in (APP.id, APP.name, "app-2")] == [None, APP, stored(2)]


def test_a_change_ends_what_was_known_and_what_is_being_read(known: KnownApps) -> None:
    since = known.changes
    with known.changing(ME, APP.id):
        assert known.get(ME, APP.name) == APP
    assert known.get(ME, APP.id) is known.get(ME, APP.name) is None
    known.read(APP.name, APP, since)
    assert known.get(ME, APP.name) is None
    known.read(APP.name, APP, known.changes)
    assert known.get(ME, APP.name) == APP


def test_times_change_in_what_is_known(known: KnownApps) -> None:
    since = known.changes
    with known.changing(ME, APP.id, {"last_run_at": NOW}):
        pass
    assert known.get(ME, APP.name) == replace(APP, last_run_at=NOW)
    known.read(APP.name, APP, since)
    with known.changing(OTHER, APP.id, {"last_run_at": THEN}):
        pass
    assert known.get(ME, APP.name) == replace(APP, last_run_at=NOW)


def test_what_may_still_be_changed_is_not_known(known: KnownApps) -> None:
    with pytest.raises(ConnectionError), known.changing(ME, APP.id, {"last_run_at": NOW}):
        raise ConnectionError
    known.read(APP.name, APP, known.changes)
    assert known.get(ME, APP.name) is None


def test_what_the_store_refused_is_known_again(known: KnownApps) -> None:
    with pytest.raises(DuplicateKeyError), known.changing(ME, APP.id):
        raise DuplicateKeyError("taken")
    known.read(APP.name, APP, known.changes)
    assert known.get(ME, APP.name) == APP


def test_nothing_is_known_where_others_write() -> None:
    known = KnownApps(0)
    known.read(APP.name, APP, 0)
    assert known.get(ME, APP.name) is None
