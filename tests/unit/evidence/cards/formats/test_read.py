"""From bytes to a card, in whatever format they are."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from mlgate.evidence.cards.formats.conversion import Origin
from mlgate.evidence.cards.formats.modelcard import read_document
from mlgate.evidence.cards.formats.read import is_foreign, read_card
from mlgate.parsing.limits import CARD_LIMITS

README = b"---\nlicense: mit\nmodel-index: [{name: m}]\n---\ntext\n"
HUB = Origin(repository="acme/router", revision="0123abc")


def told(data: bytes) -> str:
    content = read_card(data)
    assert content.card is None
    assert content.digest is None
    (problem,) = content.problems
    return problem.message


def test_mlgates_own_card_is_read_as_ever(spec: dict[str, Any]) -> None:
    assert read_card(json.dumps(spec).encode()) == read_document(spec)


def test_a_card_of_another_format_is_named_by_the_digest_of_its_bytes() -> None:
    content = read_card(README, origin=HUB)
    assert content.card is not None
    assert content.card["model"]["name"] == "acme/router"
    assert content.format == "huggingface"
    assert content.digest == "sha256:" + hashlib.sha256(README).hexdigest()
    assert content.lost
    assert content.problems == ()


def test_what_does_not_identify_its_model_is_invalid_and_told_where_to_write_it() -> None:
    content = read_card(README)
    assert content.card is None
    assert content.format == "huggingface"
    assert content.digest is not None
    assert {problem.path: problem.message for problem in content.problems} == {
        "card.model.version": "is required; write it as mlgate.model.version, or read the card with its"
        " repository and revision",
        "card.model.artifacts": "is required; write it as mlgate.model.artifacts, or read the card with its"
        " repository and revision",
    }


def test_credentials_are_searched_in_all_that_the_author_wrote() -> None:
    def scan(value: Any) -> list[tuple[str, str]]:
        return [(key, "name") for key in value if key == "token"]

    content = read_card(b"---\nlicense: mit\ntoken: abc\n---\n", scan, HUB)
    assert content.places == (("card.token", "name"),)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "0 documents; exactly one is needed"),
        (b"\xef\xbb\xbf{}", "begins with a byte order mark; plain UTF-8 is needed (line 1, column 1)"),
        (b"{'a\xff': 1}", "not UTF-8 (byte 3) (line 1)"),
        (b'{"model": NaN}', "NaN is no JSON number (line 1, column 11)"),
        (b"a: 1\n---\nb: 2\n", "2 documents; exactly one is needed"),
    ],
)
def test_what_cannot_be_parsed_is_told_with_its_place(data: bytes, message: str) -> None:
    assert told(data) == f"cannot be parsed: {message}"


def test_what_is_too_large_is_not_looked_at() -> None:
    assert told(b" " * (CARD_LIMITS.max_bytes + 1)) == "has more than 262144 bytes"


@pytest.mark.parametrize(
    "data", [b"[]", b"text", b"5", b"null", b"{}", b'{"apiVersion": "v1", "kind": "Pod"}']
)
def test_what_is_no_card_is_told_so(data: bytes) -> None:
    assert "is not a model card in a format this release reads" in told(data)


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"---\nmodel: {name: m}\nlicense: mit\n---\n", "huggingface and modelcard"),
        (b'{"model": {}, "bomFormat": "CycloneDX"}', "modelcard and cyclonedx"),
        (
            b'{"bomFormat": "CycloneDX", "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}',
            "cyclonedx and spdx",
        ),
        (b'{"model_details": {}, "model": {}}', "modelcard and model-card-toolkit"),
        (b'{"fairness_analysis": {}, "bomFormat": "CycloneDX"}', "cyclonedx and verifyml"),
    ],
)
def test_a_card_with_the_marks_of_two_formats_is_none(data: bytes, names: str) -> None:
    assert told(data) == f"bears the marks of {names} at once; keep one card in one file"


@pytest.mark.parametrize(
    ("document", "foreign"),
    [
        ({"bomFormat": "CycloneDX"}, True),
        ({"@context": ["https://spdx.org/rdf/3.0.1/spdx-context.jsonld"]}, True),
        ({"model_details": {}}, True),
        ({"explainability_analysis": {}}, True),
        ({"@context": {"a": "b"}}, False),
        ({"model": {}}, False),
        ([], False),
    ],
)
def test_a_foreign_card_is_known_by_its_marks(document: Any, foreign: bool) -> None:  # noqa: FBT001 - parametrised
    assert is_foreign(document) is foreign
