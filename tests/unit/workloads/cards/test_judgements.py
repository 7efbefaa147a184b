"""How much there is to judge in the cards of one review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mlgate.domain.evidence import Alert, Card, CardRuntime, CardSource, Incident
from mlgate.workloads.cards.judgements import MOST_JUDGEMENTS, items, within_judgements

SOURCE = CardSource(type="modelcard", reference="modelcard/c")


def card(body: Mapping[str, Any] | None, models: int = 1, **more: Any) -> Card:
    ids = tuple(f"m{number}" for number in range(models))
    status = "found" if body is not None else "missing"
    return Card(source=SOURCE, status=status, models=ids, card=None if body is None else dict(body), **more)


TESTS = {"tests": [{"kind": "drift"}] * 10}


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ({}, 0),
        ({"tests": [{}, {}]}, 2),
        ({"tests": [None, 1, True, []]}, 4),
        ({"limitations": ["a", "b"], "logging": {"fields": ["c"]}}, 0),
        ({"datasets": [{}, {}]}, 8),
        ({"datasets": [{"lineage": {"sources": ["a"], "transformations": ["b"]}}]}, 4),
        ({"datasets": {"a": [1]}}, 1),
        ({"fairness": {"evaluations": [{"groups": [{}, {}], "metrics": [{}]}]}}, 4),
        ({"reviews": [{"findings": [{}, {}, {}]}]}, 4),
        ({"model": {"artifacts": [{}, {}]}, "credentials": [{}]}, 3),
    ],
)
def test_what_lists_hold_counts_but_for_plain_text(body: dict[str, Any], number: int) -> None:
    assert items(card(body)) == number


def test_what_monitoring_wrote_counts_too() -> None:
    incidents = (Incident(id="i"),) * 3
    runtime = CardRuntime(incidents=incidents, alerts=(Alert(name="a"),) * 2)
    assert items(card(TESTS, runtime=runtime)) == 15


def test_a_card_that_was_not_found_has_nothing_to_judge() -> None:
    missing = card(None, models=3)
    assert (items(missing), within_judgements((missing,), most=0)) == (0, (missing,))


def test_items_count_once_for_each_model_their_card_covers() -> None:
    few, many = card(TESTS, models=5), card(TESTS, models=6)
    assert within_judgements((few,), most=50) == (few,)
    assert [entry.status for entry in within_judgements((many,), most=50)] == ["invalid"]


def test_a_card_that_covers_none_takes_nothing_from_the_others() -> None:
    stray = card(TESTS, models=0)
    assert within_judgements((stray, stray), most=0) == (stray, stray)


def test_what_does_not_fit_beside_the_cards_before_it_is_left_out_and_what_still_fits_is_not() -> None:
    large, small = card(TESTS, models=4), card({"tests": [{}]}, models=2)
    judged = within_judgements((large, large, small), most=50)
    assert [entry.status for entry in judged] == ["found", "invalid", "found"]
    (problem,) = judged[1].problems
    assert problem.message == (
        "with it the cards of this review have 80 items to judge; more than 50 are not judged: "
        "10 for each of 4 models, a dataset counting as 4"
    )


def test_of_a_card_that_is_not_judged_policy_still_learns_which_it_is() -> None:
    known: dict[str, Any] = {"digest": "sha256:d", "pinned_digest": "sha256:p", "format": "modelcard"}
    (left_out,) = within_judgements((card(TESTS, models=2, **known),), most=1)
    assert left_out.model_dump(include={*known, "source", "models", "card"}, by_alias=False) == {
        **known,
        "source": SOURCE.model_dump(),
        "models": ("m0", "m1"),
        "card": None,
    }


def test_each_of_the_most_models_may_have_a_full_card_and_many_adapters_one_together() -> None:
    full = {"model": {"artifacts": [{}]}, "tests": [{}] * 69}
    shared = {"model": {"artifacts": [{}] * 100}, "tests": [{}] * 69}
    own = (card(full),) * 256
    assert within_judgements(own) == own
    assert within_judgements((card(shared, models=100),)) == (card(shared, models=100),)
    assert 256 * 70 < MOST_JUDGEMENTS < 256 * 2 * 70
