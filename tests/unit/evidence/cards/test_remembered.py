"""What lay beside cards is remembered: what verified, for as many as there is room for."""

from __future__ import annotations

import pytest

from mlgate.errors import StatementRefused
from mlgate.evidence.cards.remembered import StatementMemory
from mlgate.evidence.weight import weight_of

A, B, C = "a@sha256:0", "b@sha256:0", "c@sha256:0"


def verify(text: str) -> None:
    if "signed" not in text:
        raise StatementRefused("does not verify")


def test_what_verified_is_kept_and_of_the_rest_that_it_was_there() -> None:
    memory = StatementMemory()
    assert memory.recall(A) is None
    memory.remember(A, {"1": "signed", "2": "not", "3": None}, verify)
    assert memory.recall(A) == {"1": "signed", "2": None, "3": None}
    memory.remember(B, {}, verify)
    assert memory.recall(B) == {}


def test_what_is_read_later_takes_its_place() -> None:
    memory = StatementMemory()
    memory.remember(A, {"1": "signed"}, verify)
    memory.remember(A, {"2": "signed by another"}, verify)
    assert memory.recall(A) == {"2": "signed by another"}


def test_two_reviews_of_a_card_at_once_count_it_once() -> None:
    memory = StatementMemory()

    def meanwhile(text: str) -> None:
        verify(text)
        memory.remember(A, {"1": "signed"}, verify)
        assert memory.recall(A) == {"1": "signed"}, "nobody finds it gone while it is verified anew"

    memory.remember(A, {"1": "signed"}, meanwhile)
    assert memory._known.weight == weight_of((A, {"1": "signed"}))


def test_only_so_many_are_kept_and_those_that_were_wanted_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.evidence.cards.remembered._REMEMBERED", 2)
    memory = StatementMemory()
    for place in (A, B):
        memory.remember(place, {"1": "signed"}, verify)
    memory.recall(A)
    memory.remember(C, {"1": "signed"}, verify)
    assert [memory.recall(place) is None for place in (A, B, C)] == [False, True, False]


def test_only_so_many_bytes_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.evidence.cards.remembered._MAX_BYTES", 5_000)
    memory = StatementMemory()
    memory.remember(A, {"1": "not " * 10_000}, verify)
    memory.remember(B, {"1": "signed 1" * 200, "2": "signed 2" * 200}, verify)
    assert memory.recall(A) == {"1": None}, "what did not verify takes hardly any room"
    memory.remember(C, {"1": "signed 3" * 200}, verify)
    assert [memory.recall(place) is None for place in (A, B, C)] == [False, True, False]
    memory.remember(A, {"1": "signed " * 1_000}, verify)
    assert [memory.recall(place) is None for place in (A, B, C)] == [True, True, True]
    memory.remember(A, {"1": "signed 4"}, verify)
    assert memory.recall(A) == {"1": "signed 4"}


def test_a_statement_is_as_large_as_the_memory_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """One character that takes four bytes makes each of the others take as many."""
    monkeypatch.setattr("mlgate.evidence.cards.remembered._MAX_BYTES", 6_000)
    memory = StatementMemory()
    memory.remember(A, {"1": "signed" + "x" * 4_000}, verify)
    assert memory.recall(A) is not None
    memory.remember(B, {"1": "signed\U0001f600" + "x" * 2_000}, verify)
    assert [memory.recall(place) is None for place in (A, B)] == [True, True]
