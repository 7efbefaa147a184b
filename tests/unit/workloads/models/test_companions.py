"""Values that name several models, or a model among other things."""

from __future__ import annotations

import pytest

from mlgate.workloads.models.companions import draft_of, named_values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sql=acme/sql", [("sql", "acme/sql")]),
        ("acme/sql", [(None, "acme/sql")]),
        ("a=acme/a,acme/b,c=/data/c", [("a", "acme/a"), (None, "acme/b"), ("c", "/data/c")]),
        ("https://x.example.com/a?name=acme/good", [(None, "https://x.example.com/a?name=acme/good")]),
        ("", []),
        ('{"name": "sql", "path": "acme/sql"}', [("sql", "acme/sql")]),
        ('{"lora_name": "sql", "lora_path": "acme/sql"}', [("sql", "acme/sql")]),
        ('[{"path": "acme/a"}, "acme/b"]', [(None, "acme/a"), (None, "acme/b")]),
        ('{"name": 1, "path": ["acme/a"]}', [(None, '{"name": 1, "path": ["acme/a"]}')]),
        ("{acme", [(None, "{acme")]),
        ("[" * 100_000, [(None, "[" * 100_000)]),
    ],
)
def test_every_value_has_its_name_and_address(text: str, expected: list[tuple[str | None, str]]) -> None:
    assert list(named_values(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acme/draft", "acme/draft"),
        ('{"model": "acme/draft", "num_speculative_tokens": 5}', "acme/draft"),
        ('{"method": "ngram"}', None),
        ("{acme", "{acme"),
    ],
)
def test_a_draft_is_named_alone_or_among_settings(text: str, expected: str | None) -> None:
    assert draft_of(text) == expected
