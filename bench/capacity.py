"""How many reviews a second a replica answers, in what time and memory, and what a second replica adds.

    make bench-capacity

Each replica, `mlgate serve` and its OPA, has a core of its own while there are enough, and the client takes
what is left. Machines are shared and noisy: the CPU time of a review tells its cost whatever else goes on.
"""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from bench_setup import Replica, replicas
from load import Latency, closed_loop

from mlgate.logs import quiet_logs

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = (1, 8, 32)
"""To each replica."""
REQUESTS = 640
"""To each replica, for each number of connections."""
COUNTS = (1, 2)
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spent:
    """What mlgate and its OPA took so far: seconds of CPU, and MiB of memory at most."""

    seconds: tuple[float, float]
    memory: tuple[float, float]


def spent(replica: Replica) -> Spent:
    """Read it from the kernel."""
    own = Path(f"/proc/{replica.pid}")
    child = Path("/proc", (own / "task" / own.name / "children").read_text().split()[0])
    return Spent((_seconds(own), _seconds(child)), (_highest(own), _highest(child)))


def _seconds(process: Path) -> float:
    """CPU time of a process, in user and kernel mode."""
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _highest(process: Path) -> float:
    """MiB a process held at most."""
    lines = (process / "status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


async def ask(running: list[Replica], connections: int) -> list[Latency]:
    """Ask all replicas at the same time."""
    asked = (closed_loop(replica.target, connections, REQUESTS) for replica in running)
    return await asyncio.gather(*asked)


def measure(count: int) -> dict[int, float]:
    """Print the lines of so many replicas; reviews a second, by number of connections."""
    found: dict[int, float] = {}
    with replicas(ROOT, count) as running:
        for connections in CONNECTIONS:
            before = [spent(replica) for replica in running]
            lines = asyncio.run(ask(running, connections))
            after = [spent(replica) for replica in running]
            found[connections] = sum(line.per_second for line in lines)
            reviews = count * (REQUESTS + 10 * connections)  # those that warm up cost as much
            print(f"{count:>8} {connections:>11} {_line(lines)} {_costs(before, after, reviews)}")
        print(f"{'':>20} {_memory([spent(replica) for replica in running])}")
    return found


def _line(lines: list[Latency]) -> str:
    """All replicas in one: their sum of reviews, the slower of their times."""
    per_second, wrong = sum(line.per_second for line in lines), sum(line.wrong for line in lines)
    p50, p99 = max(line.p50 for line in lines), max(line.p99 for line in lines)
    return f"{per_second:>8.0f} {p50:>8.1f} {p99:>8.1f} {wrong:>5}"


def _costs(before: list[Spent], after: list[Spent], reviews: int) -> str:
    """CPU time of one review."""
    both = zip(before, after, strict=True)
    took = [(now.seconds[0] - then.seconds[0], now.seconds[1] - then.seconds[1]) for then, now in both]
    mlgate, opa = (sum(part) / reviews * 1000 for part in zip(*took, strict=True))
    return f"{mlgate:>9.1f} {opa:>7.1f}"


def _memory(running: list[Spent]) -> str:
    """Of the replica that took most."""
    mlgate, opa = (max(part) for part in zip(*(replica.memory for replica in running), strict=True))
    return f"memory: mlgate {mlgate:.0f} MiB, OPA {opa:.0f} MiB"


def main() -> int:
    """Measure one replica, then two."""
    quiet_logs()
    print("                                                        CPU ms a review")
    print("replicas connections    per s   p50 ms   p99 ms wrong    mlgate     OPA")
    found = {count: measure(count) for count in COUNTS}
    one, two = (found[count][CONNECTIONS[1]] for count in COUNTS)
    print(f"two replicas / one, at {CONNECTIONS[1]} connections each = {two / one:.2f}")
    print("load average of the machine: {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
