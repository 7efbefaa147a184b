"""mlgate in a namespace that others deploy to, where nothing is judged."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.doctor.home import check_home
from mlgate.doctor.snapshot import Held

MODEL = Held("InferenceService", "mlgate-system", "credit")
WORKLOAD = Held("Deployment", "mlgate-system", "llm", "image:vllm@x")


def test_a_namespace_of_its_own_is_nothing_to_tell(broken: Any, codes: Any) -> None:
    broken.changes = {"models": (Held("InferenceService", "default", "credit"),)}
    assert codes(check_home, broken) == []


@pytest.mark.parametrize("home", ["default", "kube-public"])
def test_a_namespace_that_every_cluster_has_is_told(broken: Any, only: Any, home: str) -> None:
    broken.changes = {"home": home}
    found = only(check_home, broken)
    assert (found.code, found.lets_models_through) == ("namespace.home_shared", "possibly")
    assert (found.subject.kind, found.subject.name) == ("Namespace", home)
    assert found.fix.startswith(f"helm uninstall mlgate --namespace {home} ")


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ({"models": (MODEL,)}, "InferenceService/credit lie beside mlgate in mlgate-system"),
        ({"workloads": (WORKLOAD,)}, "Deployment/llm (image:vllm@x) lie beside mlgate in mlgate-system"),
    ],
)
def test_models_beside_it_are_named(broken: Any, only: Any, held: dict[str, Any], told: str) -> None:
    broken.changes = held
    found = only(check_home, broken)
    assert (found.code, found.message) == ("namespace.home_shared", told)


def test_without_an_installation_there_is_no_such_namespace(broken: Any, codes: Any) -> None:
    broken.changes = {"home": "default"}
    broken.configuration["webhooks"].clear()
    assert codes(check_home, broken) == []
