"""What lies beside many cards is told in a length that does not grow with what their authors write."""

from __future__ import annotations

from mlgate.domain.evidence import Card, CardSource
from mlgate.domain.verified import ModelSignature, VerifiedEvidence
from mlgate.evidence import verified
from mlgate.evidence.cards.load import LoadedCard
from mlgate.evidence.verified import with_models

BASE = ModelSignature(model="base", status="missing")


def bad(model: str, reason: str) -> ModelSignature:
    return ModelSignature(model=model, status="invalid", reason=reason)


def good(model: str, digest: str) -> ModelSignature:
    return ModelSignature(model=model, status="verified", method="oms", digest=digest)


def beside(*cards: tuple[ModelSignature, ...]) -> tuple[ModelSignature, ...]:
    card = Card(source=CardSource(type="oci", reference="oci://r/c"), status="found")
    loaded = [LoadedCard(card, models=models) for models in cards]
    return with_models(VerifiedEvidence(model_signatures=(BASE,)), loaded).model_signatures


def test_of_what_does_not_count_one_reason_is_told_for_each_model() -> None:
    cards = [
        tuple(bad(model, f"{at} {kind}") for kind in "ab" for model in ("one", "two")) for at in range(9)
    ]
    assert beside(*cards) == (BASE, bad("one", "8 b"), bad("two", "8 b"))


def test_what_verified_is_told_once_and_nothing_hides_it() -> None:
    signed = good("one", "sha256:1"), good("two", "sha256:1")
    assert beside(signed, (bad("one", "no"),), signed) == (BASE, *signed, bad("one", "no"))


def test_only_so_many_of_one_model_are_told() -> None:
    many = tuple(good("one", f"sha256:{at}") for at in range(verified._MOST + 9))
    assert beside(many, (good("two", "sha256:1"),)) == (
        BASE,
        *many[: verified._MOST],
        good("two", "sha256:1"),
    )
