"""Models that are made on the way, and code that a server is told to take in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.workloads.extract import Extraction
from mlgate.workloads.unfollowed.modelfiles import MADE

Json = dict[str, Any]
Read = Callable[..., Extraction]
PodOf = Callable[..., Json]

CLAIM: Json = {"name": "d", "persistentVolumeClaim": {"claimName": "data"}}
PROGRAM = "runs a program from where the reader cannot look"


def problems(read: Read, pod_of: PodOf, **own: Any) -> list[str]:
    """The problems of a server beside a claim."""
    workload = read(
        pod_of({"volumes": [CLAIM]}, **own, volumeMounts=[{"name": "d", "mountPath": "/d"}])
    ).workload
    assert workload is not None
    assert workload.serves_model
    return [item.message for item in workload.problems]


CREATED = {
    "a file that the line writes": "printf 'FROM evil/m\\n' > /tmp/M; ollama create m -f /tmp/M",
    "a document of the line": "cat > /tmp/M <<E\nFROM evil/m\nE\nollama create m --file /tmp/M",
    "a document": "ollama create m -f - <<E\nFROM evil/m\nE",
    "a pipe": "echo FROM evil/m | ollama create m -f -",
    "a substitution": "ollama create m -f <(echo FROM evil/m)",
    "a file of a volume": "ollama create m -f /d/Modelfile",
    "a file of a volume in one word": "ollama create m --file=/d/Modelfile",
    "a file of a volume in one flag": "ollama create m -f/d/Modelfile",
    "a file that another command names": "ollama create m -f $(cat /x)",
    "the file of the folder": "cd /d; ollama create m",
    "a flag before the name": "ollama create -f /d/Modelfile m",
}


@pytest.mark.parametrize("line", CREATED.values(), ids=CREATED.keys())
def test_bypass_24_a_model_that_is_made_of_a_file_is_told(read: Read, pod_of: PodOf, line: str) -> None:
    assert MADE in problems(
        read,
        pod_of,
        image="ollama/ollama:1",
        command=["bash", "-c", f"ollama serve & {line}; ollama pull gemma"],
    )


@pytest.mark.parametrize("line", ["ollama create m -f /Modelfile", "ollama create m", "ollama cp gemma m"])
def test_a_model_that_is_made_of_a_file_of_the_image_is_judged_with_it(
    read: Read, pod_of: PodOf, line: str
) -> None:
    assert not problems(
        read,
        pod_of,
        image="ollama/ollama:1",
        command=["bash", "-c", f"ollama serve & {line}; ollama pull gemma"],
    )


@pytest.mark.parametrize("flag", ["--backend-directory", "--repoagent-directory", "--cache-directory"])
def test_bypass_24_a_folder_of_backends_in_a_volume_is_told(read: Read, pod_of: PodOf, flag: str) -> None:
    command = ["tritonserver", "--model-repository=s3://b/m", f"{flag}=/d/b"]

    assert PROGRAM in problems(read, pod_of, image="nvcr.io/nvidia/tritonserver:24.01-py3", command=command)


MODULES = ["--worker-cls", "--worker-extension-cls", "--scheduler-cls", "--middleware", "--logits-processors"]


@pytest.mark.parametrize("flag", MODULES)
@pytest.mark.parametrize("value", ["mine.Class", "mine:Class", '["vllm.x.Y", "mine.Class"]'])
def test_bypass_24_a_class_of_a_module_in_a_volume_is_told(
    read: Read, pod_of: PodOf, flag: str, value: str
) -> None:
    command = ["vllm", "serve", "s3://b/m", flag, value]
    own: Json = {"image": "vllm/vllm-openai:v1", "command": command, "workingDir": "/d"}

    assert PROGRAM in problems(read, pod_of, **own)


@pytest.mark.parametrize("first", ["--logits-processors=vllm.x.Y", "--logits-processors", "--middleware"])
def test_bypass_24_every_value_of_a_flag_that_takes_several_is_looked_at(
    read: Read, pod_of: PodOf, first: str
) -> None:
    own: Json = {"image": "vllm/vllm-openai:v1", "workingDir": "/d"}
    command = ["vllm", "serve", "s3://b/m", first, "vllm.a.B", "mine.Class", "--port", "80"]

    assert PROGRAM in problems(read, pod_of, command=command, **own)
    assert problems(read, pod_of, command=[*command[:5], *command[6:]], **own) == []


@pytest.mark.parametrize("value", ["vllm.v1.worker.gpu_worker.Worker", "ray", "mp", "auto"])
def test_a_class_of_the_server_itself_is_no_problem(read: Read, pod_of: PodOf, value: str) -> None:
    command = ["vllm", "serve", "s3://b/m", "--worker-cls", value, "--distributed-executor-backend", value]
    own: Json = {"image": "vllm/vllm-openai:v1", "command": command, "workingDir": "/d"}

    assert problems(read, pod_of, **own) == []


@pytest.mark.parametrize("end", ["", "E ", "x\nE;", "$x", "\\"])
def test_a_document_that_never_ends_is_read_to_the_end_of_the_line(
    read: Read, pod_of: PodOf, end: str
) -> None:
    line = f"ollama serve & ollama pull gemma; ollama create m -f - <<E\nFROM $evil/m\n{end}"

    assert MADE in problems(read, pod_of, image="ollama/ollama:1", command=["bash", "-c", line])
