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


def in_registry(repository: str, pin: str, own: str | None = None, artifact: str = "s3://other") -> Card:
    """A card in a registry; in mlgate's own format it tells its own digest instead of the artifact's."""
    source = CardSource(type="oci", reference=f"oci://r.io/{repository}")
    body = {"model": {"artifacts": [{"uri": artifact}]}}
    return Card(source=source, status="found", digest=own or pin, pinned_digest=own or pin, card=body)


def entry(found: Card, pin: str, model_id: str | None) -> CardReference:
    return CardReference(model=model_id, source=found.source, pinned_digest=pin)


def test_a_card_in_a_registry_is_bound_by_the_entry_it_was_found_by_whatever_digest_it_tells() -> None:
    pins = [f"sha256:{digit * 64}" for digit in "123"]
    cards = tuple(
        in_registry("cards", pin, own)
        for pin, own in zip(pins, (f"sha256:{'a' * 64}", None, pins[0]), strict=True)
    )
    entries = tuple(entry(found, pin, name) for found, pin, name in zip(cards, pins, "cab", strict=True))
    bound = bind(cards, entries, (model("a"), model("b"), model("c")))
    assert [item.models for item in bound] == [("c",), ("a",), ("b",)]


def test_entries_of_other_sources_between_them_change_nothing() -> None:
    first, second = in_registry("x", DIGEST, "sha256:" + "0" * 64), in_registry("y", DIGEST)
    between = card([])
    entries = (entry(first, DIGEST, "b"), reference("c"), entry(second, DIGEST, None))
    bound = bind((first, between, second), entries, (model("a"), model("b"), model("c")))
    assert [item.models for item in bound] == [("b",), ("c",), ()]


def test_one_card_may_cover_several_models_and_several_cards_one() -> None:
    everything = card([{"uri": "s3://b/a"}, {"uri": "s3://b/b"}, {"digest": DIGEST}])
    models = (model("a"), model("b"), model("c", digest=DIGEST), model("d"))
    adapter = card([{"uri": "s3://b/b"}])
    bound = bind((everything, adapter), (reference(), reference()), models)
    assert [item.models for item in bound] == [("a", "b", "c"), ("b",)]


def test_an_entry_that_comes_twice_binds_its_card_twice() -> None:
    found = card([{"uri": "s3://b/a"}])
    bound = bind((found, found), (reference("b"), reference()), (model("a"), model("b")))
    assert [item.models for item in bound] == [("b",), ("a",)]


@pytest.mark.parametrize(
    "written",
    [
        "S3://b/a",
        "s3://B/a",
        "s3://b//a",
        "s3://b/./a",
        "s3://b/x/../a",
        "s3://b/%61",
        "s3://b/a?",
        "s3://b/a#",
        "s3://b/a\u200b",
        " s3://b/a",
        "s3://u@b/a",
        f"s3://b/a@{DIGEST}",
        "s3://b/\uff41",
    ],
)
def test_an_address_that_only_means_the_same_is_another_one(written: str) -> None:
    """What is fetched is decided by the tool that fetches, so that no two spellings are known to be equal."""
    assert covered(card([{"uri": written}]), model("a"), model("b")) == ()
    assert covered(card([{"uri": "s3://b/a"}]), model("a", uri=written), model("b")) == ()


def test_a_card_of_thousands_of_artifacts_is_bound_at_once() -> None:
    listed = [{"uri": f"s3://b/{number}", "digest": f"sha256:{number:064}"} for number in range(5000)]
    models = tuple(model(str(number), digest=f"sha256:{number:064}") for number in range(4900, 5100))
    cards = (card(listed),) * 64
    bound = bind(cards, (reference(),) * 64, models)
    assert {item.models for item in bound} == {tuple(str(number) for number in range(4900, 5000))}
