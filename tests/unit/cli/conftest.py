"""The program run in this process, and results as `check` makes them, built by hand."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import structlog

from mlgate.cli.main import run
from mlgate.cli.manifests import Document
from mlgate.cli.results import Result, Results
from mlgate.domain.decision import Decision, Failure, Finding, Skipped, Verdict, WaivedFinding
from mlgate.errors import ManifestError

SERVICE = {
    "apiVersion": "serving.kserve.io/v1beta1",
    "kind": "InferenceService",
    "metadata": {"name": "credit", "namespace": "bank"},
}


def finding(code: str, **changes: Any) -> dict[str, Any]:
    """A finding as the policy answers it."""
    return {
        "code": code,
        "severity": "critical",
        "enforcement": "deny",
        "message": f"{code} was found: 100%, a, b\n::error::forged",
        "path": "spec.predictor",
        "observed": "nothing",
        "required": "something",
        "fix": "Add it.",
        "docs": f"docs/rules/{code.replace('.', '.md#')}",
        "term": None,
        "model": "predictor",
    } | changes


def verdict(**lists: tuple[Any, ...]) -> Verdict:
    """A judged verdict with the given lists of findings."""
    violations = lists.get("violations", ())
    decision = Decision(
        allow=not violations,
        profile="production",
        tier="high",
        classification="restricted",
        mode="enforce",
        unchanged=False,
        violations=violations,
        warnings=lists.get("warnings", ()),
        audited=lists.get("audited", ()),
        waived=lists.get("waived", ()),
        suppressed=0,
        skipped=lists.get("skipped", ()),
        evaluated=("encryption.at_rest_missing", "model_card.missing"),
        revision="v0.1.0+abc1234",
    )
    return Verdict(outcome="judged", allowed=decision.allow, reason="judged", decision=decision)


@pytest.fixture
def results() -> Results:
    """One of each: denied, allowed, skipped, failed, unreadable."""
    waiver = {
        "namespace": "bank", "name": "w", "ticket": "T-1", "reason": "because", "approvedBy": "x",
        "expiresAt": "2027-01-01T00:00:00Z",
    }  # fmt: skip
    denied = verdict(
        violations=(Finding.model_validate(finding("model_card.missing")),),
        warnings=(Finding.model_validate(finding("waiver.expiring", enforcement="warn", severity="low")),),
        waived=(WaivedFinding.model_validate(finding("encryption.at_rest_missing") | {"waiver": waiver}),),
    )
    left = tuple(
        Skipped(code=code, reason=reason, detail="of it")
        for code, reason in (("a.one", "notConfigured"), ("b.two", "offline"), ("c.three", "notConfigured"))
    )
    failure = Failure(part="engine", reason="unavailable", message="OPA does not answer")
    failed = Verdict(outcome="failed", allowed=False, reason="engine unavailable", failure=failure)
    skipped = Verdict(outcome="skipped", allowed=True, reason="serves no model")
    unreadable = ManifestError("duplicate key image", line=12, column=3)
    return Results(
        "v0.1.0+abc1234",
        2,
        (
            Result(Document("a.yaml", 0, 1, SERVICE, None), "bank", denied),
            Result(Document("a.yaml", 1, 20, SERVICE, None), "bank", verdict(skipped=left)),
            Result(Document("a.yaml", 2, 40, {**SERVICE, "kind": "Thing"}, None), "bank", skipped),
            Result(Document("b.yaml", 0, 1, SERVICE, None), "bank", failed),
            Result(Document("b.yaml", 1, 9, None, unreadable), None, None),
        ),
        ("a note",),
    )


@dataclass(frozen=True)
class Done:
    """How a run of the program ended."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        """Both streams."""
        return self.out + self.err


class Program(Protocol):
    """Runs `mlgate` with arguments; never lets anything but an exit code out."""

    def __call__(self, *arguments: str | Path, stdin: bytes | None = None) -> Done: ...


@pytest.fixture
def mlgate(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Program]:
    """The program, and no setting of the machine the tests run on."""
    for name in ("MLGATE_OPA__BINARY", "KUBECONFIG", "USER", "LOGNAME", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)

    def program(*arguments: str | Path, stdin: bytes | None = None) -> Done:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            run([str(argument) for argument in arguments])
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, told.out, told.err)

    yield program
    structlog.reset_defaults()
    logging.basicConfig(handlers=[], force=True)
