"""`policy input`: the document that policy is asked about."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlgate.domain.policy_input import SCHEMA_VERSION, PolicyInput
from mlgate.policy.shipped import shipped_policies

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""
EXAMPLES = shipped_policies().parent / "examples"
CREDIT = EXAMPLES / "credit-scoring"
MANIFEST = CREDIT / "manifest.yaml"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: plain}\nspec: {containers: [{name: c, image: nginx}]}\n"


def test_the_document_is_the_one_that_check_asks_about(mlgate: Program) -> None:
    done = mlgate(
        *("policy", "input", MANIFEST, "--evidence", CREDIT / "evidence.yaml", "--user", "ines"),
        *("--at", "2026-11-25", "--object", "InferenceService/credit-scoring"),
    )

    found = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert found["schemaVersion"] == SCHEMA_VERSION
    assert found["evaluatedAt"] == "2026-11-25T00:00:00Z"
    assert found["request"]["userInfo"]["username"] == "ines"
    assert found["cluster"]["namespace"]["labels"]["mlgate.dev/profile"] == "production"
    assert PolicyInput.model_validate(found).wire() == found


def test_of_several_objects_one_must_be_chosen(mlgate: Program) -> None:
    done = mlgate("policy", "input", MANIFEST, CREDIT / "evidence.yaml")

    assert (done.code, done.out) == (2, "")
    assert "choose one with --object: " in done.err
    assert "InferenceService/credit-scoring" in done.err


def test_an_object_that_is_not_there_is_refused_with_those_that_are(mlgate: Program) -> None:
    done = mlgate("policy", "input", MANIFEST, "--object", "Pod/none")

    assert (done.code, done.out) == (2, "")
    assert "there is no object Pod/none; there are: " in done.err


def test_what_no_rule_is_about_has_no_document(mlgate: Program, tmp_path: Path) -> None:
    path = tmp_path / "pod.yaml"
    path.write_text(POD)

    done = mlgate("policy", "input", path)

    assert (done.code, done.out) == (2, "")
    assert "no rule is asked about anything here" in done.err


def test_what_cannot_be_read_is_refused_with_its_place(mlgate: Program, tmp_path: Path) -> None:
    path, evidence = tmp_path / "a.yaml", tmp_path / "evidence.yaml"
    path.write_text("a: [\n")
    evidence.write_text("kind: Nothing\n")

    manifest = mlgate("policy", "input", path)
    unread = mlgate("policy", "input", MANIFEST, "--evidence", evidence)

    assert (manifest.code, unread.code, manifest.out + unread.out) == (2, 2, "")
    assert f"{path}#0: line " in manifest.err
    assert "could not be read and is no evidence" in unread.err
