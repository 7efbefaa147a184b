"""Label selectors, as an author may write them."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.evidence.selectors import MOST_PARTS, is_empty, may_select, selects, selects_all

LABELS = {"app": "credit", "tier": "gold"}


def rule(operator: Any, values: Any = None, key: Any = "app") -> dict[str, Any]:
    found = {"key": key, "operator": operator}
    return {"matchExpressions": [found if values is None else {**found, "values": values}]}


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        (None, True),
        ({}, True),
        ({"matchLabels": {}, "matchExpressions": []}, True),
        ({"matchLabels": None, "matchExpressions": None}, True),
        ({"matchLabels": {"app": "credit"}}, True),
        ({"matchLabels": {"app": "credit", "tier": "gold"}}, True),
        ({"matchLabels": {"app": "credit", "tier": "silver"}}, False),
        ({"matchLabels": {"other": "x"}}, False),
        (rule("In", ["a", "credit"]), True),
        (rule("In", ["a"]), False),
        (rule("In", ["a"], "other"), False),
        (rule("NotIn", ["a"]), True),
        (rule("NotIn", ["credit"]), False),
        (rule("NotIn", ["credit"], "other"), True),
        (rule("Exists"), True),
        (rule("Exists", [], "other"), False),
        (rule("DoesNotExist"), False),
        (rule("DoesNotExist", [], "other"), True),
        ({"matchLabels": {"tier": "gold"}, **rule("In", ["credit"])}, True),
        ({"matchLabels": {"tier": "x"}, **rule("In", ["credit"])}, False),
        ({"matchLabels": {"tier": "gold"}, **rule("In", ["x"])}, False),
    ],
)
def test_a_selector_matches_as_the_api_server_would_match_it(selector: Any, *, chosen: bool) -> None:
    assert selects(selector, LABELS) is chosen


@pytest.mark.parametrize(
    "selector",
    [
        "app=credit",
        [],
        {"matchLabels": ["app"]},
        {"matchLabels": {"app": 5}},
        {"matchLabels": {"app": None}},
        {"matchLabels": {5: "credit"}},
        {"matchExpressions": {"key": "app"}},
        {"matchExpressions": ["app"]},
        rule("In"),
        rule("In", []),
        rule("In", "credit"),
        rule("In", ["credit", 5]),
        rule("NotIn", [None]),
        rule("Exists", ["credit"]),
        rule("DoesNotExist", ["credit"], "other"),
        rule("Is", ["credit"]),
        rule(["In"], ["credit"]),
        rule("Exists", key=5),
        rule("Exists", key=None),
    ],
)
def test_a_malformed_selector_is_known_to_match_nothing_and_may_match_anything(selector: Any) -> None:
    assert selects(selector, LABELS) is None
    assert not selects_all(selector, [LABELS])
    assert may_select(selector, [LABELS])
    assert not is_empty(selector)


@pytest.mark.parametrize(
    "grow",
    [
        lambda number: {"matchLabels": {f"k{index}": "v" for index in range(number)}},
        lambda number: {"matchExpressions": rule("DoesNotExist", [], "no")["matchExpressions"] * number},
        lambda number: rule("NotIn", [f"v{index}" for index in range(number)]),
    ],
)
def test_a_selector_no_person_would_write_is_not_read(grow: Any) -> None:
    assert selects(grow(MOST_PARTS), LABELS) is not None
    assert selects(grow(MOST_PARTS + 1), LABELS) is None
    assert selects(grow(100_000), LABELS) is None


@pytest.mark.parametrize(
    ("selector", "empty"),
    [
        (None, True),
        ({}, True),
        ({"matchLabels": {}, "matchExpressions": []}, True),
        ({"matchLabels": {"app": "credit"}}, False),
        (rule("DoesNotExist"), False),
        (rule("Exists"), False),
        ({"unheardOf": True}, False),
    ],
)
def test_only_a_selector_that_asks_for_nothing_is_empty(selector: Any, *, empty: bool) -> None:
    assert is_empty(selector) is empty
    assert selects_all(selector, []) is empty
    assert may_select(selector, [])


def test_every_template_has_to_match_and_one_may() -> None:
    selector = {"matchLabels": {"app": "credit"}}
    assert selects_all(selector, [LABELS, {"app": "credit"}])
    assert not selects_all(selector, [LABELS, {"app": "other"}])
    assert may_select(selector, [LABELS, {"app": "other"}])
    assert not may_select(selector, [{"app": "other"}, {}])
