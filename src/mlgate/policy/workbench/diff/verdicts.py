"""What two policies decide differently about the same question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mlgate.domain.decision import Decision

HIDDEN = "no usable card"
"""Observed by every rule that waits for a card. While the missing card refuses, these are only counted."""
LEVELS = ("deny", "warn", "audit")
"""From the strictest."""


@dataclass(frozen=True)
class Answer:
    """What became of one question under one policy."""

    decision: Decision | None
    """Null where there is none."""
    trouble: str = ""
    """Why there is none."""

    @property
    def word(self) -> str:
        """`allowed`, `denied` or `undecided`."""
        if self.decision is None:
            return "undecided"
        return "allowed" if self.decision.allow else "denied"


@dataclass(frozen=True)
class Pair:
    """One object under both policies."""

    name: str
    """The case, and `Kind/name`."""
    old: Answer
    new: Answer


@dataclass(frozen=True)
class Moved:
    """A code, or the verdict itself where none is named, that came to something else for an object."""

    code: str
    name: str
    before: str
    after: str
    loosens: bool


def moved_verdicts(pairs: Iterable[Pair]) -> Iterator[Moved]:
    """Objects that one policy allows and the other denies."""
    for pair in pairs:
        if pair.old.decision and pair.new.decision and pair.old.word != pair.new.word:
            yield Moved("", pair.name, pair.old.word, pair.new.word, pair.new.word == "allowed")


def moved_codes(pairs: Iterable[Pair]) -> Iterator[Moved]:
    """Codes that found more or less, or whose findings count more or less, by code and object."""
    found: list[Moved] = []
    for pair in pairs:
        if pair.old.decision is None or pair.new.decision is None:
            continue
        apart = pair.old.decision.suppressed != pair.new.decision.suppressed
        before, after = (_counts(it, no_hidden=apart) for it in (pair.old.decision, pair.new.decision))
        for code in before.keys() | after.keys():
            was, is_ = (tuple(counts[code][level] for level in LEVELS) for counts in (before, after))
            if was != is_:
                found.append(Moved(code, pair.name, _told(was), _told(is_), loosens=is_ < was))
    yield from sorted(found, key=lambda moved: (moved.code, moved.name))


def _counts(decision: Decision, *, no_hidden: bool) -> dict[str, Counter[str]]:
    """By code, how many findings there are of each level. A waived one is none: it refuses nothing.

    Args:
        decision: one of two that are compared.
        no_hidden: whether to leave out what one of them counts only: it is no looser for that.
    """
    found: dict[str, Counter[str]] = _Counts()
    for finding in (*decision.violations, *decision.warnings, *decision.audited):
        if not (no_hidden and finding.path == "card" and finding.observed == HIDDEN):
            found.setdefault(finding.code, Counter())[finding.enforcement] += 1
    return found


class _Counts(dict[str, Counter[str]]):
    """Counts by code; none of a code that found nothing."""

    def __missing__(self, code: str) -> Counter[str]:
        return Counter()


def _told(counts: tuple[int, ...]) -> str:
    """`deny`, `deny x2, warn` or `nothing`."""
    words = [
        f"{level} x{count}" if count > 1 else level
        for level, count in zip(LEVELS, counts, strict=True)
        if count
    ]
    return ", ".join(words) or "nothing"
