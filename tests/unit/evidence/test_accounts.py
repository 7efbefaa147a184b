"""Service accounts of the pods and what they may do."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.cluster_facts import RbacRule, ServiceAccountFacts
from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import LookUps
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.accounts import LOOKUP, service_accounts
from mlgate.evidence.facts import MOST
from mlgate.evidence.files import FileCluster
from mlgate.evidence.looked import Looked

RBAC = "rbac.authorization.k8s.io/v1"
NEEDED = LookUps(namespace="prod", has_pods=True, service_accounts=("credit",))
GET_PODS = RbacRule(role="Role/reader", api_groups=("",), resources=("pods",), verbs=("get",))
OF_ALL = RbacRule(role="ClusterRole/basic", api_groups=("",), resources=("pods",), verbs=("get",))
KINDS = ["ClusterRoleBinding", "RoleBinding", "ClusterRole", "Role"]


def account(name: str = "credit", namespace: str = "prod", **fields: Any) -> dict[str, Any]:
    about = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": about, **fields}


def role(
    name: str = "reader", *verbs: str, kind: str = "Role", namespace: str | None = "prod"
) -> dict[str, Any]:
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": [*verbs] or ["get"]}]
    about = {"name": name, "namespace": namespace}
    return {"apiVersion": RBAC, "kind": kind, "metadata": about, "rules": rules}


def bound(
    name: str = "reader", kind: str = "Role", namespace: str | None = "prod", group: str | None = None
) -> dict[str, Any]:
    holder = {"kind": "ServiceAccount", "name": "credit", "namespace": "prod"}
    return {
        "apiVersion": RBAC,
        "kind": "ClusterRoleBinding" if namespace is None else "RoleBinding",
        "metadata": {"name": f"to-{name}", "namespace": namespace},
        "subjects": [{"kind": "Group", "name": group} if group else holder],
        "roleRef": {"kind": kind, "name": name},
    }


BASIC = [
    role("basic", kind="ClusterRole", namespace=None),
    bound("basic", "ClusterRole", None, "system:authenticated"),
]


async def looked(cluster: Any, deadline: Deadline, **lookups: Any) -> Looked[dict[str, ServiceAccountFacts]]:
    return await service_accounts(NEEDED.model_copy(update=lookups), cluster, cluster, deadline)


async def test_an_account_is_told_with_the_rules_of_all_its_roles(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [account(automountServiceAccountToken=False), account("other"), role(), bound(), *BASIC]
    found = await looked(cluster, deadline)
    assert found == Looked(
        {"credit": ServiceAccountFacts(automount_service_account_token=False, rules=(OF_ALL, GET_PODS))}
    )


async def test_bindings_and_roles_of_other_namespaces_do_not_count(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [
        account(),
        bound(namespace="other"),
        role(),
        bound("same-name"),
        role("same-name", "*", namespace="other"),
    ]
    assert (await looked(cluster, deadline)).found["credit"].rules == ()


async def test_a_cluster_role_is_no_role_of_that_name(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [account(), bound("x", "ClusterRole"), role("x", "delete")]
    cluster.objects.append(role("x", "list", kind="ClusterRole", namespace=None))
    (rule,) = (await looked(cluster, deadline)).found["credit"].rules
    assert (rule.role, rule.verbs) == ("ClusterRole/x", ("list",))


@pytest.mark.parametrize(("value", "told"), [(True, True), (False, False), (None, None), ("false", None)])
async def test_the_token_is_told_as_the_account_sets_it(
    cluster: Any, deadline: Deadline, value: Any, *, told: bool | None
) -> None:
    cluster.objects = [account(automountServiceAccountToken=value)]
    assert (await looked(cluster, deadline)).found["credit"].automount_service_account_token is told


async def test_an_account_that_is_not_there_is_left_out(cluster: Any, deadline: Deadline) -> None:
    assert await looked(cluster, deadline) == Looked({})


@pytest.mark.parametrize("lookups", [{"has_pods": False}, {"namespace": None}])
async def test_an_object_that_needs_none_costs_no_read(
    cluster: Any, deadline: Deadline, lookups: dict[str, Any]
) -> None:
    assert await looked(cluster, deadline, **lookups) == Looked({})
    assert cluster.calls == []


async def test_what_is_remembered_and_harmless_is_read_once(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [account(automountServiceAccountToken=False), role(), bound(), *BASIC]
    await looked(cluster, deadline, token_accounts=("credit",))
    assert sorted(cluster.calls) == sorted(
        [("get", "ServiceAccount/credit", False), *(("list", kind, False) for kind in KINDS)]
    )


async def test_a_wildcard_that_is_remembered_is_looked_at_again_live(
    cluster: Any, deadline: Deadline
) -> None:
    cluster.objects = [account(), role("reader", "*"), bound()]
    found = await looked(cluster, deadline)
    assert found.found["credit"].rules[0].verbs == ("*",)
    fresh = [what for _, what, live in cluster.calls if live]
    assert sorted(fresh) == sorted(KINDS)


async def test_a_token_that_would_be_mounted_is_looked_at_again_live(
    cluster: Any, deadline: Deadline
) -> None:
    cluster.objects = [account(automountServiceAccountToken=True)]
    await looked(cluster, deadline, token_accounts=("credit", "gone"))
    assert [what for _, what, live in cluster.calls if live] == ["ServiceAccount/credit"]
    cluster.calls.clear()
    await looked(cluster, deadline)
    assert [what for _, what, live in cluster.calls if live] == []


async def test_an_account_that_went_meanwhile_is_left_out(cluster: Any, deadline: Deadline) -> None:
    remembered = account()
    read = cluster.get

    async def get(*what: Any, fresh: bool = False, **more: Any) -> Any:
        return None if fresh else remembered or await read(*what, **more)

    cluster.get = get
    assert (await looked(cluster, deadline, token_accounts=("credit",))).found == {}


async def test_files_say_which_accounts_and_roles_they_lack(deadline: Deadline) -> None:
    files = FileCluster([account(), bound(), bound("wide", "ClusterRole", None)])
    found = await looked(files, deadline, service_accounts=("credit", "default"))
    assert found.unavailable is not None
    assert (found.unavailable.lookup, found.unavailable.reason) == (LOOKUP, "offline")
    assert found.unavailable.message == "no file holds ServiceAccount default, ClusterRole wide, Role reader"
    files = FileCluster([account(), role(), bound()])
    assert await looked(files, deadline) == Looked({"credit": ServiceAccountFacts(rules=(GET_PODS,))})


async def test_a_role_that_is_bound_and_not_there_gives_no_right(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [account(), bound()]
    assert await looked(cluster, deadline) == Looked({"credit": ServiceAccountFacts()})


async def test_more_accounts_than_are_read_are_an_error(cluster: Any, deadline: Deadline) -> None:
    names = tuple(f"a{number}" for number in range(MOST + 1))
    found = await looked(cluster, deadline, service_accounts=names)
    assert found.unavailable is not None
    assert (found.found, found.unavailable.reason, cluster.calls) == ({}, "error", [])
    assert found.unavailable.message == "the object names 33 service accounts; only 32 are looked up"


async def test_ten_thousand_rules_are_an_error_and_not_a_load(cluster: Any, deadline: Deadline) -> None:
    stored = role()
    stored["rules"] *= 10_000
    cluster.objects = [account(), bound(), stored]
    found = await looked(cluster, deadline)
    assert found.unavailable is not None
    assert (found.found, found.unavailable.lookup, found.unavailable.reason) == ({}, LOOKUP, "error")
    assert "more than 10000 entries" in found.unavailable.message


@pytest.mark.parametrize("kind", ["ServiceAccount", *KINDS])
async def test_what_cannot_be_read_is_raised(
    cluster: Any, deadline: Deadline, unavailable: EvidenceUnavailable, kind: str
) -> None:
    cluster.faults[kind] = unavailable
    with pytest.raises(EvidenceUnavailable):
        await looked(cluster, deadline)
