"""Judges one string: does it look like a credential, and for which reason?"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

from mlgate.workloads.tables import shipped_table

Reason = Literal["value", "uriPassword", "name", "entropy"]

_PASSWORD = re.compile(r"""://[^\s/:@]*:([^\s/"']+)@""")
_REFERENCE = re.compile(
    r"\$\([A-Za-z_][A-Za-z0-9_.-]*\)|\$\{[A-Za-z_][A-Za-z0-9_]*\}|\$[A-Za-z_][A-Za-z0-9_]*"
)
_HARMLESS = re.compile(r"(?i:true|false|yes|no|on|off)|[0-9]{1,6}|[0-9]{0,5}\.[0-9]{1,5}|\.?/.*", re.DOTALL)
_RANDOM = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
_UUID = re.compile(r"(?i:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
_NAME = re.compile(
    r"[A-Z]{1,12}|[A-Z]{0,3}(?:[A-Z]?[a-z]{1,20}){1,3}[A-Z]{0,3}|[A-Za-z]{0,6}[0-9]{1,4}[A-Za-z]{0,3}"
)
"""A word or a version in the name of a repository."""
_BETWEEN_NAMES = re.compile(r"[-_/]")
_LONGEST_PATH = 256
_MIN_ENTROPY = 4.3
_MAX_NAME = 256
_MAX_PLACES = 500
_WINDOW = 8192
"""Pattern matching is bounded per occurrence and in all, so that no text costs more than milliseconds."""


@dataclass(frozen=True)
class ValuePattern:
    """A pattern of credential values, and texts one of which every match contains."""

    pattern: re.Pattern[str]
    needles: tuple[str, ...]

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where it matches."""
        tried = 0
        for needle in self.needles:
            start = text.find(needle)
            while start >= 0:
                tried += 1
                match = self.pattern.match(text, start, min(len(text), start + _WINDOW))
                if match is not None:
                    yield match.span()
                elif tried > _MAX_PLACES:
                    # A text made of hundreds of beginnings hides something: all its rest counts.
                    yield start, len(text)
                    return
                start = text.find(needle, start + 1)


@dataclass(frozen=True)
class CredentialPatterns:
    """The patterns as data; an installation can add to them."""

    values: tuple[ValuePattern, ...]
    names: tuple[re.Pattern[str], ...]
    other_names: tuple[re.Pattern[str], ...]

    def may_hold_value(self, text: str) -> bool:
        """Cheap: false means that no value pattern and no password in an address can match."""
        return "://" in text or any(needle in text for needle in self._needles)

    @cached_property
    def _needles(self) -> tuple[str, ...]:
        return tuple(needle for value in self.values for needle in value.needles)

    def reason_of_text(self, text: str) -> Reason | None:
        """The reason any string can have: `value` or `uriPassword`."""
        if not self.may_hold_value(text):
            return None
        if any(True for pattern in self.values for _ in pattern.spans(text)):
            return "value"
        if "://" in text and any(True for _ in _passwords(text)):
            return "uriPassword"
        return None

    def reason_of_variable(self, name: str, value: str) -> Reason | None:
        """As `reason_of_text`, and for variables and flags also `name` and `entropy`."""
        reason = self.reason_of_text(value)
        if reason is not None:
            return reason
        if self.reason_of_name(name, value):
            return "name"
        return "entropy" if _looks_random(value) else None

    def reason_of_name(self, name: str, value: str) -> bool:
        """Whether the name is one of a credential and the value is not harmless."""
        return self.is_secret_name(name) and not _is_harmless(value)

    def is_secret_name(self, name: str) -> bool:
        """Whether variables, flags or keys of that name hold credentials."""
        name = name.lstrip("-").replace("-", "_")[-_MAX_NAME:]
        return any(p.search(name) for p in self.names) and not any(p.search(name) for p in self.other_names)

    def mask(self, text: str) -> str:
        """The text with what looks like a credential by its value replaced by `***`."""
        if not self.may_hold_value(text):
            return text
        spans = [span for pattern in self.values for span in pattern.spans(text)]
        spans += [match.span(1) for match in _passwords(text)]
        if any(text.startswith("-----BEGIN ", start) for start, _ in spans):
            return "***"
        for start, end in sorted(spans, reverse=True):
            text = f"{text[:start]}***{text[end:]}"
        return text


@lru_cache(maxsize=1)
def shipped() -> CredentialPatterns:
    """The patterns that ship with the reader."""
    return _compile(shipped_table("mlgate.workloads.credentials", "credentials.yaml"))


def _compile(data: dict[str, Any]) -> CredentialPatterns:
    return CredentialPatterns(
        values=tuple(
            ValuePattern(re.compile(row["pattern"], re.ASCII), tuple(row["needles"]))
            for row in data["values"]
        ),
        names=tuple(re.compile(pattern, re.ASCII) for pattern in data["names"]),
        other_names=tuple(re.compile(pattern, re.ASCII) for pattern in data["otherNames"]),
    )


def _passwords(text: str) -> Iterator[re.Match[str]]:
    """Passwords in addresses that are no references."""
    for match in _PASSWORD.finditer(text):
        if not _REFERENCE.fullmatch(match.group(1)) and match.group(1) != "***":
            yield match


def _is_harmless(value: str) -> bool:
    return not value or _HARMLESS.fullmatch(value) is not None or _REFERENCE.fullmatch(value) is not None


def _looks_random(value: str) -> bool:
    """Long, mixed and unpredictable: what key generators print."""
    if not _RANDOM.fullmatch(value) or _UUID.fullmatch(value) or _is_path(value):
        return False
    mixed = (
        any(c.isupper() for c in value)
        and any(c.islower() for c in value)
        and any(c.isdigit() for c in value)
    )
    return mixed and _entropy(value) >= _MIN_ENTROPY


def _is_path(value: str) -> bool:
    """Whether it begins at the root, or is made of words and versions as the paths of repositories are."""
    if value.startswith("/"):
        return True
    if "/" not in value or len(value) > _LONGEST_PATH:
        return False
    return all(_NAME.fullmatch(name) for name in _BETWEEN_NAMES.split(value))


def _entropy(value: str) -> float:
    total = len(value)
    return -sum(count / total * math.log2(count / total) for count in Counter(value).values())
