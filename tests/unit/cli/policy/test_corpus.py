"""A corpus: whose objects, with which evidence, asked by whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.cli.policy import corpus as module
from mlgate.cli.policy.corpus import Asked, corpus_folder, read_corpus
from mlgate.errors import ManifestError, PolicyError

SERVICE = """apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: NAME, namespace: bank}
spec: {predictor: {model: {modelFormat: {name: sklearn}, storageUri: "s3://models/NAME/1"}}}
"""
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: bank, labels: {mlgate.dev/profile: LABEL}}\n"


def service(name: str) -> str:
    return SERVICE.replace("NAME", name)


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)


def profile_of(asked: Asked) -> str | None:
    namespace = asked.question.cluster.namespace
    return (namespace.labels or {}).get("mlgate.dev/profile") if namespace else None


async def test_cases_are_apart_and_share_the_cluster(tmp_path: Path) -> None:
    storage = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: ssd}\nprovisioner: x\n"
    write(tmp_path, cluster=storage, reference="requester: {username: erin, groups: [ml]}\nmore: 1\n")
    write(
        tmp_path / "a",
        manifest=f"{service('one')}---\n{service('two')}---\n{service('three')}",
        evidence=NAMESPACE.replace("LABEL", "staging"),
        expected="shows: x\nobjects: [{object: x}, {user: {username: lee}}, {object: z}]\n",
    )
    write(tmp_path / "b", manifest=service("one"), evidence=NAMESPACE.replace("LABEL", "sandbox"))
    write(tmp_path / "c", manifest="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")

    asked, objects = await read_corpus(tmp_path, "2026-11-02T00:00:00Z", None)

    assert objects == 5
    assert [item.name for item in asked] == [
        "a: InferenceService/one",
        "a: InferenceService/two",
        "a: InferenceService/three",
        "b: InferenceService/one",
    ]
    assert [profile_of(item) for item in asked] == ["staging", "staging", "staging", "sandbox"]
    users = [item.question.request.user_info for item in asked]
    assert [user and (user.username, user.groups) for user in users] == [
        ("erin", ("ml",)), ("lee", ()), ("erin", ("ml",)), ("erin", ("ml",)),
    ]  # fmt: skip
    assert {item.question.evaluated_at for item in asked} == {"2026-11-02T00:00:00Z"}


async def test_plain_manifests_are_the_evidence_of_each_other(tmp_path: Path) -> None:
    write(tmp_path, one=service("one"), namespace=NAMESPACE.replace("LABEL", "staging"))
    write(tmp_path / "deeper", two=service("two"))

    asked, objects = await read_corpus(tmp_path, None, None)

    found = {item.name: profile_of(item) for item in asked if "InferenceService" in item.name}
    assert found == {
        "deeper/two.yaml#0: InferenceService/two": "staging",
        "one.yaml#0: InferenceService/one": "staging",
    }
    assert objects == 3
    assert asked[0].question.request.user_info is None


async def test_the_profile_is_that_of_namespaces_nobody_describes(tmp_path: Path) -> None:
    write(tmp_path, one=service("one"))
    ((asked,), _) = await read_corpus(tmp_path, None, "sandbox")
    assert profile_of(asked) == "sandbox"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no rule is asked about anything"),
        ({"a": "a: [b"}, r"a\.yaml"),
        ({"a": SERVICE, "reference": "requester: erin"}, r"reference\.yaml cannot be read"),
        ({"a": SERVICE, "reference": "a: [b"}, r"reference\.yaml cannot be read"),
        ({"a": SERVICE, "cluster": "a: [b"}, r"cluster\.yaml"),
    ],
)
async def test_what_cannot_be_read_is_named(tmp_path: Path, files: dict[str, str], words: str) -> None:
    write(tmp_path, **files)
    with pytest.raises(ManifestError, match=words):
        await read_corpus(tmp_path, None, None)


@pytest.mark.parametrize("named", [None, module.CHECKOUT / "examples"])
def test_the_examples_are_the_corpus_of_a_checkout(named: Path | None) -> None:
    with corpus_folder(named, "2027-03-01") as folder:
        assert folder is not None
        assert (folder / "credit-scoring" / "manifest.yaml").is_file()
        assert "2027-03-01" in (folder / "reference.yaml").read_text()
    assert not folder.exists()


def test_a_folder_that_is_named_is_taken_as_it_is(tmp_path: Path) -> None:
    with corpus_folder(tmp_path, None) as folder:
        assert folder == tmp_path
    with pytest.raises(PolicyError, match="gone is no directory"), corpus_folder(tmp_path / "gone", None):
        pytest.fail("entered")


def test_an_installation_without_examples_has_no_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECKOUT", tmp_path)
    with corpus_folder(None, None) as folder:
        assert folder is None
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "examples.py").write_text("import sys\nsys.exit('broken')\n")
    with pytest.raises(PolicyError, match="examples cannot be written: broken"), corpus_folder(None, None):
        pytest.fail("entered")
