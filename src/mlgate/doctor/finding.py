"""What is found: a code, whether it lets models through, the object it is about, and how to mend it."""

from __future__ import annotations

from typing import Literal

from mlgate.domain.base import Frozen

Severity = Literal["critical", "high", "medium", "low", "info"]
Opens = Literal["yes", "possibly", "no"]
"""Whether a model gets past the gate because of it: now; if somebody does what they may do; or not."""
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")
OPENINGS: tuple[Opens, ...] = ("yes", "possibly", "no")


class Subject(Frozen):
    """The object a finding is about."""

    kind: str
    name: str | None
    """Null where all objects of the kind are meant, or a right to them."""
    namespace: str | None = None
    path: str | None = None
    """The field, where it is one."""

    @property
    def title(self) -> str:
        """As a line of text names it."""
        named = f"{self.kind}/{self.name}" if self.name is not None else self.kind
        placed = f"{self.namespace}/{named}" if self.namespace is not None else named
        return f"{placed} {self.path}" if self.path is not None else placed


class Finding(Frozen):
    """One thing that is not as it should be."""

    code: str
    severity: Severity
    lets_models_through: Opens
    subject: Subject
    message: str
    fix: str
    """A command, or what to do before one can be named."""
    docs: str
    """Where the code is explained."""

    @property
    def rank(self) -> tuple[int, int, str, str]:
        """What lets models through comes first, then what is most severe."""
        return (
            OPENINGS.index(self.lets_models_through),
            SEVERITIES.index(self.severity),
            self.code,
            self.subject.title,
        )
