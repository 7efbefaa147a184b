"""Printing: results on standard output, everything else on standard error, colour on a terminal."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console


def results() -> Console:
    """A console for results. Text of manifests is printed as it is, never as markup."""
    return Console(file=sys.stdout, markup=False, highlight=False, emoji=False, soft_wrap=True)


def say(line: str) -> None:
    """A line of progress or advice, on standard error."""
    print(line, file=sys.stderr)  # noqa: T201 - this is the one place that prints


def complain(problem: str) -> None:
    """What went wrong, in one line on standard error."""
    say("mlgate: " + " ".join(problem.split()))


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
