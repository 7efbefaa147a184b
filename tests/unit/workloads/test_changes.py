"""What an UPDATE moved."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.base import Credential, Problem
from mlgate.domain.workload import (
    Change,
    Container,
    DatasetSource,
    Endpoint,
    Exposure,
    Features,
    Image,
    PodTemplate,
    Reference,
    Rollout,
    ServedModel,
    Switch,
    Volume,
    Workload,
)
from mlgate.workloads.changes import compare

BASE = Workload(api_version="v1", kind="Pod", namespace="prod", name="p", serves_model=True)
CREDENTIAL = Credential(kind="env", container="c", name="TOKEN", path="p", reason="name")
SAME = Change(models=False, containers=False, exposure=False, evidence=False, any=False)


@pytest.mark.parametrize(
    ("field", "value", "moved"),
    [
        ("models", (ServedModel(id="a", uri="s3://b/m", scheme="s3", path="p"),), "models"),
        ("datasets", (DatasetSource(uri="u", scheme="s3", path="p"),), "models"),
        ("trains_model", True, "models"),
        ("serves_model", False, "models"),
        ("is_route", True, "models"),
        ("is_runtime", True, "models"),
        ("containers", (Container(name="c", role="server", path="p", image=Image(raw="i")),), "containers"),
        ("pods", (PodTemplate(path="spec"),), "containers"),
        ("volumes", (Volume(name="v", kind="pvc", path="p"),), "containers"),
        ("features", Features(runtime_lora=Switch(enabled=True)), "containers"),
        (
            "references",
            (Reference(api_version="a/v1", kind="K", namespace=None, name="n", path="p"),),
            "containers",
        ),
        ("problems", (Problem(path="p", message="m"),), "containers"),
        ("exposure", Exposure(scope="external"), "exposure"),
        ("endpoints", (Endpoint(uri="u", scheme="http", path="p"),), "exposure"),
        ("rollout", Rollout(strategy="canary"), "exposure"),
        ("labels", {"mlgate.dev/risk-tier": "high"}, "evidence"),
        ("annotations", {"mlgate.dev/model-card": "modelcard/c"}, "evidence"),
    ],
)
def test_each_part_that_differs_is_a_change_of_its_kind_both_ways(field: str, value: Any, moved: str) -> None:
    other = BASE.model_copy(update={field: value})
    expected = SAME.model_copy(update={moved: True, "any": True})
    assert compare(other, BASE) == expected
    assert compare(BASE, other) == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("labels", {"team": "a", "Mlgate.dev/risk-tier": "high"}),
        ("annotations", {"deployment.kubernetes.io/revision": "2"}),
        ("name", "q"),
    ],
)
def test_what_no_rule_reads_is_no_change(field: str, value: Any) -> None:
    assert compare(BASE.model_copy(update={field: value}), BASE) == SAME


def test_another_set_of_credentials_is_a_change() -> None:
    expected = SAME.model_copy(update={"containers": True, "any": True})
    assert compare(BASE, BASE, (CREDENTIAL,), ()) == expected
    assert compare(BASE, BASE, (), (CREDENTIAL,)) == expected
    assert compare(BASE, BASE, (CREDENTIAL,), (CREDENTIAL,)) == SAME


@pytest.mark.parametrize(("new", "old"), [(None, None), (BASE, None), (None, BASE)])
def test_without_two_objects_everything_counts_as_changed(new: Workload | None, old: Workload | None) -> None:
    assert compare(new, old) == Change(models=True, containers=True, exposure=True, evidence=True, any=True)
