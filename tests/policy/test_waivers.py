"""What a waiver lifts, judged by the real OPA: what it says, for so long, by nobody for themselves."""

from __future__ import annotations

import asyncio
import copy
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from casebook.cases import EXAMPLES, Case, read_reference
from casebook.documents import Object, read_all
from casebook.reviews import review
from casebook.twins import cases_on
from judging import REFERENCE_DAY

from mlgate.admission.response import respond
from mlgate.admission.review import ReviewEnvelope, read_review
from mlgate.assembly import CheckFrom, Running, assemble_check
from mlgate.audit.record import record_decision
from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Verdict
from mlgate.domain.request import Request

CODE = "encryption.storage_class_unencrypted"
CASES = {case.name: case for case in cases_on(REFERENCE_DAY, EXAMPLES)}
WAIVED = CASES["model-volume-waived"]
NAME = "churn-models-volume"
REQUESTER = read_reference(EXAMPLES).requester.username
NOW = f"{REFERENCE_DAY}T12:00:00Z"
NOT_APPLIED, EXPIRING = "waiver.not_applied", "waiver.expiring"
ABSENT = object()


def day(number: int) -> str:
    return str(REFERENCE_DAY + timedelta(days=number))


@dataclass(frozen=True)
class Asked:
    """A workload beside a waiver of some shape, and what becomes of the finding it is for."""

    spec: dict[str, Any] = field(default_factory=dict)
    """What the waiver says otherwise than the good one."""
    metadata: dict[str, Any] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    """Names that are added to those of the card."""
    warnings: frozenset[str] = frozenset()
    told: str = ""
    """Words of the warning."""
    is_lifted: bool = False


def lifted(*warnings: str, told: str = "", authors: tuple[str, ...] = (), **spec: Any) -> Asked:
    return Asked(spec, is_lifted=True, authors=authors, warnings=frozenset(warnings), told=told)


def void(
    told: str, authors: tuple[str, ...] = (), metadata: dict[str, Any] | None = None, **spec: Any
) -> Asked:
    """A waiver that is meant for the finding and does not count, and says why."""
    return Asked(spec, metadata or {}, authors, frozenset({NOT_APPLIED}), told)


def unread(**spec: Any) -> Asked:
    """A waiver that is not meant for the finding, or cannot be read so far that it was."""
    return Asked(spec)


def workload(kind: Any = "InferenceService", name: Any = "churn-forecast") -> dict[str, Any]:
    return {"workload": {"kind": kind, "name": name}}


