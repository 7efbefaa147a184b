"""The objects reading is measured on: one shape for everything an author can write much of, and a mixture."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

from mlgate.domain.request import GroupVersionKind, Request
from mlgate.workloads.kinds.table import gated_kinds

Document = dict[str, Any]
Shape = Callable[[int], Document]

SLOTS = Path(__file__).resolve().parents[1] / "tests" / "unit" / "workloads"
"""Where objects are made from the rows of the table, for the tests and for this."""
LEVELS = 180
_SEED = 7
_IMAGE = "vllm/vllm-openai:v0.10.0"


def request_of(document: Document) -> Request:
    """The request to create an object."""
    group, _, version = str(document["apiVersion"]).rpartition("/")
    return Request(
        origin="admission",
        uid="1",
        operation="CREATE",
        dry_run=False,
        kind=GroupVersionKind(group=group, version=version, kind=document["kind"]),
        namespace="team",
        name="a",
        sub_resource=None,
        user_info=None,
        object=document,
        old_object=None,
    )


def mixture(number: int) -> list[Document]:
    """Objects of every kind of the table in turn, each with another of the places its row describes filled.

    Between them stand pods as authors write them.
    """
    if str(SLOTS) not in sys.path:
        sys.path.insert(0, str(SLOTS))
    slots_of = importlib.import_module("row_slots").slots_of
    chance = Random(_SEED)  # noqa: S311 - the same documents every time
    rows = cycle([(row, list(slots_of(row))) for row in gated_kinds().values()])
    documents = []
    for index in range(number):
        if index % 3 == 0:
            documents.append(
                _pod(_container(index), _container(index + 1, command=["vllm", "serve", f"a/m{index}"]))
            )
            continue
        row, slots = next(rows)
        if slots:
            documents.append(chance.choice(slots).object(row, chance))
        else:
            version = f"{row.group}/{row.versions[0]}".lstrip("/")
            documents.append({"apiVersion": version, "kind": row.kind, "metadata": {}, "spec": {}})
    return documents


def _pod(*containers: Document, **spec: Any) -> Document:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a", "namespace": "team"},
        "spec": {"containers": list(containers), **spec},
    }


def _container(index: int, **fields: Any) -> Document:
    container = {
        "name": f"c-{index}",
        "image": f"r.example.com/team/app-{index}:v1",
        "args": [f"--model=acme/m-{index}", "--port", "8000"],
        "env": [{"name": "A", "value": str(index)}, {"name": "HF_TOKEN", "value": "$HF_TOKEN"}],
        "ports": [{"containerPort": 8000}],
    }
    return container | fields


def _server(**fields: Any) -> Document:
    return _pod({"name": "server", "image": _IMAGE, **fields})


def _deep(branches: int) -> Document:
    """Unknown fields, each as deep as a request may be."""
    value: Any = "s3://b/x"
    for _ in range(LEVELS // 2):
        value = {"a": [value]}
    return _of_kserve({"predictor": {"model": {"modelFormat": {"name": "x"}}, "unknown": [value] * branches}})


def _of_kserve(spec: Document) -> Document:
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {},
        "spec": spec,
    }


def _mounted(number: int) -> Document:
    names = [f"v{index}" for index in range(number)]
    volumes = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in names]
    mounts = [{"name": name, "mountPath": f"/m/{name}"} for name in names]
    args = [f"--model=/m/{name}/x" for name in names]
    return _pod({"name": "server", "image": _IMAGE, "args": args, "volumeMounts": mounts}, volumes=volumes)


def _tools(number: int) -> Document:
    """Harmless programs, each from a folder of its own, beside as many mounts."""
    script = "".join(f"/d{index}/x/sleep 1; " for index in range(number))
    mounts = [{"name": "v", "mountPath": f"/m{index}/x"} for index in range(number)]
    return _server(command=["sh", "-c", script], volumeMounts=mounts)


def _seldon(number: int) -> Document:
    graph: Document = {"name": "n", "modelUri": "s3://b/x"}
    children = [{"name": f"n{index}", "modelUri": f"s3://b/{index}"} for index in range(number)]
    spec = {"predictors": [{"graph": graph | {"children": children}}]}
    return {
        "apiVersion": "machinelearning.seldon.io/v1",
        "kind": "SeldonDeployment",
        "metadata": {},
        "spec": spec,
    }


def _ray(number: int) -> Document:
    text = "applications:\n" + "".join(
        f"- name: a{index}\n  import_path: app:x\n  args: {{model: acme/m-{index}}}\n"
        for index in range(number)
    )
    spec = {"serveConfigV2": text, "rayClusterConfig": {"headGroupSpec": {"template": {"spec": {}}}}}
    return {"apiVersion": "ray.io/v1", "kind": "RayService", "metadata": {}, "spec": spec}


def _variables(number: int) -> Document:
    env = [{"name": f"V{index}", "value": f"$(V{index - 1})x"} for index in range(number)]
    return _server(env=env, args=["--model", f"$(V{number - 1})"])


def _code(program: str) -> Document:
    return _server(command=["python", "-c", program])


SHAPES: Mapping[str, tuple[Shape, int]] = {
    "containers": (lambda n: _pod(*(_container(index) for index in range(n))), 500),
    "containers that are lists": (lambda n: _server() | {"spec": {"containers": [["x"]] * n}}, 20_000),
    "fields that are lists": (
        lambda n: _pod(*({"name": ["x"], "env": "x", "args": {}} for _ in range(n))),
        2_000,
    ),
    "flags": (lambda n: _server(args=[f"--flag-{index}={index}" for index in range(n)]), 5_000),
    "flags that name models": (
        lambda n: _server(args=[f"--model=acme/m-{index}" for index in range(n)]),
        5_000,
    ),
    "flags of clients": (
        lambda n: _pod(_container(0, args=[f"--url=http://a/{i}" for i in range(n)])),
        5_000,
    ),
    "one argument": (lambda n: _server(args=["--model=acme/x", "x" * n]), 250_000),
    "one script": (lambda n: _server(command=["sh", "-c", "echo a; " * n]), 8_000),
    "scripts": (lambda n: _server(command=["sh", "-c"], args=["vllm serve a/b; sleep 1"] * n), 1_000),
    "copies": (lambda n: _pod(_container(0, command=["sh", "-c", "aws s3 cp s3://b/model /m " * n])), 1_000),
    "code": (lambda n: _pod(_container(0, command=["python3", "-c", 'LLM("acme/m"); ' * n])), 1_000),
    "files that are run": (
        lambda n: _server(
            command=["sh", "-c", "".join(f". /m{i}/x; sh /d{i}/y; " for i in range(n))],
            volumeMounts=[{"name": "v", "mountPath": f"/m{i}"} for i in range(n)],
        ),
        500,
    ),
    "files that are written": (
        lambda n: _server(command=["sh", "-c", "".join(f"cp /a{i} /b{i}; sh /b{i}; " for i in range(n))]),
        500,
    ),
    "places of code": (
        lambda n: _server(
            command=["sh", "-c", f"PYTHONPATH={':'.join(f'/p{i}' for i in range(n))} vllm serve a/b"],
            volumeMounts=[{"name": "v", "mountPath": f"/m{i}"} for i in range(n)],
        ),
        2_000,
    ),
    "places of code that a line sets": (
        lambda n: _server(command=["sh", "-c", "PATH=/a:/b " * n + "vllm serve a/b > /c"]),
        2_000,
    ),
    "mounts over code": (
        lambda n: _server(
            args=["a/b"], volumeMounts=[{"name": "v", "mountPath": f"/opt/a{i}/b/c/d/e"} for i in range(n)]
        ),
        1_000,
    ),
    "names of Python": (
        lambda n: _server(
            command=["python", "-c", "".join(f"a{i} = os.x{i}\na{i}('a')\n" for i in range(n))]
        ),
        500,
    ),
    "lists of Python": (
        lambda n: _server(
            command=[
                "python",
                "-c",
                "a0 = ['x']\n"
                + "".join(f"a{i + 1} = [*a{i}, *a{i}]\nos.execv('a', a{i})\n" for i in range(n)),
            ]
        ),
        150,
    ),
    "deep Python": (
        lambda n: _server(command=["python", "-c", f"x = {'(' * 90}{')' * 90}\nx{'.a' * 90}()\n" * n]),
        50,
    ),
    "programs of Python": (lambda n: _server(command=["python", "-c", "x = open('/a')\n" * n]), 500),
    "scopes of Python": (
        lambda n: _code("".join(f"def f{i}(exec):\n exec(x)\n" for i in range(n))),
        500,
    ),
    "names of names of Python": (
        lambda n: _code("".join(f"a{i} = a{i + 1}\n" for i in range(n)) + f"a{n} = exec\na0(x)"),
        500,
    ),
    "maps behind stars": (
        lambda n: _code(f"d = {{{', '.join(f'{i!r}: x' for i in range(n))}}}\n" + "LLM(**d)\n" * n),
        500,
    ),
    "variables of processes": (
        lambda n: _code("import os\n" + "e = {}\n" * n + "os.execve('x', ['x'], e)\n" * n),
        500,
    ),
    "a megabyte of Python": (lambda n: _code("import os\n" + "os.system('x')\n" * n), 17_500),
    "documents of a shell": (lambda n: _server(command=["sh", "-c", "cat <<E\nx\nE\n" * n]), 1_000),
    "documents without an end": (lambda n: _server(command=["sh", "-c", "cat <<E\nx\n" * n]), 1_000),
    "functions of a shell": (
        lambda n: _server(command=["sh", "-c", "".join(f"f{i}() {{ a; }}; f{i}; " for i in range(n))]),
        1_000,
    ),
    "shells within shells": (lambda n: _server(command=["sh", "-c", "a $(" * n + ")" * n]), 500),
    "models that are made": (
        lambda n: _server(command=["sh", "-c", "ollama create m -f /x; " * n]),
        1_000,
    ),
    "a megabyte of a shell": (lambda n: _server(command=["sh", "-c", "$" * n]), 250_000),
    "quotes": (lambda n: _server(command=["sh", "-c", "\"'\\" * n]), 10_000),
    "values in JSON": (
        lambda n: _server(args=[f'--lora-modules={{"path": "a/{i}"}}' for i in range(n)]),
        2_000,
    ),
    "adapters in one value": (lambda n: _server(args=["--lora-modules", ",".join(["a=b/c"] * n)]), 5_000),
    "variables": (_variables, 5_000),
    "variables of models": (lambda n: _server(env=[{"name": "MODEL_ID", "value": "a/b"}] * n), 10_000),
    "references": (lambda n: _server(args=["$(A)" * n], env=[{"name": "A", "value": "b" * 100}]), 5_000),
    "volumes and mounts": (_mounted, 1_000),
    "tools and mounts": (_tools, 500),
    "labels": (lambda n: _server() | {"metadata": {"labels": {f"k{i}": "v" for i in range(n)}}}, 20_000),
    "deep fields": (_deep, 50),
    "nodes of a graph": (_seldon, 500),
    "canaries": (
        lambda n: _of_kserve(
            {"canary": [{"predictor": {"model": {"storageUri": f"s3://b/{i}"}}} for i in range(n)]}
        ),
        500,
    ),
    "applications in a text": (_ray, 500),
    "texts that look like credentials": (
        lambda n: _server(env=[{"name": "A", "value": "hf_ eyJ sk- " * n}]),
        5_000,
    ),
    "documents in variables": (lambda n: _server(env=[{"name": "A", "value": "a: 1\nb: [c]\n"}] * n), 500),
}
"""Every shape, and how much of it the smallest object has."""
