"""Whether a directory may be mounted as /opt for a process alone, which is how layers appear on Lambda."""

from __future__ import annotations

import sys
from pathlib import Path

from local.processes import Spawner
from local.project import PROJECT

MOUNT_POINT = Path("/opt")


def can_mount(spawner: Spawner, state: Path) -> bool:
    """Tries it. A machine whose Python or whose clone lies below /opt cannot: they would disappear."""
    needed = [
        Path(sys.prefix),
        Path(sys.base_prefix),
        Path(sys.executable).resolve(),
        PROJECT,
        state,
    ]
    if not MOUNT_POINT.is_dir() or any(p.resolve().is_relative_to(MOUNT_POINT) for p in needed):
        return False
    probe = state / "mount-probe"
    probe.mkdir(parents=True, exist_ok=True)
    (probe / "mounted").touch()
    process = spawner.start(
        ["/bin/sh", "-c", f"test -e {MOUNT_POINT}/mounted"],
        env={},
        cwd=Path("/"),
        log=state / "logs" / "mount-probe.log",
        opt=str(probe),
    )
    return process.wait() == 0
