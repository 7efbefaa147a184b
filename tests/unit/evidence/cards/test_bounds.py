"""How much a card, and all cards of one review, may hold; what holds more is invalid and never judged."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import LookUps
from mlgate.evidence.cards import bounds
from mlgate.evidence.cards.bounds import (
    ALL_CARDS,
    MOST_EVALUATIONS,
    MOST_GROUPS,
    MOST_METRICS,
    Extent,
    beyond,
    extent_within,
)
from mlgate.evidence.cards.formats import fairlearn, read
from mlgate.evidence.cards.formats.conversion import Conversion, Foreign
from mlgate.evidence.cards.formats.modelcard import CardContent, read_spec
from mlgate.evidence.cards.load import load
from mlgate.evidence.gather import gather
from mlgate.evidence.options import EvidenceOptions
from mlgate.parsing.limits import CARD_LIMITS, Limits

Spec = dict[str, Any]
ROOT = Path(__file__).resolve().parents[4]
PLACE = "card.fairness.evaluations"


def bias_test(groups: int = 2, metrics: int = 0, attribute: str = "sex") -> Spec:
    counts = {"truePositives": 40, "falsePositives": 10, "trueNegatives": 40, "falseNegatives": 10}
    return {
        "attribute": attribute,
        "groups": [{"group": f"g{number}", **counts} for number in range(groups)],
        "metrics": [{"name": f"m{number}", "value": 0.91, "limit": 0.8} for number in range(metrics)],
    }


def extent_of(value: Any) -> Extent:
    """How much a value holds, however much that is."""
    found = extent_within(value, "", Limits(max_bytes=10**9, max_depth=100, max_nodes=10**9))
    assert isinstance(found, Extent)
    return found


def told(content: CardContent) -> tuple[str, str]:
    assert content.card is None
    assert content.claims == ()
    (problem,) = content.problems
    return problem.path, problem.message


LONG = {
    "metrics": ([bias_test(metrics=MOST_METRICS + 1)], f"{PLACE}[0].metrics", "has 65 items; more than 64"),
    "groups": (
        [bias_test(), bias_test(MOST_GROUPS + 1)],
        f"{PLACE}[1].groups",
        "has 257 items; more than 256",
    ),
    "evaluations": ([bias_test()] * (MOST_EVALUATIONS + 1), PLACE, "has 65 items; more than 64"),
}


@pytest.mark.parametrize("name", LONG)
def test_lists_of_bias_tests_that_are_too_long_make_a_card_invalid(name: str, spec: Spec) -> None:
    evaluations, place, message = LONG[name]
    spec["fairness"]["evaluations"] = evaluations
    assert told(read_spec(spec)) == (place, f"{message} are not judged")


OTHERS: dict[str, tuple[Spec, str]] = {
    "datasets": ({"datasets": [{"name": "loans"}] * 257}, "has 257 items; more than 256"),
    "decisions": ({"decisions": [{}] * 1025}, "has 1025 items; more than 1024"),
    "fairness.evaluations": (
        {"fairness": {"evaluations": [bias_test(metrics=64)] * 16 + [bias_test(metrics=1)]}},
        "has 1025 metrics in all; more than 1024",
    ),
    "evaluation.metrics": (
        {"evaluation": {"metrics": [{"name": "a", "value": 1, "min": 0}] * 257}},
        "has 257 items with min or max; more than 256",
    ),
    "monitoring.signals": (
        {"monitoring": {"signals": [{"kind": "drift", "metric": "psi"}] * 257}},
        "has 257 items; more than 256",
    ),
    "privacy.techniques": (
        {"privacy": {"techniques": [{"name": "other"}] * 65}},
        "has 65 items; more than 64",
    ),
    "fairness.mitigations": (
        {"fairness": {"mitigations": [{"attribute": "sex"}] * 257}},
        "has 257 items; more than 256",
    ),
}


@pytest.mark.parametrize("place", OTHERS)
def test_so_do_other_lists_of_which_each_item_is_judged(place: str, spec: Spec) -> None:
    written, message = OTHERS[place]
    assert told(read_spec({**spec, **written})) == (f"card.{place}", f"{message} are not judged")


ITEMS: dict[str, Spec] = {
    "artifacts": {"uri": "s3://models/credit"},
    "signals": {"kind": "drift", "metric": "psi"},
    "techniques": {"name": "other"},
    "mitigations": {"attribute": "sex"},
    "evaluations": bias_test(),
}
EACH = {(*place,): most for place, most in bounds._MOST.items()}
EACH |= {(name,): most for name, most in bounds._MOST_OF_ANY.items()}


@pytest.mark.parametrize("place", EACH, ids=".".join)
def test_each_list_that_has_an_end_may_be_as_long_as_that_and_no_longer(
    place: tuple[str, ...], spec: Spec
) -> None:
    for length in (EACH[place], EACH[place] + 1):
        written, part = dict(spec), spec
        for key in place[:-1]:
            part = written[key] = dict(spec.get(key, {}))
        (written if part is spec else part)[place[-1]] = [ITEMS.get(place[-1], {})] * length
        content = read_spec(written)
        if length == EACH[place]:
            assert content.card is not None
        else:
            message = f"has {length} items; more than {EACH[place]} are not judged"
            assert told(content) == (".".join(("card", *place)), message)


SAID = {"evaluations": "bias tests", "techniques": "privacy techniques"}
PAGE = " ".join((ROOT / "docs" / "model-card.md").read_text().split())


@pytest.mark.parametrize("place", EACH, ids=".".join)
def test_the_page_about_cards_tells_where_each_list_ends(place: tuple[str, ...]) -> None:
    name = SAID.get(place[-1], place[-1])
    limits = PAGE[PAGE.index("A card has at most") :].partition("What is larger")[0]
    assert re.search(rf"\b{EACH[place]} ([a-z]+,? (and )?)*?{name}\b", limits)


@pytest.mark.parametrize(
    "told",
    [
        f"{CARD_LIMITS.max_bytes // 1024} KiB",
        f"{CARD_LIMITS.max_nodes:,} values",
        f"{MOST_GROUPS} groups",
        f"{MOST_METRICS} metrics",
        f"{bounds.MOST_METRICS_IN_ALL} of these in all",
        f"{bounds.MOST_WITH_LIMIT} measured metrics with a limit",
        f"{ALL_CARDS.size // 1024**2} MiB and {ALL_CARDS.values:,} values together",
    ],
)
def test_the_page_tells_the_other_limits_too(told: str) -> None:
    assert told in PAGE


def test_thousands_of_measured_metrics_without_a_limit_are_read(spec: Spec) -> None:
    metrics = [{"name": "ndcg", "value": 0.5, "slice": f"task {number}"} for number in range(4000)]
    assert read_spec({**spec, "evaluation": {"metrics": metrics}}).card is not None


@pytest.mark.parametrize("card_format", read.FOREIGN)
@pytest.mark.parametrize("name", LONG)
def test_so_does_a_card_of_any_other_format(
    name: str, card_format: str, spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluations, place, message = LONG[name]
    spec["fairness"]["evaluations"] = evaluations
    monkeypatch.setattr(read, "convert", lambda *_: Conversion(card_format, spec))
    content = read.read_foreign(card_format, Foreign({}))
    assert told(content) == (place, f"{message} are not judged")
    assert content.format == card_format


def test_a_readme_and_a_report_that_are_too_long_are_told_where_they_end_up(spec: Spec) -> None:
    readme = {"mlgate": {"fairness": {"evaluations": [bias_test(metrics=MOST_METRICS + 1)]}}}
    content = read.read_card(f"---\n{json.dumps(readme)}\n---\n".encode())
    assert told(content) == (f"{PLACE}[0].metrics", "has 65 items; more than 64 are not judged")
    results = [{"result": "0.1", "threshold": "0.2"}] * (MOST_METRICS + 1)
    reports = [{"type": "ratio", "segment": "sex", "tests": results}]
    card = {"model_details": {"name": "m"}, "fairness_analysis": {"fairness_reports": reports}}
    content = read.read_card(json.dumps(card).encode())
    assert content.card is None
    assert f"{PLACE}[0].metrics" in {problem.path for problem in content.problems}


def test_a_result_of_a_library_is_held_to_the_same(spec: Spec) -> None:
    groups = {str(number): 0.5 for number in range(MOST_GROUPS + 1)}
    result = fairlearn.convert({"sensitiveFeatures": ["sex"], "byGroup": {"accuracy_score": groups}})
    (problem,) = (found for found in result.problems if "more than" in found.message)
    assert (problem.path, problem.message) == (
        "fairness.evaluations[0].groups",
        "has 257 items; more than 256 are not judged",
    )


def test_a_large_card_of_a_real_model_is_read(spec: Spec) -> None:
    spec["fairness"]["evaluations"] = [bias_test(60, 20, f"attribute-{number}") for number in range(24)]
    content = read_spec(spec)
    assert content.problems == ()
    assert content.card is not None
    assert content.card["fairness"] == spec["fairness"]


def test_lists_at_their_ends_are_read(spec: Spec) -> None:
    spec["fairness"]["evaluations"] = [bias_test(MOST_GROUPS, MOST_METRICS)] + [bias_test()] * 63
    assert read_spec(spec).card is not None


@pytest.mark.parametrize("wrong", [None, 7, "x", [], {"evaluations": {}}, {"evaluations": [7, None, {}]}])
def test_what_is_no_bias_test_is_not_too_long(wrong: Any, spec: Spec) -> None:
    assert read_spec({**spec, "fairness": wrong}).card is not None


def test_a_card_of_too_many_values_or_bytes_tells_both_numbers(spec: Spec) -> None:
    wide = {**spec, "limitations": ["x"] * CARD_LIMITS.max_nodes}
    large = {**spec, "limitations": ["x" * CARD_LIMITS.max_bytes]}
    values, size = extent_of(wide).values, extent_of(large).size
    assert told(read_spec(wide)) == ("", f"has {values} values; more than 20000 are not read")
    assert told(read_spec(large)) == ("", f"has {size} bytes; more than 262144 are not read")


async def test_a_status_that_is_too_large_hides_no_incident_in_what_is_not_read(
    cluster: Any, reference: Any, deadline: Deadline, model_card: Any
) -> None:
    alerts = [{"name": "drift"}] * CARD_LIMITS.max_nodes
    cluster.objects = [model_card(status={"alerts": alerts})]
    card = (await load(reference(), "prod", cluster, EvidenceOptions(), deadline)).card
    assert (card.status, card.card, card.runtime.alerts) == ("invalid", None, ())
    (problem,) = card.problems
    assert (problem.path, problem.message) == ("status", "has 40002 values; more than 20000 are not read")


async def test_a_status_counts_as_part_of_the_card(
    cluster: Any, reference: Any, deadline: Deadline, model_card: Any, spec: Spec
) -> None:
    status = {"alerts": [{"name": "drift"}] * 10}
    cluster.objects = [model_card(status=status)]
    loaded = await load(reference(), "prod", cluster, EvidenceOptions(), deadline)
    assert loaded.extent == extent_of(spec) + extent_of(status)


def test_approvals_that_a_card_carries_count_as_part_of_it(spec: Spec) -> None:
    carrying = {**spec, "signOffs": [{"statement": "x" * 1000}]}
    assert read_spec(carrying).extent.size > read_spec(spec).extent.size + 1000


def test_cards_that_no_longer_fit_are_left_out_and_smaller_ones_are_not() -> None:
    most = Extent(size=100, values=10)
    sizes = [Extent(60, 1), Extent(50, 1), Extent(40, 1), Extent(0, 9), Extent(0, 8)]
    assert {index: problem.message for index, problem in beyond(sizes, most).items()} == {
        1: "with it the cards of this review have 110 bytes; more than 100 are not read",
        3: "with it the cards of this review have 11 values; more than 10 are not read",
    }


@pytest.fixture
def gathered(cluster: Any, request_of: Any, now: str) -> Any:
    async def asked(references: list[Any]) -> Any:
        lookups = LookUps(namespace="prod", cards=tuple(references), wants_sign_offs=True)
        return await gather(request_of(), lookups, cluster, EvidenceOptions(), Deadline.after(20), now)

    return asked


def large_cards(make: Callable[..., Spec], number: int) -> list[Spec]:
    cards = [make(f"c{index}") for index in range(number)]
    for card in cards:
        card["spec"]["limitations"] = ["x" * 200 * 1024]
    return cards


async def test_cards_that_are_too_much_together_are_invalid_from_where_they_are(
    cluster: Any, reference: Any, model_card: Any, gathered: Any
) -> None:
    cluster.objects = large_cards(model_card, 65)
    evidence = await gathered([reference(f"modelcard/c{index}") for index in range(65)])
    states = [card.status for card in evidence.cards]
    assert states == ["found"] * 5 + ["invalid"] * 60
    assert all(card.card is None and card.problems for card in evidence.cards[5:])
    assert "more than 1048576 are not read" in evidence.cards[5].problems[0].message
    assert len(evidence.model_dump_json()) < ALL_CARDS.size + 100_000


async def test_the_approvals_of_a_card_that_is_left_out_count_for_nothing(
    cluster: Any, reference: Any, model_card: Any, gathered: Any
) -> None:
    cluster.objects = large_cards(model_card, 6)
    for card in cluster.objects:
        card["spec"]["signOffs"] = [{"role": "legal", "approver": card["metadata"]["name"]}]
    evidence = await gathered([reference(f"modelcard/c{index}") for index in range(6)])
    assert [claim.approver for claim in evidence.sign_offs] == [f"c{index}" for index in range(5)]