SAME_PERSON = [
    "rita@example.com",
    "Rita@Example.COM",
    " rita@example.com ",
    "RITA@EXAMPLE.COM",
    "rita@example.com\u200b",
    "ri\u00adta@example.com",
    "\u2066rita@example.com\u2069",
]
ASKED: dict[str, Asked] = {
    "a good one": lifted(),
    "one that ends in fifteen days": lifted(expiresAt=f"{day(15)}T12:00:01Z"),
    "one that ends in fourteen days": lifted(EXPIRING, told=day(14), expiresAt=f"{day(14)}T12:00:00Z"),
    "one that ends tomorrow": lifted(EXPIRING, told=day(1), expiresAt=day(1)),
    "one that ends in a second": lifted(EXPIRING, expiresAt=f"{REFERENCE_DAY}T12:00:01Z"),
    "one that ends now": void("it ended on", expiresAt=NOW),
    "one that ended yesterday": void(f"it ended on {day(-1)}", expiresAt=day(-1)),
    "one that lasts ninety days": lifted(expiresAt=f"{day(90)}T12:00:00Z"),
    "one that lasts a second longer": void("longer than 90 days", expiresAt=f"{day(90)}T12:00:01Z"),
    "one that lasts for ever": void("longer than 90 days", expiresAt="9999-12-31"),
    "one of tomorrow": void("before now", metadata={"creationTimestamp": f"{day(1)}T12:00:00Z"}),
    "one that is being deleted": void("it has problems", metadata={"deletionTimestamp": NOW}),
    "one without an end": void("it has problems", expiresAt=ABSENT),
    "one whose end is no date": void("it has problems", expiresAt="soon"),
    "one whose end is no day": void("it has problems", expiresAt="2027-02-30"),
    "one whose end is a number": void("it has problems", expiresAt=4102444800),
    "one with a field nobody knows": void("it has problems", forever=True),
    "one with a list for a reason": void("it has problems", reason=["because"]),
    "one without who asked": void("it has problems", requestedBy=ABSENT),
    "one without who granted": void("it has problems", approvedBy=ABSENT),
    "one granted by nobody": void("somebody other than who asked", approvedBy=" "),
    "one asked for by nobody one can see": void("somebody other than who asked", requestedBy="\u200b"),
    "one for all codes": unread(codes=["*"]),
    "one for codes by pattern": unread(codes=["encryption.*", "encryption"]),
    "one for a code in capitals": unread(codes=[CODE.upper()]),
    "one without codes": unread(codes=[]),
    "one whose codes are one text": unread(codes=CODE),
    "one for another code": unread(codes=["encryption.at_rest_missing"]),
    "one among many codes": lifted(codes=["encryption.at_rest_missing", CODE, "model_card.missing"]),
    "one for another term": unread(terms=["another"]),
    "one for another workload": unread(subject=workload(name="another")),
    "one for the workload in capitals": unread(subject=workload(name="Churn-Forecast")),
    "one for a workload by pattern": unread(subject=workload(name="*")),
    "one for another kind": unread(subject=workload(kind="Deployment")),
    "one for no kind": unread(subject={"workload": {"name": "churn-forecast"}}),
    "one for nothing": unread(subject={}),
    "one for the workload, of another version": unread(
        subject={**workload(), "model": "churn-forecast", "version": "0.0.1"}
    ),
    "one for the workload, of another digest": unread(subject={**workload(), "digest": "sha256:" + "0" * 64}),
    **{
        f"one granted by {name!r} who asked for it": void(
            "somebody other than who asked", approvedBy=name, requestedBy="rita@example.com"
        )
        for name in SAME_PERSON
    },
    **{
        f"one granted by {name!r} who built the model": void(
            "built or deploys", approvedBy="rita@example.com", authors=(name,)
        )
        for name in SAME_PERSON
    },
    **{
        f"one granted by {name!r} who deploys": void(
            "built or deploys", approvedBy=name, requestedBy="b@example.com"
        )
        for name in (REQUESTER, REQUESTER.upper(), f"{REQUESTER} ", REQUESTER.replace("@", "\u200b@"))
    },
}


SUPPORTER = next(item for item in WAIVED.evidence if item["kind"] == "SignOff")["spec"]["approver"]


@dataclass(frozen=True)
class Judged:
    verdict: Verdict
    request: Request


async def judged(running: Running, manifest: Object) -> Judged:
    requester = read_reference(EXAMPLES).requester
    body = json.dumps(review(manifest, requester, "b7b1f1d2-3c5e-4d7a-9a55-0c6a1f4be0d1")).encode()
    _, request = read_review(body)
    return Judged((await running.gate.judge(request, Deadline.after(20))).verdict, request)


def around(case: Case, asked: Asked, namespace: str) -> tuple[list[Object], Object]:
    """The evidence and the manifest of the case in a namespace of its own, beside the waiver."""
    evidence, manifest = copy.deepcopy([*case.evidence]), copy.deepcopy(case.manifest[-1])
    for item in [*evidence, manifest]:
        if item["kind"] == "Namespace":
            item["metadata"]["name"] = namespace
        elif item["metadata"].get("namespace") == case.name:
            item["metadata"]["namespace"] = namespace
        if item["kind"] == "ModelCard":
            item["spec"]["model"]["authors"] += asked.authors
        if item["kind"] == "Waiver" and item["metadata"]["name"] == NAME:
            item["metadata"] |= asked.metadata
            item["spec"] = {k: v for k, v in (item["spec"] | asked.spec).items() if v is not ABSENT}
    return evidence, manifest


@pytest.fixture(scope="module")
def found() -> dict[str, Judged]:
    return asyncio.run(_found())


async def _found() -> dict[str, Judged]:
    placed = {
        name: around(WAIVED, asked, f"w-{number}") for number, (name, asked) in enumerate(ASKED.items())
    }
    cluster = [*read_all(EXAMPLES / "cluster.yaml")]
    cluster += [item for evidence, _ in placed.values() for item in evidence]
    source = CheckFrom(tuple(cluster), namespace="default", at=NOW, assume_authenticated=True)
    async with assemble_check(source) as running:
        return {name: await judged(running, manifest) for name, (_, manifest) in placed.items()}


def codes(verdict: Verdict, where: str) -> set[str]:
    assert verdict.decision is not None
    return {finding.code for finding in getattr(verdict.decision, where)}


