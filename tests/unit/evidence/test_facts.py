"""Facts about the cluster."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.cluster_facts import NamespaceFacts
from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import Unavailable
from mlgate.domain.lookups import LookUps, ObjectReference
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.facts import MOST, namespace_facts, resolve, storage, text_map

RUNTIME = ObjectReference(
    kinds=(
        ("serving.kserve.io/v1alpha1", "ServingRuntime", True),
        ("serving.kserve.io/v1alpha1", "ClusterServingRuntime", False),
    ),
    name="onnx",
    path="spec.predictor.model.runtime",
)


def namespace(**labels: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "prod", "labels": labels}}


def runtime(kind: str, place: str | None) -> dict[str, Any]:
    about = {"name": "onnx", "namespace": place}
    return {"apiVersion": "serving.kserve.io/v1alpha1", "kind": kind, "metadata": about}


def storage_class(name: str, created: str = "2026-01-01T00:00:00Z", default: str = "") -> dict[str, Any]:
    marks = {"storageclass.kubernetes.io/is-default-class": default} if default else {}
    about = {"name": name, "creationTimestamp": created, "annotations": marks}
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": about,
        "provisioner": "ebs.csi.aws.com",
        "parameters": {"encrypted": "true", "odd": 5},
    }


def claim(name: str, class_name: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": "prod"},
        "spec": {"storageClassName": class_name},
    }


async def test_the_namespace_is_told_with_its_labels(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [namespace(**{"mlgate.dev/profile": "staging", "odd": 5})]
    found = await namespace_facts("prod", cluster, None, deadline)
    assert found == NamespaceFacts(name="prod", labels={"mlgate.dev/profile": "staging"})


async def test_a_profile_of_the_command_line_stands_for_the_label(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [namespace(**{"mlgate.dev/profile": "sandbox", "team": "a"})]
    found = await namespace_facts("prod", cluster, "production", deadline)
    assert found == NamespaceFacts(name="prod", labels={"mlgate.dev/profile": "production", "team": "a"})
    cluster.objects = []
    assert isinstance(await namespace_facts("prod", cluster, "production", deadline), NamespaceFacts)


@pytest.mark.parametrize(("source", "reason"), [("files", "offline"), ("cluster", "error")])
async def test_a_namespace_that_is_not_there_is_unavailable(
    fake_cluster: Any, deadline: Deadline, source: str, reason: str
) -> None:
    found = await namespace_facts("prod", fake_cluster(source=source), None, deadline)
    assert isinstance(found, Unavailable)
    assert (found.lookup, found.reason) == ("cluster.namespace", reason)


async def test_the_first_kind_that_exists_is_the_reference(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [runtime("ClusterServingRuntime", None)]
    found = await resolve(RUNTIME, "prod", cluster, deadline)
    assert (found.kind, found.namespace, found.status) == ("ClusterServingRuntime", None, "found")
    cluster.objects.append(runtime("ServingRuntime", "prod"))
    found = await resolve(RUNTIME, "prod", cluster, deadline)
    assert (found.kind, found.namespace) == ("ServingRuntime", "prod")


@pytest.mark.parametrize(("source", "status"), [("files", "unavailable"), ("cluster", "missing")])
async def test_a_reference_that_leads_nowhere_is_missing_only_where_that_is_known(
    fake_cluster: Any, deadline: Deadline, source: str, status: str
) -> None:
    found = await resolve(RUNTIME, "prod", fake_cluster(source=source), deadline)
    assert (found.status, found.kind, found.object) == (status, "ServingRuntime", None)


async def test_a_kind_that_cannot_be_read_ends_the_search(
    cluster: Any, deadline: Deadline, unavailable: EvidenceUnavailable
) -> None:
    cluster.objects = [runtime("ClusterServingRuntime", None)]
    cluster.faults["ServingRuntime"] = unavailable
    with pytest.raises(EvidenceUnavailable):
        await resolve(RUNTIME, "prod", cluster, deadline)


async def test_classes_are_found_by_name_by_claim_and_by_default(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [
        storage_class("named"),
        storage_class("claimed"),
        storage_class("default", default="true"),
        storage_class("unused"),
        claim("data", "claimed"),
        claim("bare", ""),
        claim("odd", 5),
    ]
    lookups = LookUps(
        namespace="prod",
        storage_classes=("named", "gone"),
        claims=("data", "bare", "odd", "lost"),
        needs_default_class=True,
    )
    found = await storage(lookups, cluster, deadline)
    assert set(found.classes) == {"named", "claimed", "default"}
    assert found.classes["named"].parameters == {"encrypted": "true"}
    assert found.claims == {"data": "claimed", "bare": None, "odd": None}
    assert (found.default, found.unavailable) == ("default", None)


async def test_of_several_default_classes_the_newest_counts(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [
        storage_class("old", "2025-01-01T00:00:00Z", "true"),
        storage_class("new", "2026-06-01T00:00:00Z", "true"),
        storage_class("no", "2026-09-01T00:00:00Z", "false"),
    ]
    assert (await storage(LookUps(needs_default_class=True), cluster, deadline)).default == "new"


async def test_what_files_do_not_hold_is_offline_and_named(fake_cluster: Any, deadline: Deadline) -> None:
    lookups = LookUps(
        namespace="prod",
        storage_classes=("fast",),
        claims=("data",),
        needs_default_class=True,
        has_volumes=True,
    )
    found = await storage(lookups, fake_cluster(source="files"), deadline)
    assert found.unavailable is not None
    assert (found.unavailable.lookup, found.unavailable.reason) == ("cluster.storageClasses", "offline")
    for name in ("StorageClass fast", "PersistentVolumeClaim data", "the default StorageClass"):
        assert name in found.unavailable.message


async def test_a_class_without_a_provisioner_has_an_empty_one(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [{**storage_class("fast"), "provisioner": None, "parameters": None}]
    found = await storage(LookUps(storage_classes=("fast",)), cluster, deadline)
    assert (found.classes["fast"].provisioner, found.classes["fast"].parameters) == ("", {})


@pytest.mark.parametrize(
    ("field", "told"), [("claims", "33 volume claims"), ("storage_classes", "33 storage classes")]
)
@pytest.mark.parametrize("source", ["cluster", "files"])
async def test_more_than_the_cap_is_not_looked_up_and_said_to_be_too_much(
    fake_cluster: Any, deadline: Deadline, source: str, field: str, told: str
) -> None:
    cluster = fake_cluster(source=source)
    names = tuple(f"n{number}" for number in range(MOST + 1))
    found = await storage(LookUps(**{field: names}), cluster, deadline)
    assert found.unavailable == Unavailable(
        lookup="cluster.storageClasses",
        reason="error",
        message=f"the object names {told}; only 32 are looked up",
    )
    assert (found.classes, found.claims, cluster.calls) == ({}, {}, [])


async def test_as_much_as_the_cap_is_looked_up(cluster: Any, deadline: Deadline) -> None:
    names = tuple(f"n{number}" for number in range(MOST))
    cluster.objects = [claim(name, name) for name in names] + [storage_class(name) for name in names]
    found = await storage(LookUps(namespace="prod", claims=names), cluster, deadline)
    assert (set(found.classes), set(found.claims), found.unavailable) == ({*names}, {*names}, None)


def test_only_strings_are_labels() -> None:
    assert text_map({"a": "b", "c": 1, "d": None}) == {"a": "b"}
    assert text_map("x") == {}
