"""Tools of GitOps render the chart again and again, outside of the cluster: they must see no difference."""

from __future__ import annotations

from typing import Any

import pytest
from chart.outcomes import value_sets
from chart.rendering import render

SETS = {name: found.values for name, found in value_sets().items()}


def mode(values: dict[str, Any]) -> str:
    """Who makes the certificate."""
    found: str = values.get("tls", {}).get("mode", "cert-manager")
    return found


FOR_GITOPS = sorted(name for name, values in SETS.items() if mode(values) != "helm")


def test_there_are_sets_of_each_mode_that_gitops_may_use() -> None:
    assert {mode(SETS[name]) for name in FOR_GITOPS} == {"cert-manager", "existing"}


@pytest.mark.parametrize("upgrade", [False, True])
@pytest.mark.parametrize("name", FOR_GITOPS)
def test_what_is_rendered_outside_of_the_cluster_is_the_same_every_time(name: str, *, upgrade: bool) -> None:
    assert render(SETS[name], upgrade=upgrade) == render(SETS[name], upgrade=upgrade)


@pytest.mark.parametrize("name", FOR_GITOPS)
def test_an_upgrade_renders_what_an_installation_does(name: str) -> None:
    first, later = render(SETS[name]), render(SETS[name], upgrade=True)
    del first["NOTES.txt"], later["NOTES.txt"]
    assert first == later


def test_mode_helm_makes_other_keys_every_time_outside_of_the_cluster() -> None:
    values = {"tls": {"mode": "helm"}}
    assert render(values)["webhook.yaml"] != render(values)["webhook.yaml"], "so that GitOps must not use it"
