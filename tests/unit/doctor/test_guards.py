"""Guards that are missing or weaker than the shipped ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlgate.doctor.guards import check_guards


def test_shipped_guards_are_nothing_to_tell(broken: Any, codes: Any) -> None:
    assert codes(check_guards, broken) == []


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize(("part", "code"), [("policies", "policy_missing"), ("bindings", "binding_missing")])
def test_a_missing_part_is_told_with_the_file_that_holds_it(
    broken: Any, only: Any, part: str, code: str, index: int
) -> None:
    del getattr(broken, part)[index]
    found = only(check_guards, broken)
    assert (found.code, found.lets_models_through) == (f"guard.{code}", "possibly")
    assert Path(found.fix.split()[-1]).is_file()


def test_what_is_being_deleted_guards_nothing(broken: Any, codes: Any) -> None:
    broken.policies[0]["metadata"]["deletionTimestamp"] = "2026-11-26T12:00:00Z"
    assert codes(check_guards, broken) == ["guard.policy_missing"]


def test_a_policy_that_was_changed_is_told(broken: Any, codes: Any) -> None:
    broken.policies[0]["spec"]["validations"][0]["expression"] = "true"
    assert codes(check_guards, broken) == ["guard.policy_changed"]


def test_a_spec_that_has_no_digest_is_none_of_ours(broken: Any, codes: Any) -> None:
    broken.policies[0]["spec"] = {"n": 2**80}
    assert codes(check_guards, broken) == ["guard.policy_changed"]


@pytest.mark.parametrize("part", ["policies", "bindings"])
@pytest.mark.parametrize("generation", [2, 3, None])
def test_what_was_edited_and_put_back_is_told(
    broken: Any, only: Any, part: str, generation: int | None
) -> None:
    getattr(broken, part)[1]["metadata"]["generation"] = generation
    found = only(check_guards, broken)
    assert (found.code, found.subject.name) == ("guard.edited", "waivers.mlgate.dev")
    assert f"generation {generation}" in found.message
    assert found.fix.startswith("kubectl replace --force -f ")


@pytest.mark.parametrize("actions", [["Audit"], ["Warn", "Audit"], []])
def test_a_binding_that_denies_nothing_is_told(broken: Any, only: Any, actions: list[str]) -> None:
    broken.bindings[1]["spec"]["validationActions"] = actions
    found = only(check_guards, broken)
    assert found.code == "guard.binding_not_deny"
    assert found.message.endswith(", ".join(actions) or "nothing")


def test_a_binding_to_some_namespaces_is_told(broken: Any, codes: Any) -> None:
    broken.bindings[0]["spec"]["matchResources"] = {"namespaceSelector": {"matchLabels": {"a": "b"}}}
    assert codes(check_guards, broken) == ["guard.binding_changed"]


@pytest.mark.parametrize("part", ["policies", "bindings"])
def test_guards_that_could_not_be_read_are_not_missing(broken: Any, codes: Any, part: str) -> None:
    broken.changes = {part: None}
    assert codes(check_guards, broken) == []
