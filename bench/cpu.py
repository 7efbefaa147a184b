"""Time of the processor a server takes, with its children; other programs of a machine hardly change it."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _USER, _SYSTEM = 1, 11, 12
"""Places behind the name in `/proc/<pid>/stat`."""


def cpu_seconds(pid: int) -> float:
    """Seconds that a process and its children have used so far."""
    known = {int(entry.name): _stat(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    family = [pid]
    for parent in family:
        family += [child for child, found in known.items() if found and found[0] == parent]
    return sum(found[1] for member in family if (found := known.get(member)))


def _stat(entry: Path) -> tuple[int, float] | None:
    """Parent and seconds of a process; None when it has ended meanwhile."""
    try:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[_PARENT]), (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS
