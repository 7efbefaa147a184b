"""Cards in files, read as the gate reads them."""

from __future__ import annotations

import pytest

from mlgate.cli.cards import is_bare_card, read_cards
from mlgate.errors import ManifestError


@pytest.mark.parametrize(
    ("content", "bare"),
    [
        (b"model: {name: m}\n", "yes"),
        (b'{"model": {}}', "yes"),
        (b"apiVersion: mlgate.dev/v1alpha1\nkind: ModelCard\n", "no"),
        (b"a: 1\n---\nb: 1\n", "no"),
        (b"- a\n", "no"),
        (b"a: [\n", "no"),
        (b"", "no"),
        (ManifestError("gone"), "no"),
    ],
)
def test_only_a_lone_object_without_api_version_is_a_bare_card(
    content: bytes | ManifestError, bare: str
) -> None:
    assert is_bare_card(content) is (bare == "yes")


def test_a_card_that_cannot_be_read_says_so_and_is_named_by_its_file() -> None:
    (found,) = read_cards(["gone.yaml"])

    assert found.unreadable
    assert (found.reference, found.name, found.digest) == ("file/gone.yaml", None, None)
    assert [problem.message for problem in found.problems] == ["No such file or directory"]
