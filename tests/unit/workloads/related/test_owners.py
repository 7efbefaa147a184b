"""An object beside the controller that made it: being owned means nothing, equality does."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.evidence import Evidence
from mlgate.domain.workload import Workload
from mlgate.workloads.complete import complete
from mlgate.workloads.extract import Extraction
from mlgate.workloads.related.owners import find_controller

Json = dict[str, Any]
Read = Callable[..., Extraction]
IMAGE = "vllm/vllm-openai@sha256:" + "a" * 64
TEMPLATE: Json = {
    "metadata": {"labels": {"app": "v"}},
    "spec": {
        "serviceAccountName": "server",
        "containers": [
            {
                "name": "server",
                "image": IMAGE,
                "args": ["--model=acme/drafts"],
                "env": [{"name": "A", "value": "1"}],
                "ports": [{"containerPort": 8000}],
            }
        ],
        "volumes": [{"name": "cache", "emptyDir": {}}],
    },
}
TOKEN_VOLUME: Json = {
    "name": "kube-api-access-x",
    "projected": {
        "sources": [
            {"serviceAccountToken": {"path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt"}},
            {"downwardAPI": {}},
        ]
    },
}


def owner(kind: str = "Deployment", **other: Any) -> Json:
    about = {"name": "v", "namespace": "team", "uid": "u1", **other.pop("metadata", {})}
    spec = {"template": copy.deepcopy(TEMPLATE), **other.pop("spec", {})}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": about, "spec": spec, **other}


def pod(name: str = "v-1", **changes: Any) -> Json:
    spec = {**copy.deepcopy(TEMPLATE["spec"]), **changes.pop("spec", {})}
    spec["containers"][0].update(changes)
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def owned(read: Read, obj: Json, *owners: Json) -> Workload:
    found = complete(read(obj), Evidence(owners=owners or (owner(),))).workload
    assert found is not None
    return found


def test_the_topmost_gated_owner_counts() -> None:
    replicas = owner("ReplicaSet", metadata={"name": "rs", "uid": "u0"})
    other = {"apiVersion": "example.com/v1", "kind": "Platform", "metadata": {"name": "top", "uid": "u9"}}
    found = find_controller((replicas, owner(), other), "team")
    assert found is not None
    assert (found.owner.kind, found.owner.name, found.owner.gated) == ("Deployment", "v", True)
    assert found.manifest is not None


def test_an_owner_the_gate_does_not_judge_is_named_and_vouches_for_nothing(read: Read) -> None:
    other = {"apiVersion": "example.com/v1", "kind": "Deployment", "metadata": {"name": "v", "uid": "u"}}
    found = owned(read, pod(), other)
    assert found.owner is not None
    assert (found.owner.api_version, found.owner.gated) == ("example.com/v1", False)
    assert found.owner.pod_settings_equal is False
    assert not any(container.in_owner for container in found.containers)
    assert not any(model.in_owner for model in found.models)


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("serving.kserve.io/v1alpha1", "ServingRuntime"),
        ("serving.kserve.io/v1alpha1", "ClusterServingRuntime"),
        ("serving.kserve.io/v1alpha2", "LLMInferenceServiceConfig"),
        ("trainer.kubeflow.org/v1alpha1", "TrainingRuntime"),
        ("ome.io/v1beta1", "ServingRuntime"),
    ],
)
def test_bypass_06_a_template_vouches_for_nothing(read: Read, api_version: str, kind: str) -> None:
    """Whatever a template says is only warned of: it is judged where it is used."""
    about = {"name": "v", "namespace": "team", "uid": "u1"}
    template = {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": about,
        "spec": copy.deepcopy(TEMPLATE["spec"]),
    }
    found = owned(read, pod(), template)
    assert found.owner is not None
    assert not found.owner.gated
    assert not found.models[0].in_owner


def test_bypass_06_a_plain_workload_vouches_for_no_kind_that_is_judged_everywhere(read: Read) -> None:
    """Plain workloads are judged where the namespace asks for it alone."""
    cluster: Json = {
        "apiVersion": "ray.io/v1",
        "kind": "RayCluster",
        "metadata": {"name": "v"},
        "spec": {"headGroupSpec": {"rayStartParams": {}, "template": copy.deepcopy(TEMPLATE)}},
    }
    found = owned(read, cluster)
    assert found.owner is not None
    assert not found.owner.gated
    service = {"apiVersion": "ray.io/v1", "kind": "RayService", "metadata": {"name": "s", "uid": "u2"}}
    spec = {"rayClusterConfig": cluster["spec"]}
    held = owned(read, cluster, owner(), service | {"spec": spec})
    assert held.owner is not None
    assert (held.owner.kind, held.owner.gated) == ("RayService", True)


def test_a_server_that_holds_its_own_model_is_no_template(read: Read) -> None:
    def server(container: Json) -> Json:
        spec = {"serverConfig": "mlserver", "podSpec": {"containers": [container]}}
        return {
            "apiVersion": "mlops.seldon.io/v1alpha1",
            "kind": "Server",
            "metadata": {"name": "v"},
            "spec": spec,
        }

    plain = read(server({"name": "mlserver", "image": "seldonio/mlserver:1"})).workload
    loaded = read(
        server({"name": "mlserver", "image": "vllm/vllm-openai:1", "args": ["--model=evil/m"]})
    ).workload
    assert plain is not None
    assert loaded is not None
    assert (plain.is_runtime, plain.serves_model) == (True, False)
    assert (loaded.is_runtime, loaded.serves_model) == (False, True)


@pytest.mark.parametrize(
    "owners",
    [(), ({},), ({"apiVersion": "v1"},), ({"kind": 5, "apiVersion": "v1"},), ("text",), (None,)],
)
def test_what_is_no_object_is_no_owner(owners: tuple[Any, ...]) -> None:
    assert find_controller(owners, "team") is None


@pytest.mark.parametrize("metadata", [None, {"name": 5, "uid": []}, "text"])
def test_an_owner_without_a_proper_name_is_still_read(metadata: Any) -> None:
    found = find_controller((owner() | {"metadata": metadata},), "team")
    assert found is not None
    assert (found.owner.name, found.owner.uid) == ("", "")


def test_an_exact_copy_of_the_template_stands_in_the_owner(read: Read) -> None:
    found = owned(read, pod(spec={"volumes": [*TEMPLATE["spec"]["volumes"], TOKEN_VOLUME]}))
    assert found.owner is not None
    assert (found.owner.gated, found.owner.pod_settings_equal) == (True, True)
    assert [container.in_owner for container in found.containers] == [True]
    assert [model.in_owner for model in found.models] == [True]
    assert {volume.in_owner for volume in found.volumes} == {True}


@pytest.mark.parametrize(
    "change",
    [
        {"image": "evil/server:1"},
        {"args": ["--model=acme/drafts", "--trust-remote-code"]},
        {"command": ["sh"]},
        {"env": [{"name": "A", "value": "2"}]},
        {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]},
        {"envFrom": [{"secretRef": {"name": "s"}}]},
        {"securityContext": {"privileged": True}},
        {"securityContext": {"procMount": "Unmasked"}},
        {"lifecycle": {"postStart": {"exec": {"command": ["sh"]}}}},
        {"livenessProbe": {"exec": {"command": ["sh", "-c", "vllm serve evil/m"]}}},
    ],
)
def test_a_container_that_differs_does_not_stand_in_the_owner(read: Read, change: Json) -> None:
    found = owned(read, pod(**change))
    assert [container.in_owner for container in found.containers] == [False]


@pytest.mark.parametrize("change", [{"name": "other"}, {"readinessProbe": {"httpGet": {"port": 15020}}}])
def test_what_platforms_rewrite_makes_no_other_container(read: Read, change: Json) -> None:
    assert owned(read, pod(**change)).containers[0].in_owner


def test_another_prefix_of_taken_variables_makes_another_container(read: Read) -> None:
    def taken(prefix: str) -> Json:
        return {"envFrom": [{"configMapRef": {"name": "c"}, **({"prefix": prefix} if prefix else {})}]}

    upper = owner()
    upper["spec"]["template"]["spec"]["containers"][0].update(taken("APP_"))
    assert owned(read, pod(**taken("APP_")), upper).containers[0].in_owner
    assert not owned(read, pod(**taken("")), upper).containers[0].in_owner


def test_another_secret_key_is_another_container(read: Read) -> None:
    def env(key: str) -> list[Json]:
        return [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": key}}}]

    upper = owner()
    upper["spec"]["template"]["spec"]["containers"][0]["env"] = env("one")
    assert owned(read, pod(env=env("one")), upper).containers[0].in_owner
    assert not owned(read, pod(env=env("two")), upper).containers[0].in_owner


def test_a_container_that_was_injected_is_the_only_one_that_counts_as_new(read: Read) -> None:
    containers = [*copy.deepcopy(TEMPLATE["spec"]["containers"]), {"name": "proxy", "image": "envoy:1"}]
    found = owned(read, pod(spec={"containers": containers}))
    assert [container.in_owner for container in found.containers] == [True, False]


def test_the_same_container_in_another_role_is_another_one(read: Read) -> None:
    twin = copy.deepcopy(TEMPLATE["spec"]["containers"])
    found = owned(read, pod(spec={"initContainers": twin}))
    assert {container.role: container.in_owner for container in found.containers} == {
        "server": True,
        "init": False,
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"hostNetwork": True},
        {"hostPID": True},
        {"hostIPC": True},
        {"serviceAccountName": "admin"},
        {"runtimeClassName": "runc"},
        {"automountServiceAccountToken": True},
    ],
)
def test_pod_settings_that_differ_are_told(read: Read, settings: Json) -> None:
    found = owned(read, pod(spec=settings))
    assert found.owner is not None
    assert found.owner.pod_settings_equal is False


def test_a_host_port_is_a_pod_setting(read: Read) -> None:
    found = owned(read, pod(ports=[{"containerPort": 8000, "hostPort": 80}]))
    assert found.owner is not None
    assert found.owner.pod_settings_equal is False


def test_the_default_service_account_is_the_same_written_or_not(read: Read) -> None:
    upper = owner()
    del upper["spec"]["template"]["spec"]["serviceAccountName"]
    found = owned(read, pod(spec={"serviceAccountName": "default"}), upper)
    assert found.owner is not None
    assert found.owner.pod_settings_equal


@pytest.mark.parametrize(
    ("volume", "held"),
    [
        ({"name": "cache", "emptyDir": {}}, True),
        ({"name": "cache", "emptyDir": {"medium": "Memory"}}, False),
        ({"name": "cache", "hostPath": {"path": "/"}}, False),
        ({"name": "kube-api-access-x", "hostPath": {"path": "/"}}, False),
        (TOKEN_VOLUME, True),
    ],
)
def test_a_volume_stands_in_the_owner_as_written_or_not_at_all(
    read: Read, volume: Json, *, held: bool
) -> None:
    found = owned(read, pod(spec={"volumes": [volume]}))
    assert {item.in_owner for item in found.volumes} == {held}


@pytest.mark.parametrize(
    ("name", "claim", "held"),
    [
        ("v-0", "data-v-0", True),
        ("v-12", "data-v-12", True),
        ("v-0", "data-v-1", False),
        ("v-0", "data-v-x", False),
        ("v-0", "other", False),
        ("w-0", "data-w-0", False),
        ("v-0", "data-v-", False),
    ],
)
def test_the_claim_a_stateful_set_gives_its_pod_stands_in_it(
    read: Read, name: str, claim: str, *, held: bool
) -> None:
    upper = owner("StatefulSet", spec={"volumeClaimTemplates": [{"metadata": {"name": "data"}}]})
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": claim}}
    found = owned(read, pod(name, spec={"volumes": [volume]}), upper)
    assert [item.in_owner for item in found.volumes] == [held]


def test_a_claim_of_no_template_does_not_stand_in_the_owner(read: Read) -> None:
    upper = owner("StatefulSet", spec={"volumeClaimTemplates": [{"metadata": {"name": "other"}}]})
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data-v-0"}}
    assert not owned(read, pod("v-0", spec={"volumes": [volume]}), upper).volumes[0].in_owner


def test_labels_and_annotations_of_ours_come_from_the_owner_and_never_over_the_own_ones(read: Read) -> None:
    upper = owner(
        metadata={
            "labels": {"mlgate.dev/risk-tier": "high", "mlgate.dev/model-version": "1", "team": "a"},
            "annotations": {"mlgate.dev/model-card": "modelcard/c", "note": "x"},
        }
    )
    obj = pod()
    obj["metadata"]["labels"] = {"mlgate.dev/risk-tier": "low"}
    found = owned(read, obj, upper)
    assert found.labels == {"mlgate.dev/risk-tier": "low", "mlgate.dev/model-version": "1"}
    assert found.annotations == {"mlgate.dev/model-card": "modelcard/c"}


def test_an_object_that_names_no_model_inherits_those_of_its_owner(read: Read) -> None:
    upper = owner()
    obj = pod(args=[])
    obj["metadata"]["labels"] = {"serving.kserve.io/inferenceservice": "v"}
    obj["spec"]["containers"][0]["image"] = "registry.example.com/other:1"
    found = owned(read, obj, upper)
    assert [(model.path, model.in_owner) for model in found.models] == [
        ("Deployment/v.spec.template.spec.containers[0].args[0]", True)
    ]


def test_a_model_the_owner_does_not_name_is_not_the_owner_s(read: Read) -> None:
    found = owned(read, pod(args=["--model=evil/m"]))
    assert [(model.uri, model.in_owner) for model in found.models] == [("hf://evil/m", False)]


def test_a_volume_a_model_address_implies_goes_with_its_model(
    read: Read, service: Callable[..., Json]
) -> None:
    spec = {"predictor": {"model": {"modelFormat": {"name": "onnx"}, "storageUri": "pvc://weights/m"}}}
    upper = service(spec)
    found = owned(read, service(spec), upper)
    assert [(item.claim_name, item.in_owner) for item in found.volumes] == [("weights", True)]
    spec["predictor"]["model"]["storageUri"] = "pvc://others/m"
    found = owned(read, service(spec), owner())
    assert [(item.claim_name, item.in_owner) for item in found.volumes] == [("others", False)]


CACHE: Json = {"name": "cache", "mountPath": "/cache"}


@pytest.mark.parametrize(
    "change",
    [
        {"volumeMounts": [{**CACHE, "mountPath": "/usr/lib/python3"}]},
        {"volumeMounts": [{**CACHE, "subPath": "other"}]},
        {"volumeMounts": [{**CACHE, "subPathExpr": "$(A)"}]},
        {"volumeMounts": [{**CACHE, "mountPropagation": "Bidirectional"}]},
        {"volumeMounts": [CACHE, {"name": "kube-api-access-x", "mountPath": "/root"}]},
        {
            "volumeMounts": [
                CACHE,
                {"name": "cache", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"},
            ]
        },
        {"volumeMounts": [CACHE, {"name": "kserve-provision-location-x", "mountPath": "/mnt/models"}]},
        {"volumeMounts": []},
        {"workingDir": "/root"},
        {"volumeDevices": [{"name": "cache", "devicePath": "/dev/sda"}]},
    ],
)
def test_a_container_that_mounts_or_starts_elsewhere_does_not_stand_in_the_owner(
    read: Read, change: Json
) -> None:
    upper = owner()
    upper["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = [CACHE]
    assert not owned(read, pod(**{"volumeMounts": [CACHE], **change}), upper).containers[0].in_owner


@pytest.mark.parametrize(
    "mounts",
    [
        [CACHE],
        [{**CACHE, "readOnly": False}],
        [
            {
                "name": "kube-api-access-x",
                "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
                "readOnly": True,
            },
            CACHE,
        ],
        [CACHE, {"name": "kserve-provision-location", "mountPath": "/mnt/models", "readOnly": True}],
    ],
)
def test_mounts_that_platforms_add_make_no_other_container(read: Read, mounts: list[Json]) -> None:
    upper = owner()
    upper["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = [CACHE]
    assert owned(read, pod(volumeMounts=mounts), upper).containers[0].in_owner


@pytest.mark.parametrize(
    "settings",
    [
        {"hostAliases": [{"ip": "192.0.2.1", "hostnames": ["huggingface.co"]}]},
        {"dnsConfig": {"nameservers": ["192.0.2.1"]}},
        {"dnsPolicy": "None"},
        {"shareProcessNamespace": True},
        {"hostUsers": False},
        {"resourceClaims": [{"name": "gpu", "resourceClaimName": "other"}]},
    ],
)
def test_settings_of_names_processes_and_devices_are_told_both_ways(read: Read, settings: Json) -> None:
    upper = owner()
    upper["spec"]["template"]["spec"].update(settings)
    for found in (owned(read, pod(spec=settings)), owned(read, pod(), upper)):
        assert found.owner is not None
        assert found.owner.pod_settings_equal is False
    same = owned(read, pod(spec=settings), upper)
    assert same.owner is not None
    assert same.owner.pod_settings_equal


@pytest.mark.parametrize(
    "settings",
    [
        {"dnsPolicy": "ClusterFirst"},
        {"dnsConfig": {}},
        {"hostUsers": True},
        {"hostAliases": []},
        {"shareProcessNamespace": False},
    ],
)
def test_a_setting_at_its_default_is_the_same_written_or_not(read: Read, settings: Json) -> None:
    found = owned(read, pod(spec=settings))
    assert found.owner is not None
    assert found.owner.pod_settings_equal
