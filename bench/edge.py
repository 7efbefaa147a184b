"""What hostile callers cost reviews at 50 a second: p99 quiet and besieged, and for how long they hold on.

Server, attackers and the client of the reviews are processes of their own. Machines are shared and noisy:
quote the ratio, not the milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from bench_setup import prepared
from load import Latency, Target, open_loop

from mlgate.logs import quiet_logs

PER_SECOND, SECONDS = 50, 20.0
BEFORE = 3.0
"""Seconds in which the attackers get going."""
BUDGET_MS, BUDGET_SECONDS = 100.0, 10.0

Held = dict[str, list[float]]
"""Seconds each connection of an attack was open."""


def _besieged(target: Target) -> tuple[Latency, Held]:
    """Reviews while all attacks go on, each of them begun anew when the server has ended it."""
    script = Path(__file__).with_name("attackers.py")
    port = urlsplit(target.url).port
    command = [sys.executable, str(script), str(port), str(BEFORE + SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as attackers:
        latency = asyncio.run(_later(target))
        told, _ = attackers.communicate(timeout=120)
    held: Held = json.loads(told)
    return latency, held


async def _later(target: Target) -> Latency:
    await asyncio.sleep(BEFORE)
    return await open_loop(target, PER_SECOND, SECONDS)


def main() -> int:
    """Measure both, and print them side by side."""
    quiet_logs()
    with prepared(Path(__file__).resolve().parent.parent) as bench:
        gate = next(target for target in bench.targets if target.name == "gate")
        quiet = asyncio.run(open_loop(gate, PER_SECOND, SECONDS))
        besieged, held = _besieged(gate)
    print(f"{'':<26} {'connections':>11} {'longest s':>9}   budget {BUDGET_SECONDS:.0f} s")
    for attack, seconds in held.items():
        print(f"{attack.replace('_', ' '):<26} {len(seconds):>11} {max(seconds):>9.1f}")
    for name, line in (("quiet", quiet), ("besieged", besieged)):
        print(f"{name:<9} p50 {line.p50:.1f} ms, p99 {line.p99:.1f} ms, {line.wrong} wrong")
    print(f"besieged / quiet p99 = {besieged.p99 / quiet.p99:.2f}   budget p99 {BUDGET_MS:.0f} ms, 0 wrong")
    print("load average of the machine: {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
