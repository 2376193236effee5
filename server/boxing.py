"""Whether apps are boxed on this machine, and what their kernels are kept from."""

from __future__ import annotations

from podium.kernels.box.coverage import Coverage, coverage
from podium.kernels.box.plan import BoxPlan
from podium.server.datadir import DataDir
from podium.server.settings import SettingError


def decide(mode: str) -> Coverage:
    """What the setting comes to here; raises :class:`~podium.server.settings.SettingError` where it asks too much."""
    if mode == "off":
        return Coverage(boxed=False, reason="PODIUM_BOX is off")
    found = coverage()
    if mode == "required" and not found.boxed:
        raise SettingError(f"PODIUM_BOX is required, but {found.reason}; use Linux 6.12 or later, or set it to auto.")
    return found


def plan(covered: Coverage, data: DataDir, ports: tuple[int, ...]) -> BoxPlan | None:
    """What kernels may reach; ``ports`` are the platform's own."""
    if not covered.boxed:
        return None
    return BoxPlan(hidden=(str(data.root),), ports=ports, work=str(data.work))
