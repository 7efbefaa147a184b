"""`card new`: a card that is valid as it is, and explains every field it could have."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlgate.domain.model_card import ModelCardSpec
from mlgate.evidence.shapes import Shape, shape_of

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""
MINIMAL = ("card", "new", "--name", "router", "--version", "1.0", "--artifact", "s3://models/router/")


def paths(shape: Shape, place: str = "") -> set[str]:
    """Every field of the schema."""
    inner = shape.items or shape
    below = {f"{place}.{key}": part for key, part in inner.fields.items()}
    return set(below).union(*(paths(part, key) for key, part in below.items()))


def written(value: Any, place: str = "") -> set[str]:
    """Every field of a document."""
    if isinstance(value, list):
        return set().union(*(written(item, place) for item in value))
    if not isinstance(value, dict):
        return set()
    return {f"{place}.{key}" for key in value}.union(
        *(written(item, f"{place}.{key}") for key, item in value.items())
    )


def test_the_card_is_valid_and_says_only_what_was_told(mlgate: Program, tmp_path: Path) -> None:
    done = mlgate(*MINIMAL, "--artifact", "s3://models/adapter/", "-n", "bank")
    card = tmp_path / "card.yaml"
    card.write_text(done.out)

    assert done.code == 0
    assert yaml.safe_load(done.out) == {
        "apiVersion": "mlgate.dev/v1alpha1",
        "kind": "ModelCard",
        "metadata": {"name": "router-1.0", "namespace": "bank"},
        "spec": {
            "model": {
                "name": "router",
                "version": "1.0",
                "artifacts": [{"uri": "s3://models/router/"}, {"uri": "s3://models/adapter/"}],
            }
        },
    }
    assert mlgate("card", "validate", card).code == 0


def test_with_its_marks_removed_every_field_of_a_card_is_there_and_empty(mlgate: Program) -> None:
    text = re.sub(
        r"^#(?= )(?! What| the mark| is missing| \d\.)", "", mlgate(*MINIMAL).out, flags=re.MULTILINE
    )
    spec = yaml.safe_load(text)["spec"]

    filled = {".model.artifacts.uri", ".model.name", ".model.version"}
    left_out = {
        path for path in paths(shape_of(ModelCardSpec)) if path.startswith((".signOffs", ".model.artifacts."))
    }
    assert written(spec) == paths(shape_of(ModelCardSpec)) - left_out | filled

    def scalars(value: Any) -> list[Any]:
        if isinstance(value, dict | list):
            items = value.values() if isinstance(value, dict) else value
            return [scalar for item in items for scalar in scalars(item)]
        return [value]

    assert {value for value in scalars(spec) if value is not None} == {"router", "1.0", "s3://models/router/"}


def test_a_digest_belongs_to_one_artifact(mlgate: Program) -> None:
    digest = "sha256:" + "0" * 64
    assert yaml.safe_load(mlgate(*MINIMAL, "--digest", digest).out)["spec"]["model"]["artifacts"] == [
        {"uri": "s3://models/router/", "digest": digest}
    ]
    assert mlgate(*MINIMAL, "--artifact", "s3://b/", "--digest", digest).code == 2


@pytest.mark.parametrize("arguments", [("--digest", "sha256:1"), ("--name", ""), ("--version", "x" * 200)])
def test_what_no_card_can_hold_is_refused(mlgate: Program, arguments: tuple[str, str]) -> None:
    done = mlgate(*MINIMAL, *arguments)
    assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Acme/Router!", "acme-router-1.0"),
        ("日本", "1.0"),
        ("a..b", "a.b-1.0"),
        ("x" * 250, "x" * 250 + "-1"),
    ],
)
def test_the_object_is_named_by_the_model(mlgate: Program, name: str, expected: str) -> None:
    done = mlgate("card", "new", "--name", name, "--version", "1.0", "--artifact", "s3://b/")
    assert yaml.safe_load(done.out)["metadata"]["name"] == expected
