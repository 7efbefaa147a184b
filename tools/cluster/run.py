"""A cluster with mlgate in front of it, for a person to try.

Usage: python tools/cluster/run.py

Starts everything, prints how to use it, and stays up until Ctrl-C.
"""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cluster.local import ROOT, LocalCluster
from cluster.people import PEOPLE
from cluster.processes import ClusterError

EXAMPLES = ROOT / ".build" / "examples"
"""The examples as `make examples` writes them: dated today."""
_EXIT_CANNOT = 2
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a polite kill, and a terminal window that is closed."""
_LOOK_SECONDS = 1.0


def main() -> int:
    """Run until told to stop; 2 when the cluster does not come up."""
    for number in _ENDINGS:
        signal.signal(number, _end)
    try:
        with LocalCluster(say=_progress) as cluster:
            print(usage(cluster), flush=True)
            _follow(cluster)
    except KeyboardInterrupt:
        _progress("everything is shut down")
        return 0
    except ClusterError as problem:
        print(f"make cluster: {problem}", file=sys.stderr)
        return _EXIT_CANNOT


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Leave whatever goes on, the start included; what is shut down then must not be disturbed."""
    for number in _ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    _progress("shutting down")
    raise KeyboardInterrupt


def usage(cluster: LocalCluster) -> str:
    """What a person needs to know to use the cluster."""
    people = "\n".join(f"  {entry.context:<15} {entry.username:<18} {entry.does}" for entry in PEOPLE)
    return f"""
The cluster is up; Ctrl-C ends it. In another terminal:

  export KUBECONFIG={cluster.control_plane.kubeconfig}
  export PATH={ROOT / ".venv" / "bin"}:{ROOT / ".tools" / "bin"}:$PATH

One context per person:
{people}

Try a model that nobody has approved yet. The evidence holds its approvals too, but only
the approver whom each names may create it:

  cd {EXAMPLES}
  kubectl --context administrator apply -f cluster.yaml
  kubectl --context administrator apply -f ticket-router/evidence.yaml
  kubectl --context engineer apply -f ticket-router/manifest.yaml
  mlgate signoff new --card ticket-router/evidence.yaml --role businessOwner \\
    --namespace ticket-router --user bo@example.com | kubectl --context business-owner create -f -
  kubectl --context engineer apply -f ticket-router/manifest.yaml

Logs of all parts: {cluster.folder}/*.log
A guard must be a minute older than the sign-offs it vouches for, so they count from
{cluster.seconds_until_signing():.0f} s from now on.
"""


def _follow(cluster: LocalCluster) -> NoReturn:
    """Tell when sign-offs begin to count, and fail when a part dies; ends with a signal."""
    told = False
    while True:
        if not told and not cluster.seconds_until_signing():
            told = True
            _progress("sign-offs count from now on")
        dead = cluster.dead()
        if dead:
            raise ClusterError(f"{dead.name} ended unexpectedly:\n{dead.tail()}")
        time.sleep(_LOOK_SECONDS)


def _progress(text: str) -> None:
    print(f"cluster: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
