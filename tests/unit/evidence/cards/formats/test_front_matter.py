"""Where a README has front matter, and where `---` begins a YAML stream."""

from __future__ import annotations

import pytest

from mlgate.errors import ManifestError
from mlgate.evidence.cards.formats.front_matter import front_matter
from mlgate.parsing.limits import CARD_LIMITS


@pytest.mark.parametrize("ending", ["", "\n", "\n# Title\n\n---\n\nmore\n", "\r\nx"])
def test_the_block_between_the_first_two_markers_is_front_matter(ending: str) -> None:
    found = front_matter(f"---\nlicense: mit\n---{ending}".encode(), CARD_LIMITS)
    assert found is not None
    assert found.values == {"license": "mit"}
    assert found.prose is bool(ending.strip())


@pytest.mark.parametrize(
    "text",
    [
        "license: mit\n",
        "---\nlicense: mit\n",
        " ---\nlicense: mit\n---\n",
        "---\n---\n",
        "---\n# nothing\n---\n",
        "---\n- a\n---\n",
        "---\napiVersion: v1\nkind: List\n---\napiVersion: v1\n",
        "---\nmodel: {name: m}\n---\nmodel: {name: n}\n",
        "---\nbomFormat: CycloneDX\n---\n",
        "",
    ],
)
def test_anything_else_has_none(text: str) -> None:
    assert front_matter(text.encode(), CARD_LIMITS) is None


def test_a_block_with_marks_of_two_formats_is_still_one() -> None:
    found = front_matter(b"---\nmodel: {name: m}\nlicense: mit\n---\n", CARD_LIMITS)
    assert found is not None
    assert "model" in found.values


def test_a_fault_in_the_block_is_told_with_the_line_of_the_file() -> None:
    with pytest.raises(ManifestError, match="duplicate key") as caught:
        front_matter(b"---\nlicense: mit\nlicense: mit\n---\n", CARD_LIMITS)
    assert caught.value.line == 3


def test_a_second_block_is_a_second_card() -> None:
    with pytest.raises(ManifestError, match="second front matter") as caught:
        front_matter(b"---\nlicense: mit\n---\n\n---\nlicense: apache-2.0\n---\ntext", CARD_LIMITS)
    assert caught.value.line == 4


@pytest.mark.parametrize("body", ["---\nJust text between rules.\n---", "---\na: b: c\n---"])
def test_rules_in_the_prose_are_no_second_block(body: str) -> None:
    assert front_matter(f"---\nlicense: mit\n---\n{body}".encode(), CARD_LIMITS) is not None
