"""The ready ClusterRoles for approvers: each gives its own role and nothing else, only where it is bound."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml
from cluster.local import LocalCluster, roles
from records import sign_off
from refusals import refused_by_guard
from reviews import may_use

PREFIX = "mlgate:approve:"
SHIPPED = {
    entry["metadata"]["name"]: entry
    for entry in yaml.safe_load_all(roles())
    if entry and entry["kind"] == "ClusterRole"
}
ROLES = sorted(name.removeprefix(PREFIX) for name in SHIPPED if name.startswith(PREFIX))
HOLDERS = {
    "businessOwner": "business-owner",
    "modelRisk": "model-risk",
    **{name: name for name in ("compliance", "legal", "privacy", "security", "product")},
}
"""Whose group each of them is bound to."""
ELSEWHERE = "kube-public"
"""A namespace in which no other test binds anything."""
_AT_ONCE = 4


def may(cluster: LocalCluster, person: str, verb: str, what: str) -> bool:
    """What `kubectl auth can-i` says to a person."""
    answer = cluster.kubectl(person, "auth", "can-i", verb, what, "-n", "default")
    said = answer.output.strip()
    assert said in ("yes", "no"), answer.errors
    assert answer.ok == (said == "yes")
    return said == "yes"


def listed(cluster: LocalCluster, person: str, namespace: str = "default") -> set[tuple[str, str]]:
    """Verbs on roles of sign-offs in `kubectl auth can-i --list`.

    Nothing is served under that name, so that kubectl finds no group for it when it is asked about it alone.
    """
    text = cluster.kubectl.must(person, "auth", "can-i", "--list", "-n", namespace)
    found = [line for line in text.splitlines() if line.startswith("signoffroles.mlgate.dev")]
    rights = [re.findall(r"\[([^]]*)\]", line) for line in found]
    return {(verb, name) for _, names, verbs in rights for verb in verbs.split() for name in names.split()}


def test_every_role_of_a_sign_off_has_a_ready_cluster_role(cluster: LocalCluster) -> None:
    path = "jsonpath={.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.role.enum[*]}"
    known = cluster.kubectl.must("administrator", "get", "crd", "signoffs.mlgate.dev", "-o", path)
    assert sorted(known.split()) == ROLES == sorted(HOLDERS)


@pytest.mark.parametrize("role", ROLES)
def test_who_holds_a_role_may_approve_in_it_and_in_no_other(cluster: LocalCluster, role: str) -> None:
    person = HOLDERS[role]
    assert listed(cluster, person, ELSEWHERE) == {("approve", role)}
    may_sign = {name: may_use(cluster.kubectl, person, "approve", name) for name in ROLES}
    assert may_sign == {name: name == role for name in ROLES}


@pytest.mark.parametrize("role", ROLES)
def test_an_approver_gives_and_takes_back_sign_offs_and_no_more(cluster: LocalCluster, role: str) -> None:
    questions = [
        (True, "create", "signoffs.mlgate.dev"),
        (True, "delete", "signoffs.mlgate.dev"),
        (True, "list", "modelcards.mlgate.dev"),
        (False, "patch", "signoffs.mlgate.dev"),
        (False, "create", "waivers.mlgate.dev"),
        (False, "create", "modelcards.mlgate.dev"),
        (False, "impersonate", "users"),
    ]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = pool.map(lambda asked: may(cluster, HOLDERS[role], *asked[1:]), questions)
    assert list(answers) == [expected for expected, *_ in questions]


@pytest.mark.parametrize("person", ["engineer", "risk-committee"])
def test_who_holds_no_approving_role_may_approve_in_none(cluster: LocalCluster, person: str) -> None:
    assert listed(cluster, person, ELSEWHERE) == set()


def test_a_role_bound_in_a_namespace_ends_there(cluster: LocalCluster) -> None:
    kubectl = cluster.kubectl
    kubectl.must("administrator", "create", "namespace", "bound-here")
    kubectl.must(
        *("administrator", "create", "rolebinding", "petra-as-legal", "-n", "bound-here"),
        *("--clusterrole=mlgate:approve:legal", "--user=petra@example.com"),
    )
    assert listed(cluster, "product", "bound-here") == {("approve", "product"), ("approve", "legal")}
    assert listed(cluster, "product") == {("approve", "product")}

    here = sign_off("bound", role="legal", approver="petra@example.com")
    here["metadata"]["namespace"] = "bound-here"
    assert kubectl.send("product", "create", [here]).ok
    elsewhere = sign_off("bound", role="legal", approver="petra@example.com")
    assert refused_by_guard(kubectl.send("product", "create", [elsewhere]))
