"""`policy list`: which codes there are, and how strictly each is enforced."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate.policy.shipped import shipped_rego

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""

OWN = """package mlgate.rules.ours

import data.mlgate.lib.result

# METADATA
# scope: rule
# title: "Ours \\e[2Jonly"
# description: The name is short.
# custom:
#   code: ours.name_long
#   severity: low
#   appliesWhen: {objects: [serving], profiles: [staging, production]}
#   controls: [C58]
#   enforcement: {sandbox: deny, staging: warn, production: warn}
#   raise:
#   - {tiers: [high], classifications: [restricted], to: {production: deny}}
#   message: "{document} has a long name."
#   fix: "Shorten it."
deny contains finding if {
	count(input.request.name) > 9
	finding := result.candidate(rego.metadata.rule(), {"path": "metadata.name"})
}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A directory with one rule of somebody's own."""
    folder = tmp_path / "own" / "mlgate" / "rules" / "ours"
    folder.mkdir(parents=True)
    (folder / "ours.rego").write_text(OWN)
    return tmp_path / "own"


def rows(text: str) -> dict[str, str]:
    """The lines of a table by their first word."""
    return {line.split()[0]: line for line in text.splitlines()}


def test_every_code_of_the_shipped_policy_has_a_line(mlgate: Program) -> None:
    done = mlgate("policy", "list")

    committed = json.loads((shipped_rego() / "mlgate" / "catalog" / "data.json").read_bytes())
    assert (done.code, done.err) == (0, "")
    assert rows(done.out).keys() == {"CODE", *committed}
    head, line = rows(done.out)["CODE"], rows(done.out)["encryption.storage_class_unencrypted"]
    assert head.split() == ["CODE", "SEVERITY", "SANDBOX", "DEVELOPMENT", "STAGING", "PRODUCTION", "TITLE"]
    assert line.split()[1:6] == ["high", "audit", "warn", "warn", "deny"]
    assert line.endswith("Model volumes on encrypted storage")
    assert line.index("Model") == head.index("TITLE")


def test_filters_narrow_and_repeat(mlgate: Program) -> None:
    done = mlgate(
        *("policy", "list", "--subject", "fairness", "--subject", "encryption", "--severity", "critical"),
        *("--framework", "hipaa", "--profile", "production", "-o", "json"),
    )

    found = json.loads(done.out)
    assert {entry["subject"] for entry in found} == {"encryption"}
    assert {entry["severity"] for entry in found} == {"critical"}
    assert all("hipaa" in {ref["framework"] for ref in entry["references"]} for entry in found)


def test_a_raise_counts_as_what_it_can_come_to(mlgate: Program) -> None:
    done = mlgate(
        "policy", "list", "--subject", "fairness", "--profile", "production", "--enforcement", "deny"
    )

    line = rows(done.out)["fairness.metrics_not_agreed"]
    assert line.split()[1:3] == ["medium", "warn→deny"]
    assert "fairness.class_imbalance_undocumented" not in rows(done.out)


def test_a_profile_leaves_out_what_is_off_there_unless_that_is_asked_for(mlgate: Program) -> None:
    listed = mlgate("policy", "list", "--subject", "fairness", "--profile", "sandbox")
    unenforced = mlgate("policy", "list", "--profile", "sandbox", "--enforcement", "off")

    assert "fairness.metrics_not_agreed" not in rows(listed.out)
    assert "fairness.bias_test_missing" in rows(listed.out)
    assert "fairness.metrics_not_agreed" in rows(unenforced.out)


def test_own_rules_and_settings_are_laid_over(mlgate: Program, own: Path, tmp_path: Path) -> None:
    overrides = tmp_path / "site.yaml"
    overrides.write_text(
        "enforcement:\n  overrides:\n    ours.name_long: {staging: deny}\n"
        "    fairness.metrics_not_agreed: {production: audit, raise: false}\n"
    )

    done = mlgate("policy", "list", own, "--settings", overrides, "-o", "json")

    found = {entry["code"]: entry for entry in json.loads(done.out)}
    ours, other = found["ours.name_long"], found["fairness.metrics_not_agreed"]
    assert (ours["own"], other["own"]) == (True, False)
    assert ours["file"] == str(own / "mlgate/rules/ours/ours.rego")
    assert ours["line"] == OWN.splitlines().index("deny contains finding if {") + 1
    assert ours["enforcement"]["staging"] == {"action": "deny", "shipped": "warn", "raises": []}
    assert ours["enforcement"]["development"]["action"] == "deny"
    assert ours["enforcement"]["production"]["raises"] == [
        {"action": "deny", "tiers": ["high"], "classifications": ["restricted"]}
    ]
    assert {(ref["framework"], ref["control"]) for ref in ours["references"]} >= {("gdpr", "C58")}
    assert other["enforcement"]["production"] == {"action": "audit", "shipped": "warn", "raises": []}


def test_a_rule_about_other_profiles_is_not_enforced_in_this_one(mlgate: Program, own: Path) -> None:
    sandbox = mlgate("policy", "list", own, "--subject", "ours", "--profile", "sandbox")
    staging = mlgate("policy", "list", own, "--subject", "ours", "--profile", "staging")

    assert (sandbox.code, sandbox.out, sandbox.err) == (0, "", "no code is like that\n")
    assert rows(staging.out)["ours.name_long"].split()[1:3] == ["low", "warn"]


def test_a_title_cannot_steer_the_terminal(mlgate: Program, own: Path) -> None:
    done = mlgate("policy", "list", own, "--subject", "ours")

    assert "Ours \\u001b[2Jonly" in done.out
    assert "\x1b" not in done.out


@pytest.mark.parametrize("option", ["subject", "severity", "framework", "profile", "enforcement"])
def test_a_misspelt_filter_is_refused_with_the_names_there_are(mlgate: Program, option: str) -> None:
    done = mlgate("policy", "list", f"--{option}", "nosuch")

    assert (done.code, done.out) == (2, "")
    assert f"--{option}: 'nosuch' is none of" in done.err


def test_a_directory_that_changes_the_shipped_policy_is_refused(mlgate: Program, tmp_path: Path) -> None:
    path = tmp_path / "mlgate" / "rules" / "fairness" / "more.rego"
    path.parent.mkdir(parents=True)
    path.write_text("package mlgate.rules.fairness\n")

    done = mlgate("policy", "list", tmp_path)

    assert (done.code, done.out) == (2, "")
    assert "belongs to the subject fairness of the shipped policy" in done.err


def test_settings_that_do_not_fit_are_refused(mlgate: Program, tmp_path: Path) -> None:
    overrides = tmp_path / "site.yaml"
    overrides.write_text("enforcement: {overrides: {signoff.role_not_held: {production: warn}}}\n")

    done = mlgate("policy", "list", "--settings", overrides)

    assert (done.code, done.out) == (2, "")
    assert "the code is locked and cannot be lowered" in done.err
