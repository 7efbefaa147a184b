"""Models that a running server is told to load by a call, from wherever that is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.workloads.extract import Extraction

Json = dict[str, Any]
Read = Callable[..., Extraction]
PodOf = Callable[..., Json]

VLLM = {"image": "vllm/vllm-openai:v1", "args": ["--model=good/m", "--enable-lora"]}
OLLAMA = {"image": "ollama/ollama:1", "command": ["sh", "-c", "ollama serve & ollama pull good:1; wait"]}


def hook(script: str) -> Json:
    return {"lifecycle": {"postStart": {"exec": {"command": ["sh", "-c", script]}}}}


def models(read: Read, obj: Json) -> set[tuple[str, str]]:
    workload = read(obj).workload
    assert workload is not None
    return {(model.uri, model.role) for model in workload.models}


CALLS: dict[str, tuple[Json, tuple[str, str]]] = {
    "an adapter once the server runs": (
        VLLM
        | hook("""curl localhost:8000/v1/load_lora_adapter -d '{"lora_name": "a", "lora_path": "evil/a"}'"""),
        ("hf://evil/a", "adapter"),
    ),
    "an adapter that stands in a file": (
        VLLM | hook("curl http://localhost:8000/v1/load_lora_adapter -d @/x"),
        ("http://localhost:8000/v1/load_lora_adapter", "adapter"),
    ),
    "an adapter in what is no JSON": (
        VLLM | hook("curl http://localhost:8000/v1/load_lora_adapter -d {x"),
        ("http://localhost:8000/v1/load_lora_adapter", "adapter"),
    ),
    "other weights": (
        {"image": "curl:1", "args": ["curl", "x/update_weights_from_disk", "-d", '{"model_path": "evil/m"}']},
        ("hf://evil/m", "primary"),
    ),
    "a model of a library": (
        OLLAMA | hook("""curl localhost:11434/api/pull -d '{"name": "evil:1"}'"""),
        ("ollama://evil:1", "primary"),
    ),
    "a model made of another": (
        OLLAMA | hook("""curl localhost:11434/api/create -d '{"model": "x", "from": "evil:1"}'"""),
        ("ollama://evil:1", "primary"),
    ),
    "an archive": (
        {
            "image": "curl:1",
            "args": ["curl", "-X", "POST", "http://x:8081/models?url=https%3A%2F%2Fevil/m.mar&n=1"],
        },
        ("https://evil/m.mar", "primary"),
    ),
}


@pytest.mark.parametrize(("container", "model"), CALLS.values(), ids=CALLS.keys())
def test_a_call_that_loads_a_model_names_it(
    read: Read, pod_of: PodOf, container: Json, model: tuple[str, str]
) -> None:
    assert model in models(read, pod_of(**container))
