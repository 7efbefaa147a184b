"""Whether an Istio AuthorizationPolicy lets callers in that nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlgate.evidence.looked import entries, field

_IDENTITIES = ("principals", "requestPrincipals", "namespaces", "serviceAccounts")
"""What of a source only a caller with a token or a client certificate has."""
_STRANGERS = ("notPrincipals", "notRequestPrincipals")
_KEYS = ("request.auth.", "source.principal", "source.namespace", "source.serviceAccount")
"""Beginnings of the attributes that only a known caller has."""


def demands_identity(policy: Mapping[str, Any], *, open_door: bool) -> bool:
    """Whether the policy has strangers refused.

    A denial of strangers stands by itself. What is allowed to known callers alone counts only without an
    `open_door`: a caller needs to match one allowing policy, so one that lets strangers in undoes the rest.
    """
    action = _action(policy)
    if action == "DENY":
        return any(_denies_strangers(rule) for rule in entries(field(policy, "spec", "rules")))
    return action == "ALLOW" and not open_door and not lets_strangers_in(policy)


def lets_strangers_in(policy: Mapping[str, Any]) -> bool:
    """Whether a rule of an allowing policy holds for a caller without an identity."""
    rules = field(policy, "spec", "rules")
    if _action(policy) != "ALLOW" or rules is None:
        return False  # without a rule it allows nothing
    return not isinstance(rules, list) or not all(_is_for_the_known(rule) for rule in rules)


def _action(policy: Mapping[str, Any]) -> Any:
    return field(policy, "spec", "action") or "ALLOW"


def _is_for_the_known(rule: Any) -> bool:
    """Whether the rule holds only for callers with an identity: all its sources or a condition ask for it."""
    sources = entries(field(rule, "from"))
    if sources and all(_asks_for_one(field(entry, "source")) for entry in sources):
        return True
    return any(_is_condition(entry) for entry in entries(field(rule, "when")))


def _asks_for_one(source: Any) -> bool:
    return any(_names(field(source, key)) for key in _IDENTITIES)


def _is_condition(entry: Any) -> bool:
    key = field(entry, "key")
    return isinstance(key, str) and key.startswith(_KEYS) and _names(field(entry, "values"))


def _names(value: Any) -> bool:
    """Whether the list names somebody, and nothing but that: an empty text would be anybody."""
    named = entries(value)
    return bool(named) and all(isinstance(name, str) and name.strip() for name in named)


def _denies_strangers(rule: Any) -> bool:
    """Whether the rule denies every caller without an identity, whatever is asked for."""
    if not isinstance(rule, dict) or rule.get("to") or rule.get("when"):
        return False
    return any(
        field(entry, "source") in [{key: ["*"]} for key in _STRANGERS] for entry in entries(rule.get("from"))
    )
