"""`signoff new`: the manifest an approver reads and applies, bound to one card."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlgate.cli import approving
from mlgate.errors import EvidenceUnavailable, SettingsError

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""
DIGEST = "sha256:" + "ab" * 32
SPEC: dict[str, Any] = {
    "model": {
        "name": "Credit Scoring",
        "version": "1.0",
        "artifacts": [{"uri": "s3://b/m", "digest": DIGEST}],
    }
}


def card(spec: Any = SPEC, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "mlgate.dev/v1alpha1",
        "kind": "ModelCard",
        "metadata": {"name": "credit-1.0", "namespace": "bank"} | metadata,
        "spec": spec,
    }


def write(folder: Path, document: Any) -> Path:
    file = folder / "card.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return file


class Cluster:
    """A cluster with one card, and somebody who asks."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.user: str | None = "ana@bank.example"
        self.fault: Exception | None = None

    async def card(self, *key: Any) -> dict[str, Any]:
        self.asked.append(key)
        if self.fault is not None:
            raise self.fault
        return card()

    async def whoami(self, context: str | None) -> str | None:
        self.asked.append(("whoami", context))
        return self.user


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    found = Cluster()
    monkeypatch.setattr(approving, "card_from_cluster", found.card)
    monkeypatch.setattr(approving, "cluster_user", found.whoami)
    return found


def new(mlgate: Program, reference: object, *more: str) -> Any:
    return mlgate("signoff", "new", "--card", reference, "--role", "legal", *more)


def test_the_manifest_is_bound_to_model_version_artifact_and_card(
    mlgate: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USER", "ana")
    file = write(tmp_path, card())
    reference = mlgate("card", "digest", file).out.strip()

    done = new(mlgate, file)

    assert done.code == 0
    assert yaml.safe_load(done.out) == {
        "apiVersion": "mlgate.dev/v1alpha1",
        "kind": "SignOff",
        "metadata": {"generateName": "credit-scoring-1-0-legal-", "namespace": "bank"},
        "spec": {
            "model": "Credit Scoring",
            "version": "1.0",
            "digest": DIGEST,
            "cardDigest": reference.partition("@")[2],
            "role": "legal",
            "approver": "ana",
            "decision": "approved",
        },
    }


def test_a_rejection_with_an_end_says_both(mlgate: Program, tmp_path: Path) -> None:
    options = ("--user", "ana", "--reject", "--expires", "2027-01-01", "-n", "other", "-o", "json")

    found = json.loads(new(mlgate, write(tmp_path, card()), *options).out)

    assert found["metadata"]["namespace"] == "other"
    assert (found["spec"]["decision"], found["spec"]["expiresAt"]) == ("rejected", "2027-01-01T00:00:00Z")


def test_what_is_not_known_is_left_out(mlgate: Program, tmp_path: Path) -> None:
    bare = {"model": {"name": "m", "version": "1", "artifacts": [{"uri": "s3://b/m"}]}}

    found = yaml.safe_load(new(mlgate, write(tmp_path, bare), "--user", "ana").out)

    assert found["metadata"] == {"generateName": "m-1-legal-"}
    assert "digest" not in found["spec"]


@pytest.mark.parametrize("metadata", [[], "x", None, {"namespace": ["bank"]}])
def test_metadata_that_is_none_names_no_namespace(mlgate: Program, tmp_path: Path, metadata: Any) -> None:
    done = new(mlgate, write(tmp_path, card() | {"metadata": metadata}), "--user", "ana")

    assert (done.code, "namespace" in done.out) == (0, False)


def test_a_long_or_strange_name_gives_a_prefix_an_object_may_have(mlgate: Program, tmp_path: Path) -> None:
    model = SPEC["model"] | {"name": "é/" + "x" * 100}

    found = yaml.safe_load(new(mlgate, write(tmp_path, card({"model": model})), "--user", "ana").out)

    prefix = found["metadata"]["generateName"]
    assert len(prefix) <= 58
    assert prefix.startswith("x")


def test_text_that_is_not_displayed_as_itself_is_escaped_and_stays_the_same(
    mlgate: Program, tmp_path: Path
) -> None:
    name = "m\u202eevil\nspec: {role: boss}"
    model = SPEC["model"] | {"name": name}

    done = new(mlgate, write(tmp_path, card({"model": model})), "--user", "ana")

    assert "\u202e" not in done.out
    assert yaml.safe_load(done.out)["spec"]["model"] == name
    assert "\nspec: {" not in done.out


def test_problems_of_a_card_are_said_to_whoever_approves_it(mlgate: Program, tmp_path: Path) -> None:
    spec = SPEC | {"strange": 1}

    done = new(mlgate, write(tmp_path, card(spec)), "--user", "ana")

    assert (done.code, done.err.count("warning: ")) == (0, 1)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("", "holds 0 cards; name a file with one"),
        ("apiVersion: v1\nkind: Pod\n", "holds 0 cards"),
        ("{}\n---\n{}\n", "holds 2 cards"),
        ("a: 1\na: 2\n", "is not a usable card: line 2, column 1: duplicate key 'a'"),
        ("- a\n", "is not a usable card: is not a model card"),
        (card({}), "is not a usable card: card.model"),
        (card(None), "is not a usable card: spec must be an object"),
    ],
)
def test_what_cannot_be_approved_is_told_in_one_line(
    mlgate: Program, tmp_path: Path, document: Any, told: str
) -> None:
    done = new(mlgate, write(tmp_path, document), "--user", "ana")

    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert told in done.err


