"""The answer allows only where the verdict does, and keeps within what its readers can carry."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mlgate.admission.response import message_limit, respond
from mlgate.admission.review import ReviewEnvelope
from mlgate.domain.decision import Verdict

Make = Callable[..., Any]


@pytest.fixture
def answer(envelope: ReviewEnvelope, asked: Make) -> Make:
    """The response in the answer to a verdict."""

    def respond_to(verdict: Verdict, **request: Any) -> dict[str, Any]:
        whole = respond(envelope, asked(**request), verdict, "d-1")
        assert set(whole) == {"apiVersion", "kind", "response"}
        assert json.loads(json.dumps(whole)) == whole
        response: dict[str, Any] = whole["response"]
        return response

    return respond_to


def test_an_allow_is_the_uid_the_word_and_the_notes_for_the_audit_log(
    envelope: ReviewEnvelope, asked: Make, judgement: Make
) -> None:
    assert respond(envelope, asked(), judgement(), "d-1") == {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "response": {
            "uid": "u-1",
            "allowed": True,
            "auditAnnotations": {
                "decision-id": "d-1",
                "verdict": "allowed",
                "policy-revision": "v1+abc",
                "profile": "production",
                "mode": "enforce",
                "codes": "",
            },
        },
    }


def test_a_denial_has_status_403_all_failures_and_a_cause_for_each(
    answer: Make, finding: Make, judgement: Make
) -> None:
    violations = [finding(code="a.b", message="m1", path="p1"), finding(code="c.d", message="m2", path="p2")]
    response = answer(judgement(violations))
    status = response["status"]
    assert (response["allowed"], status["status"], status["code"]) == (False, "Failure", 403)
    assert status["reason"] == "Forbidden"
    assert status["message"].startswith("mlgate refused InferenceService/credit: 2 of 3 checks failed")
    assert status["details"]["causes"] == [
        {"reason": "a.b", "message": "m1", "field": "p1"},
        {"reason": "c.d", "message": "m2", "field": "p2"},
    ]
    assert response["auditAnnotations"]["verdict"] == "denied"
    assert response["auditAnnotations"]["codes"] == "a.b,c.d"


@pytest.mark.parametrize("part", ["engine", "gate", "evidence", "review"])
def test_a_failure_of_the_gate_has_status_503_and_names_the_part(
    answer: Make, failure: Make, part: str
) -> None:
    response = answer(failure(part, "timeout"))
    status = response["status"]
    assert (response["allowed"], status["code"], status["reason"]) == (False, 503, "ServiceUnavailable")
    assert status["details"]["causes"] == [
        {"reason": f"mlgate.{part}_timeout", "message": "OPA cannot be reached", "field": ""}
    ]
    assert response["auditAnnotations"] == {"decision-id": "d-1", "verdict": "denied-failed"}


def test_an_object_that_cannot_be_read_has_status_403(answer: Make, failure: Make) -> None:
    status = answer(failure("manifest", "unreadable"))["status"]
    assert (status["code"], status["reason"]) == (403, "Forbidden")


def test_an_object_let_through_unjudged_is_told_loudly(answer: Make, failure: Make) -> None:
    response = answer(failure(allowed=True))
    assert response["allowed"] is True
    assert "status" not in response
    assert response["warnings"][0].startswith("mlgate did NOT judge InferenceService/credit: ")
    assert response["auditAnnotations"]["verdict"] == "allowed-failed"


def test_an_object_of_no_concern_is_noted_as_skipped(answer: Make) -> None:
    response = answer(Verdict(outcome="skipped", allowed=True, reason="serves no model"))
    assert response["auditAnnotations"] == {"decision-id": "d-1", "verdict": "allowed-skipped"}
    assert "warnings" not in response


@pytest.mark.parametrize("truthy", ["true", 1, [True]])
def test_only_true_itself_allows(answer: Make, failure: Make, truthy: Any) -> None:
    verdict = failure().model_copy(update={"allowed": truthy})
    assert answer(verdict)["allowed"] is False


def test_warnings_hold_what_warns_then_what_is_waived(
    answer: Make, finding: Make, waived: Make, judgement: Make
) -> None:
    warned = finding(enforcement="warn", code="a.b", message="soon")
    verdict = judgement(warnings=(warned,), waived=(waived(code="c.d", message="lifted"),))
    assert answer(verdict)["warnings"] == [
        "a.b: soon",
        "c.d: waived until 2027-01-01T00:00:00Z by Waiver bank/w1: lifted",
    ]


def test_a_denial_shows_warnings_too(answer: Make, finding: Make, judgement: Make) -> None:
    response = answer(judgement([finding()], warnings=(finding(enforcement="warn", code="a.b"),)))
    assert response["warnings"] == ["a.b: the ratio is 0.6"]


def test_audited_findings_are_told_to_nobody(answer: Make, finding: Make, judgement: Make) -> None:
    response = answer(judgement(audited=(finding(enforcement="audit", message="quiet"),)))
    assert "quiet" not in json.dumps(response)


def test_a_warning_is_said_once_and_cut_to_what_is_displayed(
    answer: Make, finding: Make, judgement: Make
) -> None:
    long = finding(enforcement="warn", message="ä" * 500)
    warnings = answer(judgement(warnings=(long, long)))["warnings"]
    assert len(warnings) == 1
    assert len(warnings[0].encode()) <= 256
    assert warnings[0].endswith("…")


def test_warnings_together_keep_within_what_the_api_server_passes_on_and_count_the_rest(
    answer: Make, finding: Make, judgement: Make
) -> None:
    many = tuple(finding(enforcement="warn", message=f"{number} " + "x" * 300) for number in range(40))
    warnings = answer(judgement(warnings=many))["warnings"]
    assert sum(len(text.encode()) for text in warnings) <= 4096
    assert warnings[-1] == f"mlgate: {40 - (len(warnings) - 1)} more warnings left out"


@pytest.mark.parametrize(
    ("username", "limit"),
    [
        ("erin@example.com", 16384),
        ("kubernetes-admin", 16384),
        ("system:admin", 16384),
        ("system:serviceaccount:kube-system:replicaset-controller", 896),
        ("system:node:n1", 896),
        ("system:kube-controller-manager", 896),
        (None, 16384),
    ],
)
def test_a_controller_gets_what_an_event_holds_and_a_person_a_page(
    asked: Make, answer: Make, finding: Make, judgement: Make, username: str | None, limit: int
) -> None:
    assert message_limit(asked(username=username)) == limit
    many = [finding(message=f"{number} " + "x" * 200, fix=f"fix {number}") for number in range(200)]
    message = answer(judgement(many), username=username)["status"]["message"]
    assert limit - 400 < len(message.encode()) <= limit
    assert message.split("\n")[-1].endswith("left out")


def test_causes_are_whole_and_the_others_counted(answer: Make, finding: Make, judgement: Make) -> None:
    many = [finding(message=f"{number} " + "x" * 1000) for number in range(200)]
    causes = answer(judgement(many))["status"]["details"]["causes"]
    assert sum(len(text.encode()) for cause in causes for text in cause.values()) < 66_000
    assert causes[-1]["reason"] == "mlgate.left_out"
    assert causes[-1]["message"] == f"{200 - (len(causes) - 1)} more failures"


def test_codes_in_the_audit_log_are_whole_each_once_and_the_others_counted(
    answer: Make, finding: Make, judgement: Make
) -> None:
    many = [
        finding(code=f"subject.a_rather_long_code_{number:03}") for number in range(100) for _ in range(2)
    ]
    codes = answer(judgement(many))["auditAnnotations"]["codes"].split(",")
    assert len(",".join(codes).encode()) <= 1024 + 8
    assert codes[-1] == f"+{100 - (len(codes) - 1)}"
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("request_of", "document"),
    [
        ({"name": "credit"}, "InferenceService/credit:"),
        ({"name": None, "content": {"metadata": {"generateName": "job-"}}}, "InferenceService/job-*:"),
        ({"name": None, "content": {"metadata": {"generateName": ""}}}, "InferenceService:"),
        ({"name": None, "content": {"metadata": {"generateName": 7}}}, "InferenceService:"),
        ({"name": None, "content": {"metadata": "x"}}, "InferenceService:"),
        ({"name": None}, "InferenceService:"),
    ],
)
def test_an_object_without_a_name_yet_is_called_by_its_prefix_or_its_kind(
    answer: Make, finding: Make, judgement: Make, request_of: dict[str, Any], document: str
) -> None:
    message = answer(judgement([finding()]), **request_of)["status"]["message"]
    assert message.startswith(f"mlgate refused {document}")


def test_hostile_text_is_neutralised_wherever_it_is_said(
    answer: Make, finding: Make, waived: Make, judgement: Make, hostile: str
) -> None:
    texts = {"code": hostile, "message": hostile, "path": hostile, "fix": hostile}
    verdict = judgement(
        [finding(**texts)],
        warnings=(finding(enforcement="warn", **texts),),
        waived=(waived(**texts),),
        revision=hostile,
        profile=hostile,
    )
    response = answer(verdict, name=hostile, kind=hostile)
    status = response["status"]
    said = [*response["warnings"], *response["auditAnnotations"].values(), *status["message"].split("\n")]
    said += [text for cause in status["details"]["causes"] for text in cause.values()]
    assert len(status["message"].split("\n")) == 4
    assert [text for text in said if not text.isprintable()] == []


def test_a_failure_that_quotes_hostile_text_is_neutralised(answer: Make, failure: Make, hostile: str) -> None:
    verdict = failure()
    wrong = verdict.failure.model_copy(update={"message": hostile, "reason": hostile})
    for allowed in (False, True):
        response = answer(verdict.model_copy(update={"failure": wrong, "allowed": allowed}), name=hostile)
        whole = json.dumps(response, ensure_ascii=False)
        assert [line for line in whole.replace("\\n", "\n").split("\n") if not line.isprintable()] == []


def test_what_a_mode_let_through_stands_in_the_notes(answer: Make, finding: Make, judgement: Make) -> None:
    audited = [finding(code="a.b", enforcement="audit"), finding(code="a.b", enforcement="audit", term="t")]
    warned = [finding(code="c.d", enforcement="warn")]
    notes = answer(judgement(mode="audit", audited=audited, warnings=warned))["auditAnnotations"]
    assert (notes["mode"], notes["codes"], notes["audited"], notes["warned"]) == ("audit", "", "a.b", "c.d")
