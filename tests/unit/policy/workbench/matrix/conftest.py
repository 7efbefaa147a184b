"""A matrix of the shipped policy with a rule and settings of somebody's own, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.policy.local_opa import find_opa
from mlgate.policy.workbench.library import library
from mlgate.policy.workbench.matrix.build import matrix as matrix_of
from mlgate.policy.workbench.matrix.model import Matrix

RULE = """package mlgate.rules.ours

import data.mlgate.lib.result

# METADATA
# scope: rule
# title: "=HYPERLINK(1) </td><script>alert(1)</script> \\u202e"
# description: A name is short.
# custom:
#   code: ours.name_long
#   severity: low
#   appliesWhen: {objects: [serving], tiers: [high], profiles: [staging, production]}
#   controls: []
#   effectiveOn: "2031-01-01T01:00:00+01:00"
#   needs: [signOffs]
#   enforcement: {sandbox: deny, development: deny, staging: audit, production: deny}
#   raise:
#   - {classifications: [restricted], to: {staging: deny}}
#   message: "{document} has a long name."
#   fix: "Shorten it."
deny contains finding if {
	count(input.request.name) > 9
	finding := result.candidate(rego.metadata.rule(), {"path": "metadata.name"})
}
"""
SETTINGS = """
decision:
  docsBaseUrl: https://docs.example/rules/?"><b>
  mode: {sandbox: audit, development: enforce, staging: warn, production: enforce}
enforcement:
  overrides:
    encryption.at_rest_missing: {development: deny, production: warn}
    fairness.metrics_not_agreed: {production: "off", raise: false}
access:
  deployerGroups: {sandbox: [], development: [], staging: [ml], production: [release]}
"""


def made(folder: Path, settings: str | None, at: str | None = None) -> Matrix:
    """The matrix with that rule and with the settings given."""
    rule = folder / "own" / "mlgate" / "rules" / "ours" / "ours.rego"
    rule.parent.mkdir(parents=True)
    rule.write_text(RULE)
    path = folder / "site.yaml"
    path.write_text(settings or "")
    with library(folder / "own", path, find_opa()) as policy:
        return matrix_of(policy, (), at)


@pytest.fixture(scope="session")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    """With settings."""
    return made(tmp_path_factory.mktemp("matrix"), SETTINGS)


@pytest.fixture(scope="session")
def later(tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    """Without settings, at a later time."""
    return made(tmp_path_factory.mktemp("later"), None, "2031-01-01T00:00:00Z")
