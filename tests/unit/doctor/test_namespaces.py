"""Models where nobody judges them, and labels that make judging laxer."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.doctor.namespaces import check_namespaces
from mlgate.doctor.snapshot import Held


def model(namespace: str | None, name: str = "credit") -> Held:
    return Held("InferenceService", namespace, name)


def test_namespaces_without_models_are_nothing_to_tell(broken: Any, codes: Any) -> None:
    assert codes(check_namespaces, broken) == []


def test_namespaces_that_could_not_be_read_tell_nothing(broken: Any, codes: Any) -> None:
    broken.changes = {"namespaces": None, "models": (model("default"),)}
    assert codes(check_namespaces, broken) == []


def test_a_model_in_an_exempt_namespace_was_not_judged(broken: Any, only: Any) -> None:
    broken.changes = {"models": (model("kube-system"),)}
    found = only(check_namespaces, broken)
    assert (found.code, found.lets_models_through) == ("namespace.exempt_with_models", "yes")
    assert "InferenceService/credit" in found.message
    assert found.fix.startswith("kubectl get InferenceService/credit --namespace kube-system ")


def test_a_pod_beside_a_judged_model_would_not_be(broken: Any, only: Any, codes: Any) -> None:
    broken.changes = {"models": (model("default"), model(None))}
    found = only(check_namespaces, broken)
    assert (found.code, found.lets_models_through) == ("namespace.pods_not_gated", "possibly")

    broken.namespaces.clear()
    broken.label("default", gate="enabled")
    assert codes(check_namespaces, broken) == []


def test_without_entries_namespaces_are_not_the_matter(broken: Any, codes: Any) -> None:
    broken.changes = {"models": (model("default"),)}
    broken.configuration["webhooks"].remove(broken.entry("workloads"))
    assert codes(check_namespaces, broken) == []
    broken.configuration["webhooks"].remove(broken.entry("models"))
    assert codes(check_namespaces, broken) == []


def test_plain_workloads_that_run_a_model_are_named_with_what_shows_it(broken: Any, only: Any) -> None:
    held = tuple(Held("Deployment", "default", f"llm-{index}", "image:vllm@x") for index in range(7))
    broken.changes = {"workloads": held}
    found = only(check_namespaces, broken)
    assert (found.code, found.lets_models_through) == ("namespace.workloads_not_gated", "yes")
    assert "Deployment/llm-0 (image:vllm@x)" in found.message
    assert "llm-4 (image:vllm@x) and 2 more run a model in default" in found.message
    assert found.fix == "kubectl label namespace default mlgate.dev/gate=enabled --overwrite"


@pytest.mark.parametrize("name", ["mlgate-system", "kube-system"])
def test_no_label_is_named_as_a_remedy_where_none_would_help(broken: Any, only: Any, name: str) -> None:
    broken.changes = {"workloads": (Held("Deployment", name, "llm", "image:vllm@x"),)}
    found = only(check_namespaces, broken)
    assert (found.code, found.lets_models_through) == ("namespace.exempt_with_models", "yes")
    assert found.message.endswith(f"(image:vllm@x) run a model in {name}, from where nothing is judged")
    assert found.fix.startswith(f"kubectl get Deployment/llm --namespace {name} ")


def test_a_label_is_the_remedy_where_no_entry_for_workloads_is_there(broken: Any, only: Any) -> None:
    broken.changes = {"workloads": (Held("Deployment", "default", "llm"),)}
    broken.configuration["webhooks"].remove(broken.entry("workloads"))
    assert only(check_namespaces, broken).code == "namespace.workloads_not_gated"


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        ({"gate": "true"}, "namespace.gate_label_unknown"),
        ({"gate": "Enabled"}, "namespace.gate_label_unknown"),
        ({"profile": "sandbox"}, "namespace.profile_lowered"),
        ({"profile": "staging"}, "namespace.profile_lowered"),
        ({"profile": "prod"}, "namespace.profile_unknown"),
        ({"max_classification": "restricted"}, "namespace.clearance_raised"),
        ({"profile": "production", "max_classification": "restricted"}, "namespace.clearance_raised"),
    ],
)
def test_a_label_that_changes_how_is_judged_is_named(
    broken: Any, only: Any, labels: dict[str, str], code: str
) -> None:
    broken.label("bank", **labels)
    found = only(check_namespaces, broken)
    assert (found.code, found.subject.name) == (code, "bank")
    assert "bank" in found.fix


@pytest.mark.parametrize(
    "labels",
    [
        {"gate": "enabled", "profile": "production"},
        {"max_classification": "confidential"},
        {"max_classification": "public"},
        {"max_classification": "no class"},
    ],
)
def test_a_label_that_demands_as_much_or_more_is_nothing_to_tell(
    broken: Any, codes: Any, labels: dict[str, str]
) -> None:
    broken.label("bank", **labels)
    assert codes(check_namespaces, broken) == []


def test_a_clearance_is_held_against_the_profile(broken: Any, codes: Any) -> None:
    broken.label("bank", profile="sandbox", max_classification="confidential")
    assert codes(check_namespaces, broken) == ["namespace.profile_lowered", "namespace.clearance_raised"]
