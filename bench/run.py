"""What the gate costs, as ratios measured in one run: gate, bare OPA, and an empty endpoint.

The gate is there twice: with its card in an object, and in an artifact of a registry that was seen before.

    make bench            all of them side by side at 1, 8 and 32 connections, and `opa bench`
    make bench ARGS=--load      also 100 requests a second for 60 seconds
    make bench ARGS=--commands  also start-up and `mlgate check`

Machines are shared and noisy: quote the ratios, not the milliseconds; on a busy one, those of processor time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench_setup import IN_REGISTRY, Bench, prepared
from cpu import cpu_seconds
from load import Latency, Target, closed_loop, open_loop

from mlgate.logs import quiet_logs

CONNECTIONS = (1, 8, 32)
REQUESTS = 1600
BUDGET_RATIO = 2.0
"""Gate p50 minus bare OPA p50, at most this many p50 of the empty endpoint."""
BUDGET_POLICY_MS = 3.0
BUDGET_L1_MS = 100.0


def compare(bench: Bench, requests: int) -> None:
    """The targets at each number of connections."""
    print(f"{'connections':>11} {'target':<10} {'p50 ms':>8} {'p99 ms':>8} {'per s':>7} {'wrong':>5}  cpu ms")
    for connections in CONNECTIONS:
        found: dict[str, Latency] = {}
        cpu: dict[str, float] = {}
        for target in bench.targets:
            before = cpu_seconds(bench.pids[target.name])
            line = found[target.name] = asyncio.run(closed_loop(target, connections, requests))
            cpu[target.name] = (cpu_seconds(bench.pids[target.name]) - before) / requests * 1000
            print(
                f"{connections:>11} {target.name:<10} {line.p50:>8.2f} {line.p99:>8.2f} "
                f"{line.per_second:>7.0f} {line.wrong:>5} {cpu[target.name]:>7.2f}"
            )
        for name, evidence in (("gate", "objects"), (IN_REGISTRY, "artifacts that were seen before")):
            ratio = (found[name].p50 - found["opa"].p50) / found["endpoint"].p50
            of_opa = found[name].p50 / found["opa"].p50
            print(
                f"{'':>11} (gate - opa) / endpoint = {ratio:.2f}   budget {BUDGET_RATIO:.1f}, "
                f"gate / opa = {of_opa:.2f}, of processor time {cpu[name] / cpu['opa']:.2f}   "
                f"with evidence in {evidence}"
            )


def policy(bench: Bench) -> None:
    """`opa bench` of the whole library on the reference InferenceService."""
    command = [str(bench.opa), "bench", "-b", str(bench.bundle), "-i", str(bench.question), "--format=json"]
    told = subprocess.run([*command, "data.mlgate.main.decision"], capture_output=True, text=True, check=True)
    result = json.loads(told.stdout)
    milliseconds = result["T"] / result["N"] / 1e6
    print(f"policy      whole library: {milliseconds:.2f} ms   budget {BUDGET_POLICY_MS:.0f} ms")


def load(target: Target) -> None:
    """100 requests a second for a minute."""
    line = asyncio.run(open_loop([target], 100, 60))
    print(
        f"load        100 per second for 60 s: p50 {line.p50:.1f} ms, p99 {line.p99:.1f} ms, "
        f"{line.wrong} wrong   budget p99 {BUDGET_L1_MS:.0f} ms, 0 wrong"
    )


def commands(bench: Bench) -> None:
    """Start-up of the server, and `mlgate check` of one and of many manifests."""
    print(f"start       serve, start to ready: {bench.start_seconds:.2f} s   budget 3 s")
    for name, paths, budget in bench.checks:
        seconds = _timed(partial(bench.check, paths))
        print(f"check       {name}: {seconds:.2f} s   budget {budget} s")


def _timed(call: Callable[[], None]) -> float:
    """Seconds of the best of three calls."""
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - started)
    return best


def main(arguments: list[str]) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=REQUESTS, help="how many each target gets at a time")
    parser.add_argument("--load", action="store_true", help="100 requests a second for 60 seconds")
    parser.add_argument("--commands", action="store_true", help="start-up and the command line")
    asked = parser.parse_args(arguments)
    quiet_logs()
    with prepared(Path(__file__).resolve().parent.parent) as bench:
        compare(bench, asked.requests)
        policy(bench)
        if asked.load:
            load(next(target for target in bench.targets if target.name == "gate"))
        if asked.commands:
            commands(bench)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
