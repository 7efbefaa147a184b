"""`inspect`: facts in a stable shape, one entry a document, and nothing hidden."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from mlgate.cli.inspect import describe
from mlgate.cli.manifests import Document
from mlgate.cli.shapes import Inspected, Unread

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""
SERVICE = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: credit, namespace: bank}
spec:
  predictor:
    serviceAccountName: scorer
    model:
      modelFormat: {name: onnx}
      runtime: onnx-server
      storageUri: http://models.example.com/credit
      image: registry.example.com/serve:1.2
      env:
      - {name: AWS_SECRET_ACCESS_KEY, value: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}
"""
KEYS = [
    "source", "apiVersion", "kind", "namespace", "name", "servesModel", "trainsModel", "detectedBy",
    "models", "containers", "serviceAccounts", "references", "insecureUris", "plaintextSecrets",
]  # fmt: skip


def inspected(mlgate: Program, path: Path, code: int = 0) -> list[dict[str, Any]]:
    done = mlgate("inspect", "--output", "json", path)
    found = json.loads(done.out)
    assert done.code == code
    assert [entry.wire() for entry in TypeAdapter(list[Inspected | Unread]).validate_python(found)] == found
    return list(found)


def test_the_json_has_the_documented_shape(mlgate: Program, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(SERVICE)

    (found,) = inspected(mlgate, file)

    assert list(found)[: len(KEYS)] == KEYS
    assert found["source"] == {"file": str(file), "document": 0}
    assert (found["kind"], found["namespace"], found["name"]) == ("InferenceService", "bank", "credit")
    assert (found["servesModel"], found["trainsModel"], found["detectedBy"]) == (True, False, ["kind"])
    assert found["models"] == [
        {
            "id": "predictor", "uri": "http://models.example.com/credit", "name": "credit", "scheme": "http",
            "revision": None, "digest": None, "path": "spec.predictor.model.storageUri",
        }
    ]  # fmt: skip
    (container,) = found["containers"]
    assert list(container) == ["name", "role", "image", "path"]
    assert container["role"] == "main"
    assert container["image"] == {
        "raw": "registry.example.com/serve:1.2", "registry": "registry.example.com", "repository": "serve",
        "tag": "1.2", "digest": None,
    }  # fmt: skip
    assert found["serviceAccounts"] == ["scorer"]
    assert [(entry["kind"], entry["name"]) for entry in found["references"]] == [
        ("ServingRuntime", "onnx-server")
    ]
    assert found["insecureUris"] == [
        {"uri": "http://models.example.com/credit", "path": "spec.predictor.model.storageUri"}
    ]
    assert len(found["plaintextSecrets"]) == 1


def test_a_credential_is_named_by_its_place_and_never_shown(mlgate: Program, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(SERVICE)

    for form in ("text", "json"):
        done = mlgate("inspect", "-o", form, file)
        assert "AWS_SECRET_ACCESS_KEY" in done.out or "env" in done.out
        assert "wJalrXUtnFEMI" not in done.all


def test_the_text_names_every_fact(mlgate: Program, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(SERVICE)

    lines = mlgate("inspect", file).out.splitlines()

    assert lines[:2] == [f"{file}#0: InferenceService/credit", "  model: serves, because kind"]
    starts = ("  loads http", "  runs registry", "  takes its pod from", "  unencrypted:", "  looks like a")
    for start in starts:
        assert any(line.startswith(start) for line in lines), start


def test_a_document_that_cannot_be_read_is_an_entry_with_its_place_and_hides_no_other(
    mlgate: Program, tmp_path: Path
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"a: 1\na: 2\n---\n{SERVICE}")

    bad, good = inspected(mlgate, file, code=2)

    assert bad == {
        "source": {"file": str(file), "document": 0},
        "error": {"message": "duplicate key 'a'", "line": 2, "column": 1},
    }
    assert (good["source"]["document"], good["name"]) == (1, "credit")
    text = mlgate("inspect", file)
    assert text.code == 2
    assert text.out.startswith(f"{file}#0: cannot be read: line 2, column 1: duplicate key 'a'\n{file}#1: ")


def test_an_object_without_pods_has_every_key_and_no_fact(mlgate: Program, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("apiVersion: v1\nkind: ConfigMap\n")

    (found,) = inspected(mlgate, file)

    assert (found["namespace"], found["name"], found["servesModel"]) == (None, None, False)
    assert [found[key] for key in KEYS[7:]] == [[]] * 7
    assert "ConfigMap/(generated)\n  model: none, because nothing" in mlgate("inspect", file).out


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_a_file_that_holds_nothing_is_an_empty_list(mlgate: Program, tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text)

    done = mlgate("inspect", "-o", "json", file)

    assert (done.code, json.loads(done.out)) == (0, [])
    assert "there is no manifest in it" in done.err
    assert mlgate("inspect", file).out == ""


def test_a_manifest_cannot_forge_a_line_or_steer_the_terminal(mlgate: Program, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text('apiVersion: v1\nkind: "X\\nY\\u202e"\nmetadata: {name: "\\e[2Jgone\\n::error::x"}\n')

    for form in ("text", "json"):
        out = mlgate("inspect", "-o", form, file).out
        assert not {"\x1b", "\u202e"} & set(out)
        assert not any(line.startswith(("::", "Y")) for line in out.splitlines())


@pytest.mark.parametrize(
    ("scheme", "listed"),
    [("http", 1), ("hdfs", 1), ("https", 0), ("s3", 0), ("oci", 0), ("gs", 0)],
)
def test_only_a_scheme_without_tls_is_listed_as_insecure(
    mlgate: Program, tmp_path: Path, scheme: str, listed: int
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(SERVICE.replace("http://", f"{scheme}://"))

    assert len(inspected(mlgate, file)[0]["insecureUris"]) == listed


def test_an_endpoint_says_itself_whether_it_is_encrypted(mlgate: Program, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    logger = "    logger: {mode: all, url: http://sink.example.com}\n"
    file.write_text(SERVICE.replace("http://models", "s3://models") + logger)

    (found,) = inspected(mlgate, file)

    assert [entry["uri"] for entry in found["insecureUris"]] == ["http://sink.example.com"]


def test_what_cannot_be_read_within_an_object_is_told(mlgate: Program, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(SERVICE.replace("storageUri: http://models.example.com/credit", "storageUri: [1]"))

    (found,) = inspected(mlgate, file)

    assert found["problems"]
    assert "  cannot be read: " in mlgate("inspect", file).out


def test_thousands_of_containers_give_a_line_that_can_be_read(mlgate: Program, tmp_path: Path) -> None:
    server = {"image": "vllm/vllm-openai:v1", "args": ["--model=acme/drafts"]}
    containers = [{"name": f"c{number}"} | server for number in range(300)]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "many"},
        "spec": {"containers": containers},
    }
    file = tmp_path / "a.json"
    file.write_text(json.dumps(pod))

    text = mlgate("inspect", file).out.splitlines()

    assert text[1].startswith("  model: serves, because image:vllm@spec.containers[0].image, arg:--model@")
    assert text[1].endswith("@spec.containers[3].args[0] and 592 more")
    assert "  cannot be read: the object: holds more than 256 models" in text
    (found,) = inspected(mlgate, file)
    assert len(found["detectedBy"]) == 600


def test_a_document_without_object_or_error_cannot_be_read() -> None:
    found = describe(Document("a.yaml", 0, 1, None, None))

    assert isinstance(found, Unread)
    assert found.error.message == "cannot be read"


def test_standard_input_and_several_paths_are_read_in_order(mlgate: Program, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SERVICE.replace("credit", "a"))

    done = mlgate("inspect", "-", tmp_path, "-o", "json", stdin=SERVICE.encode())

    assert [entry["name"] for entry in json.loads(done.out)] == ["credit", "a"]


def test_each_document_of_a_folder_that_cannot_be_read_is_told_and_the_rest_is_read(
    mlgate: Program, tmp_path: Path
) -> None:
    texts = {
        "a-template.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Values.name }}\n",
        "b-broken.yaml": "apiVersion: v1\nkind: [\n---\n- 1\n",
        "c-version.yaml": SERVICE.replace("v1beta1", "v7"),
        "d-kind.yaml": SERVICE.replace("InferenceService", "InferencePool"),
        "e-sound.yaml": SERVICE,
        "f/g-nested.yaml": "apiVersion: ray.io/v1\nkind: RayService\nspec: {serveConfigV2: 'a: ['}\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    found = inspected(mlgate, tmp_path, code=2)

    assert [Path(entry["source"]["file"]).name[0] for entry in found] == list("abbcdeg")
    errors = [entry.get("error", {}) for entry in found]
    assert [error.get("line") for error in errors] == [4, 3, 3, None, None, None, None]
    assert "template" in errors[0]["message"]
    problems = [[problem["path"] for problem in entry.get("problems", ())] for entry in found]
    assert problems == [[], [], [], ["apiVersion"], ["kind"], [], ["spec.serveConfigV2", "spec"]]
    assert [model["uri"] for model in found[3]["models"]] == ["http://models.example.com/credit"]
    assert [model["uri"] for model in found[5]["models"]] == ["http://models.example.com/credit"]
    assert [container["name"] for container in found[5]["containers"]] == ["kserve-container"]
