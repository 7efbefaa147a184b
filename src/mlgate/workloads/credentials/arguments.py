"""Command lines as lists of items: which item looks like a credential, by itself or behind a flag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from mlgate.domain.base import Json
from mlgate.workloads.credentials.patterns import CredentialPatterns

_VALUE = r"(\"[^\"]*\"|'[^']*'|[^\s\"';&|]+)"
_FLAG = re.compile(r"(?<![\w-])--?([A-Za-z][A-Za-z0-9_.-]{0,100})(?:=|(?:\\\n|[ \t])+(?![-\\]))" + _VALUE)
_ASSIGNMENT = re.compile(r"(?<![\w-])([A-Za-z_][A-Za-z0-9_]{0,100})=" + _VALUE)
_MAX_PAIRS = 2000


def argument_hit(before: Json, item: str, patterns: CredentialPatterns) -> tuple[str, str | None] | None:
    """Reason and name of a command-line item that looks like a credential; `before` is the item before it."""
    reason: str | None = patterns.reason_of_text(item)
    if reason is not None:
        return reason, None
    if isinstance(before, str) and is_flag(before) and not item.startswith("-"):
        reason = patterns.reason_of_variable(before, item)
        if reason is not None:
            return reason, before.lstrip("-")
    for name, value, _ in pairs(item):
        reason = patterns.reason_of_variable(name, value)
        if reason is not None:
            return reason, name
    return None


def pairs(item: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Name, value and span of the value of each flag and assignment in a command-line item."""
    for pattern in (_FLAG, _ASSIGNMENT):
        for match in islice(pattern.finditer(item), _MAX_PAIRS):
            yield match.group(1), match.group(2).strip("\"'"), match.span(2)


def is_flag(item: str) -> bool:
    """Whether the item behind it can be its value."""
    return item.startswith("-") and "=" not in item and not any(c.isspace() for c in item)
