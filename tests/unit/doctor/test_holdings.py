"""Which objects are read, and of which something is kept."""

from __future__ import annotations

from typing import Any

from mlgate.doctor.reader import read_snapshot
from mlgate.doctor.snapshot import Held

SERVICES = "/apis/serving.kserve.io/v1beta1/inferenceservices"
DEPLOYMENTS = "/apis/apps/v1/deployments"
REPLICAS = "/apis/apps/v1/replicasets"
PODS = "/api/v1/pods"
VLLM = {"containers": [{"name": "main", "image": "vllm/vllm-openai:v0.9.0", "args": ["--model", "org/m"]}]}
WEB = {"containers": [{"name": "main", "image": "nginx:1.29"}]}


def about(name: str, namespace: str = "default", owner: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "namespace": namespace, "uid": f"uid-{name}"}
    if owner is not None:
        found["ownerReferences"] = [{"uid": owner, "controller": True, "kind": "X", "name": "x"}]
    return found


def deployment(name: str, pod: dict[str, Any], **where: Any) -> dict[str, Any]:
    return {"metadata": about(name, **where), "spec": {"template": {"metadata": {}, "spec": pod}}}


def titles(held: tuple[Held, ...]) -> list[str]:
    return [one.title for one in held]


def test_objects_of_model_kinds_are_kept_by_name(broken: Any, api: Any) -> None:
    broken.stored[SERVICES] = [{"metadata": about("credit")}]
    snapshot = read_snapshot(api(broken), timeout=1)
    assert snapshot.models == (Held("InferenceService", "default", "credit"),)


def test_a_plain_workload_is_kept_where_it_runs_a_model_and_is_not_judged(broken: Any, api: Any) -> None:
    broken.label("gated", gate="enabled")
    broken.stored[DEPLOYMENTS] = [
        deployment("llm", VLLM),
        deployment("web", WEB),
        deployment("judged", VLLM, namespace="gated"),
    ]
    (found,) = read_snapshot(api(broken), timeout=1).workloads
    assert found.title == "Deployment/llm"
    assert found.because.startswith("image:")


def test_what_an_owner_tells_is_told_once(broken: Any, api: Any) -> None:
    broken.stored[SERVICES] = [{"metadata": about("credit")}]
    broken.stored[DEPLOYMENTS] = [
        deployment("llm", VLLM),
        deployment("predictor", VLLM, owner="uid-credit"),
    ]
    broken.stored[REPLICAS] = [deployment("llm-1", VLLM, owner="uid-llm")]
    broken.stored[PODS] = [{"metadata": about("llm-1-x", owner="uid-llm-1"), "spec": VLLM}]
    assert titles(read_snapshot(api(broken), timeout=1).workloads) == ["Deployment/llm"]


def test_a_made_up_owner_hides_nothing(broken: Any, api: Any) -> None:
    broken.stored[DEPLOYMENTS] = [deployment("web", WEB)]
    broken.stored[PODS] = [
        {"metadata": about("a", owner="uid-nobody"), "spec": VLLM},
        {"metadata": about("b", owner="uid-web"), "spec": VLLM},
    ]
    assert titles(read_snapshot(api(broken), timeout=1).workloads) == ["Pod/a", "Pod/b"]


def test_where_everything_is_judged_nothing_is_read(broken: Any, api: Any) -> None:
    broken.entry("workloads")["namespaceSelector"] = {}
    server = api(broken, refused={PODS})
    snapshot = read_snapshot(server, timeout=1)
    assert (snapshot.workloads, snapshot.unread) == ((), ())


def test_workloads_that_cannot_be_read_are_remembered(broken: Any, api: Any) -> None:
    snapshot = read_snapshot(api(broken, refused={PODS, SERVICES}), timeout=1)
    assert [one.what for one in snapshot.unread] == ["inferenceservices", "pods"]


def test_a_version_the_table_does_not_know_is_read_all_the_same(broken: Any, api: Any) -> None:
    known = broken.snapshot().served
    (one,) = (entry for entry in known if entry.resource == "inferenceservices" and entry.group != "ome.io")
    newer = type(one)(one.group, "v9", one.resource, one.kind, one.namespaced)
    broken.changes = {"served": (*(entry for entry in known if entry != one), newer)}
    broken.stored["/apis/serving.kserve.io/v9/inferenceservices"] = [{"metadata": about("credit")}]
    assert titles(read_snapshot(api(broken), timeout=1).models) == ["InferenceService/credit"]
