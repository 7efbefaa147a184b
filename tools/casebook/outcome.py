"""What came of an object, and how it differs from what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from casebook.cases import Expectation

LISTS = ("violations", "warnings", "audited", "waived")
"""The lists of a decision, in the order people care about them."""


@dataclass(frozen=True)
class Outcome:
    """A verdict, in the words of expected.yaml; codes once for each finding."""

    verdict: str
    profile: str | None = None
    tier: str | None = None
    violations: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    audited: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    """Codes that were not decided."""


def in_files(expectation: Expectation) -> Expectation:
    """What is expected when files stand for the cluster: codes that need a real one are not decided."""
    if not expectation.needs_cluster:
        return expectation
    left = tuple(code for code in expectation.violations if code not in expectation.needs_cluster)
    verdict = expectation.verdict if left else "allowed"
    return expectation.model_copy(update={"verdict": verdict, "violations": left})


def differences(expectation: Expectation, outcome: Outcome) -> list[str]:
    """Every way in which the outcome is not what was expected; empty when it is."""
    found = [
        f"{name} is {getattr(outcome, name)}, expected {getattr(expectation, name)}"
        for name in ("verdict", "profile", "tier")
        if getattr(outcome, name) != getattr(expectation, name)
    ]
    for name in LISTS:
        seen, wanted = sorted(getattr(outcome, name)), sorted(getattr(expectation, name))
        if seen != wanted:
            found.append(f"{name} are {_words(seen)}, expected {_words(wanted)}")
    decided = [
        code for code in expectation.needs_cluster if code not in (*outcome.skipped, *expectation.violations)
    ]
    if decided:
        found.append(f"{_words(decided)} should be among the skipped codes")
    return found


def _words(codes: Iterable[str]) -> str:
    """Codes as a list for people."""
    return ", ".join(codes) or "none"
