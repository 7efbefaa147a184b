"""Each well-known server as its own documentation starts it: found, with its model and the reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.workloads.extract import Extraction

Read = Callable[..., Extraction]
PodOf = Callable[..., dict[str, Any]]

CLAIM = {"volumes": [{"name": "m", "persistentVolumeClaim": {"claimName": "weights"}}]}
MOUNT = [{"name": "m", "mountPath": "/models"}]
AT = "spec.containers[0]"


def env(**values: str) -> dict[str, Any]:
    return {"env": [{"name": name, "value": value} for name, value in values.items()]}


def sh(text: str) -> dict[str, Any]:
    return {"command": ["/bin/sh", "-c"], "args": [text]}


SERVERS: dict[str, tuple[dict[str, Any], list[str], list[str]]] = {
    "vLLM by its image and flags": (
        {"image": "vllm/vllm-openai:v0", "args": ["--model", "acme/drafts", "--port=8000"]},
        ["hf://acme/drafts"],
        [f"image:vllm@{AT}.image", f"arg:--model@{AT}.args[0]"],
    ),
    "vLLM by its image and position": (
        {"image": "vllm/vllm-openai:v0", "args": ["acme/drafts", "--max-model-len", "4096"]},
        ["hf://acme/drafts"],
        [f"image:vllm@{AT}.image", f"command:vllm@{AT}.args[0]"],
    ),
    "vLLM by its image and half of the command": (
        {"image": "vllm/vllm-openai:v0", "args": ["serve", "acme/drafts"]},
        ["hf://acme/drafts"],
        [f"image:vllm@{AT}.image", f"command:vllm@{AT}.args[1]"],
    ),
    "vLLM with a folder": (
        {"image": "vllm/vllm-openai:v0", "args": ["/models/drafts"], "volumeMounts": MOUNT},
        ["pvc://weights/drafts"],
        [f"image:vllm@{AT}.image", f"command:vllm@{AT}.args[0]"],
    ),
    "vLLM with a name of one word": (
        {"image": "vllm/vllm-openai:v0", "args": ["drafts"]},
        ["hf://drafts"],
        [f"image:vllm@{AT}.image", f"command:vllm@{AT}.args[0]"],
    ),
    "vLLM with an address": (
        {"image": "vllm/vllm-openai:v0", "args": ["s3://b/drafts", "--load-format", "runai_streamer"]},
        ["s3://b/drafts"],
        [f"image:vllm@{AT}.image", f"command:vllm@{AT}.args[0]"],
    ),
    "vLLM with the value of a switch": (
        {"command": ["python3", "-m", "vllm.entrypoints.openai.api_server", "--model=acme/drafts"]}
        | {"args": ["--enable-prefix-caching", "false"]},
        ["hf://acme/drafts"],
        [f"command:vllm@{AT}.command[1]", f"arg:--model@{AT}.command[3]"],
    ),
    "vLLM with a draft and adapters": (
        {"command": ["vllm", "serve", "acme/drafts", "--lora-modules", "a=acme/a"]}
        | {"args": ['--speculative-config={"model": "acme/small", "num_speculative_tokens": 3}']},
        ["hf://acme/drafts", "hf://acme/a", "hf://acme/small"],
        [f"command:vllm@{AT}.command[0]", f"command:vllm@{AT}.command[2]"],
    ),
    "vLLM with drafts of no model": (
        {"command": ["vllm", "serve", "acme/drafts", '--speculative-config={"method": "ngram"}']},
        ["hf://acme/drafts"],
        [f"command:vllm@{AT}.command[0]", f"command:vllm@{AT}.command[2]"],
    ),
    "TGI by a variable": (
        {"image": "ghcr.io/huggingface/text-generation-inference:3", **env(MODEL_ID="acme/drafts")},
        ["hf://acme/drafts"],
        [f"image:text-generation-inference@{AT}.image", f"env:MODEL_ID@{AT}.env[0]"],
    ),
    "TGI in another registry, with adapters": (
        {"image": "us-docker.pkg.dev/x/gcr.io/huggingface-text-generation-inference-cu124.2-3.py311"}
        | {"args": ["--model-id=acme/drafts"], **env(LORA_ADAPTERS="acme/a,b=acme/b")},
        ["hf://acme/drafts", "hf://acme/a", "hf://acme/b"],
        [f"image:text-generation-inference@{AT}.image", f"arg:--model-id@{AT}.args[0]"],
    ),
    "TEI": (
        {"image": "ghcr.io/huggingface/text-embeddings-inference:cpu-1.6", "args": ["--model-id", "acme/e"]},
        ["hf://acme/e"],
        [f"image:text-embeddings-inference@{AT}.image", f"arg:--model-id@{AT}.args[0]"],
    ),
    "Triton": (
        {"image": "nvcr.io/nvidia/tritonserver:25.01-py3", "volumeMounts": MOUNT}
        | {"command": ["tritonserver", "--model-repository=/models", "--strict-readiness=true"]},
        ["pvc://weights"],
        [f"image:triton@{AT}.image", f"command:triton@{AT}.command[0]"],
    ),
    "TorchServe": (
        {"image": "pytorch/torchserve:0.12-cpu", "volumeMounts": MOUNT}
        | {"args": ["torchserve", "--start", "--model-store", "/models", "--models", "all"]},
        ["pvc://weights"],
        [f"image:torchserve@{AT}.image", f"command:torchserve@{AT}.args[0]"],
    ),
    "TorchServe with an archive": (
        {"command": ["torchserve", "--start", "--models", "d=https://x.example.com/d.mar", "s=s3://b/s.mar"]},
        ["https://x.example.com/d.mar", "s3://b/s.mar"],
        [f"command:torchserve@{AT}.command[0]", f"arg:--models@{AT}.command[2]"],
    ),
    "TensorFlow Serving": (
        {"image": "tensorflow/serving:2.19.0", "volumeMounts": MOUNT}
        | {"args": ["--model_name=d", "--model_base_path=/models/d"]},
        ["pvc://weights/d"],
        [f"image:tensorflow-serving@{AT}.image", f"arg:--model-base-path@{AT}.args[1]"],
    ),
    "Ollama in a shell": (
        {"image": "ollama/ollama:0.6", **sh("ollama serve & sleep 5; ollama pull chat:8b; wait")},
        ["ollama://chat:8b"],
        [f"image:ollama@{AT}.image", f"command:ollama@{AT}.args[0]"],
    ),
    "Ollama by its image": (
        {"image": "ollama/ollama:0.6", "args": ["run", "chat:8b"]},
        ["ollama://chat:8b"],
        [f"image:ollama@{AT}.image", f"command:ollama@{AT}.args[1]"],
    ),
    "SGLang": (
        {"image": "lmsysorg/sglang:v0", "command": ["python3", "-m", "sglang.launch_server"]}
        | {"args": ["--model-path", "acme/drafts", "--lora-paths", "a=acme/a", "b=acme/b"]},
        ["hf://acme/drafts", "hf://acme/a", "hf://acme/b"],
        [f"image:sglang@{AT}.image", f"command:sglang@{AT}.command[1]"],
    ),
    "llama.cpp": (
        {
            "image": "ghcr.io/ggml-org/llama.cpp:server",
            "args": ["-m", "/models/d.gguf"],
            "volumeMounts": MOUNT,
        },
        ["pvc://weights/d.gguf"],
        [f"image:llama.cpp@{AT}.image", f"arg:--m@{AT}.args[0]"],
    ),
    "llama.cpp from the Hub, with a draft": (
        {"image": "ghcr.io/ggml-org/llama.cpp:server-cuda", "args": ["-hf", "acme/d-GGUF", "-hfd", "acme/s"]},
        ["hf://acme/d-GGUF", "hf://acme/s"],
        [f"image:llama.cpp@{AT}.image", f"arg:--hf@{AT}.args[0]"],
    ),
    "llama.cpp by variables": (
        {"image": "ghcr.io/ggml-org/llama.cpp:server"}
        | env(LLAMA_ARG_HF_REPO="acme/d-GGUF", LLAMA_ARG_HFD_REPO="acme/s"),
        ["hf://acme/d-GGUF", "hf://acme/s"],
        [f"image:llama.cpp@{AT}.image", f"env:LLAMA_ARG_HF_REPO@{AT}.env[0]"],
    ),
    "MLServer": (
        {
            "image": "seldonio/mlserver:1.6-sklearn",
            **env(MLSERVER_MODEL_URI="/models/d"),
            "volumeMounts": MOUNT,
        },
        ["pvc://weights/d"],
        [f"image:mlserver@{AT}.image", f"env:MLSERVER_MODEL_URI@{AT}.env[0]"],
    ),
    "MLServer with a folder": (
        {"command": ["mlserver", "start", "/models"], "volumeMounts": MOUNT},
        ["pvc://weights"],
        [f"command:mlserver@{AT}.command[0]", f"command:mlserver@{AT}.command[2]"],
    ),
    "BentoML": (
        {"image": "r.example.com/team/sum:1", "command": ["bentoml", "serve", "--port", "3000"]},
        ["image://r.example.com/team/sum:1"],
        [f"command:bentoml@{AT}.command[0]"],
    ),
    "Ray Serve": (
        {"image": "rayproject/ray-llm:2.46", **sh("ray start --head; serve run app:d --model=acme/drafts")},
        ["hf://acme/drafts"],
        [f"image:ray-serve@{AT}.image", f"command:ray-serve@{AT}.args[0]"],
    ),
    "LMDeploy": (
        {"image": "openmmlab/lmdeploy:v0", **sh("lmdeploy serve api_server acme/drafts --tp 2")},
        ["hf://acme/drafts"],
        [f"image:lmdeploy@{AT}.image", f"command:lmdeploy@{AT}.args[0]"],
    ),
    "TensorRT-LLM": (
        {
            "image": "nvcr.io/nvidia/tensorrt-llm/release:1",
            "command": ["trtllm-serve", "serve", "acme/drafts"],
        },
        ["hf://acme/drafts"],
        [f"image:tensorrt-llm@{AT}.image", f"command:tensorrt-llm@{AT}.command[0]"],
    ),
    "TensorRT-LLM without a second word": (
        {"command": ["trtllm-serve", "acme/drafts", "--backend=pytorch"]},
        ["hf://acme/drafts"],
        [f"command:tensorrt-llm@{AT}.command[0]", f"command:tensorrt-llm@{AT}.command[1]"],
    ),
    "LocalAI": (
        {"image": "localai/localai:v2", "args": ["phi-2"]},
        ["phi-2"],
        [f"image:localai@{AT}.image", f"command:localai@{AT}.args[0]"],
    ),
    "a storage initializer with two sources": (
        {"image": "quay.io/x/kserve-storage-initializer:1", "args": ["hf://acme/d", "/a", "s3://b/e", "/b"]},
        ["hf://acme/d", "s3://b/e"],
        [f"image:kserve-storage@{AT}.image", f"command:kserve-storage@{AT}.args[0]"],
    ),
    "a downloader of the platform": (
        {"image": "aibrix/runtime:1", **env(DOWNLOADER_MODEL_URI="tos://b/models/d")},
        ["tos://b/models/d"],
        [f"env:DOWNLOADER_MODEL_URI@{AT}.env[0]"],
    ),
    "Riva": (
        {"image": "registry.example.com/copy/speech:1", "command": ["start-riva"]},
        ["image://registry.example.com/copy/speech:1"],
        [f"command:riva@{AT}.command[0]"],
    ),
    "whisper.cpp": (
        {"command": ["whisper-server", "-m", "/models/base.bin"], "volumeMounts": MOUNT},
        ["pvc://weights/base.bin"],
        [f"command:whisper.cpp@{AT}.command[0]"],
    ),
    "llamafile": (
        {"command": ["llamafile", "--server", "-m", "/models/drafts.gguf"], "volumeMounts": MOUNT},
        ["pvc://weights/drafts.gguf"],
        [f"command:llamafile@{AT}.command[0]"],
    ),
    "Wyoming": (
        {"image": "rhasspy/wyoming-whisper:2", "args": ["--model", "acme/drafts", "--language", "en"]},
        ["hf://acme/drafts"],
        [f"image:wyoming@{AT}.image", f"arg:--model@{AT}.args[0]"],
    ),
    "Whisper's web service": (
        {"image": "onerahmet/openai-whisper-asr-webservice:v1", **env(ASR_MODEL="acme/drafts")},
        ["hf://acme/drafts"],
        [f"image:whisper@{AT}.image", f"env:ASR_MODEL@{AT}.env[0]"],
    ),
    "KoboldCpp by the variable of its arguments": (
        {"image": "koboldai/koboldcpp:v1", **env(KCPP_ARGS="--model https://huggingface.co/a/b.gguf")},
        ["https://huggingface.co/a/b.gguf"],
        [f"image:koboldcpp@{AT}.image", f"arg:--model@{AT}.env[0]"],
    ),
    "OpenLLM": (
        {"command": ["openllm", "serve", "acme/drafts"]},
        ["hf://acme/drafts"],
        [f"command:openllm@{AT}.command[0]"],
    ),
    "mistral.rs": (
        {
            "image": "ghcr.io/ericlbuehler/mistral.rs:1",
            "args": ["--port", "80", "plain", "-m", "acme/drafts"],
        },
        ["hf://acme/drafts"],
        [f"image:mistral.rs@{AT}.image", f"arg:--m@{AT}.args[3]"],
    ),
    "FastChat": (
        {"command": ["python3", "-m", "fastchat.serve.vllm_worker", "--model-path", "acme/drafts"]},
        ["hf://acme/drafts"],
        [f"command:fastchat@{AT}.command[1]"],
    ),
    "Tabby": (
        {"image": "tabbyml/tabby:1", "args": ["serve", "--model", "acme/drafts", "--device", "cuda"]},
        ["hf://acme/drafts"],
        [f"image:tabby@{AT}.image"],
    ),
    "ComfyUI": (
        {"image": "yanwk/comfyui-boot:cu124"},
        ["image://yanwk/comfyui-boot:cu124"],
        [f"image:comfyui@{AT}.image"],
    ),
    "a container of Vertex AI": (
        {
            "image": "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-3:latest",
            **env(AIP_STORAGE_URI="gs://b/models/d"),
        },
        ["gs://b/models/d"],
        [f"image:vertex-prediction@{AT}.image", f"env:AIP_STORAGE_URI@{AT}.env[0]"],
    ),
    "an outlier detector that is told its storage": (
        {"args": ["--storage_uri", "gs://b/models/d", "--http_port", "8080"]},
        ["gs://b/models/d"],
        [f"arg:--storage-uri@{AT}.args[0]"],
    ),
    "a copy of several files": (
        sh("gcloud storage cp -r gs://b/models/d gs://b/models/e /data"),
        ["gs://b/models/d", "gs://b/models/e"],
        [f"command:copy@{AT}.args[0]"],
    ),
}


@pytest.mark.parametrize(("container", "uris", "reasons"), SERVERS.values(), ids=SERVERS.keys())
def test_the_server_its_model_and_the_reasons_are_found(
    read: Read, pod_of: PodOf, container: dict[str, Any], uris: list[str], reasons: list[str]
) -> None:
    found = read(pod_of(CLAIM, **container)).workload

    assert found is not None
    assert found.serves_model
    assert sorted(model.uri for model in found.models) == sorted(uris)
    assert found.detected_by[: len(reasons)] == tuple(reasons)
    assert not found.problems


@pytest.mark.parametrize(
    "args",
    [
        ["/opt/run", "acme/drafts"],
        ["./run", "acme/drafts"],
        ["sh", "/opt/run"],
        ["python3", "/opt/run.py"],
        ["ray", "start", "--block"],
        ["wget", "https://x.example.com"],
        ["\u2014model", "acme/drafts"],
        [],
    ],
)
def test_a_program_in_the_arguments_is_no_model(read: Read, pod_of: PodOf, args: list[str]) -> None:
    found = read(pod_of(image="vllm/vllm-openai:v0", args=args)).workload

    assert found is not None
    assert [problem.message for problem in found.problems] == ["names no model that the reader can find"]


def test_a_variable_that_the_command_line_uses_up_is_no_second_model(read: Read, pod_of: PodOf) -> None:
    variable = {"name": "MODEL_ID", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}}

    found = read(pod_of(command=["vllm", "serve", "/data/$(MODEL_ID)"], env=[variable])).workload

    assert found is not None
    assert [model.uri for model in found.models] == ["/data/$(MODEL_ID)"]


@pytest.mark.parametrize(
    "script",
    [
        "vllm serve acme/base; echo $(MODEL_ID) | text-generation-launcher",
        "vllm serve acme/base",
    ],
)
def test_a_variable_that_another_server_may_read_counts(read: Read, pod_of: PodOf, script: str) -> None:
    found = read(pod_of(**sh(script), **env(MODEL_ID="acme/drafts"))).workload

    assert found is not None
    assert {model.uri for model in found.models} == {"hf://acme/base", "hf://acme/drafts"}


@pytest.mark.parametrize(
    "script",
    [
        "curl x; " * 150 + "gsutil cp " + "gs://b/x " * 300 + "gs://b/models/evil /m",
        "curl x; " * 150 + "vllm serve " + "--whatever " * 300 + "acme/drafts",
    ],
)
def test_more_words_behind_one_of_many_commands_than_are_read_are_reported(
    read: Read, pod_of: PodOf, script: str
) -> None:
    found = read(pod_of(image="vllm/vllm-openai:v0", **sh(script))).workload

    assert found is not None
    assert "is too long to be searched for models" in [problem.message for problem in found.problems]


def test_behind_one_command_all_words_are_read(read: Read, pod_of: PodOf) -> None:
    sources = "gs://b/x " * 3_000

    found = read(pod_of(**sh(f"gsutil cp {sources} gs://b/models/evil /m"))).workload

    assert found is not None
    assert [model.uri for model in found.models] == ["gs://b/models/evil"]
    assert not found.problems
