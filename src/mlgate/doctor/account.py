"""The gate's own service account: whether it may read what it must, and write nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files

import yaml

from mlgate.doctor.codes import finding
from mlgate.doctor.deployment import deployments_of
from mlgate.doctor.finding import Finding, Subject
from mlgate.doctor.rbac import Grant, Right, account_name, grants
from mlgate.doctor.snapshot import Object, Snapshot
from mlgate.doctor.targets import targets
from mlgate.evidence.looked import entries
from mlgate.workloads.kinds.table import reading_rules

_NAME = "mlgate"
_READING = frozenset({"get", "list", "watch"})
_GROUPS = ("system:serviceaccounts", "system:authenticated")
_SHOWN = 10


def check_account(snapshot: Snapshot) -> Iterator[Finding]:
    """Rights that are missing, and rights that are too many; nothing where the roles could not be read."""
    if not snapshot.roles_are_known:
        return
    namespace, name, region = _account(snapshot)
    user = account_name(namespace, name)
    theirs = {user, *_GROUPS, f"{_GROUPS[0]}:{namespace}"}
    given = [one for one in grants(snapshot) if one.subject in theirs]
    subject = Subject(kind="ServiceAccount", name=name, namespace=namespace)
    missing = [*_missing(snapshot, given, region=region)]
    if missing:
        message = f"the gate may not {'; '.join(missing[:_SHOWN])}" + _more(missing)
        yield finding("account.right_missing", subject, message, namespace=namespace)
    for grant in given:
        if grant.subject == user and not {*entries(grant.rule.get("verbs"))} <= _READING:
            what = ", ".join(map(str, entries(grant.rule.get("resources"))))
            verbs = ", ".join(map(str, entries(grant.rule.get("verbs"))))
            message = f"the gate may {verbs} {what} by {grant.binding}, and has no use for it"
            place = grant.namespace or namespace
            yield finding("account.right_excess", subject, message, binding=grant.binding, namespace=place)


def _account(snapshot: Snapshot) -> tuple[str, str, bool]:
    """Namespace and name of the account, and whether the gate is told its region."""
    for target in targets(snapshot.entries):
        for deployment in deployments_of(snapshot, target):
            region = deployment.setting("MLGATE_EVIDENCE__REGION")
            return deployment.namespace, deployment.account, region is not None
    return snapshot.home, _NAME, False


def _missing(snapshot: Snapshot, given: list[Grant], *, region: bool) -> Iterator[str]:
    """What is needed and not held, of what the cluster serves."""
    for rule in needs():
        for group in rule["apiGroups"]:
            if group and group not in snapshot.groups:
                continue
            for resource in _served(snapshot, group, rule["resources"]):
                if region and (group, resource) == ("", "nodes"):
                    continue
                lacks = [
                    verb
                    for verb in rule["verbs"]
                    if not any(one.gives(Right(group, resource, frozenset({verb}))) for one in given)
                ]
                if lacks:
                    yield f"{', '.join(lacks)} {resource}{'.' + group if group else ''}"


def _served(snapshot: Snapshot, group: str, named: Iterable[str]) -> list[str]:
    """The resources a rule names, but for kinds that its operator does not have in this cluster."""
    there = {(one.group, one.resource) for one in snapshot.served}
    kinds = {
        (group, one) for rule in reading_rules() if group in rule["apiGroups"] for one in rule["resources"]
    }
    return [one for one in named if (group, one) not in kinds - there]


@lru_cache(maxsize=1)
def needs() -> tuple[Object, ...]:
    """The rules of the role mlgate needs."""
    text = files("mlgate.doctor").joinpath("needs.yaml").read_text(encoding="utf-8")
    return (*yaml.safe_load(text), *reading_rules())


def _more(found: list[str]) -> str:
    return f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
