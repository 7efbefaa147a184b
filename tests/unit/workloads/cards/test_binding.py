"""Which models a card covers."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.evidence import Card, CardReference, CardSource, CardStatus
from mlgate.domain.workload import ModelRole, ServedModel
from mlgate.workloads.cards.binding import bind

DIGEST = "sha256:" + "ab" * 32
SOURCE = CardSource(type="modelcard", reference="modelcard/c")


def model(
    model_id: str, uri: str = "", digest: str | None = None, role: ModelRole = "primary"
) -> ServedModel:
    return ServedModel(
        id=model_id, uri=uri or f"s3://b/{model_id}", scheme="s3", digest=digest, role=role, path="p"
    )


def card(artifacts: Any, status: CardStatus = "found", pin: str | None = None) -> Card:
    body = {"model": {"artifacts": artifacts}} if status == "found" else None
    return Card(source=SOURCE, status=status, pinned_digest=pin, card=body)


def reference(model_id: str | None = None, pin: str | None = None) -> CardReference:
    return CardReference(model=model_id, source=SOURCE, pinned_digest=pin)


def covered(found: Card, *models: ServedModel, named: str | None = None) -> tuple[str, ...]:
    return bind((found,), (reference(named),), models)[0].models


def test_a_reference_with_a_model_id_covers_that_model_alone() -> None:
    found = card([{"uri": "s3://b/a"}])
    assert covered(found, model("a"), model("b"), named="b") == ("b",)


def test_a_model_id_that_no_model_has_covers_nothing_else() -> None:
    assert covered(card([{"uri": "s3://b/a"}]), model("a"), named="z") == ("z",)


def test_an_artifact_covers_the_models_of_its_digest_and_of_its_address() -> None:
    found = card([{"digest": DIGEST}, {"uri": "s3://b/b"}])
    assert covered(found, model("a", digest=DIGEST), model("b"), model("c")) == ("a", "b")


@pytest.mark.parametrize(
    ("uri", "artifact", "same"),
    [
        ("s3://b/m", "s3://b/m", True),
        ("s3://b/m/", "s3://b/m", True),
        ("s3://b/m", "s3://b/m/", True),
        ("s3://b/m//", "s3://b/m/", False),
        ("s3://b/m//", "s3://b/m", False),
        ("s3://b/m", "s3://b/M", False),
        ("s3://b/m", "s3://b/m ", False),
        ("s3://b/m2", "s3://b/m", False),
    ],
)
def test_addresses_are_the_same_but_for_one_slash_at_the_end(uri: str, artifact: str, *, same: bool) -> None:
    found = card([{"uri": artifact}])
    assert (covered(found, model("a", uri), model("b")) == ("a",)) is same


def test_a_card_that_names_no_model_is_about_the_only_one() -> None:
    tokenizer = model("t", role="tokenizer")
    assert covered(card([{"uri": "s3://other"}]), model("a"), tokenizer) == ("a",)


def test_a_card_that_names_no_model_covers_none_of_several() -> None:
    assert covered(card([{"uri": "s3://other"}]), model("a"), model("b")) == ()


def test_no_digest_is_not_an_equal_digest() -> None:
    assert covered(card([{"digest": None}, {}]), model("a"), model("b")) == ()


@pytest.mark.parametrize("artifacts", [None, "s3://b/a", [None, "s3://b/a"], [{"uri": ["s3://b/a"]}], {}])
def test_artifacts_of_the_wrong_type_cover_nothing(artifacts: Any) -> None:
    assert covered(card(artifacts), model("a"), model("b")) == ()


@pytest.mark.parametrize("status", ["missing", "invalid", "unavailable"])
def test_a_card_that_is_not_found_was_meant_for_all_models(status: CardStatus) -> None:
    assert covered(card(None, status), model("a"), model("b")) == ("a", "b")
    assert covered(card(None, status), model("a"), model("b"), named="b") == ("b",)


def test_each_entry_of_the_annotation_has_one_card_in_its_order() -> None:
    references = (reference("a"), reference("b"), reference("c", pin=DIGEST))
    cards = (card([]), card([], pin=DIGEST), card([]))
    bound = bind(cards, references, (model("a"), model("b"), model("c")))
    assert [item.models for item in bound] == [("a",), ("c",), ("b",)]


def test_a_card_no_entry_names_is_bound_by_its_artifacts() -> None:
    (bound,) = bind((card([{"uri": "s3://b/b"}]),), (), (model("a"), model("b")))
    assert bound.models == ("b",)
