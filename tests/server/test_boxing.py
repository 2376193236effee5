"""What the server says about the box: where there is none, where one is required, and what is left open."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from podium.kernels.box.coverage import covered_by
from podium.server.boxing import decide
from podium.tests.server.test_cli import fails
from podium.tests.support.landlock import without_landlock
from podium.tests.support.server import BARE, running

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="takes Landlock away from a Linux that has it")


@LINUX_ONLY
def test_where_there_is_no_box_podium_says_so(data_dir: Path) -> None:
    with running(data_dir, env=BARE, before=without_landlock) as podium, podium.client() as api:
        box = api.get("/api/v1/session").json()["box"]
        app = api.post("/api/v1/apps", json={"name": "free", "template": "hello-api"}).json()
        assert api.post(f"/api/v1/apps/{app['id']}/run").status_code == 200
    assert box == {"boxed": False, "reason": "this system has no Landlock (Function not implemented)", "gaps": []}
    assert len(podium.stderr) == 1
    assert "apps are not boxed" in podium.stderr[0]


@LINUX_ONLY
def test_where_a_box_is_required_there_has_to_be_one(data_dir: Path) -> None:
    said = fails("--data-dir", str(data_dir), env={"PODIUM_BOX": "required"}, before=without_landlock)
    assert "PODIUM_BOX is required, but this system has no Landlock" in said


def test_the_box_can_be_left_away() -> None:
    assert decide("off").boxed is False
    assert "PODIUM_BOX" in (decide("off").reason or "")


def test_an_older_system_leaves_more_open() -> None:
    assert [len(covered_by(version).gaps) for version in (1, 3, 4, 6, 9)] == [4, 3, 2, 1, 0]
    assert "ports" in covered_by(3).gaps[0]
    assert "signals" in covered_by(5).gaps[0]
