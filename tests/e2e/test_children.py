"""Objects that operators make of what was admitted: they keep working, and a forged owner gains nothing.

The children have the shape KServe, KubeRay and the injection of Istio give them; their owners are real and
resolved by the API server's own uids.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from casebook.documents import Object
from model_kinds import GOVERNED, IMAGE, KINDS, container, pod
from refusals import refusal, refused_by_gate
from staging import Stage, judged, only, signed

pytestmark = pytest.mark.usefixtures("signing")
NAMESPACE = "children"
RAY = next(kind for kind in KINDS if kind.kind == "RayService")


@pytest.fixture(scope="module")
def annotations(stage: Stage, signing: None) -> dict[str, str]:
    """A gated namespace with an admitted InferenceService; how its objects name the card."""
    case = stage.copy("ticket-router", NAMESPACE)
    gate = ("label", "namespace", NAMESPACE, "mlgate.dev/gate=enabled", "--overwrite")
    stage.cluster.kubectl.must("administrator", *gate)
    stage.sign(signed(case))
    answer = stage.submit(case, only(case))
    assert answer.ok, answer.errors
    found: dict[str, str] = judged(case, only(case))["metadata"]["annotations"]
    return found


def owner_of(stage: Stage, title: str, api_version: str) -> dict[str, Any]:
    """A reference to an object of the cluster as its controller."""
    kind, _, name = title.partition("/")
    group, _, version = api_version.rpartition("/")
    resource = f"{kind.lower()}.{version}.{group}" if group else kind.lower()
    stored = stage.stored(NAMESPACE, f"{resource}/{name}")
    assert stored is not None
    uid = stored["metadata"]["uid"]
    return {"apiVersion": api_version, "kind": kind, "name": name, "uid": uid, "controller": True}


def served_pod(*extra: Object) -> dict[str, Any]:
    """The pod KServe makes of the InferenceService: its runtime's container, and one that gets the model."""
    mount = {"name": "kserve-provision-location", "mountPath": "/mnt/models"}
    fetch = {
        "name": "storage-initializer",
        "image": "kserve/storage-initializer:v0.15.2",
        "args": [GOVERNED, "/mnt/models"],
        "volumeMounts": [mount],
    }
    server = container(
        "kserve-container", args=["--model_dir=/mnt/models"], volumeMounts=[{**mount, "readOnly": True}]
    )
    volume = {"name": "kserve-provision-location", "emptyDir": {}}
    return pod(server, *extra, initContainers=[fetch], volumes=[volume])


POWERFUL = {"capabilities": {"add": ["SYS_ADMIN"]}}
LABELS = {"app": "isvc.ticket-router-predictor", "serving.kserve.io/inferenceservice": "ticket-router"}


