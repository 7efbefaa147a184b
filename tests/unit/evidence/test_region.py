"""The region of the cluster."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import LookUps
from mlgate.evidence.region import LOOKUP, region_of

SERVES = LookUps(serves=True)


def node(name: str, region: Any) -> dict[str, Any]:
    labels = {} if region is None else {"topology.kubernetes.io/region": region}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}


async def test_the_region_of_the_installation_is_not_asked_for(cluster: Any, deadline: Deadline) -> None:
    found = await region_of(SERVES, "eu-west-1", cluster, deadline)
    assert (found.found, found.unavailable, cluster.calls) == ("eu-west-1", None, [])


async def test_the_region_all_nodes_share_is_the_cluster_s(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [node("a", "eu-west-1"), node("b", "eu-west-1")]
    found = await region_of(SERVES, None, cluster, deadline)
    assert (found.found, found.unavailable) == ("eu-west-1", None)


@pytest.mark.parametrize(
    "regions",
    [
        [],
        ["eu-west-1", "eu-east-1"],
        ["eu-west-1", None],
        [None],
        [""],
        [5],
        [["eu-west-1"]],
        ["eu-west-1", ""],
    ],
)
async def test_nodes_that_share_no_region_tell_none(
    cluster: Any, deadline: Deadline, regions: list[Any]
) -> None:
    cluster.objects = [node(f"n{number}", region) for number, region in enumerate(regions)]
    found = await region_of(SERVES, None, cluster, deadline)
    assert found.unavailable is not None
    assert (found.found, found.unavailable.lookup, found.unavailable.reason) == (None, LOOKUP, "disabled")


async def test_files_tell_no_region(fake_cluster: Any, deadline: Deadline) -> None:
    files = fake_cluster(objects=[node("a", "eu-west-1")], source="files")
    found = await region_of(SERVES, None, files, deadline)
    assert found.unavailable is not None
    assert (found.found, found.unavailable.reason, files.calls) == (None, "disabled", [])


async def test_an_object_that_serves_nothing_needs_no_region(cluster: Any, deadline: Deadline) -> None:
    found = await region_of(LookUps(), None, cluster, deadline)
    assert (found.found, found.unavailable, cluster.calls) == (None, None, [])
