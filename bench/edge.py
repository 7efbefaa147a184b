"""What hostile callers cost reviews at 50 a second: p99 quiet and besieged, and for how long they hold on.

Once all reviews are of models, and once every second one is of a workload without any, as most reviews are.

Server, attackers and the client of the reviews are processes of their own. The attackers run at the lowest
priority: what they do themselves is done on machines of theirs, what they make the server do is not. Machines
are shared and noisy: quote the ratio, not the milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from bench_setup import prepared, review_of
from load import Latency, Target, open_loop

from mlgate.cli.manifests import load_documents
from mlgate.logs import quiet_logs

PER_SECOND, SECONDS = 50, 20.0
ROOT = Path(__file__).resolve().parent.parent
BEFORE = 3.0
"""Seconds in which the attackers get going."""
BUDGET_MS, BUDGET_SECONDS = 100.0, 10.0
LOWEST_PRIORITY = 19

Held = dict[str, list[float]]
"""Seconds each connection of an attack was open."""


def _besieged(targets: Sequence[Target]) -> tuple[Latency, Held]:
    """Reviews while all attacks go on, each of them begun anew when the server has ended it."""
    script = Path(__file__).with_name("attackers.py")
    port = urlsplit(targets[0].url).port
    command = [sys.executable, str(script), str(port), str(BEFORE + SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as attackers:
        os.setpriority(os.PRIO_PROCESS, attackers.pid, LOWEST_PRIORITY)
        latency = asyncio.run(_later(targets))
        told, _ = attackers.communicate(timeout=120)
    held: Held = json.loads(told)
    return latency, held


async def _later(targets: Sequence[Target]) -> Latency:
    await asyncio.sleep(BEFORE)
    return await open_loop(targets, PER_SECOND, SECONDS)


def _plain(gate: Target) -> Target:
    """A review of a workload that serves no model."""
    documents = load_documents([str(ROOT / "examples" / "ordinary-objects" / "manifest.yaml")])
    found = next(item.object for item in documents if item.object and item.object["kind"] == "Deployment")
    return replace(gate, body=review_of(found))


def main() -> int:
    """Measure both, and print them side by side; exit status 1 where a budget is not kept."""
    quiet_logs()
    over = False
    with prepared(ROOT) as bench:
        gate = next(target for target in bench.targets if target.name == "gate")
        for name, targets in (("models alone", [gate]), ("every second a model", [gate, _plain(gate)])):
            quiet = asyncio.run(open_loop(targets, PER_SECOND, SECONDS))
            besieged, held = _besieged(targets)
            for state, line in (("quiet", quiet), ("besieged", besieged)):
                print(f"{name}, {state}: p50 {line.p50:.1f} ms, p99 {line.p99:.1f} ms, {line.wrong} wrong")
            print(f"{name}: p99 besieged / quiet = {besieged.p99 / quiet.p99:.2f}")
            over = over or besieged.p99 > BUDGET_MS or besieged.wrong > 0 or _longest(held) > BUDGET_SECONDS
    print(f"budget p99 {BUDGET_MS:.0f} ms, 0 wrong\n")
    print(f"{'':<26} {'connections':>11} {'longest s':>9}   budget {BUDGET_SECONDS:.0f} s")
    for attack, seconds in held.items():
        print(f"{attack.replace('_', ' '):<26} {len(seconds):>11} {max(seconds):>9.1f}")
    print("load average of the machine: {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()))
    return int(over)


def _longest(held: Held) -> float:
    return max(max(seconds) for seconds in held.values())


if __name__ == "__main__":
    sys.exit(main())
