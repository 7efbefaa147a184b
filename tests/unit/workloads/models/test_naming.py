"""Where the words of a command line lead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction

Read = Callable[..., Extraction]
Make = Callable[..., dict[str, Any]]
VLLM = "vllm/vllm-openai:v1"
CLAIM = {"volumes": [{"name": "w", "persistentVolumeClaim": {"claimName": "weights"}}]}


def workload(read: Read, obj: dict[str, Any]) -> Workload:
    found = read(obj).workload
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("value", "mount", "folder", "uri"),
    [
        ("/models/x", "/models", None, "pvc://weights/x"),
        ("//models/x", "/models", None, "pvc://weights/x"),
        ("/srv/../models/./x", "/models", None, "pvc://weights/x"),
        ("./x", "/models", "/models", "pvc://weights/x"),
        ("../models/x", "/models", "/srv", "pvc://weights/x"),
        ("models/x", "/models", "/", "pvc://weights/x"),
        ("acme/drafts", "/acme", "/", "pvc://weights/drafts"),
        ("acme/drafts", "/acme", None, "pvc://weights/drafts"),
        ("acme/drafts", "/vllm-workspace/acme", None, "pvc://weights/drafts"),
        ("acme/drafts", "/vllm-workspace/acme/drafts/", None, "pvc://weights"),
        ("./acme/drafts", "/vllm-workspace/acme", None, "pvc://weights/drafts"),
        ("acme/drafts", "/srv/acme", "/other", "hf://acme/drafts"),
        ("acme/drafts", "/data", None, "hf://acme/drafts"),
        ("acme/drafts", "/notacme", None, "hf://acme/drafts"),
        ("/opt/model", "/models", None, f"image://{VLLM}"),
        ("./model", "/models", "/opt", f"image://{VLLM}"),
    ],
)
def test_a_folder_of_the_container_comes_before_a_repository_of_that_name(
    read: Read, pod_of: Make, value: str, mount: str, folder: str | None, uri: str
) -> None:
    container: dict[str, Any] = {"image": VLLM, "args": ["--model", value]}
    container["volumeMounts"] = [{"name": "w", "mountPath": mount}]
    if folder is not None:
        container["workingDir"] = folder
    assert [model.uri for model in workload(read, pod_of(CLAIM, **container)).models] == [uri]


@pytest.mark.parametrize(
    ("value", "mounts", "uris"),
    [
        ("/mnt/models", [], ["s3://b/m"]),
        ("/mnt/models/sub", [], ["s3://b/m"]),
        ("/mnt//models/./sub", [], ["s3://b/m"]),
        ("/mnt/models/../../data/x", ["/data"], ["s3://b/m", "pvc://weights/x"]),
        ("/mnt/models/x", ["/mnt/models/x"], ["s3://b/m", "pvc://weights"]),
        ("/mnt/modelsx", ["/mnt"], ["s3://b/m", "pvc://weights/modelsx"]),
    ],
)
def test_only_what_the_platform_put_there_is_the_model_of_the_service(
    read: Read, service: Make, value: str, mounts: list[str], uris: list[str]
) -> None:
    model = {
        "modelFormat": {"name": "onnx"},
        "storageUri": "s3://b/m",
        "args": [f"--model_dir={value}"],
        "volumeMounts": [{"name": "w", "mountPath": mount} for mount in mounts],
    }
    found = workload(read, service({"predictor": {"model": model, **CLAIM}}))
    assert [model.uri for model in found.models] == uris


@pytest.mark.parametrize(
    ("image", "args", "uri"),
    [
        ("ollama/ollama:1", ["ollama", "run", "llama3:8b"], "ollama://llama3:8b"),
        ("nvcr.io/nim/meta/llama:1", ["--model", "o/m:1"], "ngc://o/m:1"),
    ],
)
def test_a_name_of_a_library_is_no_folder(
    read: Read, pod_of: Make, image: str, args: list[str], uri: str
) -> None:
    mount = [{"name": "w", "mountPath": "/o"}]
    found = workload(read, pod_of(CLAIM, image=image, args=args, volumeMounts=mount))
    assert uri in [model.uri for model in found.models]


def test_of_two_revisions_the_last_counts(read: Read, pod_of: Make) -> None:
    args = ["--model=acme/drafts", f"--revision={'a' * 40}", "--revision=main"]
    (model,) = workload(read, pod_of(image=VLLM, args=args)).models
    assert (model.uri, model.immutable) == ("hf://acme/drafts:main", False)


def test_thousands_of_flags_are_read_with_the_name_and_the_revision_of_them_all(
    read: Read, pod_of: Make
) -> None:
    args = [f"--model=o/m{index}" for index in range(5_000)]
    found = workload(read, pod_of(image=VLLM, args=[*args, "--served-model-name=n", "--revision=r1"]))

    assert {model.name for model in found.models} == {"n"}
    assert {model.revision for model in found.models} == {"r1"}
    assert [model.uri for model in found.models[:2]] == ["hf://o/m0:r1", "hf://o/m1:r1"]


@pytest.mark.parametrize(
    ("mounts", "uri"),
    [
        (["/", "/models"], "pvc://c1/x"),
        (["/models", "/"], "pvc://c0/x"),
        (["/models/", "/models"], "pvc://c0/x"),
        (["/model", "/"], "pvc://c1/models/x"),
        (["/models/x", "/models"], "pvc://c0"),
        (["/models/x/y", "/models/xy"], f"image://{VLLM}"),
    ],
)
def test_the_longest_mount_that_holds_the_path_decides_and_of_two_the_first(
    read: Read, pod_of: Make, mounts: list[str], uri: str
) -> None:
    numbered = list(enumerate(mounts))
    volumes = [{"name": f"v{i}", "persistentVolumeClaim": {"claimName": f"c{i}"}} for i, _ in numbered]
    container = {"volumeMounts": [{"name": f"v{i}", "mountPath": path} for i, path in numbered]}
    found = workload(
        read, pod_of({"volumes": volumes}, image=VLLM, args=["--model", "/models/x"], **container)
    )

    assert [model.uri for model in found.models] == [uri]


def test_words_that_several_fetching_calls_share_name_their_models_once(read: Read, pod_of: Make) -> None:
    given = pod_of(command=["sh", "-c"], args=["git clone git clone hf://b/model-1 hf://b/model-2"])

    assert [model.uri for model in workload(read, given).models] == ["hf://b/model-1", "hf://b/model-2"]


def test_thousands_of_mounts_are_searched_for_thousands_of_names(read: Read, pod_of: Make) -> None:
    mounts = [{"name": "w", "mountPath": f"/m{index}/b{index}"} for index in range(3_000)]
    args = [f"--model=b{index}/x" for index in range(3_000)]
    found = workload(read, pod_of(CLAIM, image=VLLM, args=args, volumeMounts=mounts))

    assert {model.uri for model in found.models} == {"pvc://weights/x"}


@pytest.mark.parametrize(
    ("container", "immutable"),
    [
        (
            {"image": "kserve/storage-initializer:v0.16", "args": ["{uri}", "/mnt/models"]},
            {"s3": False, "gs": False},
        ),
        ({"image": "x", "command": ["aws", "s3", "cp", "{uri}/model.gguf", "/m"]}, {"s3": False}),
        ({"image": "x", "command": ["s5cmd", "cp", "{uri}/model.gguf", "/m"]}, {"s3": False}),
        ({"image": VLLM, "args": ["--model", "{uri}"]}, {"s3": True, "gs": True}),
    ],
)
def test_a_version_pins_nothing_where_the_program_that_loads_does_not_ask_for_it(
    read: Read, pod_of: Make, container: dict[str, Any], immutable: dict[str, bool]
) -> None:
    ends = {"s3": "?versionId=v1", "gs": "#123"}
    for scheme, expected in immutable.items():
        told = {
            key: [_told(word, scheme, ends[scheme]) for word in value]
            for key, value in container.items()
            if key != "image"
        }
        found = workload(read, pod_of({}, image=container["image"], **told)).models
        assert {(model.revision is not None, model.immutable) for model in found} == {(True, expected)}


def _told(word: str, scheme: str, end: str) -> str:
    place, _, file = word.partition("/model.gguf") if "{uri}" in word else (word, "", "")
    name = "/model.gguf" if word.endswith("/model.gguf") else ""
    return place.replace("{uri}", f"{scheme}://bucket/models/chat{name}{end}") + file
