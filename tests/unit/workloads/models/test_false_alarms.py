"""What stands beside model servers in every cluster, and serves no model itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.workloads.extract import Extraction

Read = Callable[..., Extraction]
PodOf = Callable[..., dict[str, Any]]

GPU = {"limits": {"nvidia.com/gpu": 1}}
CLAIM = {"volumes": [{"name": "m", "persistentVolumeClaim": {"claimName": "weights"}}]}


def env(**values: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def port(number: int) -> list[dict[str, int]]:
    return [{"containerPort": number}]


def sh(text: str) -> list[str]:
    return ["/bin/sh", "-c", text]


OPERATORS: dict[str, dict[str, Any]] = {
    "KServe": {
        "image": "kserve/kserve-controller:v1",
        "command": ["/manager"],
        "args": ["--metrics-addr=:8080", "--leader-elect"],
        "ports": port(9443),
        "env": env(POD_NAMESPACE="kserve", SECRET_NAME="webhook-cert", ENABLE_WEBHOOKS="true"),
    },
    "KServe's model cache": {
        "image": "kserve/kserve-localmodelnode-agent:v1",
        "command": ["/manager"],
        "volumeMounts": [{"name": "m", "mountPath": "/mnt/models"}],
        "env": env(NODE_NAME="n"),
    },
    "KubeRay": {"image": "quay.io/kuberay/operator:v1", "command": ["/manager"], "ports": port(8080)},
    "Seldon": {
        "image": "seldonio/seldonv2-controller:2",
        "args": ["--health-probe-bind-address=:4000"],
        "env": env(CLUSTERWIDE="false", CONTROL_PLANE_SECURITY_PROTOCOL="PLAINTEXT"),
    },
    "KAITO": {
        "image": "mcr.example.com/kaito/workspace:1",
        "args": ["--feature-gates=vLLM=true"],
        "env": env(PRESET_REGISTRY_NAME="mcr.example.com/aks/kaito", DEFAULT_MODEL_REGISTRY="acme/models"),
        "ports": port(8080),
    },
    "NIM": {"image": "ghcr.io/nvidia/k8s-nim-operator:1", "args": ["--leader-elect"], "ports": port(8080)},
    "the GPU operator": {
        "image": "nvcr.io/nvidia/gpu-operator:v1",
        "command": ["gpu-operator"],
        "env": env(DRIVER_MANAGER_IMAGE="nvcr.io/nvidia/cloud-native/k8s-driver-manager:v1"),
    },
    "a device plugin": {
        "image": "nvcr.io/nvidia/k8s-device-plugin:v1",
        "command": ["nvidia-device-plugin"],
        "env": env(NVIDIA_VISIBLE_DEVICES="all"),
    },
    "LeaderWorkerSet": {"image": "registry.k8s.io/lws/lws:v1", "command": ["/manager"], "ports": port(9443)},
    "Kubeflow's trainer": {"image": "ghcr.io/kubeflow/trainer/trainer-controller-manager:v2"},
    "Dynamo": {"image": "nvcr.io/nvidia/ai-dynamo/kubernetes-operator:1", "args": ["--leader-elect"]},
    "the vLLM production stack": {"image": "lmcache/production-stack-operator:1", "command": ["/manager"]},
}
STORES: dict[str, dict[str, Any]] = {
    "PostgreSQL": {
        "image": "postgres:16",
        "ports": port(5432),
        "env": env(POSTGRES_DB="models", POSTGRES_USER="mlflow"),
    },
    "Redis": {"image": "redis:7", "args": ["--save", "60", "1"], "ports": port(6379)},
    "Qdrant": {"image": "qdrant/qdrant:v1", "ports": port(6333)},
    "Milvus": {
        "image": "milvusdb/milvus:v2",
        "command": ["milvus", "run", "standalone"],
        "env": env(ETCD_ENDPOINTS="etcd:2379", MINIO_ADDRESS="minio:9000"),
        "ports": port(9091),
    },
    "MinIO": {
        "image": "minio/minio:1",
        "args": ["server", "/data", "--console-address", ":9001"],
        "ports": port(9000),
    },
    "etcd": {"image": "quay.io/coreos/etcd:v3", "command": ["etcd", "--data-dir=/etcd"], "ports": port(2379)},
    "MLflow's server": {
        "image": "ghcr.io/mlflow/mlflow:v3",
        "command": ["mlflow", "server"],
        "args": ["--backend-store-uri=sqlite:///m.db", "--default-artifact-root=s3://acme/models"],
        "ports": port(5000),
    },
    "Kubeflow's model registry": {
        "image": "ghcr.io/kubeflow/model-registry/server:1",
        "command": ["/model-registry", "proxy"],
        "args": ["--hostname=0.0.0.0", "--port=8080", "--datastore-type=embedmd"],
        "ports": port(8080),
    },
    "a copy of a backup": {"image": "amazon/aws-cli:2", "args": ["s3", "sync", "/backup", "s3://acme/db"]},
    "an upload of a model": {
        "image": "amazon/aws-cli:2",
        "command": sh("aws s3 cp --recursive --quiet /out/x s3://acme-models/x"),
    },
    "an upload of a model by another tool": {"command": ["gsutil", "-m", "cp", "/out", "gs://b/model"]},
    "an upload of a folder": {"command": sh("gcloud storage cp -r /out gs://b/models/x && rm -r /out")},
}
WATCHERS: dict[str, dict[str, Any]] = {
    "an exporter of GPUs": {
        "image": "nvcr.io/nvidia/k8s/dcgm-exporter:4",
        "env": env(DCGM_EXPORTER_LISTEN=":9400", DCGM_EXPORTER_KUBERNETES="true"),
        "ports": port(9400),
    },
    "an exporter": {"image": "prom/node-exporter:v1", "args": ["--web.listen-address=:8000"]},
    "OpenTelemetry": {
        "image": "otel/opentelemetry-collector-contrib:0",
        "args": ["--config=/etc/otel/config.yaml"],
        "ports": port(8080),
    },
    "Prometheus": {"image": "prom/prometheus:v3", "args": ["--config.file=/etc/prometheus/p.yml"]},
    "Grafana": {"image": "grafana/grafana:11", "ports": port(3000), "env": env(GF_SERVER_HTTP_PORT="3000")},
    "a web server": {"image": "nginx:1.27", "ports": port(8080)},
    "a proxy": {"image": "envoyproxy/envoy:v1", "args": ["-c", "/etc/envoy.yaml"], "ports": port(8080)},
    "an endpoint picker": {
        "image": "registry.example.com/gateway-api-inference-extension/epp:v1",
        "args": ["--pool-name=chat", "--zap-encoder", "json"],
        "ports": port(9002),
    },
}
CLIENTS: dict[str, dict[str, Any]] = {
    "Open WebUI": {
        "image": "ghcr.io/open-webui/open-webui:main",
        "env": env(OLLAMA_BASE_URL="http://ollama:11434", DEFAULT_MODELS="llama3:8b"),
        "ports": port(8080),
    },
    "a page in front of Ollama": {
        "image": "ghcr.io/ollama-webui/ollama-webui:main",
        "env": env(OLLAMA_API_BASE_URL="http://ollama:11434/api"),
        "ports": port(8080),
    },
    "LiteLLM": {
        "image": "ghcr.io/berriai/litellm:main",
        "args": ["--config", "/app/config.yaml", "--port", "4000"],
    },
    "LiteLLM with a model": {"command": ["litellm", "--model", "huggingface/acme-chat"]},
    "LangChain": {
        "image": "registry.example.com/team/agent:1",
        "env": env(MODEL_NAME="acme/drafts", OPENAI_API_BASE="http://chat.team.svc:8000/v1"),
        "ports": port(8000),
    },
    "Gradio": {
        "image": "registry.example.com/team/gradio:1",
        "env": env(HOST="http://chat:8000", MODEL_ID="acme/drafts", CONTEXT_PATH="/generate"),
        "ports": port(7860),
    },
    "a client with an address among its flags": {
        "args": ["--url", "http://chat:8000", "--model", "acme/drafts"]
    },
    "a microservice before a server": {
        "env": env(MODEL_ID="acme/drafts", TEI_ENDPOINT="http://embeddings:80"),
        "ports": port(6000),
    },
    "a request": {
        "image": "curlimages/curl",
        "command": sh('curl -s http://chat:8000/v1/models -d \'{"model": "acme/drafts"}\''),
        "env": env(MODEL_ID="acme/drafts"),
    },
    "Locust": {
        "image": "locustio/locust:2",
        "args": ["-f", "/mnt/locustfile.py", "--host=http://chat:8000"],
        "env": env(MODEL_NAME="acme/drafts"),
    },
    "k6": {
        "image": "grafana/k6:1",
        "command": ["k6", "run", "/work/script.js"],
        "env": env(MODEL_ID="acme/drafts"),
    },
    "GenAI-Perf": {
        "image": "nvcr.io/nvidia/tritonserver:25.01-py3-sdk",
        "command": sh("genai-perf profile -m chat --tokenizer acme/drafts --url chat:8000; sleep infinity"),
        "resources": GPU,
    },
    "an SDK that waits": {
        "image": "nvcr.io/nvidia/tritonserver:25.01-py3-sdk",
        "command": ["/bin/bash", "-c", "--"],
        "args": ["while true; do sleep 30; done;"],
        "resources": GPU,
    },
    "vLLM's benchmark": {
        "image": "vllm/vllm-openai:v1",
        "command": ["vllm", "bench", "serve", "--model", "acme/drafts", "--base-url", "http://chat:8000"],
        "resources": GPU,
        "env": env(HF_TOKEN="$HF_TOKEN"),
    },
    "vLLM's older benchmark": {
        "image": "vllm/vllm-openai:v1",
        "command": sh("cd /srv; python3 /srv/benchmarks/benchmark_serving.py --model=acme/drafts --port 80"),
    },
    "SGLang's balancer": {
        "image": "lmsysorg/sglang:v1",
        "command": ["python", "-m", "sglang.srt.disaggregation.mini_lb", "--prefill", "http://p:30000"],
        "ports": port(8000),
    },
}
OTHERS: dict[str, dict[str, Any]] = {
    "JupyterLab": {
        "image": "quay.io/jupyter/pytorch-notebook:latest",
        "resources": GPU,
        "env": env(HF_TOKEN="$HF_TOKEN", HF_HOME="/home/jovyan/.cache"),
        "ports": port(8888),
    },
    "JupyterLab by its command": {
        "image": "registry.example.com/team/science:1",
        "command": ["jupyter", "lab", "--ip=0.0.0.0"],
        "resources": GPU,
        "env": env(HF_HOME="/cache"),
        "volumeMounts": [{"name": "m", "mountPath": "/models"}],
    },
    "a test of a GPU": {"image": "nvidia/cuda:12", "command": ["nvidia-smi"], "resources": GPU},
    "a sleeper": {
        "image": "vllm/vllm-openai:v1",
        "command": ["sleep", "infinity"],
        "resources": GPU,
        "env": env(HF_TOKEN="$HF_TOKEN"),
        "ports": port(8000),
    },
    "a mention in a text": {"args": ["--message", "vllm and the model acme/drafts"]},
}


@pytest.mark.parametrize(
    "container",
    [
        pytest.param(c, id=n)
        for table in (OPERATORS, STORES, WATCHERS, CLIENTS, OTHERS)
        for n, c in table.items()
    ],
)
def test_what_serves_no_model_is_of_no_concern(read: Read, pod_of: PodOf, container: dict[str, Any]) -> None:
    found = read(pod_of(CLAIM, **container))

    assert not found.concerned, found.workload.detected_by if found.workload else ()


WAITING: dict[str, dict[str, Any]] = {
    "a shell": {
        "image": "busybox:1",
        "command": sh("until wget -qO- http://chat:8000/v1/models; do sleep 2; done"),
    },
    "the tool of a server": {
        "image": "ollama/ollama:1",
        "command": sh("until ollama list; do sleep 1; done"),
        "env": env(OLLAMA_HOST="http://ollama:11434"),
    },
}


@pytest.mark.parametrize("container", WAITING.values(), ids=WAITING.keys())
def test_an_init_container_that_only_waits_serves_no_model(
    read: Read, pod_of: PodOf, container: dict[str, Any]
) -> None:
    spec = {"initContainers": [{"name": "wait", **container}]}

    assert not read(pod_of(spec, image="registry.example.com/team/web:1")).concerned


def test_the_node_that_joins_names_no_model_and_needs_none(read: Read) -> None:
    def template(*command: str) -> dict[str, Any]:
        container = {
            "name": "node",
            "image": "vllm/vllm-openai:v1",
            "command": list(command),
            "resources": GPU,
        }
        return {"spec": {"containers": [container]}}

    serve = "ray start --head; vllm serve acme/drafts --tensor-parallel-size 8"
    sets = {
        "apiVersion": "leaderworkerset.x-k8s.io/v1",
        "kind": "LeaderWorkerSet",
        "metadata": {"name": "chat"},
        "spec": {
            "leaderWorkerTemplate": {
                "leaderTemplate": template(*sh(serve)),
                "workerTemplate": template(*sh("ray start --block --address=$(LWS_LEADER_ADDRESS):6379")),
            }
        },
    }
    found = read(sets).workload

    assert found is not None
    assert found.serves_model
    assert [model.uri for model in found.models] == ["hf://acme/drafts"]
    assert not found.problems


SWITCHED_OFF: dict[str, dict[str, Any]] = {
    "a tool before the server": {"command": sh("sleep 1; vllm serve acme/drafts")},
    "a benchmark before the server": {
        "command": sh("vllm bench serve --help; vllm serve acme/drafts"),
    },
    "a client's variable beside a GPU": {
        "args": ["--model", "acme/drafts"],
        "env": env(HOST="http://chat:8000", VLLM_URL="http://chat:8000"),
        "resources": GPU,
    },
    "a client's variable beside a known server": {
        "image": "ghcr.io/huggingface/text-generation-inference:3",
        "args": ["--model-id", "acme/drafts"],
        "env": env(OPENAI_BASE_URL="http://chat:8000"),
    },
    "a bind address": {"args": ["--model", "acme/drafts", "--host", "::"], "env": env(HOST="::")},
    "a name of a notebook": {
        "image": "registry.example.com/team/x-notebook:1",
        "args": ["--model", "acme/drafts"],
        "resources": GPU,
    },
    "a name of a tool": {
        "image": "registry.example.com/team/run:1",
        "command": ["/srv/sleep"],
        "args": ["--model", "acme/drafts"],
        "volumeMounts": [{"name": "m", "mountPath": "/srv"}],
        "resources": GPU,
    },
    "a script over a tool of the server's image": {
        "image": "vllm/vllm-openai:v1",
        "command": ["sleep", "infinity"],
        "args": ["--model", "acme/drafts"],
        "volumeMounts": [{"name": "m", "mountPath": "/usr/bin/sleep", "subPath": "run"}],
    },
    "a source that looks like a target": {"command": sh("aws s3 cp s3://acme-models/x $TARGET")},
    "a target behind a source": {"command": sh("aws s3 cp s3://acme-models/x s3://other-models/y")},
}


@pytest.mark.parametrize("container", SWITCHED_OFF.values(), ids=SWITCHED_OFF.keys())
def test_no_sign_of_a_client_switches_off_detection(
    read: Read, pod_of: PodOf, container: dict[str, Any]
) -> None:
    found = read(pod_of(CLAIM, **container)).workload

    assert found is not None
    assert found.serves_model
    assert [model.uri for model in found.models] in (["hf://acme/drafts"], ["s3://acme-models/x"])
