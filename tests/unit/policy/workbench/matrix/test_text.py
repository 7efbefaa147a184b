"""The matrix as lines for a person, and as JSON for programs."""

from __future__ import annotations

import json

import pytest

from mlgate.policy.workbench.matrix.model import Matrix
from mlgate.policy.workbench.matrix.text import told, wire


@pytest.fixture(scope="module")
def lines(matrix: Matrix) -> list[str]:
    return list(told(matrix))


def test_a_reference_stands_over_requirements_and_codes(lines: list[str]) -> None:
    at = lines.index("  GOVERN 1.3")

    assert lines[at + 1].startswith("    C111 Risk tier: ")
    assert lines[at + 1].endswith(" (not sure)")
    assert lines[at + 2].split() == ["governance.risk_tier_missing", "high", "audit", "warn", "warn", "deny"]


def test_what_the_site_changed_is_marked(lines: list[str]) -> None:
    row = next(line for line in lines if line.strip().startswith("encryption.at_rest_missing "))

    assert row.split()[1:] == ["critical", "audit*", "deny*", "warn*", "warn*"]
    assert "mode in staging: warn" in lines
    assert any(line.startswith("the site sets decision.docsBaseUrl") for line in lines)


def test_raises_and_codes_that_rest_are_shown(lines: list[str], later: Matrix) -> None:
    assert "  fairness.metrics_not_agreed: off in sandbox, production" in lines
    assert "  access.deployer_not_permitted: not configured in sandbox, development" in lines
    row = next(line for line in told(later) if line.strip().startswith("fairness.metrics_not_agreed "))
    assert "warn→deny" in row.split()


def test_what_no_rule_decides_is_told(lines: list[str]) -> None:
    assert any(line.startswith("      decided by mlgate itself") for line in lines)
    assert "      by the rules of C38:" in lines
    after = lines[lines.index("WHAT THE GATE DOES NOT DECIDE") :]
    assert any("legal and compliance; the gate shows" in line and line.endswith("[C113]") for line in after)


def test_json_says_each_code_once_and_refers_to_it(matrix: Matrix) -> None:
    shown = json.loads(json.dumps(wire(matrix)))

    gdpr = next(found for found in shown["frameworks"] if found["key"] == "gdpr")
    entry = gdpr["references"][0]["mapped"][0]
    assert set(entry["codes"]) <= shown["codes"].keys()
    assert entry.keys() == {
        *("control", "title", "statement", "sure", "codes", "decidedBy", "coveredBy"),
    }
    cell = shown["codes"]["encryption.at_rest_missing"]["enforcement"]["production"]
    assert cell == {"word": "warn", "raises": [], "shipped": "deny", "text": "warn (the policy says deny)"}
    assert "access.deployer_not_permitted" in shown["notEnforced"]
    assert shown["outside"][0].keys() == {"matter", "decidedBy", "shows", "controls"}
