"""Who holds a right, as the roles and bindings of the cluster have it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from mlgate.doctor.snapshot import Object, Snapshot
from mlgate.evidence.looked import entries, field
from mlgate.evidence.times import metadata, name_of

Standing = Literal["everyone", "system", "people"]
_EVERYONE = frozenset(
    {"system:authenticated", "system:unauthenticated", "system:serviceaccounts", "system:anonymous"}
)
_ACCOUNT, _ACCOUNTS = "system:serviceaccount:", "system:serviceaccounts:"
_SYSTEM_PLACE = "kube-system"
_ANY = "*"


@dataclass(frozen=True)
class Right:
    """A right to objects of one resource."""

    group: str
    resource: str
    verbs: frozenset[str]
    """One of these is enough."""
    names: frozenset[str] = frozenset()
    """A rule for other objects alone does not give it."""
    namespace: str | None = None
    """Where it is held; None for a right to the whole cluster."""


@dataclass(frozen=True)
class Grant:
    """A rule that reaches a user or group through a binding."""

    rule: Object
    subject: str
    """The name by which the API server knows the user or group."""
    standing: Standing
    binding: str
    """`clusterrolebinding/name` or `rolebinding/name`."""
    namespace: str | None
    """Null where it reaches everywhere."""

    def gives(self, right: Right) -> bool:
        """Whether the rule gives the right where it is asked for."""
        if self.namespace is not None and self.namespace != right.namespace:
            return False
        names = {*entries(self.rule.get("resourceNames"))}
        return (
            bool({*entries(self.rule.get("verbs"))} & (right.verbs | {_ANY}))
            and bool({*entries(self.rule.get("apiGroups"))} & {right.group, _ANY})
            and bool({*entries(self.rule.get("resources"))} & _forms(right.resource))
            and (not names or bool(names & right.names))
        )

    @property
    def gives_everything(self) -> bool:
        """Whether it is what `cluster-admin` has: every verb on every resource, everywhere."""
        parts = ("verbs", "apiGroups", "resources")
        everything = all(_ANY in entries(self.rule.get(part)) for part in parts)
        return everything and self.namespace is None and not entries(self.rule.get("resourceNames"))


def _forms(resource: str) -> set[str]:
    """How a rule may name a resource."""
    _, slash, part = resource.partition("/")
    return {resource, _ANY} | ({f"*/{part}"} if slash else set())


def grants(snapshot: Snapshot) -> Iterator[Grant]:
    """Every rule that reaches somebody."""
    roles = _rules(snapshot)
    for binding in snapshot.cluster_role_bindings or ():
        yield from _granted(binding, roles, None)
    for binding in snapshot.role_bindings or ():
        yield from _granted(binding, roles, str(metadata(binding).get("namespace")))


def _rules(snapshot: Snapshot) -> dict[tuple[str, str | None, str], list[Any]]:
    """The rules of each role by kind, namespace and name."""
    found: dict[tuple[str, str | None, str], list[Any]] = {
        ("ClusterRole", None, name_of(role)): entries(role.get("rules"))
        for role in snapshot.cluster_roles or ()
    }
    for role in snapshot.roles or ():
        found[("Role", metadata(role).get("namespace"), name_of(role))] = entries(role.get("rules"))
    return found


def _granted(
    binding: Object, roles: dict[tuple[str, str | None, str], list[Any]], namespace: str | None
) -> Iterator[Grant]:
    kind = str(field(binding, "roleRef", "kind"))
    place = namespace if kind == "Role" else None
    rules = roles.get((kind, place, str(field(binding, "roleRef", "name"))), [])
    called = f"{'clusterrolebinding' if namespace is None else 'rolebinding'}/{name_of(binding)}"
    for subject in entries(binding.get("subjects")):
        name = _name(subject)
        for rule in rules:
            yield Grant(rule, name, _standing(name), called, namespace)


def _name(subject: Object) -> str:
    """The user or group a subject is to the API server."""
    name = str(subject.get("name"))
    if subject.get("kind") == "ServiceAccount":
        return account_name(str(subject.get("namespace")), name)
    return name


def account_name(namespace: str, name: str) -> str:
    """The user a service account is to the API server."""
    return f"{_ACCOUNT}{namespace}:{name}"


def _standing(name: str) -> Standing:
    if name in _EVERYONE:
        return "everyone"
    for prefix in (_ACCOUNT, _ACCOUNTS):
        if name.startswith(prefix):
            return "system" if name.removeprefix(prefix).partition(":")[0] == _SYSTEM_PLACE else "people"
    return "system" if name.startswith("system:") else "people"
