"""The gate: every request ends in one verdict and one record, and only policy allows a model."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs

from mlgate.domain.audit_record import AuditRecord
from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Decision
from mlgate.domain.policy_input import PolicyInput
from mlgate.domain.request import GroupVersionKind, Request, UserInfo
from mlgate.errors import (
    AnswerTooLarge,
    AuditError,
    DecisionInvalid,
    EngineError,
    EngineOverloaded,
    EngineTimeout,
    EngineUnavailable,
    EvidenceUnavailable,
)
from mlgate.evidence.files import FileCluster
from mlgate.evidence.options import EvidenceOptions
from mlgate.gate import Gate, Judgement, now_utc
from mlgate.workloads.extract import ExtractOptions

NOW = "2026-11-22T06:15:00Z"
FINDING = {
    "code": "model_card.missing", "severity": "critical", "enforcement": "deny", "message": "m", "path": "p",
    "observed": "o", "required": "r", "fix": "f", "docs": "d", "term": None, "model": None,
}  # fmt: skip
WAIVER = {"namespace": "bank", "name": "w", "ticket": "t", "reason": "r", "approvedBy": "a", "expiresAt": NOW}
ALLOW = {
    "allow": True, "profile": "production", "tier": "high", "classification": "restricted", "mode": "enforce",
    "unchanged": False, "violations": [], "warnings": [], "audited": [], "waived": [], "suppressed": 0,
    "skipped": [], "evaluated": ["model_card.missing"], "revision": "v1",
}  # fmt: skip
DENY = ALLOW | {"allow": False, "violations": [FINDING]}
CARD = {
    "apiVersion": "mlgate.dev/v1alpha1",
    "kind": "ModelCard",
    "metadata": {"name": "credit", "namespace": "bank"},
    "spec": {"model": {"name": "credit", "version": "1", "artifacts": [{"uri": "s3://models/credit"}]}},
}
SERVICE = {
    "apiVersion": "serving.kserve.io/v1beta1",
    "kind": "InferenceService",
    "metadata": {
        "name": "credit",
        "namespace": "bank",
        "annotations": {"mlgate.dev/model-card": "modelcard/credit"},
    },
    "spec": {"predictor": {"model": {"modelFormat": {"name": "onnx"}, "storageUri": "s3://models/credit"}}},
}


class ScriptedEngine:
    """An engine that does what the test says."""

    def __init__(self) -> None:
        self.answer: Callable[[PolicyInput], Any] = lambda _: ALLOW
        self.questions: list[PolicyInput] = []
        self.deadlines: list[Deadline] = []

    async def decide(self, question: PolicyInput, deadline: Deadline) -> Decision:
        self.questions.append(question)
        self.deadlines.append(deadline)
        answer = self.answer(question)
        if answer == "hang":
            await asyncio.Event().wait()
        if isinstance(answer, BaseException):
            raise answer
        return Decision.model_validate(answer)

    async def ready(self) -> str | None:
        return None

    async def aclose(self) -> None:
        """Nothing to close."""


class ListSink:
    """Keeps records, or cannot."""

    def __init__(self) -> None:
        self.records: list[AuditRecord] = []
        self.fault: Exception | None = None

    def write(self, record: AuditRecord) -> None:
        if self.fault is not None:
            raise self.fault
        self.records.append(record)


class CountingCluster(FileCluster):
    """Files, with every single read counted; a kind may be out of reach."""

    reads: list[str]
    unreachable: frozenset[str] = frozenset()

    async def get(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        name: str,
        *,
        deadline: Deadline,
        fresh: bool = False,
    ) -> dict[str, Any] | None:
        self.reads.append(f"{kind}/{name}")
        if kind in self.unreachable:
            raise EvidenceUnavailable("the API server answered 500")
        return await super().get(api_version, kind, namespace, name, deadline=deadline, fresh=fresh)


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def sink() -> ListSink:
    return ListSink()


@pytest.fixture
def gate_with(engine: ScriptedEngine, sink: ListSink) -> Callable[..., Gate]:
    def made(*objects: dict[str, Any], **options: Any) -> Gate:
        cluster = CountingCluster(objects)
        cluster.reads = []
        parts: dict[str, Any] = {"cluster": cluster, "clock": lambda: NOW} | options
        return Gate(
            engine=engine,
            sink=sink,
            extract_options=ExtractOptions(),
            evidence_options=EvidenceOptions(),
            **parts,
        )

    return made


def request(obj: dict[str, Any] = SERVICE, **changes: Any) -> Request:
    group, _, version = str(obj.get("apiVersion", "v1")).rpartition("/")
    asked = Request(
        origin="admission",
        uid="u-1",
        operation="CREATE",
        dry_run=False,
        kind=GroupVersionKind(group=group, version=version, kind=str(obj.get("kind", ""))),
        namespace="bank",
        name="credit",
        sub_resource=None,
        user_info=UserInfo(username="erin", groups=("ml",)),
        object=obj,
        old_object=None,
    )
    return asked.model_copy(update=changes)


async def judged(gate: Gate, asked: Request | None = None, seconds: float = 30) -> Judgement:
    return await gate.judge(asked or request(), Deadline.after(seconds))


async def test_an_allow_of_the_policy_allows(gate_with: Any, engine: ScriptedEngine, sink: ListSink) -> None:
    found = await judged(gate_with(CARD))

    assert (found.verdict.outcome, found.verdict.allowed, found.verdict.reason) == ("judged", True, "allowed")
    assert sink.records == [found.record]
    assert [card.status for card in engine.questions[0].cards] == ["found"]
    assert engine.questions[0].cards[0].models == ("predictor",)


async def test_a_denial_of_the_policy_refuses(gate_with: Any, engine: ScriptedEngine, sink: ListSink) -> None:
    engine.answer = lambda _: DENY

    found = await judged(gate_with(), request(operation="UPDATE", old_object=SERVICE))

    assert (found.verdict.outcome, found.verdict.allowed, found.verdict.reason) == (
        "judged",
        False,
        "refused",
    )
    assert sink.records[0].violations == ("model_card.missing",)
    assert engine.questions[0].old_object == SERVICE


async def test_a_credential_in_a_finding_is_told_and_recorded_to_nobody(
    gate_with: Any, engine: ScriptedEngine, sink: ListSink
) -> None:
    token = "ghp_" + "a1B2" * 9
    engine.answer = lambda _: DENY | {"violations": [FINDING | {"message": f"label {token}", "term": token}]}

    found = await judged(gate_with())

    assert found.verdict.decision is not None
    assert found.verdict.decision.violations[0].message == "label ***"
    assert token not in found.verdict.model_dump_json() + sink.records[0].model_dump_json()


@pytest.mark.parametrize(
    "more", [{"warnings": [FINDING | {"enforcement": "warn"}]}, {"waived": [FINDING | {"waiver": WAIVER}]}]
)
async def test_an_allow_with_something_to_say_is_told_apart(
    gate_with: Any, engine: ScriptedEngine, more: dict[str, Any]
) -> None:
    engine.answer = lambda _: ALLOW | more

    assert (await judged(gate_with())).verdict.reason == "allowed with warnings"


async def test_the_allow_of_an_operator_who_allows_on_error_never_lifts_a_denial(
    gate_with: Any, engine: ScriptedEngine
) -> None:
    engine.answer = lambda _: DENY

    assert not (await judged(gate_with(allow_on_error=True))).verdict.allowed


@pytest.mark.parametrize("operation", ["DELETE", "CONNECT"])
async def test_what_stores_nothing_is_allowed_and_recorded_without_asking(
    gate_with: Any, engine: ScriptedEngine, sink: ListSink, operation: str
) -> None:
    gate = gate_with()

    found = await judged(gate, request(operation=operation, object={}, old_object=SERVICE))

    assert (found.verdict.outcome, found.verdict.allowed) == ("skipped", True)
    assert found.verdict.reason == f"operation {operation}"
    assert (engine.questions, gate.cluster.reads) == ([], [])
    assert [record.outcome for record in sink.records] == ["skipped"]


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_dry_run_by_which_an_operator_tries_what_it_renders_is_let_through(
    gate_with: Any, engine: ScriptedEngine, sink: ListSink, *, dry_run: bool
) -> None:
    engine.answer = lambda _: DENY
    obj = {
        "apiVersion": "serving.kserve.io/v1alpha2",
        "kind": "LLMInferenceService",
        "metadata": {"generateName": "chat-validation-"},
        "spec": {"model": {"uri": "hf://acme/chat"}},
    }

    found = await judged(gate_with(), request(obj, dry_run=dry_run))

    assert found.verdict.allowed is dry_run
    assert (found.verdict.reason == "dry run of an operator") is dry_run
    assert [record.dry_run for record in sink.records] == [dry_run]


@pytest.mark.parametrize(
    "obj",
    [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"a": "b"}},
        {
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": {"name": "db"},
            "spec": {"template": {"spec": {"containers": [{"name": "db", "image": "postgres:17"}]}}},
        },
    ],
)
async def test_what_serves_no_model_is_allowed_and_recorded_while_the_engine_is_down(
    gate_with: Any, engine: ScriptedEngine, sink: ListSink, obj: dict[str, Any]
) -> None:
    engine.answer = lambda _: EngineUnavailable("down")

    found = await judged(gate_with(), request(obj))

    assert (found.verdict.outcome, found.verdict.allowed) == ("skipped", True)
    assert found.verdict.reason == "serves no model"
    assert engine.questions == []
    assert sink.records == [found.record]
    assert set(found.record.stage_seconds) == {"extract"}


@pytest.mark.parametrize(
    "obj",
    [
        {},
        {"spec": None},
        {"spec": "x", "metadata": "y"},
        {"spec": {"predictor": [1]}, "metadata": {"ownerReferences": 7, "annotations": ["a"]}},
        {
            "spec": {"predictor": {"model": None}},
            "metadata": {"ownerReferences": [None, {"controller": True}]},
        },
    ],
)
async def test_a_model_object_of_any_shape_is_put_to_policy(
    gate_with: Any, engine: ScriptedEngine, obj: dict[str, Any]
) -> None:
    engine.answer = lambda _: DENY
    whole = {"apiVersion": SERVICE["apiVersion"], "kind": SERVICE["kind"], **obj}

    found = await judged(gate_with(), request(whole, operation="UPDATE", old_object=whole))

    assert found.verdict.outcome == "judged"
    assert engine.questions[0].object == whole


async def test_a_record_under_review_is_put_to_policy_without_a_workload(
    gate_with: Any, engine: ScriptedEngine
) -> None:
    obj = {
        "apiVersion": "mlgate.dev/v1alpha1",
        "kind": "SignOff",
        "metadata": {"name": "s", "namespace": "bank"},
        "spec": {"role": "businessOwner", "approver": "erin"},
    }

    found = await judged(gate_with(), request(obj))

    assert found.verdict.outcome == "judged"
    assert engine.questions[0].workload is None
    assert [entry.approver for entry in engine.questions[0].sign_offs] == ["erin"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (EngineUnavailable("no connection"), "unavailable"),
        (EngineOverloaded("too much"), "overloaded"),
        (EngineTimeout("late"), "timeout"),
        (DecisionInvalid("no result"), "decision_invalid"),
        (AnswerTooLarge("too much to say"), "decision_invalid"),
        (EngineError("odd"), "error"),
    ],
)
async def test_an_engine_without_a_decision_is_a_refusal_with_its_reason(
    gate_with: Any, engine: ScriptedEngine, sink: ListSink, error: EngineError, reason: str
) -> None:
    engine.answer = lambda _: error

    found = await judged(gate_with(CARD))

    assert (found.verdict.outcome, found.verdict.allowed) == ("failed", False)
    assert found.verdict.reason == f"engine {reason}"
    assert found.verdict.failure is not None
    assert (found.verdict.failure.part, found.verdict.failure.message) == ("engine", str(error))
    assert sink.records == [found.record]
    assert found.record.cards[0].startswith("modelcard/credit@sha256:")
    assert set(found.record.stage_seconds) == {"extract", "gather", "document", "decide"}


@pytest.mark.parametrize("error", [EngineOverloaded("too much"), AnswerTooLarge("all is wrong")])
async def test_where_errors_are_let_through_what_anybody_can_cause_is_not(
    gate_with: Any, engine: ScriptedEngine, error: EngineError
) -> None:
    engine.answer = lambda _: error
    assert (await judged(gate_with(CARD, allow_on_error=True))).verdict.allowed is False
    engine.answer = lambda _: EngineUnavailable("no connection")
    assert (await judged(gate_with(CARD, allow_on_error=True))).verdict.allowed is True


@pytest.mark.parametrize("seconds", [0.2, 0.0, -5.0])
async def test_a_passed_deadline_is_a_refusal(
    gate_with: Any, engine: ScriptedEngine, sink: ListSink, seconds: float
) -> None:
    engine.answer = lambda _: "hang"

    found = await judged(gate_with(), seconds=seconds)

    assert (found.verdict.outcome, found.verdict.allowed) == ("failed", False)
    assert found.verdict.reason == "gate timeout"
    assert sink.records == [found.record]
    assert seconds > 0 or engine.questions == []


async def test_the_engine_is_given_the_deadline_of_the_request(
    gate_with: Any, engine: ScriptedEngine
) -> None:
    deadline = Deadline.after(30)

    await gate_with().judge(request(), deadline)

    assert engine.deadlines == [deadline]


@pytest.mark.parametrize(
    "fault",
    [
        RuntimeError("s3cr3t"),
        ValueError("s3cr3t"),
        RecursionError("s3cr3t"),
        MemoryError("s3cr3t"),
        ExceptionGroup("s3cr3t", [KeyError("s3cr3t")]),
    ],
)
async def test_a_fault_inside_is_a_refusal_that_tells_nothing_of_it(
    gate_with: Any, engine: ScriptedEngine, sink: ListSink, fault: Exception
) -> None:
    engine.answer = lambda _: fault

    with capture_logs() as lines:
        found = await judged(gate_with())

    assert (found.verdict.outcome, found.verdict.allowed) == ("failed", False)
    assert found.verdict.reason == "gate internal"
    assert sink.records == [found.record]
    assert "s3cr3t" not in json.dumps([found.verdict.wire(), found.record.wire(), lines])
    assert [line["event"] for line in lines] == ["judgement_failed"]
    assert lines[0]["faults"][0].startswith(f"{type(fault).__name__} in ")


async def test_a_half_answer_that_is_no_decision_is_a_refusal(gate_with: Any, engine: ScriptedEngine) -> None:
    engine.answer = lambda _: ALLOW | {"violations": [FINDING]}

    with capture_logs():
        assert not (await judged(gate_with())).verdict.allowed


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        *(("mlgate.dev/v1alpha1", kind) for kind in ("SignOff", "Waiver", "ModelCard")),
        ("v1", "Namespace"),
    ],
)
async def test_no_operator_lets_a_record_pass_that_nobody_judged(
    gate_with: Any, engine: ScriptedEngine, version: str, kind: str
) -> None:
    engine.answer = lambda _: EngineUnavailable("down")
    labels = {"mlgate.dev/profile": "sandbox"}
    record = {"apiVersion": version, "kind": kind, "metadata": {"name": "r", "labels": labels}, "spec": {}}

    found = await judged(gate_with(allow_on_error=True), request(record))

    assert (found.verdict.outcome, found.verdict.allowed) == ("failed", False)


@pytest.mark.parametrize("answer", [EngineUnavailable("down"), RuntimeError("bug"), "hang"])
async def test_an_operator_may_let_failures_pass_and_they_stay_failures(
    gate_with: Any, engine: ScriptedEngine, sink: ListSink, answer: object
) -> None:
    engine.answer = lambda _: answer
    seconds = 0.0 if answer == "hang" else 30

    with capture_logs():
        found = await judged(gate_with(allow_on_error=True), seconds=seconds)

    assert (found.verdict.outcome, found.verdict.allowed) == ("failed", True)
    assert [(record.outcome, record.allowed) for record in sink.records] == [("failed", True)]


async def test_a_judgement_that_is_called_off_is_no_verdict(gate_with: Any, engine: ScriptedEngine) -> None:
    asked = asyncio.Event()
    engine.answer = lambda _: asked.set() or "hang"  # type: ignore[func-returns-value]  # set, then hang
    task = asyncio.create_task(judged(gate_with()))
    await asked.wait()

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("allow", [False, True])
def test_a_shed_request_is_refused_at_once_and_recorded(
    gate_with: Any, sink: ListSink, *, allow: bool
) -> None:
    found = gate_with(allow_on_error=allow).shed(request())

    assert (found.verdict.outcome, found.verdict.allowed) == ("failed", False)
    assert found.verdict.reason == "gate overloaded"
    assert sink.records == [found.record]
    assert (found.record.evaluated_at, found.record.username) == (NOW, "erin")


@pytest.mark.parametrize("operation", ["CREATE", "DELETE"])
async def test_what_cannot_be_recorded_is_refused(gate_with: Any, sink: ListSink, operation: str) -> None:
    sink.fault = AuditError("the disk is full")

    found = await judged(gate_with(), request(operation=operation))

    assert (found.verdict.outcome, found.verdict.allowed) == ("failed", False)
    assert found.verdict.failure is not None
    assert found.verdict.failure.message == "the decision could not be recorded"
    assert (found.record.outcome, found.record.reason) == ("failed", "gate internal")


async def test_each_judgement_has_an_id_of_its_own(gate_with: Any, sink: ListSink) -> None:
    gate = gate_with()

    await judged(gate)
    await judged(gate)

    assert len({record.decision_id for record in sink.records}) == 2


async def test_time_is_read_once_and_stands_in_the_question_and_the_record(
    gate_with: Any, engine: ScriptedEngine
) -> None:
    times = iter([NOW])

    found = await judged(gate_with(clock=lambda: next(times)))

    assert (engine.questions[0].evaluated_at, found.record.evaluated_at) == (NOW, NOW)


async def test_the_log_lines_of_a_judgement_carry_the_uid_and_later_ones_do_not(
    gate_with: Any, engine: ScriptedEngine
) -> None:
    seen: list[dict[str, Any]] = []
    engine.answer = lambda _: seen.append(get_contextvars()) or ALLOW  # type: ignore[func-returns-value]  # notes it

    await judged(gate_with())

    assert seen == [{"uid": "u-1"}]
    assert get_contextvars() == {}


TEMPLATE = {
    "containers": [
        {"name": "vllm", "image": "vllm/vllm-openai:v1", "args": ["--model", "s3://models/credit"]},
    ]
}  # fmt: skip


def owned(kind: str, name: str, owner: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """An object with a uid, made by a controller."""
    metadata: dict[str, Any] = {"name": name, "namespace": "bank", "uid": f"uid-{name}"}
    if owner is not None:
        reference = {key: owner[key] for key in ("apiVersion", "kind")}
        reference |= {key: owner["metadata"][key] for key in ("name", "uid")}
        metadata["ownerReferences"] = [reference | {"controller": True}]
    version = "v1" if kind == "Pod" else "apps/v1"
    return {"apiVersion": version, "kind": kind, "metadata": metadata | more, "spec": dict(TEMPLATE)}


def chain() -> list[dict[str, Any]]:
    """A Deployment that names a card, its ReplicaSet, and a Pod of that, which does not."""
    annotations = {"mlgate.dev/model-card": "modelcard/credit"}
    top = owned("Deployment", "credit", annotations=annotations)
    middle = owned("ReplicaSet", "credit-7d", top)
    for each in (top, middle):
        each["spec"] = {"template": {"spec": TEMPLATE}}
    return [top, middle, owned("Pod", "credit-7d-x", middle)]


async def test_the_card_that_only_the_owner_names_is_looked_up_and_the_chain_is_read_once(
    gate_with: Any, engine: ScriptedEngine
) -> None:
    top, middle, pod = chain()
    gate = gate_with(CARD, top, middle)

    found = await judged(gate, request(pod, name="credit-7d-x"))

    question = engine.questions[0]
    assert [card.status for card in question.cards] == ["found"]
    assert question.workload is not None
    assert question.workload.owner is not None
    assert (question.workload.owner.kind, question.workload.owner.gated) == ("Deployment", True)
    assert all(model.in_owner for model in question.workload.models)
    assert found.record.cards[0].startswith("modelcard/credit@sha256:")
    reads = [read for read in gate.cluster.reads if "Namespace" not in read]
    once = [read for read in reads if not read.startswith("ServiceAccount/")]
    assert sorted(once) == ["Deployment/credit", "ModelCard/credit", "ReplicaSet/credit-7d"]


async def test_an_owner_that_names_nothing_new_costs_no_second_look(
    gate_with: Any, engine: ScriptedEngine
) -> None:
    top, middle, pod = chain()
    pod["metadata"]["annotations"] = top["metadata"]["annotations"]
    gate = gate_with(CARD, top, middle)

    await judged(gate, request(pod, name="credit-7d-x"))

    assert engine.questions[0].workload is not None
    assert engine.questions[0].workload.owner is not None
    assert gate.cluster.reads.count("ModelCard/credit") == 1
    assert gate.cluster.reads.count("Namespace/bank") == 1


async def test_a_forged_owner_brings_no_card(gate_with: Any, engine: ScriptedEngine) -> None:
    top, middle, pod = chain()
    middle["metadata"]["uid"] = "another"

    await judged(gate_with(CARD, top, middle), request(pod, name="credit-7d-x"))

    assert engine.questions[0].cards == ()
    assert engine.questions[0].workload is not None
    assert engine.questions[0].workload.owner is None


async def test_an_owner_out_of_reach_is_no_owner(gate_with: Any, engine: ScriptedEngine) -> None:
    top, middle, pod = chain()
    gate = gate_with(CARD, top, middle)
    gate.cluster.unreachable = frozenset({"ReplicaSet"})

    found = await judged(gate, request(pod, name="credit-7d-x"))

    assert found.verdict.outcome == "judged"
    assert engine.questions[0].workload is not None
    assert engine.questions[0].workload.owner is None
    assert not any(model.in_owner for model in engine.questions[0].workload.models)


async def test_without_a_cluster_policy_is_asked_all_the_same(gate_with: Any, engine: ScriptedEngine) -> None:
    found = await judged(gate_with(cluster=None))

    assert found.record.evidence_source == "none"
    assert [card.status for card in engine.questions[0].cards] == ["missing"]


async def test_evidence_that_cannot_be_read_is_told_to_policy(gate_with: Any, engine: ScriptedEngine) -> None:
    gate = gate_with(CARD)
    gate.cluster.unreachable = frozenset({"ModelCard", "Namespace"})

    found = await judged(gate)

    assert [card.status for card in engine.questions[0].cards] == ["unavailable"]
    assert "cluster.namespace:error" in found.record.unavailable
    assert found.record.cards == ("modelcard/credit@unavailable",)


def test_the_present_moment_is_told_in_utc_to_the_second() -> None:
    text = now_utc()

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
    assert datetime.fromisoformat(text).utcoffset() is not None


# A denial rests on what the API server says now, an allow costs it no call, and no fault lifts a denial.

STORED_WAIVER = {
    "apiVersion": "mlgate.dev/v1alpha1",
    "kind": "Waiver",
    "metadata": {"name": "w", "namespace": "bank", "creationTimestamp": NOW},
    "spec": {"codes": ["model_card.unpinned"], "subject": {"workload": {"kind": "x", "name": "y"}}},
}


class LaggingCluster(FileCluster):
    """Copies that lack what was stored a moment ago; a fresh read sees it, or fails."""

    source = "cluster"
    late: FileCluster | Exception
    fresh: list[str]

    async def get(self, *what: Any, fresh: bool = False, **more: Any) -> Any:
        if not fresh:
            return await super().get(*what, **more)
        self.fresh.append(f"{what[1]}/{what[3]}")
        return await self._live().get(*what, **more)

    async def list(self, *what: Any, fresh: bool = False, **more: Any) -> Any:
        if not fresh:
            return await super().list(*what, **more)
        self.fresh.append(what[1])
        return await self._live().list(*what, **more)

    def _live(self) -> FileCluster:
        if isinstance(self.late, Exception):
            raise self.late
        return self.late


@pytest.fixture
def lagging() -> LaggingCluster:
    made = LaggingCluster([CARD])
    made.fresh, made.late = [], FileCluster([CARD, STORED_WAIVER])
    return made


@pytest.fixture
def confirming(engine: ScriptedEngine, lagging: LaggingCluster) -> Gate:
    return Gate(
        engine=engine,
        cluster=lagging,
        sink=ListSink(),
        extract_options=ExtractOptions(),
        evidence_options=EvidenceOptions(),
        clock=lambda: NOW,
        allow_on_error=True,
    )


def waived(question: Any) -> Any:
    """Policy allows what has a waiver."""
    return ALLOW if question.waivers else DENY


async def test_an_allow_costs_no_live_read(
    confirming: Gate, engine: ScriptedEngine, lagging: LaggingCluster
) -> None:
    assert (await judged(confirming)).verdict.allowed
    assert (lagging.fresh, len(engine.questions)) == ([], 1)


async def test_a_denial_is_decided_again_by_what_the_api_server_says(
    confirming: Gate, engine: ScriptedEngine, lagging: LaggingCluster
) -> None:
    engine.answer = waived
    found = await judged(confirming)
    assert found.verdict.allowed
    assert {"SignOff", "Waiver"} <= set(lagging.fresh)
    assert [len(question.waivers) for question in engine.questions] == [0, 1]


async def test_a_denial_that_nothing_new_is_known_of_is_decided_once(
    confirming: Gate, engine: ScriptedEngine, lagging: LaggingCluster
) -> None:
    engine.answer = waived
    lagging.late = FileCluster([CARD])
    assert not (await judged(confirming)).verdict.allowed
    assert (len(engine.questions), lagging.fresh.count("Waiver")) == (1, 1)


async def test_an_api_server_that_cannot_confirm_makes_it_a_denial_for_that(
    confirming: Gate, engine: ScriptedEngine, lagging: LaggingCluster
) -> None:
    engine.answer = lambda _: DENY
    lagging.late = EvidenceUnavailable("the API server answered 500")
    found = await judged(confirming)
    assert not found.verdict.allowed
    assert {entry.lookup for entry in engine.questions[1].unavailable} >= {"waivers", "signOffs"}
    assert {"waivers:error", "signOffs:error"} <= set(found.record.unavailable)


@pytest.mark.parametrize("fault", ["hang", EngineTimeout("late"), RuntimeError("odd")])
async def test_a_fault_while_a_denial_is_confirmed_leaves_it_a_denial(
    confirming: Gate, engine: ScriptedEngine, fault: Any
) -> None:
    engine.answer = lambda question: fault if question.waivers else DENY
    found = await judged(confirming, seconds=1)
    assert (found.verdict.outcome, found.verdict.allowed) == ("judged", False)
    assert "waivers:error" not in found.record.unavailable


async def test_a_source_that_hangs_while_a_denial_is_confirmed_leaves_it_a_denial(
    confirming: Gate, engine: ScriptedEngine, lagging: LaggingCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.answer = lambda _: DENY

    async def hang(*_: Any, **more: Any) -> Any:
        if more.get("fresh"):
            await asyncio.Event().wait()
        return []

    monkeypatch.setattr(lagging, "list", hang)
    found = await confirming.judge(request(), Deadline.after(1))
    assert (found.verdict.outcome, found.verdict.allowed) == ("judged", False)


async def test_files_are_asked_once(engine: ScriptedEngine, confirming: Gate) -> None:
    engine.answer = lambda _: DENY
    files = FileCluster([CARD])
    refused = await judged(
        Gate(
            engine,
            files,
            ListSink(),
            confirming.extract_options,
            confirming.evidence_options,
            clock=lambda: NOW,
        )
    )
    assert (refused.verdict.allowed, len(engine.questions)) == (False, 1)


async def test_a_question_for_people_is_asked_of_the_api_server(
    confirming: Gate, lagging: LaggingCluster
) -> None:
    question = await confirming.question(request(SERVICE), Deadline.after(5))
    assert question is not None
    assert [waiver.name for waiver in question.waivers] == ["w"]
    assert "Waiver" in lagging.fresh
