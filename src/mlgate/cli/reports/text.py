"""The report a person reads: the same refusal kubectl would print, then the advice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlgate.admission.response import refusal_text
from mlgate.cli.console import lines
from mlgate.cli.results import Result, Results
from mlgate.domain.decision import Skipped

_SIGNS = {"allowed": "✓", "denied": "✗", "skipped": "-", "error": "!"}
_UNLIMITED = 1 << 30
_REASONS = {
    "coveredByOwner": "{} left to its owner",
    "disabled": "{} switched off",
    "invalidInput": "{} for lack of a sound question",
    "notConfigured": "{} not configured",
    "offline": "{} for lack of evidence",
}
"""Offline comes last, because the codes it stands for are named after it."""


def text_report(results: Results) -> str:
    """Every document with its verdict; refusals in full; a count at the end."""
    found = [f"note: {note}" for note in results.notes]
    for result in results.results:
        found.extend(_of_one(result))
    counts = ", ".join(f"{number} {word}" for word, number in results.summary().items())
    found.append(f"{counts} (policy {results.revision}, {results.codes} codes)")
    return lines(found)


def _of_one(result: Result) -> Iterator[str]:
    """The lines about one document."""
    yield f"{_SIGNS[result.word]} {result.document.place} {result.title}: {result.word}{_detail(result)}"
    if result.verdict is not None and result.word == "denied":
        yield from _indented(refusal_text(result.verdict, result.title, _UNLIMITED).splitlines())
    for finding in result.findings("warnings"):
        yield f"    ! {finding.code}: {finding.message}"
    for finding in result.findings("waived"):
        yield f"    ~ {finding.code}: {finding.message} (waived)"
    if result.decision is not None and result.decision.skipped:
        yield f"    not decided here: {_left_out(result.decision.skipped)}"


def _left_out(skipped: Iterable[Skipped]) -> str:
    """How many codes were not decided, by reason; by name those that more evidence would decide."""
    by_reason: dict[str, list[str]] = {}
    for entry in skipped:
        by_reason.setdefault(entry.reason, []).append(entry.code)
    parts = [text.format(len(by_reason[reason])) for reason, text in _REASONS.items() if reason in by_reason]
    missed = by_reason.get("offline")
    return ", ".join(parts) + (f": {', '.join(missed)}" if missed else "")


def _detail(result: Result) -> str:
    """Profile and tier of what was judged, the place of what could not be read, else the reason."""
    if result.decision is not None:
        return f" (profile {result.decision.profile}, tier {result.decision.tier or 'none'})"
    return f" ({result.reason})"


def _indented(texts: list[str]) -> Iterator[str]:
    """Lines moved under their document."""
    for line in texts:
        yield f"    {line}"
