"""Results in the shape that others parse."""

from __future__ import annotations

import pytest

from mlgate.cli.manifests import Document
from mlgate.cli.results import Result, Results
from mlgate.cli.shapes import CheckedUnread, CheckReport
from mlgate.domain.decision import Verdict
from mlgate.errors import ManifestError


def test_the_shape_is_the_documented_one(results: Results) -> None:
    found = results.wire()

    assert CheckReport.model_validate(found).wire() == found
    assert [entry["verdict"] for entry in found["results"]] == [
        "denied", "allowed", "skipped", "error", "error",
    ]  # fmt: skip
    assert ["error" in entry for entry in found["results"]] == [False, False, False, False, True]
    assert found["results"][3]["reason"] == "OPA does not answer"
    assert found["results"][4]["reason"] == "line 12, column 3: duplicate key image"


@pytest.mark.parametrize(
    ("metadata", "title"),
    [
        ({"name": "a"}, "Pod/a"),
        ({"generateName": "a-"}, "Pod/a-(generated)"),
        ({"generateName": None}, "Pod/(generated)"),
        (None, "Pod/(generated)"),
    ],
)
def test_a_title_names_the_object(metadata: object, title: str) -> None:
    value = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}

    assert Result(Document("a.yaml", 0, 1, value, None), None, None).title == title


def test_a_document_without_object_or_error_cannot_be_read() -> None:
    result = Result(Document("a.yaml", 3, 1, None, None), None, None)

    assert (result.word, result.title, result.reason) == ("error", "document 3", "cannot be read")


def test_what_cannot_be_read_names_its_place() -> None:
    document = Document("a.yaml", 0, 1, None, ManifestError("bad", line=2))

    found = Result(document, None, None).shape()

    assert isinstance(found, CheckedUnread)
    assert (found.error.line, found.error.column) == (2, None)


def test_evidence_that_could_not_be_read_makes_no_run_a_success() -> None:
    skipped = Verdict(outcome="skipped", allowed=True, reason="serves no model")
    value = {"apiVersion": "v1", "kind": "Pod"}
    result = Result(Document("a.yaml", 0, 1, value, None), "x", skipped)

    assert Results("v1", 1, (result,)).exit_code == 0
    assert Results("v1", 1, (result,), incomplete=True).exit_code == 2
