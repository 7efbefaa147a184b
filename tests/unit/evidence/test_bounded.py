"""Reads of one review: each is handed on as it is, and only so many at a time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mlgate.domain.deadline import Deadline
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.bounded import BoundedCluster

READ = ("v1", "ConfigMap", "prod", "a")


@pytest.mark.parametrize("fresh", [True, False])
async def test_a_read_is_handed_on_as_it_is(cluster: Any, deadline: Deadline, *, fresh: bool) -> None:
    stored = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "prod"}}
    cluster.objects = [stored]
    bounded = BoundedCluster(cluster)
    assert await bounded.get(*READ, deadline=deadline, fresh=fresh) is stored
    assert await bounded.list(*READ[:3], deadline=deadline, fresh=fresh) == [stored]
    assert cluster.calls == [("get", "ConfigMap/a", fresh), ("list", "ConfigMap", fresh)]


@pytest.mark.parametrize("source", ["cluster", "files"])
@pytest.mark.parametrize("assumed", [True, False])
def test_what_the_cluster_says_of_itself_holds(fake_cluster: Any, source: str, *, assumed: bool) -> None:
    bounded = BoundedCluster(fake_cluster(source=source, assume_authenticated=assumed))
    assert (bounded.source, bounded.assume_authenticated) == (source, assumed)


async def test_a_read_beyond_the_bound_waits_for_its_turn(cluster: Any, deadline: Deadline) -> None:
    cluster.faults["ConfigMap"] = "hang"
    bounded = BoundedCluster(cluster, at_once=2)
    reads = [asyncio.create_task(bounded.get(*READ[:3], name, deadline=deadline)) for name in "abcd"]
    for _ in range(10):
        await asyncio.sleep(0)
    assert [what for _, what, _ in cluster.calls] == ["ConfigMap/a", "ConfigMap/b"]
    reads[0].cancel()
    for _ in range(10):
        await asyncio.sleep(0)
    assert [what for _, what, _ in cluster.calls] == ["ConfigMap/a", "ConfigMap/b", "ConfigMap/c"]
    for read in reads:
        read.cancel()
    assert all(
        isinstance(end, asyncio.CancelledError)
        for end in await asyncio.gather(*reads, return_exceptions=True)
    )


async def test_a_read_that_fails_gives_its_turn_back(
    cluster: Any, deadline: Deadline, unavailable: EvidenceUnavailable
) -> None:
    cluster.faults["ConfigMap"] = unavailable
    bounded = BoundedCluster(cluster, at_once=1)
    for _ in range(3):
        with pytest.raises(EvidenceUnavailable):
            await bounded.get(*READ, deadline=deadline)
        with pytest.raises(EvidenceUnavailable):
            await bounded.list(*READ[:3], deadline=deadline)
    assert await bounded.get("v1", "Secret", "prod", "a", deadline=deadline) is None
