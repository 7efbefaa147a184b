"""What a thousand idle connections cost reviews at 50 a second: p99 quiet and besieged, and their ratio.

Machines are shared and noisy: quote the ratio, not the milliseconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from urllib.parse import urlsplit

from bench_setup import prepared
from load import Latency, Target, open_loop

from mlgate.logs import quiet_logs

PER_SECOND, SECONDS, IDLE = 50, 10.0, 1000
BUDGET_MS = 100.0


async def _besieged(target: Target) -> Latency:
    """Reviews while a thousand connections are opened, and opened again once they have been ended."""
    address = urlsplit(target.url)

    async def hold() -> None:
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(address.hostname, address.port)
                await reader.read()
                writer.close()
            await asyncio.sleep(1)

    idle = [asyncio.create_task(hold()) for _ in range(IDLE)]
    try:
        return await open_loop(target, PER_SECOND, SECONDS)
    finally:
        for task in idle:
            task.cancel()
        await asyncio.gather(*idle, return_exceptions=True)


def main() -> int:
    """Measure both, and print them side by side."""
    quiet_logs()
    with prepared(Path(__file__).resolve().parent.parent) as bench:
        gate = next(target for target in bench.targets if target.name == "gate")
        quiet = asyncio.run(open_loop(gate, PER_SECOND, SECONDS))
        besieged = asyncio.run(_besieged(gate))
    for name, line in (("quiet", quiet), ("besieged", besieged)):
        print(f"{name:<9} p50 {line.p50:.1f} ms, p99 {line.p99:.1f} ms, {line.wrong} wrong")
    print(f"besieged / quiet p99 = {besieged.p99 / quiet.p99:.2f}   budget p99 {BUDGET_MS:.0f} ms, 0 wrong")
    return 0


if __name__ == "__main__":
    sys.exit(main())
