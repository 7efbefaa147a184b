"""The tree that is built from the events of a YAML parser."""

from __future__ import annotations

import pytest
import yaml

from mlgate.domain.base import Json
from mlgate.errors import ManifestError
from mlgate.parsing.limits import Limits
from mlgate.parsing.yaml_tree import Tree

LIMITS = Limits(max_bytes=1000, max_depth=3, max_nodes=10)


def built(text: str, line: int = 1) -> Json:
    tree = Tree(LIMITS, line)
    for event in yaml.parse(text):
        tree.take(event)
    return tree.value if tree.found else "nothing"


def test_a_tree_holds_one_document() -> None:
    assert built("a: [1, {b: ~}]") == {"a": [1, {"b": None}]}

    with pytest.raises(ManifestError) as caught:
        built("a: 1\n---\nb: 2", line=10)

    assert caught.value.message == "a second document without a marker line"
    assert caught.value.line == 12


@pytest.mark.parametrize("text", ["", "# only words", "---", "--- # only words"])
def test_nothing_is_no_document(text: str) -> None:
    assert built(text) == "nothing"


def test_an_empty_text_and_null_are_documents() -> None:
    assert built("''") == ""
    assert built("~") is None


def test_directives_are_refused() -> None:
    with pytest.raises(ManifestError, match="directives are not read"):
        built("%YAML 1.1\n---\na: 1")


def test_an_anchor_on_a_key_is_refused() -> None:
    with pytest.raises(ManifestError, match="anchor &k; anchors are not read"):
        built("&k a: 1")


def test_an_error_in_the_value_of_a_key_names_the_key() -> None:
    with pytest.raises(ManifestError) as caught:
        built("a:\n  b: !x 1")

    assert caught.value.path == "a.b"
    assert (caught.value.line, caught.value.column) == (2, 6)
