"""The runtime that is picked for a model which names none."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import RuntimeChoice
from mlgate.domain.lookups import ObjectReference
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.facts import resolve
from mlgate.evidence.selection import first

CHOICE = RuntimeChoice(format="sklearn", protocol="v1")
KINDS = (
    ("serving.kserve.io/v1alpha1", "ServingRuntime", True),
    ("serving.kserve.io/v1alpha1", "ClusterServingRuntime", False),
)
PICKED = ObjectReference(kinds=KINDS, name="", path="spec.predictor.model", choice=CHOICE)


def runtime(
    name: str, place: str | None = "prod", created: str = "2026-01-01T00:00:00Z", **spec: Any
) -> dict[str, Any]:
    formats = [{"name": "sklearn", "version": "1", "autoSelect": True}]
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ServingRuntime" if place else "ClusterServingRuntime",
        "metadata": {"name": name, "namespace": place, "creationTimestamp": created},
        "spec": {"supportedModelFormats": formats, **spec},
    }


def formats(**entry: Any) -> dict[str, Any]:
    return {"supportedModelFormats": [{"name": "sklearn", "autoSelect": True, **entry}]}


async def test_one_of_the_namespace_comes_before_all_of_the_cluster(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [runtime("high", None, **formats(priority=9)), runtime("low", **formats(priority=1))]
    found = await resolve(PICKED, "prod", cluster, deadline)
    assert (found.status, found.kind, found.namespace, found.name) == (
        "found",
        "ServingRuntime",
        "prod",
        "low",
    )
    assert found.choice == CHOICE
    other = await resolve(PICKED, "test", cluster, deadline)
    assert (other.kind, other.namespace, other.name) == ("ClusterServingRuntime", None, "high")


async def test_none_that_is_fit_is_missing_and_none_that_answers_unknown(
    cluster: Any, deadline: Deadline
) -> None:
    found = await resolve(PICKED, "prod", cluster, deadline)
    assert (found.status, found.choice) == ("missing", CHOICE)
    cluster.faults["ClusterServingRuntime"] = EvidenceUnavailable("no answer")
    with pytest.raises(EvidenceUnavailable):
        await resolve(PICKED, "prod", cluster, deadline)


@pytest.mark.parametrize(
    "spec",
    [
        {"disabled": True},
        {"multiModel": True},
        {"workerSpec": {}},
        {"protocolVersions": ["v2", "grpc-v2"]},
        {"supportedModelFormats": None},
        {"supportedModelFormats": ["sklearn", None, 5]},
        formats(autoSelect=False),
        formats(autoSelect="true"),
        formats(name="onnx"),
        {"supportedModelFormats": [{"name": "sklearn"}]},
    ],
)
def test_what_is_not_fit_is_not_picked(spec: dict[str, Any]) -> None:
    assert first([runtime("r", **spec)], CHOICE) is None


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"disabled": False},
        {"multiModel": None},
        {"protocolVersions": []},
        {"protocolVersions": ["v2", "v1"]},
    ],
)
def test_what_is_fit_is_picked(spec: dict[str, Any]) -> None:
    assert first([runtime("r", **spec)], CHOICE) is not None


@pytest.mark.parametrize(("version", "is_fit"), [(None, True), ("1", True), ("2", False)])
def test_a_version_that_is_named_must_be_supported(version: str | None, *, is_fit: bool) -> None:
    choice = CHOICE.model_copy(update={"version": version})
    assert (first([runtime("r")], choice) is not None) is is_fit


def test_a_model_on_several_nodes_takes_a_runtime_with_further_nodes() -> None:
    choice = CHOICE.model_copy(update={"multi_node": True})
    picked = first([runtime("one"), runtime("many", workerSpec={"containers": []})], choice)
    assert picked is not None
    assert picked["metadata"]["name"] == "many"


@pytest.mark.parametrize(
    ("runtimes", "name"),
    [
        ([runtime("a"), runtime("b")], "a"),
        ([runtime("b"), runtime("a")], "a"),
        ([runtime("a"), runtime("b", created="2026-02-01T00:00:00Z")], "b"),
        ([runtime("a", protocolVersions=["grpc-v1", "v1"]), runtime("b")], "a"),
        ([runtime("a"), runtime("b", protocolVersions=["v1"])], "b"),
        ([runtime("a"), runtime("b", **formats(priority=1))], "b"),
        ([runtime("a", **formats(priority=1)), runtime("b", **formats(priority=2))], "b"),
        ([runtime("a", **formats(priority=-1)), runtime("b", **formats(priority="9"))], "a"),
        ([runtime("a", protocolVersions=["v1"]), runtime("b", **formats(priority=1))], "b"),
    ],
)
def test_the_order_is_that_of_kserve(runtimes: list[dict[str, Any]], name: str) -> None:
    picked = first(runtimes, CHOICE)
    assert picked is not None
    assert picked["metadata"]["name"] == name
