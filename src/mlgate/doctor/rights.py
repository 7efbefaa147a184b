"""Who may switch mlgate off, or go around it, by rights that no admission webhook sees used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mlgate.doctor.codes import finding
from mlgate.doctor.finding import Finding, Subject
from mlgate.doctor.rbac import Grant, Right, Standing, grants
from mlgate.doctor.shipped import definitions
from mlgate.doctor.snapshot import Snapshot
from mlgate.evidence.guards import shipped

_EDIT = frozenset({"update", "patch", "delete", "deletecollection"})
_CHANGE = frozenset({"update", "patch"})
_ADMISSION = "admissionregistration.k8s.io"
_SHOWN = 8


@dataclass(frozen=True)
class Power:
    """What somebody can do to the gate with any of some rights."""

    code: str | None
    """Of the finding where it is held by people; None where that is as it should be."""
    does: str
    rights: tuple[Right, ...]


def powers(snapshot: Snapshot) -> tuple[Power, ...]:
    """Everything that is looked for."""
    ours = frozenset(entry.configuration for entry in snapshot.entries)
    guards = frozenset(guard.name for guard in shipped().values())
    home = snapshot.home
    return (
        Power(
            "rights.webhook_editable",
            "edit or delete the webhook configuration",
            (Right(_ADMISSION, "validatingwebhookconfigurations", _EDIT, ours),),
        ),
        Power(
            "rights.guards_editable",
            "edit or delete the guards of records",
            (
                Right(_ADMISSION, "validatingadmissionpolicies", _EDIT, guards),
                Right(_ADMISSION, "validatingadmissionpolicybindings", _EDIT, guards),
            ),
        ),
        Power(
            "rights.definitions_editable",
            "edit or delete the definitions of records",
            (Right("apiextensions.k8s.io", "customresourcedefinitions", _EDIT, frozenset(definitions())),),
        ),
        Power(
            "rights.namespaces_editable",
            "label namespaces",
            (Right("", "namespaces", _CHANGE, _names(snapshot)),),
        ),
        Power(
            "rights.impersonation",
            "act as somebody else",
            tuple(
                Right("", kind, frozenset({"impersonate"})) for kind in ("users", "groups", "serviceaccounts")
            ),
        ),
        Power(
            "rights.roles_escalation",
            "give themselves any right",
            (Right("rbac.authorization.k8s.io", "clusterroles", frozenset({"escalate", "bind"})),),
        ),
        Power(
            "rights.gate_editable",
            f"change the gate in {home}",
            (
                Right("apps", "deployments", _EDIT, namespace=home),
                Right("", "configmaps", _EDIT, namespace=home),
                Right("", "secrets", _EDIT, namespace=home),
                Right("", "pods/exec", frozenset({"create", "get"}), namespace=home),
            ),
        ),
        Power(
            None,
            "approve models or grant waivers",
            (
                Right("mlgate.dev", "signoffroles", frozenset({"approve", "withdraw"})),
                Right("mlgate.dev", "waivers", frozenset({"create"})),
            ),
        ),
    )


def _names(snapshot: Snapshot) -> frozenset[str]:
    return frozenset(str(space["metadata"]["name"]) for space in snapshot.namespaces or ())


def check_rights(snapshot: Snapshot) -> Iterator[Finding]:
    """Each power that is held, told apart by who holds it; nothing where the roles could not be read."""
    if not snapshot.roles_are_known:
        return
    given = [*grants(snapshot)]
    for power in powers(snapshot):
        held = [one for one in given if any(one.gives(right) for right in power.rights)]
        yield from _told("rights.held_by_everyone", power, snapshot, _of(held, "everyone"))
        if power.code is not None:
            yield from _told(power.code, power, snapshot, _of(held, "people"))
            yield from _told("rights.held_by_system", power, snapshot, _of(held, "system"))


def _of(held: Iterable[Grant], standing: Standing) -> list[Grant]:
    """One grant for each user or group and binding."""
    return [*{(one.subject, one.binding): one for one in held if one.standing == standing}.values()]


def _told(code: str, power: Power, snapshot: Snapshot, held: list[Grant]) -> Iterator[Finding]:
    if not held:
        return
    names = ", ".join(f"{one.subject} ({one.binding})" for one in held[:_SHOWN])
    more = f" and {len(held) - _SHOWN} more" if len(held) > _SHOWN else ""
    right = power.rights[0]
    subject = Subject(kind=right.resource, name=None, namespace=right.namespace, path=right.group or None)
    yield finding(
        code,
        subject,
        f"{names}{more} may {power.does}",
        binding=held[0].binding,
        namespace=held[0].namespace or snapshot.home,
    )
