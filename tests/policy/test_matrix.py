"""The matrix says what OPA does: enforcement in every profile, tier and class, by settings and modes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rego import OPA, REGO, opa, said

from mlgate.policy.workbench.library import library
from mlgate.policy.workbench.matrix.build import matrix as matrix_of
from mlgate.policy.workbench.matrix.model import ELSEWHERE, UNSET

# By code and profile, every action that some tier and class leads to; without a raise all lead to one.
QUERY = """{code: {profile: actions |
	some profile in data.mlgate.lib.levels.profiles
	actions := {action |
		some tier in array.slice(["high", "limited", "minimal"], 0, reach)
		some class in array.slice(["restricted", "confidential", "internal", "public"], 0, reach)
		weighed := data.mlgate.lib.judgement.enforcement(code) with data.mlgate.lib.facts.profile as profile
			with data.mlgate.lib.facts.tier as tier
			with data.mlgate.lib.facts.classification as class
		finding := {"code": code}
		action := data.mlgate.main.in_mode(finding, weighed) with data.mlgate.lib.facts.profile as profile
			with data.mlgate.lib.facts.objects as objects
	}
} |
	some code, entry in data.mlgate.catalog
	reach := 1 + (3 * min([1, count(object.get(entry, "raise", []))]))
	objects := {word | some word in entry.appliesWhen.objects}
}"""
NOT_CONFIGURED = """{profile: codes |
	some profile in data.mlgate.lib.levels.profiles
	codes := object.keys(data.mlgate.lib.judgement.not_configured(profile))
}"""
SITE: dict[str, Any] = {
    "decision": {
        "mode": {"sandbox": "audit", "development": "warn", "staging": "enforce", "production": "enforce"}
    },
    "enforcement": {
        "overrides": {
            "fairness.metrics_not_agreed": {"production": "off", "raise": False},
            "monitoring.fairness_signal_missing": {"staging": "off"},
            "encryption.mesh_not_strict": {"production": "audit", "sandbox": "deny"},
        }
    },
    "access": {
        "deployerGroups": {"sandbox": [], "development": ["ml"], "staging": [], "production": ["release"]},
        "mfaExtraKey": "amr",
    },
    "registry": {"recordRequired": False},
    "signOff": {"inactiveApprovers": []},
}
RANK = ["off", "audit", "warn", "deny"]


def answered(query: str, overrides: dict[str, Any]) -> Any:
    asked = f"found := {query} with data.mlgate.overrides as {json.dumps(overrides)}"
    done = opa("eval", "--format", "json", "--bundle", REGO, asked)
    assert done.returncode == 0, said(done)
    return json.loads(done.stdout)["result"][0]["bindings"]["found"]


@pytest.mark.parametrize("settings", [{}, SITE], ids=["shipped", "site"])
def test_every_cell_is_what_the_policy_does(tmp_path: Path, settings: dict[str, Any]) -> None:
    path = tmp_path / "overrides.json"
    path.write_text(json.dumps(settings))
    with library(None, path, OPA) as policy:
        matrix = matrix_of(policy)

    actions, resting = answered(QUERY, settings), answered(NOT_CONFIGURED, settings)

    assert matrix.codes.keys() == actions.keys()
    for code, row in matrix.codes.items():
        for profile, cell in row.cells.items():
            assert (cell.word == UNSET) == (code in resting[profile]), (code, profile)
            if cell.word not in {UNSET, ELSEWHERE}:
                shown = {cell.word, *(entry.action for entry in cell.raises)}
                assert shown == set(actions[code][profile]), (code, profile)
                assert cell.strictest == max(actions[code][profile], key=RANK.index)
