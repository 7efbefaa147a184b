"""Modules of ConfigMaps that servers of Python applications take in: they are read like scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.evidence import ResolvedReference
from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction
from mlgate.workloads.related.runtimes import resolve

Json = dict[str, Any]
Read = Callable[..., Extraction]
PodOf = Callable[..., Json]

CODE: Json = {"name": "code", "configMap": {"name": "code"}}
CLAIM: Json = {"name": "code", "persistentVolumeClaim": {"claimName": "data"}}
MOUNT = [{"name": "code", "mountPath": "/srv/app"}]
LOADS = "from vllm import LLM\nllm = LLM('evil/m')\n"
IMAGE = "registry.example.com/team/ray:1"
UNREAD = "runs a program from where the reader cannot look"


def config_map(data: dict[str, str], name: str = "code") -> ResolvedReference:
    return ResolvedReference(
        api_version="v1", kind="ConfigMap", namespace="team", name=name, status="found", object={"data": data}
    )


def after(read: Read, obj: Json, *found: ResolvedReference) -> Workload:
    manifest = read(obj).manifest
    assert manifest is not None
    return resolve(manifest, found).workload()


def seen(workload: Workload) -> tuple[list[str], list[str]]:
    return [model.uri for model in workload.models], [problem.message for problem in workload.problems]


def sh(text: str, **fields: Any) -> Json:
    return {"command": ["sh", "-c", text], **fields}


SERVED: dict[str, Json] = {
    "Ray Serve": {"command": ["serve", "run", "app:deployment"], "workingDir": "/srv/app"},
    "Ray Serve after a change of folder": sh("cd /srv/app && exec serve run app:deployment"),
    "uvicorn": {"command": ["uvicorn", "app:server", "--port", "80"], "workingDir": "/srv/app"},
    "uvicorn as a module": {"command": ["python3", "-m", "uvicorn", "app:server"], "workingDir": "/srv/app"},
    "gunicorn": sh("gunicorn -w 1 'app:make()'", workingDir="/srv/app"),
    "BentoML": {"command": ["bentoml", "serve", "app:Service"], "workingDir": "/srv/app"},
    "a module": {"command": ["python3", "-m", "app"], "workingDir": "/srv/app"},
    "a folder of modules": {
        "command": ["uvicorn", "app:server"],
        "env": [{"name": "PYTHONPATH", "value": "/x:/srv/app"}],
    },
    "a folder of modules in the line": sh("PYTHONPATH=/srv/app python3 -m app"),
    "a folder of the image": {"command": ["uvicorn", "app:server"]},
}


@pytest.mark.parametrize("container", SERVED.values(), ids=SERVED.keys())
def test_an_application_in_a_config_map_is_read(read: Read, pod_of: PodOf, container: Json) -> None:
    obj = pod_of({"volumes": [CODE]}, image=IMAGE, volumeMounts=MOUNT, **container)
    workload = after(read, obj, config_map({"app.py": LOADS, "notes.txt": "vllm serve other/m"}))

    assert seen(workload) == (["hf://evil/m"], [])
    assert workload.serves_model


def test_what_an_application_imports_is_read(read: Read, pod_of: PodOf) -> None:
    container: Json = {"command": ["serve", "run", "app:deployment"], "workingDir": "/srv/app"}
    obj = pod_of({"volumes": [CODE]}, image=IMAGE, volumeMounts=MOUNT, **container)

    assert seen(after(read, obj, config_map({"app.py": "import helper", "helper.py": LOADS})))[0] == [
        "hf://evil/m"
    ]


def test_what_a_module_hides_is_told_where_it_stands(read: Read, pod_of: PodOf) -> None:
    env = [{"name": "PYTHONPATH", "value": "/srv/app"}, {"name": "MODEL_ID", "value": "good/m"}]
    container: Json = {"args": ["--model", "good/m"], "env": env}
    obj = pod_of({"volumes": [CODE]}, image="vllm/vllm-openai:v1", volumeMounts=MOUNT, **container)
    workload = after(read, obj, config_map({"sitecustomize.py": "import os\nos.system(x)"}))

    assert [(item.path, item.message) for item in workload.problems] == [
        ("ConfigMap/code.data['sitecustomize.py']", "calls system with what the reader cannot know")
    ]


MODEL = {"env": [{"name": "MODEL_ID", "value": "good/m"}]}


@pytest.mark.parametrize("name", [name for name in SERVED if name != "a folder of the image"])
def test_bypass_20_an_application_in_another_volume_is_told(read: Read, pod_of: PodOf, name: str) -> None:
    container = {**SERVED[name], "env": [*SERVED[name].get("env", []), *MODEL["env"]]}
    obj = pod_of({"volumes": [CLAIM]}, image="vllm/vllm-openai:v1", volumeMounts=MOUNT, **container)
    problems = seen(after(read, obj))[1]

    assert [said for said in problems if said == UNREAD or said.startswith("takes code")]


def test_a_config_map_beside_what_nobody_can_read_is_not_taken_for_read(read: Read, pod_of: PodOf) -> None:
    sources = [{"configMap": {"name": "code"}}, {"secret": {"name": "s"}}]
    volume = {"name": "code", "projected": {"sources": sources}}
    env = [{"name": "PYTHONPATH", "value": "/srv/app"}]
    container: Json = {"args": ["--model", "good/m"], "env": env}
    obj = pod_of({"volumes": [volume]}, image="vllm/vllm-openai:v1", volumeMounts=MOUNT, **container)

    assert "takes code from a volume, which the reader cannot look into" in seen(after(read, obj))[1]


def ray_service(volume: Json, target: str, **application: Any) -> Json:
    template = {
        "spec": {
            "containers": [
                {"name": "ray-head", "image": IMAGE, "volumeMounts": [{"name": "code", "mountPath": target}]}
            ],
            "volumes": [volume],
        }
    }
    return {
        "apiVersion": "ray.io/v1",
        "kind": "RayService",
        "metadata": {"name": "chat"},
        "spec": {
            "serveConfigV2": {
                "applications": [{"name": "a", "import_path": "app:deployment", **application}]
            },
            "rayClusterConfig": {"headGroupSpec": {"template": template}},
        },
    }


@pytest.mark.parametrize("folder", ["/home/ray/app", "${HOME}/app"])
def test_the_application_of_a_ray_service_is_read_with_its_variables(read: Read, folder: str) -> None:
    variables = {"PYTHONPATH": folder, "MODEL_ID": "evil/m"}
    obj = ray_service(CODE, "/home/ray/app", runtime_env={"env_vars": variables})
    program = "import os\nfrom vllm import LLM\nLLM(os.environ['MODEL_ID'])"

    assert seen(after(read, obj, config_map({"app.py": program}))) == (["hf://evil/m"], [])


@pytest.mark.parametrize("folder", ["/home/ray/app", "${HOME}/app", "$HOME/app"])
def test_bypass_20_the_application_of_a_ray_service_in_a_claim_is_told(read: Read, folder: str) -> None:
    variables = {"PYTHONPATH": folder, "MODEL_ID": "good/m"}
    obj = ray_service(CLAIM, "/home/ray/app", runtime_env={"env_vars": variables})

    assert any("cannot look" in said for said in seen(after(read, obj))[1])


def test_a_text_that_is_to_be_filled_in_writes_nothing(read: Read, pod_of: PodOf) -> None:
    words = ["python3", "-m", "downloader", "--model-uri", "s3://<my bucket>/<my path>", "--local-dir", "/m"]
    obj = pod_of(image="vllm/vllm-openai:v1", command=words, **MODEL)

    assert seen(after(read, obj))[1] == []


def test_a_module_that_is_a_server_itself_is_not_looked_for(read: Read, pod_of: PodOf) -> None:
    container: Json = {
        "command": ["python3", "-m", "vllm.entrypoints.openai.api_server", "--model", "good/m"]
    }
    obj = pod_of(image=IMAGE, **container)

    assert seen(after(read, obj)) == (["hf://good/m"], [])


@pytest.mark.parametrize("kind", ["persistentVolumeClaim", "image"])
def test_bypass_20_a_server_that_is_a_module_takes_none_from_a_volume(
    read: Read, pod_of: PodOf, kind: str
) -> None:
    source = {"persistentVolumeClaim": {"claimName": "d"}, "image": {"reference": "x.example.com/y:1"}}[kind]
    container: Json = {
        "command": ["python3", "-m", "vllm.entrypoints.openai.api_server", "--model", "good/m"],
        "workingDir": "/srv/app",
    }
    volume = {"name": "code", kind: source}
    obj = pod_of({"volumes": [volume]}, image=IMAGE, volumeMounts=MOUNT, **container)

    assert "runs modules of Python in /srv/app, where code can replace them" in seen(after(read, obj))[1]
