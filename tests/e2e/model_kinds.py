"""One governed model, written as each kind of serving platform would take it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from casebook.documents import Object

DIGEST = "sha256:5e7f2c90ab1d48f36027c8e41b9d350f7a6c82e4d9103bf5768a2ce01d49b73f"
GOVERNED = f"oci://registry.example.com/support/ticket-router@{DIGEST}"
"""The model the card of the example `ticket-router` describes."""
OTHER = GOVERNED.replace("ticket-router", "ticket-closer").replace("5e7f2c90", "00000000")
IMAGE = (
    "registry.example.com/serving/text-server"
    "@sha256:a81c5d20f7e94b36d1082e7c5f93ab640d28e1b7c4f6509a3d7e2b10f8c64d95"
)
LOGGER = {"url": "https://predictions.example.com/collect/ticket-router", "mode": "all"}
_HARDENED = {
    "runAsNonRoot": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


@dataclass(frozen=True)
class ModelKind:
    """A kind, how it names a model, and what it cannot say."""

    api_version: str
    kind: str
    body: Callable[[str], dict[str, Any]]
    """The fields beside the metadata, for a model at that address."""
    scaled: dict[str, Any]
    """A patch that changes how many pods run and nothing else."""
    unsayable: frozenset[str] = frozenset()
    """Codes that no field of the kind can satisfy: they need a waiver."""

    @property
    def title(self) -> str:
        """`Kind/name` of the object."""
        return f"{self.kind}/router"

    @property
    def resource(self) -> str:
        """The kind as kubectl takes it, told apart from others of the same name."""
        group, _, version = self.api_version.partition("/")
        return f"{self.kind.lower()}.{version}.{group}"

    def object(self, namespace: str, annotations: dict[str, str], uri: str = GOVERNED) -> Object:
        """The object; the annotations lead to its evidence."""
        metadata: dict[str, Any] = {
            "name": "router",
            "namespace": namespace,
            "labels": {"mlgate.dev/data-classification": "internal"},
        }
        if annotations:
            metadata["annotations"] = dict(annotations)
        body = copy.deepcopy(self.body(uri))
        return {"apiVersion": self.api_version, "kind": self.kind, "metadata": metadata, **body}

    def waiver(self, namespace: str) -> Object:
        """What lifts the codes that no field of the kind can satisfy, for this object alone."""
        until = datetime.now(UTC).date() + timedelta(days=60)
        return {
            "apiVersion": "mlgate.dev/v1alpha1",
            "kind": "Waiver",
            "metadata": {"name": self.resource, "namespace": namespace},
            "spec": {
                "codes": sorted(self.unsayable),
                "subject": {"workload": {"kind": self.kind, "name": "router"}},
                "reason": "The operator of this kind secures the pods, and the gateway is closed.",
                "ticket": "RISK-311",
                "requestedBy": "erin@example.com",
                "approvedBy": "rita@example.com",
                "expiresAt": until.isoformat(),
            },
        }


def container(name: str, **more: Any) -> dict[str, Any]:
    """A hardened container of a pinned image."""
    return {"name": name, "image": IMAGE, "securityContext": dict(_HARDENED), **more}


def pod(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A pod specification under the account of the example."""
    account = {"serviceAccountName": "ticket-router", "automountServiceAccountToken": False}
    return {**account, "containers": list(containers), **more}


def _llm(uri: str) -> dict[str, Any]:
    return {
        "spec": {"model": {"uri": uri, "name": "router"}, "replicas": 1, "template": pod(container("main"))}
    }


def _seldon(uri: str) -> dict[str, Any]:
    graph = {"name": "router", "modelUri": uri, "implementation": "MLFLOW_SERVER", "logger": LOGGER}
    parts = [{"spec": pod(container("router"))}]
    predictor = {"name": "main", "replicas": 1, "graph": graph, "componentSpecs": parts}
    return {"spec": {"predictors": [predictor]}}


