"""What `check` found, in the shape that others parse; every report is made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlgate.cli.manifests import Document
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
            return str(self.document.error)
        return self.verdict.failure.message if self.verdict.failure else self.verdict.reason

    @property
    def decision(self) -> Decision | None:
        """The policy's answer, where it was asked."""
        return self.verdict.decision if self.verdict else None

    @property
    def title(self) -> str:
        """`Kind/name`, or the place in the file of what could not be read."""
        value = self.document.object
        if value is None:
            return f"document {self.document.index}"
        metadata = value.get("metadata") or {}
        name = metadata.get("name") or f"{metadata.get('generateName', '')}(generated)"
        return f"{value['kind']}/{name}"

    def findings(self, name: str) -> tuple[Finding, ...]:
        """One of the four lists of findings; empty where the policy was not asked."""
        return getattr(self.decision, name) if self.decision else ()

    def wire(self) -> dict[str, Any]:
        """As `--output json` prints it."""
        value = self.document.object or {}
        decision = self.decision
        found: dict[str, Any] = {
            "source": self.document.source,
            "apiVersion": value.get("apiVersion"),
            "kind": value.get("kind"),
            "namespace": self.namespace,
            "name": (value.get("metadata") or {}).get("name"),
            "verdict": self.word,
            "reason": self.reason,
        }
        for key in ("profile", "tier", "classification", "mode"):
            found[key] = getattr(decision, key) if decision else None
        for key in FINDING_LISTS:
            found[key] = [finding.wire() for finding in self.findings(key)]
        found["suppressed"] = decision.suppressed if decision else 0
        found["evaluated"] = list(decision.evaluated) if decision else []
        found["skippedCodes"] = [entry.wire() for entry in decision.skipped] if decision else []
        if self.document.error is not None:
            error = self.document.error
            found["error"] = {"message": error.message, "line": error.line, "column": error.column}
        return found


@dataclass(frozen=True)
class Results:
    """All results of one run, and the policy that judged."""

    revision: str
    codes: int
    results: tuple[Result, ...]
    notes: tuple[str, ...] = ()
    """What the reader must know about the evidence: what was assumed, what was not read."""

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
        return {
            "policy": {"revision": self.revision, "codes": self.codes},
            "notes": list(self.notes),
            "results": [result.wire() for result in self.results],
            "summary": self.summary(),
        }

    @property
    def exit_code(self) -> int:
        """2 when something could not be judged, else 1 when something was denied, else 0."""
        counts = self.summary()
        if counts["errors"]:
            return 2
        return 1 if counts["denied"] else 0
