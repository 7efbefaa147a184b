"""The real kubectl, run as one of the people."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cluster.processes import ClusterError

_PATIENCE = 60.0
"""Seconds until a kubectl that hangs is given up."""


@dataclass(frozen=True)
class Answer:
    """What kubectl printed and how it ended."""

    code: int
    output: str
    errors: str

    @property
    def ok(self) -> bool:
        """Whether the API server did what was asked."""
        return self.code == 0


@dataclass(frozen=True)
class Kubectl:
    """kubectl with one kubeconfig; each call names the context, that is the person."""

    binary: Path
    kubeconfig: Path
    cache: Path

    def __call__(self, person: str, *arguments: str, stdin: str | None = None) -> Answer:
        """Run one command as a person; a refusal is an answer, not an error."""
        command = [
            str(self.binary),
            f"--kubeconfig={self.kubeconfig}",
            f"--cache-dir={self.cache}",
            f"--context={person}",
            *arguments,
        ]
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def must(self, person: str, *arguments: str, stdin: str | None = None) -> str:
        """As a call, for steps that have to succeed.

        Raises:
            ClusterError: kubectl reported an error.
        """
        answer = self(person, *arguments, stdin=stdin)
        if not answer.ok:
            raise ClusterError(f"kubectl {' '.join(arguments)} as {person}: {answer.errors}")
        return answer.output

    def send(self, person: str, verb: str, objects: Iterable[Mapping[str, Any]], *flags: str) -> Answer:
        """Send objects on standard input: `create`, `apply`, `replace`, `delete` with flags."""
        return self(person, verb, "-f", "-", *flags, stdin=manifest(objects))


def manifest(objects: Iterable[Mapping[str, Any]]) -> str:
    """Objects as one YAML stream."""
    return yaml.safe_dump_all([dict(entry) for entry in objects], sort_keys=False)
