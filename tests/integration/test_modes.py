"""What becomes of denials in each profile, and of what cannot be judged: `mlgate serve` with a real OPA."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from beside import Gate
from process import Served, serving

Question = Callable[..., dict[str, Any]]
NO_CARD, CODE = "credit-scoring-no-card", "model_card.missing"
OVERRIDE = f"enforcement: {{overrides: {{{CODE}: {{sandbox: deny}}}}}}\n"


@pytest.fixture
def serve(evidence: tuple[Path, ...], tmp_path: Path) -> Callable[..., Any]:
    """Start a server with settings of the policy."""

    @contextmanager
    def start(text: str, **more: str) -> Iterator[Served]:
        settings = tmp_path / "site.yaml"
        settings.write_text(text)
        chosen = {"MLGATE_POLICY__SETTINGS": str(settings), "MLGATE_POLICY__RELOAD_SECONDS": "0.05"} | more
        with serving(tmp_path, evidence, None, settings=chosen) as server:
            yield server

    return start


def mode(**profiles: str) -> str:
    inside = ", ".join(f"{profile}: {word}" for profile, word in profiles.items())
    return f"decision: {{mode: {{{inside}}}}}\n{OVERRIDE}"


def in_sandbox(review: dict[str, Any]) -> dict[str, Any]:
    """The same object, in a namespace of another profile."""
    request = review["request"]
    request["namespace"] = request["object"]["metadata"]["namespace"] = "sandbox-experiment"
    return review


def decision_of(server: Served, response: dict[str, Any]) -> dict[str, Any]:
    """The log line of the decision."""
    wanted = response["auditAnnotations"]["decision-id"]
    (found,) = [line for line in server.lines() if line.get("decisionId") == wanted]
    return found


def test_a_mode_holds_for_its_profile_alone_and_tells_what_it_lets_through(
    serve: Callable[..., Any], question: Question, tmp_path: Path
) -> None:
    with serve(mode(production="audit")) as server:
        gate = Gate(server)
        audited = server.ask(question(NO_CARD))
        line = decision_of(server, audited)
        notes = audited["auditAnnotations"]
        assert (audited["allowed"], "status" in audited) == (True, False)
        assert CODE not in str(audited.get("warnings", ""))
        assert (notes["verdict"], notes["mode"], notes["profile"]) == ("allowed", "audit", "production")
        assert (notes["codes"], CODE in notes["audited"].split(",")) == ("", True)
        assert (line["allowed"], line["mode"], line["violations"]) == (True, "audit", [])
        assert any(entry.startswith(CODE) for entry in line["audited"])

        refused = server.ask(in_sandbox(question(NO_CARD)))
        assert (refused["allowed"], refused["status"]["code"]) == (False, 403)
        assert refused["auditAnnotations"]["mode"] == "enforce"
        assert CODE in refused["auditAnnotations"]["codes"].split(",")

        metrics = gate.metrics()
        series = 'mlgate_decisions_total{mode="%s",profile="%s",strictest="%s"}'
        assert metrics[series % ("audit", "production", "audited")] == 1
        assert metrics[series % ("enforce", "sandbox", "violations")] == 1
        assert metrics[f'mlgate_findings_total{{code="{CODE}",list="audited"}}'] >= 1
        assert metrics['mlgate_policy_mode{mode="audit",profile="production"}'] == 1
        assert gate.told()["policy"]["modes"] == {
            "sandbox": "enforce",
            "development": "enforce",
            "staging": "enforce",
            "production": "audit",
        }

        first = gate.ready()
        (tmp_path / "site.yaml").write_text(mode(production="warn", sandbox="audit"))
        second = gate.moved_from(first)
        warned = server.ask(question(NO_CARD))
        assert (warned["allowed"], warned["auditAnnotations"]["mode"]) == (True, "warn")
        assert any(text.startswith(f"{CODE}: ") for text in warned["warnings"])
        assert CODE in warned["auditAnnotations"]["warned"].split(",")
        assert server.ask(in_sandbox(question(NO_CARD)))["allowed"] is True

        (tmp_path / "site.yaml").write_text(mode(production="enforce"))
        gate.moved_from(second)
        enforced = server.ask(question(NO_CARD))
        assert (enforced["allowed"], enforced["auditAnnotations"]["mode"]) == (False, "enforce")
        assert 'mlgate_policy_mode{mode="warn",profile="production"}' not in gate.metrics()


@pytest.mark.parametrize("name", ["sign-off-record-for-another", "waiver-record-own-request"])
def test_no_mode_lets_a_record_pass_that_would_be_refused(
    serve: Callable[..., Any], question: Question, name: str
) -> None:
    profiles = dict.fromkeys(("sandbox", "development", "staging", "production"), "audit")
    with serve(mode(**profiles)) as server:
        response = server.ask(question(name))
        assert (response["allowed"], response["status"]["code"]) == (False, 403)
        assert server.ask(question(NO_CARD))["allowed"] is True


def test_what_cannot_be_judged_is_let_through_only_loudly_and_no_record_is(
    serve: Callable[..., Any], question: Question
) -> None:
    with serve(
        mode(production="audit"),
        MLGATE_DECISION__ON_ERROR="allow",
        MLGATE_DECISION__DEADLINE_SECONDS="1",
    ) as server:
        gate = Gate(server)
        assert server.wait_for("on_error_is_allow")["level"] == "warning"
        assert gate.metrics()["mlgate_on_error_allow"] == 1
        child = server.child()
        os.kill(child, signal.SIGSTOP)
        try:
            passed, record = (
                server.call("POST", "/validate?timeout=1s", json.dumps(question(name)).encode())
                for name in (NO_CARD, "sign-off-record")
            )
        finally:
            os.kill(child, signal.SIGCONT)
        response = passed.json()["response"]
        assert (response["allowed"], response["auditAnnotations"]["verdict"]) == (True, "allowed-failed")
        assert "did NOT judge InferenceService/credit-scoring" in response["warnings"][0]
        line = decision_of(server, response)
        assert (line["level"], line["outcome"], line["allowed"]) == ("warning", "failed", True)
        refused = record.json()["response"]
        assert (refused["allowed"], refused["status"]["code"]) == (False, 503)
        assert gate.metrics()["mlgate_allowed_on_error_total"] == 1


def test_by_default_what_cannot_be_judged_is_refused_in_every_mode(
    serve: Callable[..., Any], question: Question
) -> None:
    with serve(mode(production="audit"), MLGATE_DECISION__DEADLINE_SECONDS="1") as server:
        gate = Gate(server)
        assert gate.metrics()["mlgate_on_error_allow"] == 0
        child = server.child()
        os.kill(child, signal.SIGSTOP)
        try:
            answer = server.call("POST", "/validate?timeout=1s", json.dumps(question(NO_CARD)).encode())
        finally:
            os.kill(child, signal.SIGCONT)
        assert answer.json()["response"]["status"]["code"] == 503