def deployment(name: str, owner: dict[str, Any] | None, spec: dict[str, Any]) -> Object:
    """The Deployment of a predictor."""
    metadata: dict[str, Any] = {"name": name, "namespace": NAMESPACE, "labels": LABELS}
    if owner is not None:
        metadata["ownerReferences"] = [owner]
    template = {
        "metadata": {
            "labels": {**LABELS, "pod": name},
            "annotations": {"internal.serving.kserve.io/storage-initializer-sourceuri": GOVERNED},
        },
        "spec": spec,
    }
    selector = {"matchLabels": {"pod": name}}
    body = {"replicas": 1, "selector": selector, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": body}


@pytest.fixture(scope="module")
def kserve_chain(stage: Stage, annotations: dict[str, str]) -> dict[str, Any]:
    """The real ReplicaSet of a Deployment that belongs to the InferenceService, as an owner."""
    owner = owner_of(stage, "InferenceService/ticket-router", "serving.kserve.io/v1beta1")
    child = deployment("ticket-router-predictor", owner, served_pod())
    answer = stage.cluster.kubectl.send("administrator", "create", [child])
    assert answer.ok, answer.errors
    selector = ("-l", "pod=ticket-router-predictor", "-n", NAMESPACE)
    kubectl = stage.cluster.kubectl
    kubectl.must("administrator", "wait", "--for=create", "replicaset", *selector, "--timeout=30s")
    name = kubectl.must("administrator", "get", "replicaset", *selector, "-o", "name").strip()
    return owner_of(stage, f"ReplicaSet/{name.partition('/')[2]}", "apps/v1")


def test_the_pods_of_an_inference_service_are_made(stage: Stage, kserve_chain: dict[str, Any]) -> None:
    selector = ("-l", "pod=ticket-router-predictor", "-n", NAMESPACE)
    stage.cluster.kubectl.must("administrator", "wait", "--for=create", "pod", *selector, "--timeout=30s")


def pod_of(name: str, owner: dict[str, Any], spec: dict[str, Any]) -> Object:
    metadata = {"name": name, "namespace": NAMESPACE, "labels": LABELS, "ownerReferences": [owner]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def injected(spec: dict[str, Any]) -> dict[str, Any]:
    """The pod after the injection of Istio: a proxy beside it, and rules for its traffic before it."""
    spec = copy.deepcopy(spec)
    token = {"audience": "istio-ca", "expirationSeconds": 43200, "path": "istio-token"}
    redirecting = {"capabilities": {"add": ["NET_ADMIN", "NET_RAW"], "drop": ["ALL"]}, "runAsUser": 0}
    volumes = [
        {"name": "istio-envoy", "emptyDir": {"medium": "Memory"}},
        {"name": "istio-data", "emptyDir": {}},
        {"name": "istio-podinfo", "downwardAPI": {"items": []}},
        {"name": "istiod-ca-cert", "configMap": {"name": "istio-ca-root-cert"}},
        {
            "name": "istio-token",
            "projected": {"sources": [{"serviceAccountToken": token}]},
        },
    ]
    rules = {
        "name": "istio-init",
        "image": "docker.io/istio/proxyv2:1.27.1",
        "args": ["istio-iptables", "-p", "15001"],
        "securityContext": redirecting,
    }
    proxy = {
        "name": "istio-proxy",
        "image": "docker.io/istio/proxyv2:1.27.1",
        "args": ["proxy", "sidecar"],
        "env": [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        "volumeMounts": [
            {"name": "istio-envoy", "mountPath": "/etc/istio/proxy"},
            {"name": "istio-token", "mountPath": "/var/run/secrets/tokens"},
            {"name": "istiod-ca-cert", "mountPath": "/var/run/secrets/istio"},
        ],
    }
    spec["initContainers"] = [rules, *spec.get("initContainers", [])]
    spec["containers"] = [*spec["containers"], proxy]
    spec["volumes"] = [*spec.get("volumes", []), *volumes]
    return spec


def test_a_pod_with_the_proxy_of_a_mesh_beside_it_is_made(stage: Stage, kserve_chain: dict[str, Any]) -> None:
    entry = pod_of("injected", kserve_chain, injected(served_pod()))
    answer = stage.cluster.kubectl.send("administrator", "create", [entry])
    assert answer.ok, answer.errors


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("other-image", served_pod(container("kserve-extra", image="registry.example.com/other:1"))),
        ("other-model", pod(container("kserve-container", args=["--model=hf://elsewhere/model"]))),
        ("powerful", pod({**container("kserve-container"), "securityContext": POWERFUL})),
        ("on-the-host", {**served_pod(), "hostNetwork": True}),
        ("other-account", {**served_pod(), "serviceAccountName": "default"}),
    ],
)
def test_a_pod_that_adds_to_its_owner_is_judged(
    stage: Stage, kserve_chain: dict[str, Any], name: str, spec: dict[str, Any]
) -> None:
    answer = stage.cluster.kubectl.send("administrator", "create", [pod_of(name, kserve_chain, spec)])
    assert refused_by_gate(answer), answer.errors


def test_an_owner_of_another_uid_is_none(stage: Stage, kserve_chain: dict[str, Any]) -> None:
    forged = {**kserve_chain, "uid": "4be0c1f2-6a53-4f0d-9f0e-3d2f7c1b8a90"}
    answer = stage.cluster.kubectl.send("engineer", "create", [pod_of("forged", forged, served_pod())])
    assert refused_by_gate(answer), answer.errors
    assert "model_card.missing" in refusal(answer.errors).codes


def test_a_template_is_no_owner_that_was_judged(stage: Stage, kserve_chain: dict[str, Any]) -> None:
    """What a template says is only warned of, so that a copy of it would otherwise be judged by nobody."""
    spec = pod(container("kserve-container", args=["--model=hf://elsewhere/model"]))
    template = {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ServingRuntime",
        "metadata": {"name": "stowaway", "namespace": NAMESPACE},
        "spec": spec,
    }
    assert stage.cluster.kubectl.send("administrator", "create", [template]).ok
    owner = owner_of(stage, "ServingRuntime/stowaway", "serving.kserve.io/v1alpha1")
    answer = stage.cluster.kubectl.send("engineer", "create", [pod_of("copied", owner, spec)])
    assert refused_by_gate(answer), answer.errors
    assert "model_card.missing" in refusal(answer.errors).codes


def test_the_cluster_and_the_pods_of_a_ray_service_are_made(
    stage: Stage, annotations: dict[str, str]
) -> None:
    service = RAY.object(NAMESPACE, annotations)
    assert stage.cluster.kubectl.send("engineer", "create", [service]).ok
    spec = service["spec"]["rayClusterConfig"]
    cluster = {
        "apiVersion": "ray.io/v1",
        "kind": "RayCluster",
        "metadata": {
            "name": "router-x7k2p",
            "namespace": NAMESPACE,
            "labels": {"ray.io/originated-from-crd": "RayService"},
            "ownerReferences": [owner_of(stage, "RayService/router", "ray.io/v1")],
        },
        "spec": spec,
    }
    answer = stage.cluster.kubectl.send("administrator", "create", [cluster])
    assert answer.ok, answer.errors
    owner = owner_of(stage, "RayCluster/router-x7k2p", "ray.io/v1")
    head = started_by_ray("head", spec["headGroupSpec"]["template"]["spec"], "ray start --head --block")
    worker = started_by_ray("worker", spec["workerGroupSpecs"][0]["template"]["spec"], "ray start --block")
    for name, made in (("router-head", head), ("router-worker", worker)):
        answer = stage.cluster.kubectl.send("administrator", "create", [pod_of(name, owner, made)])
        assert answer.ok, f"{name}: {answer.errors}"


def started_by_ray(kind: str, template: dict[str, Any], line: str) -> dict[str, Any]:
    """The pod KubeRay makes of a template: it starts Ray in the container, and tells it where the head is."""
    spec = copy.deepcopy(template)
    main = spec["containers"][0]
    main["command"] = ["/bin/bash", "-c", "--"]
    main["args"] = [f"ulimit -n 65536; {line} --metrics-export-port=8080"]
    main["env"] = [
        {
            "name": "RAY_CLUSTER_NAME",
            "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['ray.io/cluster']"}},
        },
        {"name": "RAY_PORT", "value": "6379"},
        {"name": "RAY_ADDRESS", "value": "router-head-svc:6379"},
    ]
    main["volumeMounts"] = [{"name": "shared-mem", "mountPath": "/dev/shm"}]  # noqa: S108 - what KubeRay mounts
    spec["volumes"] = [{"name": "shared-mem", "emptyDir": {"medium": "Memory"}}]
    if kind == "worker":
        spec["initContainers"] = [
            {
                "name": "wait-gcs-ready",
                "image": IMAGE,
                "command": ["/bin/bash", "-c", "--"],
                "securityContext": main["securityContext"],
                "args": ["until ray health-check --address router-head-svc:6379; do sleep 5; done"],
            }
        ]
    return spec
