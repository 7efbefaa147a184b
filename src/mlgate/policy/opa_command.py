"""The OPA program as a tool: inspect, check and build. Deciding is the engine's part."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.errors import PolicyError
from mlgate.policy.opa_calls import current

SECONDS = 120.0
"""Longest time one call may take; building the whole library takes one or two seconds."""


@dataclass(frozen=True)
class Ran:
    """How one call of OPA ended."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The first of what it complained about, in one line."""
        return _first_lines(self.err or self.out)


def call_opa(
    opa: Path,
    *arguments: str,
    folder: Path | None = None,
    given: str | None = None,
    seconds: float | None = None,
) -> Ran:
    """One call of OPA, whatever its exit code.

    Args:
        opa: the program.
        arguments: its arguments.
        folder: where it runs; what it writes then names files from there on.
        given: its standard input.
        seconds: longest time it may take; `SECONDS` when left out.

    Raises:
        PolicyError: OPA cannot be started or takes too long.
    """
    limit = SECONDS if seconds is None else seconds
    try:
        call = subprocess.Popen(  # noqa: S603 - the program is named by the caller, no shell is involved
            [os.fspath(opa if folder is None else opa.absolute()), *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise PolicyError(f"opa cannot be started: {error.strerror or error}") from error
    with call, current().running(call):
        try:
            out, err = call.communicate(given, limit)
        except subprocess.TimeoutExpired as error:
            raise PolicyError(f"opa {arguments[0]} did not end within {limit:.0f} s") from error
        finally:
            call.kill()  # nothing, where it has ended
    return Ran(call.returncode, out, err)


def run_opa(opa: Path, *arguments: str, folder: Path | None = None) -> str:
    """What one call of OPA writes to its standard output.

    Raises:
        PolicyError: OPA cannot be started, takes too long, or reports errors; the first are named.
    """
    ran = call_opa(opa, *arguments, folder=folder)
    if ran.code != 0:
        raise PolicyError(f"opa {arguments[0]}: {ran.complaint}")
    return ran.out


def inspect(tree: Path, opa: Path) -> dict[str, Any]:
    """`opa inspect -a` of a tree or bundle, as JSON.

    Raises:
        PolicyError: OPA cannot read it.
    """
    if tree.is_dir():
        said = run_opa(opa, "inspect", "-a", "-f", "json", ".", folder=tree)
    else:
        said = run_opa(opa, "inspect", "-a", "-f", "json", os.fspath(tree))
    return dict(json.loads(said))


def _first_lines(text: str, limit: int = 5) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    shown = "; ".join(lines[:limit]) or "failed without a message"
    return shown if len(lines) <= limit else f"{shown}; and {len(lines) - limit} more lines"
