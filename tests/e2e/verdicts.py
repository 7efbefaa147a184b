"""One verdict as each of the three doors tells it, brought into one shape to be compared."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cluster.kubectl import Answer
from refusals import refusal

_BODY = re.compile(r'"Response Body" body=(?:<\n(?P<block>.*?)\n >|(?P<quoted>"(?:[^"\\]|\\.)*"))', re.DOTALL)
_WARNING = re.compile(r"^Warning: (.*)$", re.MULTILINE)
_WARNING_CHARACTERS = 200
"""A warning may be cut at 256 bytes on its way; what is compared is what is never cut."""

Failure = tuple[str, str, str]
"""(code, path, message)."""


@dataclass(frozen=True)
class Verdict:
    """What a caller is told."""

    allowed: bool
    failures: tuple[Failure, ...]
    """In the order they are told."""
    fixes: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """What is written down about the same judgement."""

    profile: str | None
    tier: str | None
    classification: str | None
    mode: str | None
    violations: tuple[str, ...]
    """As `code[term]`, like the other lists."""
    warnings: tuple[str, ...]
    audited: tuple[str, ...]
    waived: tuple[str, ...]
    suppressed: int
    revision: str | None


def from_response(response: dict[str, Any]) -> Verdict:
    """The verdict in the gate's answer to a review."""
    status = response.get("status", {})
    return Verdict(
        allowed=response["allowed"],
        failures=_causes(status),
        fixes=refusal(status.get("message", "")).fixes,
        warnings=_started(response.get("warnings", ())),
    )


def from_kubectl(answer: Answer) -> Verdict:
    """The verdict as kubectl tells it; run with `-v=10`, so that the answer's causes are shown too."""
    status: dict[str, Any] = {}
    for found in _BODY.finditer(answer.errors):
        body = json.loads(found["block"] or json.loads(found["quoted"]))
        if body.get("kind") == "Status":
            status = body
    told = refusal(_without_log(answer.errors))
    failures = _causes(status)
    assert [(code, message) for code, _, message in failures] == list(told.failures), "text and causes agree"
    return Verdict(answer.ok, failures, told.fixes, _started(_WARNING.findall(answer.errors)))


def from_check(result: dict[str, Any]) -> Verdict:
    """The verdict in one result of `mlgate check --output json`."""
    violations = result["violations"]
    lifted = [
        f"{entry['code']}: waived until {entry['waiver']['expiresAt']} by "
        f"Waiver {entry['waiver']['namespace']}/{entry['waiver']['name']}: {entry['message']}"
        for entry in result["waived"]
    ]
    return Verdict(
        allowed=result["verdict"] in ("allowed", "skipped"),
        failures=tuple((entry["code"], entry["path"], entry["message"]) for entry in violations),
        fixes=tuple(dict.fromkeys(entry["fix"] for entry in violations)),
        warnings=_started(
            [*(f"{entry['code']}: {entry['message']}" for entry in result["warnings"]), *lifted]
        ),
    )


def record_of_check(result: dict[str, Any], revision: str) -> Record:
    """What a record of a check's result would hold."""
    judged = result["verdict"] != "skipped"
    return Record(
        profile=result["profile"],
        tier=result["tier"],
        classification=result["classification"],
        mode=result["mode"],
        **{name: _named(result[name]) for name in ("violations", "warnings", "audited", "waived")},
        suppressed=result["suppressed"],
        revision=revision if judged else None,
    )


def without(verdict: Verdict, codes: Sequence[str]) -> Verdict:
    """A cluster's verdict less the failures that only a cluster can see."""
    if not codes:
        return verdict
    kept = tuple(failure for failure in verdict.failures if failure[0] not in codes)
    return replace(verdict, allowed=not kept, failures=kept, fixes=verdict.fixes if kept else ())


def record_without(record: Record, codes: Sequence[str]) -> Record:
    """The record of the same."""
    kept = tuple(entry for entry in record.violations if entry.partition("[")[0] not in codes)
    return replace(record, violations=kept)


class DecisionLog:
    """The decision records in the log of a running gate."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def entries(self) -> list[dict[str, Any]]:
        """Every record so far, oldest first."""
        lines = (line for line in self._path.read_text().splitlines() if line.startswith("{"))
        parsed = (json.loads(line) for line in lines)
        return [entry for entry in parsed if entry.get("event") == "decision"]

    def newest(self, **fields: Any) -> dict[str, Any]:
        """The newest record in which these fields have these values."""
        return next(
            entry
            for entry in reversed(self.entries())
            if all(entry.get(name) == value for name, value in fields.items())
        )


def record_of_log(entry: dict[str, Any]) -> Record:
    """The part of a logged record that is compared."""
    return Record(
        profile=entry["profile"],
        tier=entry["tier"],
        classification=entry["classification"],
        mode=entry["mode"],
        **{name: tuple(entry[name]) for name in ("violations", "warnings", "audited", "waived")},
        suppressed=entry["suppressed"],
        revision=entry["revision"],
    )


def _named(findings: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(
        f"{entry['code']}[{entry['term']}]" if entry["term"] else entry["code"] for entry in findings
    )


def _causes(status: dict[str, Any]) -> tuple[Failure, ...]:
    causes = (status.get("details") or {}).get("causes", ())
    return tuple((cause["reason"], cause.get("field", ""), cause["message"]) for cause in causes)


def _started(warnings: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text[:_WARNING_CHARACTERS] for text in warnings))


def _without_log(errors: str) -> str:
    """Standard error without kubectl's own log: from the refusal's first line on."""
    return errors[errors.rfind("Error from server") :] if "Error from server" in errors else ""