@pytest.mark.parametrize("name", ASKED)
def test_a_waiver_lifts_what_it_is_for_and_nothing_else(name: str, found: dict[str, Judged]) -> None:
    asked, verdict = ASKED[name], found[name].verdict
    assert (CODE in codes(verdict, "waived")) is asked.is_lifted
    assert (CODE in codes(verdict, "violations")) is not asked.is_lifted
    assert codes(verdict, "warnings") & {NOT_APPLIED, EXPIRING} == asked.warnings
    assert verdict.decision is not None
    told = " ".join(finding.message for finding in verdict.decision.warnings)
    assert asked.told in told


def test_what_is_waived_is_told_to_who_deploys_and_stands_in_the_record(found: dict[str, Judged]) -> None:
    good = found["a good one"]
    answer = respond(
        ReviewEnvelope("admission.k8s.io/v1", "AdmissionReview", "u-1"), good.request, good.verdict, "d-1"
    )
    warned = [text for text in answer["response"]["warnings"] if CODE in text]
    assert answer["response"]["allowed"] is True
    assert len(warned) == 1
    assert f"by Waiver w-0/{NAME}" in warned[0]
    record = record_decision(
        good.request,
        good.verdict,
        decision_id="d-1",
        evaluated_at=NOW,
        workload=None,
        cards=(),
        unavailable=(),
        evidence_source="files",
        stage_seconds={},
    )
    assert any(text.startswith(CODE) for text in record.waived)
    assert not any(text.startswith(CODE) for text in record.violations)


LIMITED = "model_card.digest_mismatch"
"""A code that may be waived, but not in production as shipped."""


@pytest.mark.parametrize(("case", "is_lifted"), [("ticket-router-staging", True), ("ticket-router", False)])
async def test_what_may_be_waived_at_all_depends_on_the_profile(case: str, *, is_lifted: bool) -> None:
    evidence, manifest = copy.deepcopy([*CASES[case].evidence]), copy.deepcopy(CASES[case].manifest[-1])
    about, other = manifest["metadata"], "sha256:" + "0" * 64
    card = about["annotations"]["mlgate.dev/model-card"].partition("@")[0]
    about["annotations"]["mlgate.dev/model-card"] = f"{card}@{other}"
    (good,) = [copy.deepcopy(item) for item in WAIVED.evidence if item["metadata"]["name"] == NAME]
    good["metadata"]["namespace"] = case
    good["spec"] |= {"codes": [LIMITED], "subject": workload(manifest["kind"], about["name"])}
    objects = (*evidence, good, *read_all(EXAMPLES / "cluster.yaml"))
    async with assemble_check(CheckFrom(objects, "default", at=NOW, assume_authenticated=True)) as running:
        verdict = (await judged(running, manifest)).verdict
    assert (LIMITED in codes(verdict, "waived")) is is_lifted
    assert (LIMITED in codes(verdict, "violations")) is not is_lifted
    assert (NOT_APPLIED in codes(verdict, "warnings")) is not is_lifted


APPROVALS = (
    "signoff.approval_missing",
    "signoff.rejected",
    "signoff.approver_not_independent",
    "signoff.assurance_too_low",
    "signoff.signer_not_trusted",
)


async def _with_waiver(asked: Asked, *, without_approvals: bool = False) -> Verdict:
    """What becomes of the workload beside the waiver, perhaps with nobody's approval."""
    evidence, manifest = around(WAIVED, asked, "w-people")
    kept = [item for item in evidence if not (without_approvals and item["kind"] == "SignOff")]
    objects = (*read_all(EXAMPLES / "cluster.yaml"), *kept)
    async with assemble_check(CheckFrom(objects, "default", at=NOW, assume_authenticated=True)) as running:
        return (await judged(running, manifest)).verdict


@pytest.mark.parametrize("name", [SUPPORTER, SUPPORTER.upper(), f"oidc:{SUPPORTER}"])
async def test_whoever_approved_the_version_waives_nothing_of_it(name: str) -> None:
    verdict = await _with_waiver(Asked({"approvedBy": name}))
    assert CODE in codes(verdict, "violations")
    assert verdict.decision is not None
    told = " ".join(finding.message for finding in verdict.decision.warnings)
    assert "its approver approved the version as well" in told


async def test_in_production_no_waiver_stands_for_an_approval() -> None:
    verdict = await _with_waiver(Asked({"codes": [CODE, *APPROVALS]}), without_approvals=True)
    assert "signoff.approval_missing" in codes(verdict, "violations")
    assert not codes(verdict, "waived") & {*APPROVALS}
    assert NOT_APPLIED in codes(verdict, "warnings")
