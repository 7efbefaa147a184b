"""What a review costs the API server once the copies are warm: an allow nothing, a denial two rounds."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from casebook.cases import EXAMPLES, Case, read_reference
from casebook.documents import read_all
from casebook.reviews import review
from kube_api import Call, KubeApi, Object, rounds

from mlgate.admission.review import read_review
from mlgate.assembly import assemble
from mlgate.audit.log import NoSink
from mlgate.domain.deadline import Deadline
from mlgate.evidence.cluster import KubernetesCluster
from mlgate.gate import Gate, Judgement
from mlgate.policy.manifest import BundleManifest
from mlgate.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 0.05
"""Time the API server takes for a read; calls that are made together are then seen to be."""

ALLOWED = ["credit-scoring", "ticket-router", "canary-rollout"]
REFUSED = [
    "credit-scoring-no-card",
    "credit-scoring-no-sign-off",
    "credit-scoring-unfair",
    "credit-scoring-tampered",
    "credit-scoring-expired-sign-off",
    "canary-rollout-ungoverned",
    "ticket-router-no-sign-off",
]


def guards() -> list[Object]:
    """The policies that guard records, as if they had stood for a year."""
    folder = ROOT / "charts" / "mlgate" / "files" / "guards"
    found = [item for path in sorted(folder.glob("*.yaml")) for item in yaml.safe_load_all(path.read_text())]
    for item in found:
        item["metadata"] |= {"creationTimestamp": "2020-01-01T00:00:00Z", "generation": 1}
    return found


@pytest.fixture(scope="module")
def api(cases: dict[str, Case]) -> Iterator[KubeApi]:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    objects = [copy.deepcopy(item) for case in cases.values() for item in case.evidence]
    objects += read_all(EXAMPLES / "cluster.yaml")
    for item in objects:
        item["metadata"].setdefault("creationTimestamp", now)
    with KubeApi([*objects, *guards()]) as running:
        yield running


@pytest.fixture
async def gate(api: KubeApi, shipped: BundleManifest, tmp_path: Path) -> AsyncIterator[Gate]:
    """The gate with all copies warm."""
    evidence = {"kubeconfig": api.kubeconfig(tmp_path), "region": "eu-west-1"}
    settings = load_settings({"policy": {"bundle": shipped.path}, "evidence": evidence})
    async with assemble(settings, NoSink()) as running:
        cluster = running.gate.cluster
        assert isinstance(cluster, KubernetesCluster)
        async with asyncio.timeout(30):
            while cluster.not_watched():
                await asyncio.sleep(0.02)
        yield running.gate


async def judged(gate: Gate, api: KubeApi, case: Case, **changes: Any) -> tuple[Judgement, list[Call]]:
    """The judgement of a case's manifest, and the reads it took."""
    requester = case.expected.objects[0].user or read_reference(EXAMPLES).requester
    made = review(case.manifest[0], requester, "u-1")
    made["request"] |= changes
    _, request = read_review(json.dumps(made).encode())
    api.calls.clear()
    api.seconds = SECONDS
    try:
        judgement = await gate.judge(request, Deadline.after(20))
    finally:
        api.seconds = 0.0
    return judgement, [*api.calls]


@pytest.mark.parametrize("name", ALLOWED)
async def test_what_is_allowed_makes_no_call(
    gate: Gate, api: KubeApi, cases: dict[str, Case], name: str
) -> None:
    found, calls = await judged(gate, api, cases[name])
    assert found.verdict.allowed, found.record.violations
    assert [call.path for call in calls] == []


async def test_what_is_in_no_copy_is_read_once(gate: Gate, api: KubeApi, cases: dict[str, Case]) -> None:
    """Claims of volumes are many, change often and are needed by few."""
    found, calls = await judged(gate, api, cases["model-volume-waived"])
    assert found.verdict.allowed, found.record.violations
    claim = "/api/v1/namespaces/model-volume-waived/persistentvolumeclaims/churn-models"
    assert [call.path for call in calls] == [claim]


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_makes_two_rounds_of_calls_at_most(
    gate: Gate, api: KubeApi, cases: dict[str, Case], name: str
) -> None:
    case = cases[name]
    found, calls = await judged(gate, api, case)
    assert not found.verdict.allowed
    codes = {code.partition("[")[0] for code in found.record.violations}
    assert codes >= set(case.expected.objects[0].violations)
    assert 1 <= rounds(calls) <= 2, [call.path for call in calls]
    assert len({call.path for call in calls}) == len(calls), "nothing is read twice"


async def test_what_was_stored_after_the_copy_was_made_lifts_a_denial(
    gate: Gate, api: KubeApi, cases: dict[str, Case]
) -> None:
    """The last approval is there, and no watch has told of it."""
    case = cases["credit-scoring-no-sign-off"]
    given = {
        (item["spec"]["role"], item["spec"]["approver"])
        for item in case.evidence
        if item["kind"] == "SignOff"
    }
    missing = [
        copy.deepcopy(item)
        for item in cases["credit-scoring"].evidence
        if item["kind"] == "SignOff" and (item["spec"]["role"], item["spec"]["approver"]) not in given
    ]
    assert len(missing) == 1
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    missing[0]["metadata"] |= {"namespace": case.name, "creationTimestamp": now}
    api.objects += missing
    try:
        found, _ = await judged(gate, api, case)
    finally:
        del api.objects[-1]
    assert found.verdict.allowed, found.record.violations
    assert not (await judged(gate, api, case))[0].verdict.allowed
