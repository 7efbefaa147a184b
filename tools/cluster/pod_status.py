"""What a kubelet would tell the API server of a pod."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Literal

Object = dict[str, Any]
_CONDITIONS = ("PodScheduled", "Initialized", "ContainersReady", "Ready")


@dataclass(frozen=True)
class Status:
    """How a pod is, as far as anybody asks."""

    phase: Literal["Running", "Succeeded", "Failed"]
    ready: bool

    def of(self, pod: Object, restarts: int) -> Object:
        """The status of a pod as the API server stores it."""
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        word = "True" if self.ready else "False"
        conditions = [
            {"type": kind, "status": word if kind.endswith("Ready") else "True", "lastTransitionTime": now}
            for kind in _CONDITIONS
        ]
        containers = [
            {
                "name": container["name"],
                "image": container["image"],
                "imageID": "",
                "ready": self.ready,
                "started": self.phase == "Running",
                "restartCount": restarts,
                "state": self._state(now),
            }
            for container in pod["spec"]["containers"]
        ]
        return {
            "phase": self.phase,
            "podIP": "127.0.0.1",
            "conditions": conditions,
            "startTime": now,
            "containerStatuses": containers,
        }

    def _state(self, now: str) -> Object:
        if self.phase == "Running":
            return {"running": {"startedAt": now}, "terminated": None}
        code = 0 if self.phase == "Succeeded" else 1
        ended = {"exitCode": code, "startedAt": now, "finishedAt": now, "reason": self.phase}
        return {"terminated": ended, "running": None}
