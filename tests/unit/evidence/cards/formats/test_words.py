"""Words of other formats in the words of a ModelCard."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.evidence.cards.formats.words import filled, purposes, slug, task_of


@pytest.mark.parametrize(
    ("tag", "task"),
    [
        ("text-classification", "classification"),
        ("Image Classification", "classification"),
        ("classification", "classification"),
        ("tabular-regression", "regression"),
        ("time-series-forecasting", "regression"),
        ("text-ranking", "ranking"),
        ("object-detection", "detection"),
        ("image_segmentation", "detection"),
        ("feature-extraction", "embedding"),
        ("sentence-similarity", "embedding"),
        ("text-generation", "generation"),
        ("text-to-image", "generation"),
        ("automatic-speech-recognition", "generation"),
        ("depth-estimation", "other"),
        ("unheard of", "other"),
    ],
)
def test_a_task_is_known_by_its_tag(tag: str, task: str) -> None:
    assert task_of(tag) == task


def test_a_short_name_is_plain() -> None:
    assert slug("Prüft, ob ein Kredit vergeben wird!") == "pruft-ob-ein-kredit-vergeben-wird"
    assert slug("日本") == ""


@given(st.lists(st.text(max_size=90), max_size=8))
def test_purposes_have_ids_of_their_own_that_fit(texts: list[str]) -> None:
    found = purposes(texts)
    ids = [purpose["id"] for purpose in found]
    assert len(set(ids)) == len(ids)
    assert [purpose["description"] for purpose in found] == texts
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name) for name in ids)


def test_texts_that_begin_alike_are_kept_apart_by_a_number() -> None:
    assert [purpose["id"] for purpose in purposes(["A", "a!", "日本", "-"])] == [
        "a",
        "a-2",
        "purpose",
        "purpose-2",
    ]


def test_what_says_nothing_is_left_out_and_false_and_zero_are_not() -> None:
    written = {"a": None, "b": "", "c": [], "d": {"e": None}, "f": 0, "g": False, "h": [{"i": None}, 1]}
    assert filled(written) == {"f": 0, "g": False, "h": [{}, 1]}
