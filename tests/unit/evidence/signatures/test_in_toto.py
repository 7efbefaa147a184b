"""in-toto statements of any kind: subjects, and where provenance comes from."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.errors import StatementRefused
from mlgate.evidence.signatures.in_toto import read_in_toto

SUBJECT = [{"name": "m", "digest": {"sha256": "a" * 64}}]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def statement(predicate: Any = None, **changed: Any) -> dict[str, Any]:
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "https://slsa.dev/provenance/v1",
        "subject": SUBJECT,
        "predicate": predicate,
    } | changed


def test_provenance_v1_names_its_commit_and_time() -> None:
    git = {"uri": "git+https://git.example/team/model@refs/heads/main", "digest": {"gitCommit": COMMIT}}
    predicate = {
        "buildDefinition": {"resolvedDependencies": [{"uri": "pkg:pypi/torch"}, git]},
        "runDetails": {"metadata": {"finishedOn": "2026-11-20T10:00:00+01:00"}},
    }
    read = read_in_toto(statement(predicate))
    assert (read.predicate_type, read.digests) == ("https://slsa.dev/provenance/v1", ("sha256:" + "a" * 64,))
    assert (read.source_revision, read.issued_at) == (COMMIT, "2026-11-20T09:00:00Z")


def test_provenance_v02_does_so_elsewhere() -> None:
    predicate = {
        "materials": [{"uri": "git+https://git.example/m", "digest": {"sha1": COMMIT}}],
        "metadata": {"buildFinishedOn": "2026-11-20T09:00:00Z"},
    }
    read = read_in_toto(statement(predicate, _type="https://in-toto.io/Statement/v0.1"))
    assert (read.source_revision, read.issued_at) == (COMMIT, "2026-11-20T09:00:00Z")


@pytest.mark.parametrize(
    "predicate",
    [
        None,
        [],
        "x",
        {"buildDefinition": []},
        {"buildDefinition": {"resolvedDependencies": {}}},
        {"buildDefinition": {"resolvedDependencies": [None, {"uri": 7}]}},
        {"materials": [{"uri": "git+https://x", "digest": {"sha1": "short"}}]},
        {"metadata": {"buildFinishedOn": "yesterday"}},
        {"runDetails": {"metadata": {"finishedOn": 7}}},
    ],
)
def test_a_predicate_that_says_neither_is_read_without(predicate: Any) -> None:
    read = read_in_toto(statement(predicate))
    assert (read.source_revision, read.issued_at) == (None, None)


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        statement(_type="x"),
        statement(predicateType=None),
        statement(predicateType=7),
        statement(subject=None),
        statement(subject=[]),
        statement(subject=[None, {}, {"digest": {"sha256": "A" * 64}}, {"digest": {"sha512": "a" * 128}}]),
    ],
)
def test_what_is_about_nothing_is_refused(document: Any) -> None:
    with pytest.raises(StatementRefused):
        read_in_toto(document)