def _ray(uri: str) -> dict[str, Any]:
    config = {"model_loading_config": {"model_id": "router", "model_source": uri}}
    application = {"name": "router", "import_path": "ray.serve.llm:app", "args": {"llm_configs": [config]}}
    workers = {"groupName": "workers", "replicas": 1, "template": {"spec": pod(container("worker"))}}
    cluster = {
        "headGroupSpec": {"rayStartParams": {}, "template": {"spec": pod(container("head"))}},
        "workerGroupSpecs": [workers],
    }
    return {
        "spec": {"serveConfigV2": json.dumps({"applications": [application]}), "rayClusterConfig": cluster}
    }


def _lws(uri: str) -> dict[str, Any]:
    mounted = container("server", volumeMounts=[{"name": "model", "mountPath": "/mnt/models"}])
    volume = {"name": "model", "image": {"reference": uri.removeprefix("oci://")}}
    template = {"spec": pod(mounted, volumes=[volume])}
    return {"spec": {"replicas": 1, "leaderWorkerTemplate": {"size": 2, "workerTemplate": template}}}


def _dynamo(uri: str) -> dict[str, Any]:
    account = {"serviceAccountName": "ticket-router", "automountServiceAccountToken": False}
    main = {"image": IMAGE, "securityContext": dict(_HARDENED), "args": ["--model", uri]}
    worker = {"replicas": 1, "extraPodSpec": {**account, "mainContainer": main}}
    return {"spec": {"services": {"Worker": worker}}}


def _nim(uri: str) -> dict[str, Any]:
    repository, _, digest = IMAGE.partition("@")
    image = {"repository": repository, "tag": "1.8.0", "digest": digest}
    return {"spec": {"image": image, "replicas": 1, "env": [{"name": "NIM_MODEL_NAME", "value": uri}]}}


def _vllm(uri: str) -> dict[str, Any]:
    registry, _, name = IMAGE.partition("/")
    deployment = {"image": {"registry": registry, "name": name}, "replicas": 1}
    return {"spec": {"model": {"modelURL": uri}, "deploymentConfig": deployment}}


def _kaito(uri: str) -> dict[str, Any]:
    server = container("server", args=["--model", uri])
    return {"resource": {"count": 1}, "inference": {"template": {"spec": pod(server)}}}


def _kubeai(uri: str) -> dict[str, Any]:
    return {"spec": {"url": uri, "engine": "VLLM", "image": IMAGE, "minReplicas": 1}}


def _seldon_model(uri: str) -> dict[str, Any]:
    return {"spec": {"storageUri": uri, "requirements": ["huggingface"], "replicas": 1}}


REPLICAS = {"spec": {"replicas": 2}}
WORKERS = {"spec": {"services": {"Worker": {"replicas": 2}}}}
DEPLOYED = {"spec": {"deploymentConfig": {"replicas": 2}}}
# The operator of the kind makes the pods: no field says how they are secured, nor under which account.
MADE = frozenset(
    {
        "runtime.container_not_hardened",
        "identity.default_service_account",
        "identity.token_automounted",
        "identity.rbac_wildcard",
    }
)
# The installation decides whether the gateway of the platform leads to it.
ROUTED = frozenset({"network.exposed_without_authentication"})
KINDS = (
    ModelKind("serving.kserve.io/v1alpha2", "LLMInferenceService", _llm, REPLICAS),
    ModelKind("machinelearning.seldon.io/v1", "SeldonDeployment", _seldon, REPLICAS, ROUTED),
    ModelKind("mlops.seldon.io/v1alpha1", "Model", _seldon_model, REPLICAS, ROUTED),
    ModelKind("ray.io/v1", "RayService", _ray, {"spec": {"suspend": False}}),
    ModelKind("kaito.sh/v1beta1", "Workspace", _kaito, {"resource": {"count": 2}}),
    ModelKind("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", _lws, REPLICAS),
    ModelKind("nvidia.com/v1alpha1", "DynamoGraphDeployment", _dynamo, WORKERS),
    ModelKind("apps.nvidia.com/v1alpha1", "NIMService", _nim, REPLICAS, MADE),
    ModelKind("production-stack.vllm.ai/v1alpha1", "VLLMRuntime", _vllm, DEPLOYED, MADE),
    ModelKind("kubeai.org/v1", "Model", _kubeai, {"spec": {"minReplicas": 0}}, MADE),
)
