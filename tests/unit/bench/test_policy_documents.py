"""The hard document is the reference one made large, each part of it as the gate builds it."""

from __future__ import annotations

import copy
from typing import Any

from policy_documents import ATTRIBUTES, CONTAINERS, GROUPS, MODELS, crowded_of, hard_of, worst_of

from mlgate.domain.evidence import Card, CardSource
from mlgate.evidence.cards.bounds import Extent, extent_within, too_long
from mlgate.parsing.limits import CARD_LIMITS
from mlgate.workloads.cards.judgements import within_judgements

REFERENCE: dict[str, Any] = {
    "evaluatedAt": "2027-01-01T00:00:00Z",
    "workload": {
        "containers": [{"name": "server", "path": "spec.predictor", "command": []}],
        "models": [{"id": "predictor", "path": "spec.predictor.model", "uri": "s3://a/b"}],
    },
    "cards": [
        {
            "models": ["predictor"],
            "status": "found",
            "source": {"type": "modelCard", "reference": "modelcard/a"},
            "card": {
                "model": {"name": "scoring", "version": "1"},
                "fairness": {"evaluations": [{"attribute": "sex", "metrics": [{"name": "x", "value": 1}]}]},
            },
        }
    ],
    "signOffs": [
        {"role": role, "subject": {"model": "scoring"}, "source": {"type": "signOff", "reference": role}}
        for role in ("legal", "privacy")
    ],
}


def test_the_hard_document_is_large() -> None:
    hard = hard_of(REFERENCE)
    assert [len(hard["workload"][key]) for key in ("containers", "models")] == [CONTAINERS, MODELS]
    tables = [test for entry in hard["cards"] for test in entry["card"]["fairness"]["evaluations"]]
    assert (len(hard["cards"]), len(tables)) == (MODELS, MODELS * ATTRIBUTES)
    assert {len(test["groups"]) for test in tables} == {GROUPS}
    assert all(
        sum(v for v in row.values() if isinstance(v, int)) == 2 * row["count"] for row in tables[0]["groups"]
    )


def test_every_model_has_its_own_card_and_sign_offs() -> None:
    hard = hard_of(REFERENCE)
    assert [entry["models"] for entry in hard["cards"]] == [[m["id"]] for m in hard["workload"]["models"]]
    names = [entry["card"]["model"]["name"] for entry in hard["cards"]]
    assert len(set(names)) == MODELS
    assert [entry["subject"]["model"] for entry in hard["signOffs"]] == [n for n in names for _ in range(2)]
    for parts in (hard["cards"], hard["signOffs"]):
        references = [entry["source"]["reference"] for entry in parts]
        assert len(set(references)) == len(references)
    for parts in (hard["workload"]["containers"], hard["workload"]["models"]):
        assert len({part["path"] for part in parts}) == len(parts)


def test_the_reference_document_stays_as_it_is() -> None:
    before = copy.deepcopy(REFERENCE)
    hard_of(REFERENCE)
    assert before == REFERENCE


def test_the_worst_card_is_at_the_bounds_and_within_them() -> None:
    (entry,) = worst_of(REFERENCE)["cards"]
    card = entry["card"]
    assert isinstance(extent_within(card, "", CARD_LIMITS), Extent)
    assert too_long(card, "") is None
    card["evaluation"]["metrics"].append({"name": "accuracy", "min": 0})
    assert too_long(card, "") is not None


def test_the_crowded_card_is_as_much_as_may_be_judged() -> None:
    crowded = crowded_of(REFERENCE)
    (entry,) = crowded["cards"]
    source = CardSource(type="modelcard", reference="modelcard/c")
    card = Card(source=source, status="found", models=tuple(entry["models"]), card=entry["card"])
    assert entry["models"] == [model["id"] for model in crowded["workload"]["models"]]
    assert isinstance(extent_within(entry["card"], "", CARD_LIMITS), Extent)
    assert too_long(entry["card"], "") is None
    assert within_judgements((card,)) == (card,)
    with_one_more = card.model_copy(update={"models": (*card.models, "one more")})
    assert within_judgements((with_one_more,)) != (with_one_more,)
