"""Selectors and conditions that leave out what must be judged."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from mlgate.doctor.selection import NAME_LABEL, check_selection


def test_healthy_selectors_are_nothing_to_tell(broken: Any, codes: Any) -> None:
    assert codes(check_selection, broken) == []


@pytest.mark.parametrize("entry", ["models", "records"])
@pytest.mark.parametrize(
    "selector",
    [
        {"matchLabels": {"mlgate.dev/gate": "enabled"}},
        {"matchLabels": {NAME_LABEL: "credit"}},
        {"matchExpressions": [{"key": "skip", "operator": "DoesNotExist"}]},
        {"matchExpressions": [{"key": NAME_LABEL, "operator": "In", "values": ["credit"]}]},
        {"matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["a"]}]},
    ],
)
def test_a_label_people_write_decides_nothing(
    broken: Any, only: Any, codes: Any, entry: str, selector: dict[str, Any]
) -> None:
    broken.entry(entry)["namespaceSelector"] = selector
    found = only(check_selection, broken)
    assert (found.code, found.lets_models_through) == ("selector.namespaces_excluded", "yes")
    (step,) = json.loads(shlex.split(found.fix)[-1])
    broken.entry(entry)["namespaceSelector"] = step["value"]
    assert codes(check_selection, broken) == []


@pytest.mark.parametrize(
    "change",
    [{"matchLabels": {"mlgate.dev/gate": "on"}}, {"matchLabels": {"mlgate.dev/gate": "enabled", "a": "b"}}],
)
def test_workloads_are_chosen_by_the_gate_label_alone(broken: Any, only: Any, change: dict[str, Any]) -> None:
    broken.entry("workloads")["namespaceSelector"].update(change)
    found = only(check_selection, broken)
    assert found.code == "selector.namespaces_excluded"
    assert "matchLabels" in found.fix


def test_workloads_may_be_judged_everywhere(broken: Any, codes: Any) -> None:
    broken.entry("workloads")["namespaceSelector"] = {}
    assert codes(check_selection, broken) == []


def test_a_namespace_that_is_exempt_by_name_is_named(broken: Any, only: Any) -> None:
    values = broken.entry("models")["namespaceSelector"]["matchExpressions"][0]["values"]
    values.append("playground")
    found = only(check_selection, broken)
    assert (found.code, found.lets_models_through) == ("selector.namespace_exempt", "possibly")
    assert found.message == "models.mlgate.dev sends nothing from playground"


def test_the_gates_own_namespace_is_where_it_runs(broken: Any, codes: Any) -> None:
    broken.changes = {"home": "gates"}
    assert codes(check_selection, broken) == ["selector.namespace_exempt"] * 3


def test_an_object_does_not_choose_whether_it_is_judged(broken: Any, only: Any) -> None:
    broken.entry("models")["objectSelector"] = {
        "matchExpressions": [{"key": "mlgate.dev/skip", "operator": "DoesNotExist"}]
    }
    found = only(check_selection, broken)
    assert (found.code, found.lets_models_through) == ("selector.objects_excluded", "yes")


def test_a_condition_nobody_shipped_is_told_and_the_others_stay(broken: Any, only: Any) -> None:
    kept = [*broken.entry("records")["matchConditions"]]
    broken.entry("records")["matchConditions"].append({"name": "mine", "expression": "false"})
    found = only(check_selection, broken)
    assert (found.code, found.lets_models_through) == ("selector.condition_unknown", "yes")
    (step,) = json.loads(shlex.split(found.fix)[-1])
    assert step["value"] == kept


def test_a_condition_of_one_entry_is_none_of_another(broken: Any, codes: Any) -> None:
    broken.entry("models")["matchConditions"] = broken.entry("records")["matchConditions"]
    assert codes(check_selection, broken) == ["selector.condition_unknown"]
