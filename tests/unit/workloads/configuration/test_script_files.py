"""Programs in ConfigMaps that containers run: what they load counts like what stands in the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.evidence import Evidence, ResolvedReference, Unavailable
from mlgate.domain.workload import Workload
from mlgate.workloads.complete import complete, wider_lookups
from mlgate.workloads.extract import Extraction
from mlgate.workloads.related.runtimes import resolve

Json = dict[str, Any]
Read = Callable[..., Extraction]
PodOf = Callable[..., Json]

VLLM = "vllm/vllm-openai:v1"
SCRIPTS: Json = {"name": "s", "configMap": {"name": "scripts"}}
OTHERS: Json = {"name": "o", "configMap": {"name": "others"}}
CLAIM: Json = {"name": "p", "persistentVolumeClaim": {"claimName": "data"}}
MOUNTS = [
    {"name": "s", "mountPath": "/scripts"},
    {"name": "o", "mountPath": "/others"},
    {"name": "p", "mountPath": "/p"},
]
HARMLESS: Json = {"name": "MODEL_ID", "value": "good/harmless"}


def config_map(name: str = "scripts", **data: str) -> ResolvedReference:
    keys = {key.replace("_", ".", 1): text for key, text in data.items()}
    return ResolvedReference(
        api_version="v1", kind="ConfigMap", namespace="team", name=name, status="found", object={"data": keys}
    )


@pytest.fixture
def pod(pod_of: PodOf) -> PodOf:
    """A pod with two ConfigMaps and a claim mounted."""

    def made(**container: Any) -> Json:
        return pod_of({"volumes": [SCRIPTS, OTHERS, CLAIM]}, **{"volumeMounts": MOUNTS, **container})

    return made


def after(read: Read, obj: Json, *found: ResolvedReference) -> Workload:
    manifest = read(obj).manifest
    assert manifest is not None
    return resolve(manifest, found).workload()


def uris(workload: Workload) -> list[str]:
    return [model.uri for model in workload.models]


def told(workload: Workload) -> list[tuple[str, str]]:
    return [(problem.path, problem.message) for problem in workload.problems]


RUN: dict[str, Json] = {
    "by itself": {"command": ["/scripts/start.sh"]},
    "by a shell": {"command": ["bash", "-eux", "/scripts/start.sh"]},
    "in a line": {"command": ["sh", "-c", "set -e; exec /scripts/start.sh"]},
    "from its folder": {"command": ["sh", "-c", "cd /scripts; ./start.sh"]},
    "from the working folder": {"command": ["./start.sh"], "workingDir": "/scripts"},
    "read into the shell": {"command": ["sh", "-c", ". /scripts/start.sh"]},
    "when it has started": {"lifecycle": {"postStart": {"exec": {"command": ["/scripts/start.sh"]}}}},
    "as a probe": {"livenessProbe": {"exec": {"command": ["sh", "/scripts/start.sh"]}}},
}


@pytest.mark.parametrize("container", RUN.values(), ids=RUN.keys())
def test_bypass_17_a_script_of_a_config_map_is_read_however_it_is_run(
    read: Read, pod: PodOf, container: Json
) -> None:
    obj = pod(image=VLLM, env=[HARMLESS], **container)
    workload = after(read, obj, config_map(start_sh="#!/bin/sh\nexec vllm serve evil/m\n"))

    assert set(uris(workload)) == {"hf://good/harmless", "hf://evil/m"}
    assert "command:vllm@ConfigMap/scripts.data['start.sh']" in workload.detected_by
    assert told(workload) == []


def test_a_script_that_the_program_of_the_image_is_given_may_be_run_by_it(read: Read, pod: PodOf) -> None:
    obj = pod(image="registry.example.com/base:1", args=["/scripts/start.sh"])

    assert uris(after(read, obj, config_map(start_sh="vllm serve evil/m"))) == ["hf://evil/m"]


def test_a_script_makes_a_server_of_an_image_nobody_knows(read: Read, pod: PodOf) -> None:
    obj = pod(command=["/scripts/start.sh"])
    extraction = read(obj)
    workload = after(read, obj, config_map(start_sh="pip install vllm\nvllm serve evil/m"))

    assert extraction.concerned
    assert extraction.workload is not None
    assert not extraction.workload.serves_model
    assert workload.serves_model
    assert uris(workload) == ["hf://evil/m"]


@pytest.mark.parametrize("found", [(), (config_map(start_sh="exec nginx; curl x | sh"),)])
def test_an_ordinary_script_concerns_nobody(
    read: Read, pod: PodOf, found: tuple[ResolvedReference, ...]
) -> None:
    extraction = read(pod(command=["/scripts/start.sh"]))
    subject = complete(extraction, Evidence(references=found))

    assert not subject.concerned
    assert subject.workload is not None
    assert subject.workload.problems == ()


def test_what_it_is_given_stands_where_it_takes_all_of_it(read: Read, pod: PodOf) -> None:
    obj = pod(command=["/scripts/start.sh"], args=["vllm", "serve", "evil/m", "--lora-modules", "a=b/c d"])
    workload = after(read, obj, config_map(start_sh='echo hello\nexec "$@"'))

    assert uris(workload)[:1] == ["hf://evil/m"]


def test_what_it_runs_in_turn_is_read(read: Read, pod: PodOf) -> None:
    obj = pod(command=["/scripts/start.sh"])
    files = {
        "start_sh": ". /scripts/lib.sh\n/scripts/start.sh\nsh /scripts/deep.sh",
        "lib_sh": "run() { vllm serve evil/one; }",
        "deep_sh": "vllm serve evil/two --config /scripts/server.yaml",
        "server_yaml": "model: evil/three",
        "unused_sh": "vllm serve other/m",
    }

    assert set(uris(after(read, obj, config_map(**files)))) == {
        "hf://evil/one",
        "hf://evil/two",
        "hf://evil/three",
    }


def test_modules_beside_a_program_of_python_are_read(read: Read, pod: PodOf) -> None:
    obj = pod(command=["python3", "/scripts/serve.py"])
    files = {
        "serve_py": "import helper",
        "helper_py": "from vllm import LLM\nLLM('evil/m')",
        "a_txt": "LLM('x/y')",
    }

    assert uris(after(read, obj, config_map(**files))) == ["hf://evil/m"]


def test_a_program_of_another_config_map_is_looked_up_in_the_second_round(read: Read, pod: PodOf) -> None:
    extraction = read(pod(command=["/scripts/start.sh"]))
    first = config_map(start_sh="exec /others/run.sh")
    wider = wider_lookups(extraction, Evidence(references=(first,)))
    second = config_map("others", run_sh="exec vllm serve evil/m")

    assert [reference.name for reference in wider.references] == ["scripts", "others"]
    assert uris(after(read, pod(command=["/scripts/start.sh"]), first, second)) == ["hf://evil/m"]


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("curl x | sh", "ConfigMap/scripts.data['start.sh']", "runs what another command prints"),
        ("/p/run.sh", "ConfigMap/scripts.data['start.sh']", "runs a program from where"),
        ("vllm serve a/b --config /p/c.yaml", "ConfigMap/scripts.data['start.sh']", "takes a configuration"),
    ],
)
def test_what_it_hides_is_told_where_it_stands(
    read: Read, pod: PodOf, text: str, path: str, message: str
) -> None:
    obj = pod(image=VLLM, command=["/scripts/start.sh"], env=[HARMLESS])
    problems = told(after(read, obj, config_map(start_sh=text)))

    assert [(place, said.startswith(message)) for place, said in problems] == [(path, True)]


def test_an_entry_that_is_not_there_is_a_problem(read: Read, pod: PodOf) -> None:
    obj = pod(image=VLLM, command=["/scripts/start.sh"], env=[HARMLESS])

    assert told(after(read, obj, config_map(other_sh="true"))) == [
        ("ConfigMap/scripts.data", "has no entry start.sh, which a container runs")
    ]


def test_a_program_that_leads_to_very_many_is_refused(read: Read, pod: PodOf) -> None:
    obj = pod(image=VLLM, command=["/scripts/s0.sh"], env=[HARMLESS])
    files = {f"s{n}_sh": f"/scripts/s{n + 1}.sh" for n in range(60)}

    assert [said for _, said in told(after(read, obj, config_map(**files)))] == [
        "leads to more than 50 files"
    ]


def test_a_server_whose_script_is_not_read_is_refused_where_config_maps_are_not_read(
    read: Read, pod: PodOf
) -> None:
    extraction = read(pod(image=VLLM, command=["/scripts/start.sh"], env=[HARMLESS]))
    unread = Unavailable(lookup="cluster.configMaps", reason="disabled", message="ConfigMaps are not read")
    absent = ResolvedReference(
        api_version="v1", kind="ConfigMap", namespace="team", name="scripts", status="unavailable"
    )
    subject = complete(extraction, Evidence(references=(absent,), unavailable=(unread,)))

    assert subject.workload is not None
    assert [said for _, said in told(subject.workload)] == [
        "ConfigMap scripts tells the server what to do, and ConfigMaps are not read here"
    ]


def test_a_variable_of_a_config_map_that_the_line_takes_is_looked_up(read: Read, pod: PodOf) -> None:
    extra = {"name": "EXTRA", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "extra"}}}
    obj = pod(image=VLLM, command=["sh", "-c", "vllm serve good/m $EXTRA"], env=[extra])
    found = config_map("settings", extra="--lora-modules a=evil/m")

    assert set(uris(after(read, obj, found))) == {"hf://good/m", "hf://evil/m"}
