"""What the examples show between them: every code, every kind and every way to name a model."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from casebook.cases import EXAMPLES, ROOT, Case
from casebook.documents import Object
from casebook.outcome import LISTS
from casebook.twins import cases_on
from judging import REFERENCE_DAY

from mlgate.workloads.kinds.table import gated_kinds

CATALOG = ROOT / "policies" / "rego" / "mlgate" / "catalog" / "data.json"

_SETTINGS = "needs settings of the site; the examples use the shipped ones"
_SIGNATURES = "needs a check of signatures, which is not switched on as shipped"
_TOOLS = "stands in the status of the card, which the platform's tools write and nobody applies"

NOT_SHOWN = {
    "access.attribute_denied": _SETTINGS,
    "access.deployer_not_permitted": _SETTINGS,
    "access.mfa_not_asserted": _SETTINGS,
    "classification.node_not_cleared": _SETTINGS,
    "data.raw_data_accessed": _SETTINGS,
    "encryption.endpoint_plaintext": "no kind of this release says whether its own endpoint has TLS",
    "environment.default_namespace": "every case has a namespace of its own",
    "environment.label_change_not_permitted": _SETTINGS,
    "environment.profile_not_permitted": _SETTINGS,
    "governance.certification_expired": _SETTINGS,
    "governance.region_out_of_scope": "needs a cluster that knows its region",
    "identity.cloud_iam_wildcard": "needs the kinds of a cloud operator, which no case has",
    "incident.open_incident": _TOOLS,
    "input.invalid": "the gate itself asked wrongly; nobody can cause it by a manifest",
    "model_card.signature_not_verified": _SETTINGS,
    "model_card.unavailable": "the API server failed while it was asked for the card",
    "monitoring.alert_unattended": _TOOLS,
    "rollback.rollout_not_phased": "an update to another version; an example is something that is created",
    "secrets.config_map_literal": "needs the look into ConfigMaps, which is not switched on as shipped",
    "settings.invalid": "an overlay of the site's settings is wrong; the examples use the shipped settings",
    "signoff.approver_inactive": _SETTINGS,
    "signoff.role_not_held": "needs the site's map of roles to groups; it is empty as shipped",
    "signoff.signer_not_trusted": _SIGNATURES,
    "signoff.spec_changed": "an update of a stored record; an example is something that is created",
    "supply_chain.image_registry_not_trusted": _SETTINGS,
    "supply_chain.image_signature_not_verified": _SIGNATURES,
    "supply_chain.model_signature_not_verified": _SIGNATURES,
    "supply_chain.provenance_missing": _SIGNATURES,
    "waiver.spec_changed": "as signoff.spec_changed",
}
"""Codes that no example can show, and why."""

FRAMEWORKS = {
    *("sklearn", "xgboost", "tensorflow", "pytorch", "triton"),
    *("onnx", "huggingface", "pmml", "lightgbm", "paddle"),
}

CASES = cases_on(REFERENCE_DAY, EXAMPLES)


def test_every_code_is_shown_or_cannot_be() -> None:
    shown = {
        code
        for case in CASES
        for item in case.expected.objects
        for name in LISTS
        for code in getattr(item, name)
    }
    assert set(json.loads(CATALOG.read_text())) - shown == set(NOT_SHOWN)
    assert all(len(reason) > 10 for reason in NOT_SHOWN.values())


PLATFORMS = {
    "apps.nvidia.com",
    "argoproj.io",
    "kaito.sh",
    "leaderworkerset.x-k8s.io",
    "nvidia.com",
    "production-stack.vllm.ai",
    "ray.io",
    "serving.knative.dev",
    "serving.kserve.io",
}
"""Groups of which at least one kind is shown. Seldon's are not: who reaches them only a cluster can tell."""


def seen(verdict: str) -> set[tuple[str, str]]:
    """Group and kind of every object that gets the verdict."""
    return {
        (str(item["apiVersion"]).rpartition("/")[0], str(item["kind"]))
        for case in CASES
        for item, expected in zip(case.manifest, case.expected.objects, strict=True)
        if expected.verdict == verdict
    }


@pytest.mark.parametrize("verdict", ["allowed", "denied"])
def test_kinds_of_kubernetes_and_of_platforms_are_allowed_once_and_refused_once(verdict: str) -> None:
    plain = {
        (kind.group, kind.kind)
        for kind in gated_kinds().values()
        if kind.webhook == "workloads" and kind.group in {"", "apps", "batch"}
    }
    assert len(plain) > 7
    assert plain <= seen(verdict)
    assert {group for group, _ in seen(verdict)} >= PLATFORMS
    assert {row.group for row in gated_kinds().values()} >= PLATFORMS


def test_runtimes_stand_in_the_evidence() -> None:
    assert "ServingRuntime" in {item["kind"] for case in CASES for item in case.evidence}


def test_records_of_approval_are_allowed_once_and_refused_once() -> None:
    seen = {
        (str(item["kind"]), expected.verdict)
        for case in CASES
        for item, expected in zip(case.manifest, case.expected.objects, strict=True)
    }
    assert {(kind, word) for kind in ("SignOff", "Waiver") for word in ("allowed", "denied")} <= seen


def test_every_way_an_inference_service_names_a_model_is_allowed_once_and_refused_once() -> None:
    ways = {"model", "storageUris", "container", "transformer", "explainer", "art", "canary", *FRAMEWORKS}
    for verdict in ("allowed", "denied"):
        seen = {
            way
            for case in CASES
            for item, expected in zip(case.manifest, case.expected.objects, strict=True)
            if item["kind"] == "InferenceService" and expected.verdict == verdict
            for way in _ways(item)
        }
        assert ways <= seen, verdict


def test_a_limited_and_a_high_risk_are_both_allowed_in_production() -> None:
    allowed = {
        (item.tier, _classification(case))
        for case in CASES
        for item in case.expected.objects
        if item.verdict == "allowed" and item.profile == "production" and item.tier
    }
    assert {("limited", "internal"), ("high", "restricted")} <= allowed


def test_every_refusal_the_demo_is_there_for_is_shown() -> None:
    first = {case.name: set(case.expected.objects[0].violations) for case in CASES}
    assert first["credit-scoring-no-card"] == {"model_card.missing"}
    assert first["credit-scoring-no-bias-test"] == {"fairness.bias_test_missing"}
    assert {"fairness.limit_exceeded", "fairness.value_inconsistent"} < first["credit-scoring-unfair"]
    assert first["credit-scoring-no-encryption"] == {"encryption.at_rest_missing"}
    assert "encryption.insecure_uri" in first["credit-scoring-plain-http"]
    assert first["credit-scoring-no-sign-off"] == {"signoff.approval_missing"}
    assert "signoff.approver_not_independent" in first["credit-scoring-requester-signs"]
    assert first["sign-off-record-for-another"] == {"signoff.approver_not_requester"}


def _ways(item: Object) -> Iterator[str]:
    spec = item["spec"]
    yield from (part for part in ("transformer", "explainer", "canary") if part in spec)
    predictor = spec["predictor"]
    yield from (way for way in ("model", "storageUris", *FRAMEWORKS) if way in predictor)
    if "containers" in predictor:
        yield "container"
    yield from (way for way in ("art",) if way in spec.get("explainer", {}))


def _classification(case: Case) -> str | None:
    labels = case.manifest[0]["metadata"].get("labels", {})
    return labels.get("mlgate.dev/data-classification")
