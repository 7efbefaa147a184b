"""Reviews at a fixed rate through the API server, sent by a process of their own while a test goes on."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from casebook.documents import Object
from cluster.control_plane import ControlPlane
from cluster.processes import Child, launch

RATE = 50
"""Questions a second; fewer on a machine that is too slow, see the sender."""
_SCRIPT = Path(__file__).with_name("sender.py")


@dataclass(frozen=True)
class Wanted:
    """An object to create again and again, and what is to come of it."""

    object: Object
    plural: str
    refusal: str | None = None
    """A code its refusal names; none for an object that is allowed."""

    @property
    def path(self) -> str:
        """Where it is created."""
        group = self.object["apiVersion"]
        return f"/apis/{group}/namespaces/{self.object['metadata']['namespace']}/{self.plural}"


@dataclass(frozen=True)
class Asked:
    """One question; times are those of the monotonic clock, which all processes share."""

    sent: float
    answered: float
    bad: bool
    outcome: str

    @property
    def right(self) -> bool:
        """Whether it came out as it should."""
        return self.outcome == ("refused" if self.bad else "allowed")

    @property
    def wrongly_allowed(self) -> bool:
        """The one thing that must never be."""
        return self.bad and self.outcome == "allowed"


@dataclass(frozen=True)
class Steady:
    """The sender and what it has told."""

    child: Child

    @property
    def asked(self) -> list[Asked]:
        """All answers so far."""
        complete = self.child.log.read_text().rpartition("\n")[0].splitlines()
        return [Asked(**json.loads(line)) for line in complete]

    @property
    def failed(self) -> list[Asked]:
        """Those that did not come out as they should."""
        return [item for item in self.asked if not item.right]

    def wait_for(self, more: int) -> None:
        """Until so many more were answered."""
        limit, goal = time.monotonic() + 60, len(self.asked) + more
        while len(self.asked) < goal:
            assert self.child.alive(), self.child.tail()
            assert time.monotonic() < limit, self.child.tail()
            time.sleep(0.1)

    def pace(self) -> float:
        """Questions a second, over all."""
        sent = [item.sent for item in self.asked]
        return (len(sent) - 1) / (max(sent) - min(sent))

    def slowest(self) -> float:
        """Seconds of the slowest answer."""
        return max(item.answered - item.sent for item in self.asked)


@contextmanager
def steady(plane: ControlPlane, folder: Path, wanted: Sequence[Wanted]) -> Iterator[Steady]:
    """Send these in turn; at the end what is under way is answered first."""
    folder.mkdir()
    plan = {
        "url": plane.url,
        "authority": str(plane.authority.certificate),
        "token": plane.tokens["administrator"],
        "rate": RATE,
        "objects": [{"path": item.path, "object": item.object, "refusal": item.refusal} for item in wanted],
    }
    written = folder / "plan.json"
    written.touch(mode=0o600)
    written.write_text(json.dumps(plan))
    sender = Steady(launch("sender", [sys.executable, str(_SCRIPT), str(written)], folder))
    try:
        sender.wait_for(RATE)
        yield sender
    finally:
        sender.child.stop(30)
