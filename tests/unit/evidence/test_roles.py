"""Which roles reach a service account, and what is read of them."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.cluster_facts import RbacRule
from mlgate.evidence.roles import MOST_ENTRIES, MOST_SUBJECTS, TooMuchError, bound_roles, is_wide, rules_of

READER = ("Role", "reader")


def binding(*subjects: Any, role: Any = READER, namespace: str | None = "prod") -> dict[str, Any]:
    reference = {"kind": role[0], "name": role[1]} if isinstance(role, tuple) else role
    return {"metadata": {"namespace": namespace}, "subjects": [*subjects], "roleRef": reference}


def subject(kind: Any, name: Any, namespace: Any = None) -> dict[str, Any]:
    return {"kind": kind, "name": name} | ({} if namespace is None else {"namespace": namespace})


def rule(verbs: Any = ("get",), resources: Any = ("pods",), groups: Any = ("",)) -> dict[str, Any]:
    listed = (("verbs", verbs), ("resources", resources), ("apiGroups", groups))
    return {key: [*value] if isinstance(value, tuple) else value for key, value in listed}


@pytest.mark.parametrize(
    "holder",
    [
        subject("ServiceAccount", "credit", "prod"),
        subject("ServiceAccount", "credit"),
        subject("User", "system:serviceaccount:prod:credit"),
        subject("Group", "system:serviceaccounts"),
        subject("Group", "system:serviceaccounts:prod"),
        subject("Group", "system:authenticated"),
    ],
)
def test_a_role_reaches_an_account_by_name_as_a_user_and_through_its_groups(holder: dict[str, Any]) -> None:
    stranger = subject("User", "erin@example.com")
    assert bound_roles("prod", ["credit"], [binding(stranger, holder)]) == {"credit": {READER}}


@pytest.mark.parametrize(
    "holder",
    [
        subject("ServiceAccount", "credit", "other"),
        subject("ServiceAccount", "other", "prod"),
        subject("User", "credit"),
        subject("Group", "system:serviceaccounts:other"),
        subject("Group", "system:unauthenticated"),
        subject("Role", "system:authenticated"),
        subject("ServiceAccount", ["credit"], "prod"),
        subject("ServiceAccount", "credit", 5),
        subject(["Group"], "system:authenticated"),
        subject("User", ""),
        "system:authenticated",
        None,
    ],
)
def test_nobody_else_s_role_reaches_it(holder: Any) -> None:
    assert bound_roles("prod", ["credit"], [binding(holder)]) == {"credit": set()}


def test_an_account_without_a_namespace_is_nobody_s_where_the_binding_has_none() -> None:
    nowhere = binding(subject("ServiceAccount", "credit"), namespace=None)
    assert bound_roles("prod", ["credit"], [nowhere]) == {"credit": set()}


def test_a_group_reaches_every_account_and_a_name_one() -> None:
    bindings = [
        binding(subject("Group", "system:authenticated"), role=("ClusterRole", "wide")),
        binding(subject("ServiceAccount", "a", "prod")),
    ]
    assert bound_roles("prod", ["a", "b"], bindings) == {
        "a": {READER, ("ClusterRole", "wide")},
        "b": {("ClusterRole", "wide")},
    }


@pytest.mark.parametrize("role", [None, "reader", {}, {"kind": "Role"}, {"kind": ["Role"], "name": "reader"}])
def test_a_binding_that_names_no_role_binds_none(role: Any) -> None:
    everybody = subject("Group", "system:authenticated")
    assert bound_roles("prod", ["a"], [binding(everybody, role=role), {"subjects": "x"}]) == {"a": set()}


def test_the_rules_of_all_roles_are_told_in_the_order_of_their_names() -> None:
    wide = ("ClusterRole", "wide")
    roles = {READER: {"rules": [rule(), rule(("list", "watch"))]}, wide: {"rules": [rule(("*",))]}}
    found = rules_of({"a": {READER, wide, ("Role", "gone")}, "b": set()}, roles)
    assert found == {
        "a": (
            RbacRule(role="ClusterRole/wide", api_groups=("",), resources=("pods",), verbs=("*",)),
            RbacRule(role="Role/reader", api_groups=("",), resources=("pods",), verbs=("get",)),
            RbacRule(role="Role/reader", api_groups=("",), resources=("pods",), verbs=("list", "watch")),
        ),
        "b": (),
    }


@pytest.mark.parametrize(
    ("rules", "verbs"),
    [
        (None, []),
        ("x", []),
        ([None, "x"], [(), ()]),
        ([rule(None)], [()]),
        ([rule("*")], [("*",)]),
        ([rule(["get", 5, None, ["*"]])], [("get",)]),
        ([rule({"*": 1})], [()]),
    ],
)
def test_what_no_api_server_would_hold_is_read_as_far_as_it_goes(rules: Any, verbs: list[Any]) -> None:
    found = rules_of({"a": {READER}}, {READER: {"rules": rules}})
    assert [entry.verbs for entry in found["a"]] == verbs


@pytest.mark.parametrize(
    "rules",
    [
        [rule((), (), ())] * 10_001,
        [{}] * 10_001,
        [rule(tuple("v" * 10_001))],
        [{"nonResourceURLs": ["/x"] * 10_001}],
        [rule(("get",) * 100, ("pods",) * 100)] * 50,
    ],
)
def test_roles_that_hold_too_much_are_not_read(rules: list[Any]) -> None:
    with pytest.raises(TooMuchError, match="more than 10000 entries in their rules"):
        rules_of({"a": {READER}}, {READER: {"rules": rules}})


def test_as_much_as_the_cap_is_read_and_counted_for_all_accounts_together() -> None:
    roles = {READER: {"rules": [rule((), (), ())] * (MOST_ENTRIES // 2)}}
    found = rules_of({"a": {READER}, "b": {READER}}, roles)
    assert len(found["a"]) + len(found["b"]) == MOST_ENTRIES
    with pytest.raises(TooMuchError):
        rules_of({"a": {READER}, "b": {READER}, "c": {READER}}, roles)


def test_bindings_that_name_too_many_are_not_read() -> None:
    stranger = subject("User", "x")
    many = [binding(*[stranger] * 1000)] * (MOST_SUBJECTS // 1000)
    assert bound_roles("prod", ["a"], many) == {"a": set()}
    with pytest.raises(TooMuchError, match="more than 100000 subjects"):
        bound_roles("prod", ["a"], [*many, binding(stranger)])


@pytest.mark.parametrize("part", ["verbs", "resources", "api_groups"])
def test_a_wildcard_anywhere_is_wide(part: str) -> None:
    assert is_wide(RbacRule.model_validate({"role": "Role/x", part: ("get", "*")}))
    assert not is_wide(RbacRule.model_validate({"role": "Role/x", part: ("get", "**", "pods/*")}))
