"""Printing: results on standard output, everything else on standard error, colour on a terminal.

What a manifest or a file name holds may reach a terminal here, so nothing is printed that could
forge a line, hide text or steer the terminal.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable
from typing import Any

import yaml
from rich.console import Console

from mlgate.admission.refusal import escape
from mlgate.errors import MlgateError

_COLOURS = {"✓": "32", "✗": "31", "!": "33", "~": "36"}
"""First character of a line -> colour (SGR)."""


_UNBROKEN = 1_000_000
"""Width at which no text is broken into lines."""


class OutputError(MlgateError):
    """The results cannot be written: nobody reads them, or there is no room."""


def prepare_streams() -> None:
    """Let no character stop a report: what the terminal's encoding lacks is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def put(text: str) -> None:
    """Results, on standard output.

    Raises:
        OutputError: nobody reads it, the reader has gone, or the disk is full; what was not written is lost.
    """
    if sys.stdout is None:  # the caller closed it; Python's types do not know
        raise OutputError("the results could not be written: standard output is closed")
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except OSError as problem:
        # The interpreter flushes once more when it ends, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OutputError(f"the results could not be written: {problem.strerror}") from problem


def put_yaml(value: Any) -> None:
    """Results as a person reads YAML; in ASCII where something in them is not displayed as itself.

    Raises:
        OutputError: as `put`.
    """
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=_UNBROKEN).rstrip()
    if any(escape(line) != line for line in text.split("\n")):
        text = yaml.safe_dump(value, sort_keys=False, width=_UNBROKEN).rstrip()
    put(text)


def lines(texts: Iterable[str]) -> str:
    """Each text as exactly one line, with what is not displayed as itself made visible."""
    return "\n".join(escape(text) for text in texts)


def coloured(text: str) -> str:
    """The text with its marked lines in colour, where standard output is a terminal that wants it."""
    console = Console(file=sys.stdout)
    if not console.is_terminal or console.no_color or console.color_system is None:
        return text
    return "\n".join(_coloured_line(line) for line in text.split("\n"))


def _coloured_line(line: str) -> str:
    colour = _COLOURS.get(line.lstrip()[:1])
    return line if colour is None else f"\x1b[{colour}m{line}\x1b[0m"


def say(line: str) -> None:
    """A line of progress or advice, on standard error."""
    print(escape(line), file=sys.stderr)  # noqa: T201 - this is the one place that prints


def complain(problem: str) -> None:
    """What went wrong, in one line on standard error."""
    say("mlgate: " + " ".join(problem.split()))


def json_text(value: Any) -> str:
    """JSON that a terminal displays as it is: readable where it can be, ASCII where it must be."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    hidden = any(escape(line) != line for line in text.split("\n"))
    return json.dumps(value, indent=2) if hidden else text


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    put(json_text(value))
