"""The controller chain is followed, never believed."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import OwnerReference, controller_of
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.owners import MAX_OWNERS, follow


def link(kind: str, uid: str, owner: tuple[str, str] | None = None) -> dict[str, Any]:
    about: dict[str, Any] = {"name": kind.lower(), "namespace": "prod", "uid": uid}
    if owner:
        about["ownerReferences"] = [reference(*owner)]
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": about}


def reference(kind: str, uid: str, **other: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "name": kind.lower(),
        "uid": uid,
        "controller": True,
        **other,
    }


START = OwnerReference(api_version="apps/v1", kind="ReplicaSet", name="replicaset", uid="1")


async def test_the_chain_is_followed_to_its_top_nearest_first(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [link("ReplicaSet", "1", ("Deployment", "2")), link("Deployment", "2")]
    chain = await follow(START, "prod", cluster, deadline)
    assert [owner["kind"] for owner in chain] == ["ReplicaSet", "Deployment"]
    assert all(fresh for _, _, fresh in cluster.calls)


@pytest.mark.parametrize("uid", ["9", None])
async def test_another_object_of_that_name_ends_the_chain(cluster: Any, deadline: Deadline, uid: Any) -> None:
    cluster.objects = [link("ReplicaSet", "1", ("Deployment", "2")), link("Deployment", uid)]
    assert [owner["kind"] for owner in await follow(START, "prod", cluster, deadline)] == ["ReplicaSet"]


async def test_an_owner_that_cannot_be_read_ends_the_chain(
    cluster: Any, deadline: Deadline, unavailable: Any
) -> None:
    cluster.objects = [link("ReplicaSet", "1", ("Deployment", "2")), link("Deployment", "2", ("App", "3"))]
    cluster.faults["App"] = unavailable
    chain = await follow(START, "prod", cluster, deadline)
    assert [owner["kind"] for owner in chain] == ["ReplicaSet", "Deployment"]

    cluster.faults["ReplicaSet"] = unavailable
    with pytest.raises(EvidenceUnavailable):
        await follow(START, "prod", cluster, deadline)


async def test_a_forged_owner_in_another_namespace_is_not_found(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [link("ReplicaSet", "1")]
    assert await follow(START, "attacker", cluster, deadline) == ()


async def test_an_object_without_owner_has_none(cluster: Any, deadline: Deadline) -> None:
    assert await follow(None, "prod", cluster, deadline) == ()
    assert cluster.calls == []


async def test_a_ring_of_owners_ends(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [
        link("ReplicaSet", "1", ("Deployment", "2")),
        link("Deployment", "2", ("ReplicaSet", "1")),
    ]
    assert len(await follow(START, "prod", cluster, deadline)) == 2


async def test_a_chain_that_does_not_end_is_cut(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [link(f"K{n}", str(n), (f"K{n + 1}", str(n + 1))) for n in range(20)]
    start = OwnerReference(api_version="apps/v1", kind="K0", name="k0", uid="0")
    assert len(await follow(start, "prod", cluster, deadline)) == MAX_OWNERS


@pytest.mark.parametrize(
    "references",
    [
        None,
        "x",
        [],
        ["x"],
        [reference("A", "1", controller=False)],
        [reference("A", "1", controller="true")],
        [reference("A", "")],
        [reference("A", "1", name=5)],
    ],
)
def test_only_a_complete_controller_reference_counts(references: Any) -> None:
    assert controller_of({"metadata": {"ownerReferences": references}}) is None
