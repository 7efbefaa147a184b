"""Mesh TLS in force for a namespace."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.cluster_facts import PeerAuthentication
from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import LookUps
from mlgate.evidence.facts import MOST
from mlgate.evidence.files import FileCluster
from mlgate.evidence.looked import Looked
from mlgate.evidence.mesh import KIND, LOOKUP, peer_authentication

NEEDED = LookUps(namespace="prod", mesh=True, pod_labels=({"app": "credit"},))
ROOT = "istio-system"
OURS = {"matchLabels": {"app": "credit"}}


def peer(
    mode: Any, namespace: str = "prod", name: str = "p", created: str | None = None, **spec: Any
) -> dict[str, Any]:
    about = {"name": name, "namespace": namespace, "creationTimestamp": created}
    return {
        "apiVersion": KIND[0],
        "kind": KIND[1],
        "metadata": about,
        "spec": {"mtls": {"mode": mode}, **spec},
    }


async def looked(cluster: Any, deadline: Deadline, **lookups: Any) -> Looked[PeerAuthentication]:
    return await peer_authentication(NEEDED.model_copy(update=lookups), cluster, ROOT, deadline)


@pytest.mark.parametrize(
    ("stored", "mode"),
    [
        ([], "UNSET"),
        ([peer("STRICT")], "STRICT"),
        ([peer("PERMISSIVE")], "PERMISSIVE"),
        ([peer("DISABLE")], "DISABLE"),
        ([peer("STRICT", ROOT)], "STRICT"),
        ([peer("STRICT", "other")], "UNSET"),
        ([peer("PERMISSIVE"), peer("STRICT", ROOT)], "PERMISSIVE"),
        ([peer("STRICT"), peer("DISABLE", ROOT)], "STRICT"),
        ([peer("UNSET"), peer("STRICT", ROOT)], "STRICT"),
        ([peer(None), peer("STRICT", ROOT)], "STRICT"),
        ([peer("strict"), peer("STRICT", ROOT)], "UNSET"),
        ([peer(["STRICT"])], "UNSET"),
        ([{**peer("STRICT"), "spec": None}, peer("STRICT", ROOT)], "STRICT"),
        (
            [peer("STRICT", created="2026-02-01T00:00:00Z"), peer("DISABLE", created="2026-03-01T00:00:00Z")],
            "STRICT",
        ),
        (
            [peer("STRICT", created="2026-03-01T00:00:00Z"), peer("DISABLE", created="2026-02-01T00:00:00Z")],
            "DISABLE",
        ),
        ([peer("STRICT", name="b"), peer("DISABLE", name="a")], "DISABLE"),
        ([peer("STRICT", selector={})], "STRICT"),
        ([peer("STRICT", selector=OURS)], "UNSET"),
        ([peer("STRICT"), peer("DISABLE", name="own", selector=OURS)], "DISABLE"),
        ([peer("STRICT"), peer("UNSET", name="own", selector=OURS)], "STRICT"),
        ([peer("STRICT"), peer("DISABLE", name="own", selector={"matchLabels": {"app": "x"}})], "STRICT"),
        ([peer("STRICT"), peer("DISABLE", name="own", selector="app")], "DISABLE"),
        ([peer("STRICT"), peer("what", name="own", selector=OURS)], "UNSET"),
        ([peer("PERMISSIVE"), peer("STRICT", name="own", selector=OURS)], "PERMISSIVE"),
        (
            [peer("STRICT"), peer(None, name="o", selector=OURS, portLevelMtls={"80": {"mode": "DISABLE"}})],
            "DISABLE",
        ),
        ([peer("STRICT"), peer(None, name="own", selector=OURS, portLevelMtls={"80": None})], "STRICT"),
        ([peer("STRICT"), peer(None, name="own", selector=OURS, portLevelMtls="x")], "STRICT"),
        ([peer("STRICT", portLevelMtls={"80": {"mode": "DISABLE"}})], "STRICT"),
        ([peer("STRICT", ROOT), peer("DISABLE", ROOT, "own", selector=OURS)], "STRICT"),
    ],
)
async def test_the_namespace_s_policy_counts_before_the_mesh_s_and_a_weaker_one_for_these_pods_before_both(
    cluster: Any, deadline: Deadline, stored: list[dict[str, Any]], mode: str
) -> None:
    cluster.objects = stored
    found = await looked(cluster, deadline)
    assert (found.found.mode, found.unavailable) == (mode, None)


async def test_without_templates_a_policy_for_some_pods_may_be_for_these(
    cluster: Any, deadline: Deadline
) -> None:
    cluster.objects = [peer("STRICT"), peer("DISABLE", name="own", selector=OURS)]
    assert (await looked(cluster, deadline, pod_labels=())).found.mode == "DISABLE"


async def test_the_root_namespace_is_a_setting(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [peer("STRICT", "mesh")]
    assert (await peer_authentication(NEEDED, cluster, "mesh", deadline)).found.mode == "STRICT"


async def test_strict_tls_that_is_remembered_is_read_once(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [peer("STRICT")]
    await looked(cluster, deadline)
    assert cluster.calls == [("list", "PeerAuthentication", False)] * 2


async def test_anything_less_is_read_again_live(cluster: Any, deadline: Deadline) -> None:
    cluster.late = [peer("STRICT")]
    assert (await looked(cluster, deadline)).found.mode == "STRICT"
    assert [live for _, _, live in cluster.calls] == [False, False, True, True]


@pytest.mark.parametrize("lookups", [{"mesh": False}, {"namespace": None}])
async def test_an_object_that_needs_none_costs_no_read(
    cluster: Any, deadline: Deadline, lookups: dict[str, Any]
) -> None:
    assert await looked(cluster, deadline, **lookups) == Looked(PeerAuthentication())
    assert cluster.calls == []


async def test_files_tell_the_mode_if_they_hold_one_such_policy(deadline: Deadline) -> None:
    assert (await looked(FileCluster([peer("STRICT", ROOT)]), deadline)).found.mode == "STRICT"
    assert (await looked(FileCluster([peer("STRICT", "other")]), deadline)).unavailable is None
    found = await looked(FileCluster([]), deadline)
    assert found.unavailable is not None
    assert (found.found.mode, found.unavailable.reason) == ("UNSET", "offline")


async def test_more_templates_than_are_compared_are_an_error(cluster: Any, deadline: Deadline) -> None:
    many = tuple({"app": f"a{number}"} for number in range(MOST + 1))
    found = await looked(cluster, deadline, pod_labels=many)
    assert found.unavailable is not None
    assert (found.unavailable.lookup, found.unavailable.reason, cluster.calls) == (LOOKUP, "error", [])
