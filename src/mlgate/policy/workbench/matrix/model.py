"""What a compliance matrix holds, before it is written in any form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlgate.policy.overrides import RANK

UNSET = "not configured"
"""Not judged, because no setting it needs has a value."""
ELSEWHERE = "not here"
"""The rule is about other profiles."""


@dataclass(frozen=True)
class Raised:
    """What makes a code stricter, in words, and how strict."""

    action: str
    case: str

    @property
    def text(self) -> str:
        """In words."""
        return f"{self.action} for {self.case}"


@dataclass(frozen=True)
class Cell:
    """What becomes of a code in one profile, with the site's settings."""

    word: str
    """deny, warn, audit, off, `not configured` or `not here`."""
    raises: tuple[Raised, ...] = ()
    shipped: str | None = None
    """What the policy says, where the site's settings lead to something else."""

    @property
    def enforced(self) -> bool:
        """Whether a finding can come of it."""
        return self.word not in {"off", UNSET, ELSEWHERE} or bool(self.raises)

    @property
    def strictest(self) -> str:
        """What it comes to at most."""
        return max((self.word, *(entry.action for entry in self.raises)), key=lambda word: RANK.get(word, -1))

    @property
    def text(self) -> str:
        """In words."""
        changed = f" (the policy says {self.shipped})" if self.shipped is not None else ""
        return "; ".join([f"{self.word}{changed}", *(entry.text for entry in self.raises)])


@dataclass(frozen=True)
class CodeRow:
    """One code."""

    code: str
    title: str
    severity: str
    own: bool
    """Whether it is the site's own."""
    docs: str | None
    """Where its page is published, if anywhere."""
    cells: Mapping[str, Cell]
    """By profile."""
    notes: tuple[str, ...]
    """To what it is limited, and what it hangs on."""


@dataclass(frozen=True)
class Mapped:
    """A requirement of mlgate that speaks to a reference, or to none."""

    control: str
    title: str
    statement: str
    sure: bool | None
    """Whether anybody is certain of the mapping; null where there is no reference."""
    codes: tuple[str, ...]
    decided_by: str | None
    """Who decides it where no rule can."""
    covered_by: str | None
    """The requirement whose rules speak for this one as well."""

    @property
    def instead(self) -> str:
        """What stands where the codes would, if there are none."""
        return f"decided by {self.decided_by}" if self.decided_by else "no rule"


@dataclass(frozen=True)
class Reference:
    """What a framework asks for, by its own number."""

    reference: str
    mapped: tuple[Mapped, ...]


@dataclass(frozen=True)
class Framework:
    """A framework and all that is mapped to it."""

    key: str
    short: str
    title: str
    url: str
    checked: str
    """How the references were compared with its text."""
    references: tuple[Reference, ...]

    @property
    def mapped(self) -> tuple[Mapped, ...]:
        """Every mapping."""
        return tuple(entry for reference in self.references for entry in reference.mapped)

    @property
    def codes(self) -> frozenset[str]:
        """Every code that speaks to it."""
        return frozenset(code for entry in self.mapped for code in entry.codes)


@dataclass(frozen=True)
class Outside:
    """Something no gate decides."""

    matter: str
    decided_by: str
    shows: str
    """What the gate can show of it."""
    controls: tuple[str, ...]


@dataclass(frozen=True)
class Matrix:
    """All of it."""

    revision: str
    """As decision records name it."""
    at: str | None
    modes: Mapping[str, str]
    """By profile, what the gate does with denials: enforce, warn or audit."""
    instead: Mapping[str, str]
    """What a denial turns into, by the case in which it does."""
    changed: tuple[str, ...]
    """Keys of the settings that the site put over the shipped ones."""
    frameworks: tuple[Framework, ...]
    codes: Mapping[str, CodeRow]
    unmapped: tuple[Mapped, ...]
    """Requirements without a reference, and the codes of no requirement."""
    outside: tuple[Outside, ...]

    @property
    def resting(self) -> tuple[CodeRow, ...]:
        """Codes that find nothing in some profile for want of a setting or because the site chose so."""
        return tuple(
            row
            for row in self.codes.values()
            if any(
                cell.word == UNSET or (not cell.enforced and cell.shipped is not None)
                for cell in row.cells.values()
            )
        )

    @property
    def lowered(self) -> tuple[str, ...]:
        """Profiles in which denials are let pass."""
        return tuple(profile for profile, mode in self.modes.items() if mode != "enforce")
