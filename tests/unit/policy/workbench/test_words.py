"""The words of METADATA each have a meaning."""

from __future__ import annotations

import pytest

from mlgate.policy import metadata
from mlgate.policy.shipped import shipped_policies
from mlgate.policy.workbench.words import LOOKUPS, OBJECTS, TERMS, listed


@pytest.mark.parametrize(
    ("kind", "meanings"), [("object", OBJECTS), ("lookup", LOOKUPS), ("granularity", TERMS)]
)
def test_every_word_that_lint_knows_has_a_meaning_and_no_other(kind: str, meanings: dict[str, str]) -> None:
    text = (shipped_policies() / "checks" / "words.rego").read_text()
    listed_there = text.split(f'"{kind}": [', maxsplit=1)[1].split("]", maxsplit=1)[0]
    words = [word.strip(' "\n\t') for word in listed_there.split(",") if word.strip()]
    assert sorted(meanings) == sorted(words)


def test_a_build_takes_the_words_that_lint_knows() -> None:
    assert sorted(metadata.OBJECTS) == sorted(OBJECTS)
    assert sorted(metadata.LOOKUPS) == sorted(LOOKUPS)


@pytest.mark.parametrize(
    ("words", "told"), [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")]
)
def test_a_list_reads_like_one(words: list[str], told: str) -> None:
    assert listed(words, "or") == told