def test_a_file_that_is_not_there_is_told(mlgate: Program, tmp_path: Path) -> None:
    done = new(mlgate, tmp_path / "gone.yaml", "--user", "ana")

    assert (done.code, "gone.yaml is not a usable card: No such file" in done.err) == (2, True)


def test_where_nobody_is_logged_in_the_approver_must_be_named(mlgate: Program, tmp_path: Path) -> None:
    done = new(mlgate, write(tmp_path, card()))

    assert (done.code, "name the approver with --user" in done.err) == (2, True)


@pytest.mark.parametrize(
    "options", [("--expires", "yesterday"), ("--expires", "2020-01-01"), ("--role", "boss")]
)
def test_bad_usage_is_told_before_anything_is_asked(
    mlgate: Program, tmp_path: Path, options: tuple[str, ...]
) -> None:
    done = new(mlgate, write(tmp_path, card()), *options)

    assert done.code == 2
    assert f"{options[1]}" in done.err


def test_a_card_and_the_approver_come_from_the_cluster(mlgate: Program, cluster: Cluster) -> None:
    found = yaml.safe_load(new(mlgate, "modelcard/credit-1.0", "-n", "bank", "--context", "prod").out)

    assert cluster.asked == [("credit-1.0", "bank", "prod"), ("whoami", "prod")]
    assert found["spec"]["approver"] == "ana@bank.example"
    assert found["metadata"]["namespace"] == "bank"


def test_a_card_in_a_file_is_approved_as_the_cluster_of_a_context_knows_the_caller(
    mlgate: Program, cluster: Cluster, tmp_path: Path
) -> None:
    found = yaml.safe_load(new(mlgate, write(tmp_path, card()), "--context", "prod").out)

    assert (cluster.asked, found["spec"]["approver"]) == ([("whoami", "prod")], "ana@bank.example")


def test_a_pinned_reference_is_the_card_of_that_digest_or_nothing(
    mlgate: Program, cluster: Cluster, tmp_path: Path
) -> None:
    digest = mlgate("card", "digest", write(tmp_path, card())).out.strip().partition("@")[2]

    assert new(mlgate, f"modelcard/credit-1.0@{digest}").code == 0
    other = new(mlgate, f"modelcard/credit-1.0@{DIGEST}")
    assert (other.code, other.out) == (2, "")
    assert f"is not the card in the cluster, which has {digest}" in other.err


def test_a_file_of_that_name_comes_before_the_cluster(
    mlgate: Program, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "modelcard").mkdir()
    (tmp_path / "modelcard" / "credit").write_text(json.dumps(card()))
    monkeypatch.setenv("USER", "shell")

    found = yaml.safe_load(new(mlgate, "modelcard/credit").out)

    assert (cluster.asked, found["spec"]["approver"]) == ([], "shell")


def test_a_cluster_that_knows_no_name_is_not_guessed_for(mlgate: Program, cluster: Cluster) -> None:
    cluster.user = None

    assert new(mlgate, "modelcard/credit-1.0").code == 2
    assert new(mlgate, "modelcard/credit-1.0", "--user", "ana").code == 0


@pytest.mark.parametrize(
    "fault",
    [
        EvidenceUnavailable("ModelCard credit-1.0: the API server answered 403"),
        SettingsError("there is no ModelCard credit-1.0 in namespace bank"),
    ],
)
def test_a_cluster_that_gives_no_card_is_told_in_one_line(
    mlgate: Program, cluster: Cluster, fault: Exception
) -> None:
    cluster.fault = fault

    done = new(mlgate, "modelcard/credit-1.0", "-n", "bank")

    assert (done.code, done.err) == (2, f"mlgate: {fault}\n")


def test_without_any_cluster_configuration_one_line_says_so(
    mlgate: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    done = new(mlgate, "modelcard/credit-1.0")

    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "there is no usable cluster configuration" in done.err


def test_a_cluster_that_cannot_be_reached_is_told_in_one_line(
    mlgate: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {"token": "s3cret"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    (tmp_path / "config").write_text(yaml.safe_dump(config))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))

    for reference, options in (
        ("modelcard/credit-1.0", ()),
        (write(tmp_path, card()), ("--context", "x")),
    ):
        done = new(mlgate, reference, *options)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
        assert "the API server did not answer" in done.err
        assert "s3cret" not in done.err
