"""The share of traffic of a new version, as the table of kinds says where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.facts.rollouts import rollout
from mlgate.workloads.kinds.rows import Kind, RolloutField
from mlgate.workloads.reading import Reader

ROUTES = [{"to": "a", "share": 60}, {"to": "b", "share": 15}, {"to": "c", "share": 25}]


def share(spec: dict[str, Any], **field: Any) -> tuple[float | None, str | None]:
    given = {"path": "spec.routes[]", "strategy": "canary", "percent": "share", **field}
    row = Kind(
        group="example.com",
        kind="Route",
        resource="routes",
        versions=("v1",),
        webhook="models",
        rollouts=(RolloutField.model_validate(given),),
    )
    found = rollout(Reader(), {"spec": spec}, row, [])
    return found.canary_percent, found.path


@pytest.mark.parametrize(
    ("field", "percent", "path"),
    [
        ({}, 15, "spec.routes[1].share"),
        ({"inOrder": True}, 60, "spec.routes[0].share"),
        ({"together": True}, 100, "spec.routes[0]"),
        ({"new": {"to": "spec.next"}}, 25, "spec.routes[2].share"),
        ({"new": {"to": "spec.nothing"}}, 15, "spec.routes[1].share"),
        ({"old": {"to": "spec.stable"}, "together": True}, 40, "spec.routes[0]"),
        ({"old": {"to": "spec.nothing"}}, None, "spec.routes[0]"),
        ({"percent": None}, None, "spec.routes[0]"),
    ],
)
def test_the_share_that_counts(field: dict[str, Any], percent: float | None, path: str) -> None:
    assert share({"routes": ROUTES, "next": "c", "stable": "a"}, **field) == (percent, path)


def test_shares_can_be_parts_of_their_sum_or_of_another_number() -> None:
    routes = [{"share": 1}, {"share": 3}]
    assert share({"routes": routes}, ofAll=True)[0] == 25
    assert share({"routes": [{"share": 1, "of": 50}]}, total="of")[0] == 2
    assert share({"routes": [{"share": 1, "of": -1}]}, total="of")[0] == 1
    assert share({"routes": ["x"]}, total="of", percent=".") == (None, "spec.routes[0]")


@pytest.mark.parametrize("odd", [True, "20", None, 10**400, float("inf"), float("nan")])
def test_what_is_no_share_is_none(odd: Any) -> None:
    assert share({"routes": [{"share": odd}]}) == (None, "spec.routes[0]")
    assert share({"routes": [{"share": 10}, {"share": odd}]}, together=True)[0] is None
