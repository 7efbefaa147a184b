"""Which roles are bound to service accounts, and what their rules say; bounded, whatever a role holds.

A role reaches an account by its own name, written as a ServiceAccount or as the user it is to the API server,
or through the groups all service accounts are in. The API server has resolved aggregated roles itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mlgate.domain.cluster_facts import RbacRule
from mlgate.evidence.looked import entries, field
from mlgate.evidence.times import metadata

MOST_SUBJECTS = 100_000
MOST_ENTRIES = 10_000
"""Subjects of bindings, and entries of the rules found, that are looked at for one review. Large platforms
have a tenth of these; whoever may bind roles in a namespace can write any number there."""
_ACCOUNTS, _AUTHENTICATED = "system:serviceaccounts", "system:authenticated"
Object = dict[str, Any]
Role = tuple[str, str]
"""Kind and name."""


class TooMuchError(Exception):
    """More than is looked at; the message says of what."""


def bound_roles(namespace: str, names: Iterable[str], bindings: Iterable[Object]) -> dict[str, set[Role]]:
    """The roles bound to each account of the namespace. Raises TooMuchError."""
    found: dict[str, set[Role]] = {name: set() for name in names}
    everyone = [*found]
    holders = dict.fromkeys((_ACCOUNTS, f"{_ACCOUNTS}:{namespace}", _AUTHENTICATED), everyone)
    holders |= {_user(namespace, name): [name] for name in found}
    names = frozenset(holders).union(found)
    seen = 0
    for binding in bindings:
        subjects = entries(binding.get("subjects"))
        seen += len(subjects)
        if seen > MOST_SUBJECTS:
            raise TooMuchError(
                f"the role bindings name more than {MOST_SUBJECTS} subjects; they are not read"
            )
        # Most bindings of a cluster are about others, and every review passes all of them.
        ours = [entry for entry in subjects if isinstance(entry, dict) and _named(entry, names)]
        held = {name for entry in ours for name in holders.get(_subject(entry, binding), ())}
        role = _role(binding) if held else None
        if role is not None:
            for name in held:
                found[name].add(role)
    return found


def rules_of(bound: Mapping[str, set[Role]], roles: Mapping[Role, Object]) -> dict[str, tuple[RbacRule, ...]]:
    """The rules of each account's roles, in the order of the roles' names. Raises TooMuchError."""
    read: dict[Role, tuple[RbacRule, ...]] = {}
    result: dict[str, tuple[RbacRule, ...]] = {}
    total = 0
    for name, held in bound.items():
        known = sorted(held & roles.keys())
        total += sum(_weight(roles[role]) for role in known)
        if total > MOST_ENTRIES:
            raise TooMuchError(
                f"the roles hold more than {MOST_ENTRIES} entries in their rules; they are not read"
            )
        read |= {role: tuple(_facts(role, roles[role])) for role in known if role not in read}
        result[name] = tuple(rule for role in known for rule in read[role])
    return result


def is_wide(rule: RbacRule) -> bool:
    """Whether the rule holds a wildcard."""
    return "*" in rule.verbs or "*" in rule.resources or "*" in rule.api_groups


def _role(binding: Object) -> Role | None:
    kind, name = field(binding, "roleRef", "kind"), field(binding, "roleRef", "name")
    return (kind, name) if isinstance(kind, str) and isinstance(name, str) else None


def _named(subject: Object, names: frozenset[str]) -> bool:
    name = subject.get("name")
    return isinstance(name, str) and name in names


def _subject(subject: Object, binding: Object) -> str:
    """The user or group a subject is to the API server."""
    kind, name = subject.get("kind"), str(subject["name"])
    if kind == "ServiceAccount":
        # No API server takes an account without a namespace; a file may well hold one.
        place = subject.get("namespace") or metadata(binding).get("namespace")
        return _user(place, name) if isinstance(place, str) else ""
    return name if kind in ("User", "Group") else ""


def _user(namespace: str, name: str) -> str:
    return f"system:serviceaccount:{namespace}:{name}"


def _weight(role: Object) -> int:
    """How much there is to look at in a role, without looking at it."""
    rules = entries(role.get("rules"))
    listed = (rule.values() for rule in rules[:MOST_ENTRIES] if isinstance(rule, dict))
    return len(rules) + sum(len(entries(value)) for values in listed for value in values)


def _facts(role: Role, stored: Object) -> Iterator[RbacRule]:
    for rule in entries(stored.get("rules")):
        yield RbacRule(
            role="/".join(role),
            api_groups=_words(field(rule, "apiGroups")),
            resources=_words(field(rule, "resources")),
            verbs=_words(field(rule, "verbs")),
        )


def _words(value: Any) -> tuple[str, ...]:
    """The strings of a list. A lone one, which no API server takes, counts against its author as well."""
    listed = [value] if isinstance(value, str) else entries(value)
    return tuple(item for item in listed if isinstance(item, str))
