"""What an author can write much of, or of the wrong type: read to the end or reported with its path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction

Read = Callable[..., Extraction]
PodOf = Callable[..., dict[str, Any]]

VLLM = "vllm/vllm-openai:v1"
TOO_LONG = "is too long to be searched for models"


def workload(read: Read, obj: dict[str, Any]) -> Workload:
    found = read(obj).workload
    assert found is not None
    return found


def test_two_thousand_containers_are_all_read(read: Read, pod_of: PodOf) -> None:
    containers = [{"name": f"c{index}", "image": f"r.example.com/a/b{index}:1"} for index in range(1_999)]
    hidden = {"name": "last", "image": "r.example.com/a/c:1", "args": ["--model=acme/drafts"]}

    found = workload(read, pod_of({"containers": [*containers, hidden]}))

    assert len(found.containers) == 2_000
    assert [(model.uri, model.path) for model in found.models] == [
        ("hf://acme/drafts", "spec.containers[1999].args[0]")
    ]


@pytest.mark.parametrize(
    "args",
    [
        ["--model=acme/drafts", "x" * 1_000_000],
        ["--model=acme/drafts", *["x" * 60_000] * 20],
        ["--model=acme/drafts", *(f"--flag-{index}={index}" for index in range(30_000))],
        ["--model=acme/drafts", "--x", "a " * 40_000],
    ],
    ids=["a long argument", "a megabyte of arguments", "many flags", "many words"],
)
def test_what_is_too_long_to_be_read_is_a_problem_with_its_path(
    read: Read, pod_of: PodOf, args: list[str]
) -> None:
    found = workload(read, pod_of(image=VLLM, args=args))

    assert [model.uri for model in found.models] == ["hf://acme/drafts"]
    assert ("spec.containers[0].args", TOO_LONG) in [(p.path, p.message) for p in found.problems]


def test_fifteen_thousand_flags_are_read_to_the_last(read: Read, pod_of: PodOf) -> None:
    flags = [f"--flag-{index}={index}" for index in range(15_000)]

    found = workload(read, pod_of(image=VLLM, args=[*flags, "--model=acme/drafts", "--trust-remote-code"]))

    assert [model.uri for model in found.models] == ["hf://acme/drafts"]
    assert found.features.trust_remote_code.enabled
    assert not found.problems


@pytest.mark.parametrize(
    ("field", "value", "path", "kind"),
    [
        ("args", {"a": "b"}, "args", "a map, not a list"),
        ("args", "--model acme/x", "args", "text, not a list"),
        ("command", [["vllm"]], "command[0]", "a list, not text"),
        ("env", {"MODEL_ID": "acme/x"}, "env", "a map, not a list"),
        ("env", ["MODEL_ID=acme/x"], "env[0]", "text, not a map"),
        ("env", [{"name": ["MODEL_ID"]}], "env[0].name", "a list, not text"),
        ("env", [{"name": "MODEL_ID", "value": 3}], "env[0].value", "a number, not text"),
        ("envFrom", {"configMapRef": {}}, "envFrom", "a map, not a list"),
        ("image", ["vllm"], "image", "a list, not text"),
        ("ports", [{"containerPort": "8000"}], "ports[0].containerPort", "text, not a whole number"),
        ("volumeMounts", [["/models"]], "volumeMounts[0]", "a list, not a map"),
        ("securityContext", [], "securityContext", "a list, not a map"),
    ],
)
def test_a_wrong_type_is_a_problem_with_its_path(
    read: Read, pod_of: PodOf, field: str, value: Any, path: str, kind: str
) -> None:
    given = {"image": VLLM, "args": ["--model=acme/drafts"], field: value}

    found = workload(read, pod_of({"containers": [{"name": "server"} | given, {"name": "b", "image": VLLM}]}))

    assert (f"spec.containers[0].{path}", f"is {kind}") in [(p.path, p.message) for p in found.problems]


@pytest.mark.parametrize("containers", [{"a": {}}, "x", 3, [[]], ["x"]])
def test_containers_of_the_wrong_type_are_a_problem(read: Read, pod_of: PodOf, containers: Any) -> None:
    pod = pod_of({"containers": containers, "initContainers": [{"name": "i", "image": VLLM}]})

    assert any(problem.path.startswith("spec.containers") for problem in workload(read, pod).problems)


def test_fields_nested_as_deeply_as_requests_may_be_are_read(read: Read, service: PodOf) -> None:
    value: Any = {"storageUri": "s3://b/hidden"}
    for _ in range(90):
        value = {"a": [value]}

    found = workload(read, service({"predictor": {"model": {"storageUri": "s3://b/m"}, "unknown": value}}))

    assert {model.uri for model in found.models} == {"s3://b/m", "s3://b/hidden"}
    assert [problem.message for problem in found.problems] == [
        "holds a model address in a field the reader does not know"
    ]
