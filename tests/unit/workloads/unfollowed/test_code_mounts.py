"""Volumes over the code of programs, and variables that say where it lies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.workloads.extract import Extraction

Json = dict[str, Any]
Read = Callable[..., Extraction]
PodOf = Callable[..., Json]

VLLM = "vllm/vllm-openai:v1"
OWN = "registry.example.com/team/server:1"
VOLUMES: dict[str, Json] = {
    "a claim": {"persistentVolumeClaim": {"claimName": "data"}},
    "a ConfigMap": {"configMap": {"name": "m"}},
    "a Secret": {"secret": {"secretName": "s"}},
    "an image": {"image": {"reference": "evil.example.com/code:1"}},
    "a folder of the node": {"hostPath": {"path": "/srv"}},
    "scratch space": {"emptyDir": {}},
}
OVER = "mounts d over the code of programs"
FROM_VOLUME = "takes code from a volume, which the reader cannot look into"
UNKNOWN = "takes the place of code from elsewhere, which the reader cannot know"
FILLED = "takes code from where the command line itself writes"


def told(read: Read, obj: Json) -> set[str]:
    workload = read(obj).workload
    assert workload is not None
    assert workload.serves_model
    return {problem.message for problem in workload.problems}


@pytest.fixture
def mounted(pod_of: PodOf) -> PodOf:
    """A server with a volume over a place."""

    def made(target: str, volume: Json, **fields: Any) -> Json:
        mount = {"name": "d", "mountPath": target, **fields.pop("mount", {})}
        others = fields.pop("others", [])
        spec = {"volumes": [{"name": "d", **volume}], "initContainers": others}
        own = {"image": VLLM, "args": ["--model", "good/m"], "volumeMounts": [mount], **fields}
        return pod_of(spec, **own)

    return made


CODE = (
    *(
        "/",
        "/usr",
        "/usr/local",
        "/usr/../usr//local",
        "/opt",
        "/opt/venv",
        "/opt/conda",
        "/opt/server",
        "/etc",
    ),
    *("/bin", "/sbin", "/lib", "/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/bin/vllm", "/nix/store"),
    *("/vllm-workspace", "/sgl-workspace/sglang", "/opt/tritonserver/backends/python", "/home/ray/anaconda3"),
    *("/root/.local/lib", "/home/u/.local/lib/python3.12", "/root/.bashrc", "/home/u/.bash_profile"),
    *("/etc/ld.so.preload", "/etc/ld.so.conf.d", "/etc/profile.d/x.sh", "/etc/environment", "/etc/pip.conf"),
    *("/srv/server.py", "/srv/x.pth", "/srv/libx.so", "/srv/libx.so.1", "/entrypoint.sh"),
    *("/usr/lib/python3.12/sitecustomize.py", "/x/site-packages/model", "/data/venv/lib"),
)


@pytest.mark.parametrize("target", CODE)
def test_bypass_18_a_volume_over_code_is_told_whatever_it_is(read: Read, mounted: PodOf, target: str) -> None:
    assert [name for name, volume in VOLUMES.items() if OVER not in told(read, mounted(target, volume))] == []


HOMES = ("/root", "/home", "/home/u", "/root/.local", "/.local", "/.config")


@pytest.mark.parametrize("target", HOMES)
def test_a_volume_over_the_folder_of_a_user_is_told(read: Read, mounted: PodOf, target: str) -> None:
    filled = [volume for name, volume in VOLUMES.items() if name != "scratch space"]

    assert [told(read, mounted(target, volume)) for volume in filled] == [{OVER}] * len(filled)


@pytest.mark.parametrize("target", HOMES)
def test_an_empty_folder_of_a_user_is_ordinary_unless_others_fill_it(
    read: Read, mounted: PodOf, target: str
) -> None:
    scratch = VOLUMES["scratch space"]
    filling = {"name": "i", "image": "busybox:1", "volumeMounts": [{"name": "d", "mountPath": "/d"}]}

    assert told(read, mounted(target, scratch)) == set()
    assert told(read, mounted(target, scratch, others=[filling])) == {OVER}


def test_the_folder_of_the_user_is_where_the_variable_says(read: Read, mounted: PodOf) -> None:
    claim = VOLUMES["a claim"]
    home = {"name": "HOME", "value": "/data"}
    switch = {"name": "PYTHONNOUSERSITE", "value": "1"}

    assert told(read, mounted("/data", claim, env=[home])) == {OVER}
    assert told(read, mounted("/root", claim, env=[home])) == set()
    assert told(read, mounted("/data/.local", claim, env=[home, switch])) == set()


ORDINARY = (
    *("/models", "/model", "/data", "/mnt/models", "/mnt/store", "/cache", "/root/.cache/huggingface"),
    *("/dev/shm", "/tmp", "/config", "/etc/vllm", "/etc/ssl/certs", "/opt/ml/model", "/opt/nim/.cache"),  # noqa: S108 - told about, never used
    *("/opt/models", "/var/run", "/var/lib/server", "/.cache", "/.triton", "/home/ray/models"),
    *("/app/models", "/app/config.yaml", "/templates/chat.jinja", "/usr/share/zoneinfo", "/scripts"),
    *("/usr/src/app/models", "/home/u/.cache", "/adapters", "/root/.local/share/models", "/library"),
)


@pytest.mark.parametrize("target", ORDINARY)
def test_an_ordinary_mount_is_not_held_up(read: Read, mounted: PodOf, target: str) -> None:
    assert [told(read, mounted(target, volume)) for volume in VOLUMES.values()] == [set()] * len(VOLUMES)


@pytest.mark.parametrize(
    "target",
    ["/usr/local/nvidia", "/usr/local/Ascend/driver", "/usr/bin/nvidia-smi", "/usr/local/cuda-12/lib64"],
)
def test_drivers_of_the_node_are_taken_from_it_alone(read: Read, mounted: PodOf, target: str) -> None:
    assert told(read, mounted(target, VOLUMES["a folder of the node"])) == set()
    assert told(read, mounted(target, VOLUMES["a claim"])) == {OVER}


def test_a_driver_is_no_package_of_python(read: Read, mounted: PodOf) -> None:
    target = "/usr/lib/python3/dist-packages/cuda"

    assert told(read, mounted(target, VOLUMES["a folder of the node"])) == {OVER}


def test_where_the_image_says_what_runs_its_folder_is_code(read: Read, mounted: PodOf) -> None:
    claim, file = VOLUMES["a claim"], VOLUMES["a ConfigMap"]
    unknown: Json = {"image": OWN, "args": ["--model", "good/m"]}
    plain: Json = {"image": OWN, "args": [], "command": ["vllm", "serve", "good/m"]}
    program = {"subPath": "server"}

    assert told(read, mounted("/app", claim, **unknown)) == {OVER}
    assert told(read, mounted("/app", claim, **plain)) == set()
    assert told(read, mounted("/app/server", file, mount=program, **unknown)) == {OVER}
    assert told(read, mounted("/app/server.yaml", file, mount=program, **unknown)) == set()


def test_a_file_that_is_run_is_read_where_it_is_mounted(read: Read, mounted: PodOf) -> None:
    file = VOLUMES["a ConfigMap"]
    run: Json = {"args": [], "command": ["python3", "/app/server.py"]}
    obj = mounted("/app/server.py", file, mount={"subPath": "server.py"}, **run)
    manifest = read(obj).manifest

    assert told(read, obj) == set()
    assert manifest is not None
    assert [(item.lookup.name, item.key, item.runs) for item in manifest.named] == [("m", "server.py", True)]


def sh(text: str, **fields: Any) -> Json:
    return {"command": ["sh", "-c", text], "args": [], **fields}


SECRET: Json = {"valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
MAP: Json = {"valueFrom": {"configMapKeyRef": {"name": "m", "key": "k"}}}
PLACES: dict[str, tuple[Json, str]] = {
    "of a Secret": ({"env": [{"name": "PYTHONPATH", **SECRET}]}, UNKNOWN),
    "of a ConfigMap": ({"env": [{"name": "LD_PRELOAD", **MAP}]}, UNKNOWN),
    "of another variable": (
        {"env": [{"name": "A", **SECRET}, {"name": "PYTHONPATH", "value": "/app:$(A)"}]},
        UNKNOWN,
    ),
    "of another command": (sh("PYTHONPATH=$(cat /x) vllm serve good/m"), UNKNOWN),
    "of another command in the older form": (sh("export PATH=`cat /x`:$PATH; vllm serve good/m"), UNKNOWN),
    "that is read": (sh("read -r A < /x; export PYTHONPATH=$A; vllm serve good/m"), UNKNOWN),
    "in the working folder": (sh("PYTHONPATH=. vllm serve good/m", workingDir="/data"), FROM_VOLUME),
    "in a folder it goes to": (sh("cd /data; PYTHONPATH=src vllm serve good/m"), FROM_VOLUME),
    "of one of two folders": (sh("A=/x; B || A=/data; PATH=$A:$PATH vllm serve good/m"), FROM_VOLUME),
    "that it fills": (sh("curl -o /srv/x/vllm http://x; PATH=/srv/x:$PATH vllm serve good/m"), FILLED),
}


@pytest.mark.parametrize(("container", "message"), PLACES.values(), ids=PLACES.keys())
def test_bypass_18_a_place_of_code_that_nobody_knows_is_told(
    read: Read, mounted: PodOf, container: Json, message: str
) -> None:
    assert message in told(read, mounted("/data", VOLUMES["a claim"], **container))


@pytest.mark.parametrize(
    "container",
    [
        {"env": [{"name": "LD_LIBRARY_PATH", "value": "${LD_LIBRARY_PATH}:/usr/local/nvidia/lib64"}]},
        {"env": [{"name": "PYTHONPATH", "value": "/app:$(NOBODY)"}]},
        sh("export LD_LIBRARY_PATH=/opt/lib64:$LD_LIBRARY_PATH; vllm serve good/m"),
        sh("export PATH=/opt/venv/bin:$PATH && vllm serve good/m 2>&1 | tee /var/log/x"),
    ],
)
def test_a_place_of_code_in_the_image_is_ordinary(read: Read, mounted: PodOf, container: Json) -> None:
    assert told(read, mounted("/data", VOLUMES["a claim"], **container)) == set()
