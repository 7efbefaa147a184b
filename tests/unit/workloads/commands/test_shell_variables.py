"""What a command line sets and refers to, written by an author who wants another model to be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.workloads.commands.shell_variables import sets_arguments
from mlgate.workloads.extract import Extraction

Json = dict[str, Any]
Read = Callable[..., Extraction]
PodOf = Callable[..., Json]

VLLM = "vllm/vllm-openai:v1"
TGI = "ghcr.io/huggingface/text-generation-inference:3"
COMMIT = "0123456789" * 4


def sh(text: str, **fields: Any) -> Json:
    return {"command": ["sh", "-c", text], **fields}


def env(**values: str) -> list[Json]:
    return [{"name": name, "value": value} for name, value in values.items()]


def uris(read: Read, obj: Json) -> list[str]:
    workload = read(obj).workload
    assert workload is not None
    return [model.uri for model in workload.models]


OPEN: dict[str, Json] = {
    "a harmless model is set once the server runs": sh("M=evil/m; vllm serve $M & M=good/m; wait"),
    "a harmless model is set where it never comes to": sh(
        "false && M=good/m; vllm serve $M", env=env(M="evil/m")
    ),
    "a harmless model is set beside one from a Secret": sh(
        "false && M=good/m; vllm serve $M",
        env=[{"name": "M", "valueFrom": {"secretKeyRef": {"name": "s", "key": "m"}}}],
    ),
    "a loop sets another": sh("M=good/m; for M in evil/m; do vllm serve $M; done"),
    "a file is read into it": sh("M=good/m; read -r M < /x; vllm serve $M"),
    "a format is printed into it": sh("M=good/m; printf -v M evil/%s m; vllm serve $M"),
    "something is put behind it": sh("M=good; M+=/evil; vllm serve $M"),
    "a mounted file sets what it likes": sh(
        "M=good/m; . /etc/c/env; vllm serve $M", volumeMounts=[{"name": "c", "mountPath": "/etc/c"}]
    ),
    "a file of the working folder does": sh(
        "M=good/m; source env; vllm serve $M", volumeMounts=[{"name": "c", "mountPath": "/etc/c"}]
    ),
}


@pytest.mark.parametrize("container", OPEN.values(), ids=OPEN.keys())
def test_a_variable_with_several_values_names_a_model_nobody_knows(
    read: Read, pod_of: PodOf, container: Json
) -> None:
    assert uris(read, pod_of(**container)) == ["$M"]


@pytest.mark.parametrize(
    "script",
    [
        "M=acme/m; vllm serve $M",
        "M=acme/m; M=acme/m; vllm serve $M",
        "M=${M:-acme/m}; vllm serve ${M:-acme/m}",
        ". /opt/venv/bin/activate; M=acme/m; vllm serve $M",
        "for I in 1 2; do sleep $I; done; M=acme/m; vllm serve $M",
    ],
)
def test_a_variable_with_one_value_is_that(read: Read, pod_of: PodOf, script: str) -> None:
    mounts = [{"name": "c", "mountPath": "/cache"}]

    assert uris(read, pod_of(**sh(script, volumeMounts=mounts))) == ["hf://acme/m"]


@pytest.mark.parametrize(
    "script",
    [
        "P=vllm; $P serve acme/m; P=true",
        "P='vllm serve acme/m'; $P; P=",
        "P=true; P=/bin/vllm; $P serve acme/m",
    ],
)
def test_a_program_in_a_variable_is_seen_whatever_else_it_holds(
    read: Read, pod_of: PodOf, script: str
) -> None:
    assert "hf://acme/m" in uris(read, pod_of(**sh(script)))


@pytest.mark.parametrize(
    "container",
    [
        sh("MODEL_ID=evil/m text-generation-launcher"),
        sh("export MODEL_ID=evil/m; text-generation-launcher"),
        {"command": ["env", "MODEL_ID=evil/m", "text-generation-launcher"]},
    ],
)
def test_a_variable_of_the_command_line_counts_beside_the_container_s(
    read: Read, pod_of: PodOf, container: Json
) -> None:
    pod = pod_of(image=TGI, env=env(MODEL_ID="good/m"), **container)

    assert set(uris(read, pod)) == {"hf://good/m", "hf://evil/m"}


def test_a_store_set_on_the_command_line_is_called(read: Read, pod_of: PodOf) -> None:
    workload = read(
        pod_of(**sh("export HF_ENDPOINT='http://mirror.example.com/hf'; vllm serve acme/m"))
    ).workload

    assert workload is not None
    assert [(call.uri, call.tls) for call in workload.endpoints] == [("http://mirror.example.com/hf", False)]


@pytest.mark.parametrize(
    "script",
    [
        f"echo --revision {COMMIT}; vllm serve evil/m",
        f"hf download good/m --revision {COMMIT}; vllm serve evil/m",
        f"vllm serve good/m --revision {COMMIT} & vllm serve evil/m",
        f"vllm serve good/m --revision {COMMIT} --tokenizer evil/m",
        f"vllm serve good/m --revision {COMMIT} --lora-modules a=evil/m",
        f"vllm serve good/m --revision {COMMIT} --speculative-config.model evil/m",
        f"vllm serve evil/m --tokenizer-revision {COMMIT}",
    ],
)
def test_a_revision_pins_only_what_it_stands_beside(read: Read, pod_of: PodOf, script: str) -> None:
    assert "hf://evil/m" in uris(read, pod_of(image=VLLM, **sh(script)))


def test_a_revision_of_a_tokenizer_pins_it(read: Read, pod_of: PodOf) -> None:
    args = ["--model=acme/m", "--tokenizer=acme/t", f"--tokenizer-revision={COMMIT}"]

    assert uris(read, pod_of(image=VLLM, args=args)) == ["hf://acme/m", f"hf://acme/t:{COMMIT}"]


def test_a_revision_counts_for_the_model_of_a_variable_but_not_a_tool_s(read: Read, pod_of: PodOf) -> None:
    fields: Json = {"image": TGI, "env": env(MODEL_ID="acme/m")}

    assert uris(read, pod_of(args=["--revision", COMMIT], **fields)) == [f"hf://acme/m:{COMMIT}"]
    assert uris(read, pod_of(**sh(f"echo --revision {COMMIT}; text-generation-launcher"), **fields)) == [
        "hf://acme/m"
    ]


@pytest.mark.parametrize(
    "args",
    [
        ["--model=good/m", "--model-p", "evil/m"],
        ["--model=good/m", "--lora-mod=a=evil/m"],
        ["--model=good/m", "--spec", '{"model": "evil/m"}'],
        ["--model=good/m", "-sc", '{"model": "evil/m"}'],
        ["--model=good/m", "--speculative_config.model", "evil/m"],
        ["--model=good/m", "--hf-config-path", "evil/m"],
    ],
)
def test_flags_may_be_shortened_and_put_together(read: Read, pod_of: PodOf, args: list[str]) -> None:
    assert uris(read, pod_of(image=VLLM, args=args)) == ["hf://good/m", "hf://evil/m"]


@pytest.mark.parametrize("flag", ["--mode=production", "--model-impl=auto/x", "--spec=3"])
def test_other_flags_are_not_taken_for_shortened_ones(read: Read, pod_of: PodOf, flag: str) -> None:
    assert uris(read, pod_of(image=VLLM, args=["--model=acme/m", flag])) == ["hf://acme/m"]


def test_a_file_that_redirects_models_is_a_model(read: Read, pod_of: PodOf) -> None:
    pod = pod_of(image=VLLM, args=["--model=good/m"], env=env(VLLM_MODEL_REDIRECT_PATH="/x/map.json"))

    assert f"image://{VLLM}" in uris(read, pod)


def test_very_many_words_that_may_set_arguments_do() -> None:
    assert sets_arguments("set -o " * 9000)
    assert not sets_arguments("set -euo pipefail\nexec x")
