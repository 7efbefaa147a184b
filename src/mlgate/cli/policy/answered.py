"""Why a code did or did not fire, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.cli.policy.asked import AskedFile
from mlgate.policy.workbench.verdicts import Answer, Facts
from mlgate.policy.workbench.why import Reason

SIGNS = {"fired": "✗", "skipped": "!", "undecided": "!", "suppressed": "!", "off": "~"}
FACTS = ("profile", "tier", "classification")
SHOWN = ("path", "term", "model", "observed", "required")


@dataclass(frozen=True)
class Answered:
    """What became of the code for one document."""

    asked: AskedFile
    facts: Facts
    answer: Answer

    def wire(self) -> dict[str, Any]:
        """As `--output json` prints it."""
        return {
            "source": self.asked.place,
            "object": self.asked.title,
            "profile": self.facts.one("profile"),
            "tier": self.facts.one("tier"),
            "classification": self.facts.one("classification"),
            **self.answer.wire(),
        }


def answered_lines(code: str, title: str, found: Sequence[Answered]) -> Iterator[str]:
    """The answer for each document."""
    yield f"{code}: {' '.join(title.split())}"
    for entry in found:
        answer, sign = entry.answer, SIGNS.get(entry.answer.state, "✓")
        known = [
            f"{name} {entry.facts.one(name) or 'none'}" for name in ("profile", "tier", "classification")
        ]
        yield f"{sign} {entry.asked.title} ({entry.asked.place}; {', '.join(known)}): {answer.words}"
        for finding in answer.findings:
            yield from _finding(finding)
        if answer.reasons:
            yield f"  {'it did not fire for the rest' if answer.findings else 'the first that failed'}:"
        for reason in answer.reasons:
            yield from _reason(reason)
        if answer.more:
            yield f"    and {answer.more} more"


def _finding(finding: dict[str, Any]) -> Iterator[str]:
    yield f"  {finding['message']}"
    for name in SHOWN:
        if finding[name]:
            yield f"    {name}: {finding[name]}"
    yield f"    {finding['result']}"


def _reason(reason: Reason, indent: int = 4) -> Iterator[str]:
    if reason.about:
        yield f"{' ' * indent}for {', '.join(f'{name} {value}' for name, value in reason.about)}"
    yield f"{' ' * (indent + 2 * bool(reason.about))}{reason.told}"
    for inner in reason.because:
        yield from _reason(inner, indent + 4)
