"""Asks the API server again and again whether an object would be stored, while something else goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from casebook.documents import Object
from cluster.api import Api, ApiError
from installation import Installation

from mlgate.workloads.kinds.table import gated_kinds

_PAUSE = 0.1


@dataclass
class Answers:
    """What became of the attempts."""

    passed: int = 0
    refused: list[str] = field(default_factory=list)


@contextmanager
def attempts(site: Installation, entry: Object) -> Iterator[Answers]:
    """Try to create the object for as long as the block lasts; nothing is stored."""
    answers, ended = Answers(), threading.Event()
    plane = site.plane
    api = Api(plane.url, plane.authority.certificate, plane.tokens["administrator"])
    path = _path(entry)

    def run() -> None:
        while not ended.wait(_PAUSE):
            try:
                api.call("POST", f"{path}?dryRun=All", entry)
                answers.passed += 1
            except (ApiError, OSError) as refusal:
                answers.refused.append(str(refusal))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield answers
    finally:
        ended.set()
        thread.join()
    assert answers.passed > 0, answers.refused[:3]


def _path(entry: Object) -> str:
    group, _, version = entry["apiVersion"].rpartition("/")
    resource = gated_kinds()[group, entry["kind"]].resource
    return f"/apis/{group}/{version}/namespaces/{entry['metadata']['namespace']}/{resource}"
