"""What `check` found, in the shape that others parse; every report is made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlgate.cli.manifests import Document, trouble
from mlgate.cli.shapes import Checked, CheckedUnread, CheckReport, Policy, ReadFailure, Source, Summary
from mlgate.domain.decision import Decision, Finding, Verdict

FINDING_LISTS = ("violations", "warnings", "audited", "waived")


@dataclass(frozen=True)
class Result:
    """One document and what became of it."""

    document: Document
    namespace: str | None
    verdict: Verdict | None
    """Null when the document could not be read."""

    @property
    def word(self) -> str:
        """`allowed`, `denied`, `skipped` or `error`."""
        if self.verdict is None or self.verdict.outcome == "failed":
            return "error"
        if self.verdict.outcome == "skipped":
            return "skipped"
        return "allowed" if self.verdict.allowed else "denied"

    @property
    def reason(self) -> str:
        """Why, in a few words."""
        if self.verdict is None:
            return trouble(self.document.error) if self.document.error else "cannot be read"
        return self.verdict.failure.message if self.verdict.failure else self.verdict.reason

    @property
    def decision(self) -> Decision | None:
        """The policy's answer, where it was asked."""
        return self.verdict.decision if self.verdict else None

    @property
    def title(self) -> str:
        """`Kind/name`, or the place in the file of what could not be read."""
        return self.document.title

    def findings(self, name: str) -> tuple[Finding, ...]:
        """One of the four lists of findings; empty where the policy was not asked."""
        return getattr(self.decision, name) if self.decision else ()

    def shape(self) -> Checked:
        """As `--output json` prints it."""
        value = self.document.object or {}
        decision, error = self.decision, self.document.error
        shown: dict[str, Any] = {
            "source": Source(**self.document.source),
            "api_version": value.get("apiVersion"),
            "kind": value.get("kind"),
            "namespace": self.namespace,
            "name": self.document.metadata.get("name"),
            "verdict": self.word,
            "reason": self.reason,
            "suppressed": decision.suppressed if decision else 0,
            "evaluated": decision.evaluated if decision else (),
            "skipped_codes": decision.skipped if decision else (),
        }
        shown |= {key: getattr(decision, key, None) for key in ("profile", "tier", "classification", "mode")}
        shown |= {key: self.findings(key) for key in FINDING_LISTS}
        if error is None:
            return Checked(**shown)
        failure = ReadFailure(message=error.message, line=error.line, column=error.column)
        return CheckedUnread(**shown, error=failure)


@dataclass(frozen=True)
class Results:
    """All results of one run, and the policy that judged."""

    revision: str
    codes: int
    results: tuple[Result, ...]
    notes: tuple[str, ...] = ()
    """What the reader must know about the evidence: what was assumed, what was not read."""
    incomplete: bool = False
    """Evidence could not be read, or there was nothing to judge: no result is a clean bill of health."""

    def summary(self) -> dict[str, int]:
        """How many of each verdict."""
        words = [result.word for result in self.results]
        return {
            "allowed": words.count("allowed"),
            "denied": words.count("denied"),
            "skipped": words.count("skipped"),
            "errors": words.count("error"),
        }

    def wire(self) -> dict[str, Any]:
        """As `--output json` prints it."""
        return CheckReport(
            policy=Policy(revision=self.revision, codes=self.codes),
            notes=self.notes,
            results=tuple(result.shape() for result in self.results),
            summary=Summary(**self.summary()),
        ).wire()

    @property
    def exit_code(self) -> int:
        """2 when something could not be judged or read, else 1 when something was denied, else 0."""
        counts = self.summary()
        if counts["errors"] or self.incomplete:
            return 2
        return 1 if counts["denied"] else 0
