"""What somebody can do to the gate, or past it, and the rights that let them: what is looked for in roles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlgate.doctor.matching import namespaces_are_sent
from mlgate.doctor.rbac import Right
from mlgate.doctor.shipped import definitions
from mlgate.doctor.snapshot import Object, Snapshot
from mlgate.evidence.guards import known_guards
from mlgate.evidence.looked import entries, field
from mlgate.evidence.times import metadata, name_of

_CREATE = frozenset({"create"})
_CHANGE = frozenset({"update", "patch"})
_MAKE = _CREATE | _CHANGE
_EDIT = _CHANGE | {"delete", "deletecollection"}
_ALL = _MAKE | _EDIT
_READ = frozenset({"get", "list", "watch"})
_CALL = frozenset({"create", "get"})
"""A call that is upgraded to a stream may be either."""
_ADMISSION, _RBAC = "admissionregistration.k8s.io", "rbac.authorization.k8s.io"
_SYSTEM = "kube-system"
_MAKERS = (
    ("apps", "deployments"),
    ("apps", "statefulsets"),
    ("apps", "daemonsets"),
    ("apps", "replicasets"),
    ("", "replicationcontrollers"),
    ("batch", "jobs"),
    ("batch", "cronjobs"),
)
"""What Pods are made from."""


@dataclass(frozen=True)
class Power:
    """What somebody can do to the gate with any of some rights."""

    code: str | None
    """Of the finding where it is held by people; None where that is as it should be."""
    does: str
    rights: tuple[Right, ...]
    beneath: str | None = None
    """The code of a greater power: whoever is told of that is not told of this as well."""


def powers(snapshot: Snapshot) -> tuple[Power, ...]:
    """Everything that is looked for; a power comes after the one it is beneath."""
    home = snapshot.home
    return (
        *_over_the_webhook(snapshot),
        *_over_namespaces(snapshot),
        *_over_rights(home),
        Power(
            "rights.gate_editable",
            f"change the gate in {home}, or put something in its place",
            (*_gate(snapshot, home),),
        ),
        Power(
            "rights.gate_key_readable",
            "read the private key of the gate",
            (Right("", "secrets", _READ, _mounted(snapshot, "secret", "secretName"), home),),
            beneath="rights.gate_editable",
        ),
        Power(
            "rights.exempt_writable",
            f"run what nobody judges in {_SYSTEM}",
            (*_pods(_SYSTEM),),
            beneath="rights.gate_editable",
        ),
        Power(
            None,
            "approve models or grant waivers",
            (
                Right("mlgate.dev", "signoffroles", frozenset({"approve", "withdraw"})),
                Right("mlgate.dev", "waivers", _CREATE),
            ),
        ),
    )


def _over_the_webhook(snapshot: Snapshot) -> Iterator[Power]:
    """What decides whether, and about what, the API server asks."""
    ours = frozenset(entry.configuration for entry in snapshot.entries)
    guards = frozenset(guard.name for listed in known_guards().values() for guard in listed)
    yield Power(
        "rights.webhook_editable",
        "edit or delete the webhook configuration",
        (Right(_ADMISSION, "validatingwebhookconfigurations", _EDIT, ours),),
    )
    yield Power(
        "rights.guards_editable",
        "edit or delete the guards of records",
        (
            Right(_ADMISSION, "validatingadmissionpolicies", _EDIT, guards),
            Right(_ADMISSION, "validatingadmissionpolicybindings", _EDIT, guards),
        ),
    )
    yield Power(
        "rights.definitions_editable",
        "edit or delete the definitions of records",
        (Right("apiextensions.k8s.io", "customresourcedefinitions", _EDIT, frozenset(definitions())),),
    )
    versions = frozenset(
        f"{field(version, 'name')}.{name.partition('.')[2]}"
        for name, (_, definition) in definitions().items()
        for version in entries(field(definition, "spec", "versions"))
    )
    yield Power(
        "rights.group_served_elsewhere",
        "have a server of their own answer for the records",
        (Right("apiregistration.k8s.io", "apiservices", _ALL, versions),),
    )
    yield Power(
        "rights.objects_rewritable",
        "have every object rewritten on its way, those of the gate too",
        (
            Right(_ADMISSION, "mutatingwebhookconfigurations", _MAKE),
            Right(_ADMISSION, "mutatingadmissionpolicies", _MAKE),
        ),
    )


def _over_namespaces(snapshot: Snapshot) -> Iterator[Power]:
    names = frozenset(name_of(space) for space in snapshot.namespaces or ())
    yield Power(
        "rights.namespaces_editable",
        "label namespaces",
        (*(Right("", f"namespaces{part}", _CHANGE, names) for part in ("", "/status", "/finalize")),),
    )
    if not namespaces_are_sent(snapshot):
        yield Power(
            "rights.namespaces_creatable",
            "create namespaces with the labels they choose",
            (Right("", "namespaces", _CREATE),),
        )


def _over_rights(home: str) -> Iterator[Power]:
    impersonate, grant = frozenset({"impersonate"}), frozenset({"escalate", "bind"})
    yield Power(
        "rights.impersonation",
        "act as somebody else",
        (
            *(Right("", kind, impersonate) for kind in ("users", "groups", "serviceaccounts")),
            *(
                right
                for place in (_SYSTEM, home)
                for right in (
                    Right("", "serviceaccounts", impersonate, namespace=place),
                    Right("", "serviceaccounts/token", _CREATE, namespace=place),
                )
            ),
            Right("certificates.k8s.io", "certificatesigningrequests/approval", _CHANGE),
        ),
    )
    yield Power(
        "rights.roles_escalation",
        "give themselves any right",
        (
            Right(_RBAC, "clusterroles", grant),
            *(
                Right(_RBAC, kind, grant, namespace=place)
                for place in (_SYSTEM, home)
                for kind in ("roles", "clusterroles")
            ),
        ),
    )


def _pods(place: str) -> Iterator[Right]:
    """Rights to have something run in a namespace."""
    yield Right("", "pods", _MAKE, namespace=place)
    yield Right("", "pods/ephemeralcontainers", _CHANGE, namespace=place)
    for part in ("exec", "attach"):
        yield Right("", f"pods/{part}", _CALL, namespace=place)
    for group, resource in _MAKERS:
        yield Right(group, resource, _MAKE, namespace=place)


def _gate(snapshot: Snapshot, home: str) -> Iterator[Right]:
    """Rights to what the gate is made of, and to what leads to it."""
    yield from _pods(home)
    yield Right("apps", "deployments", _ALL, _names(snapshot.deployments, home), home)
    yield Right("apps", "deployments/scale", _CHANGE, _names(snapshot.deployments, home), home)
    yield Right("", "configmaps", _ALL, _mounted(snapshot, "configMap", "name"), home)
    yield Right("", "secrets", _ALL, _mounted(snapshot, "secret", "secretName"), home)
    services = _names(snapshot.services, home)
    yield Right("", "services", _ALL, services, home)
    yield Right("", "endpoints", _ALL, services, home)
    yield Right("discovery.k8s.io", "endpointslices", _ALL, _names(snapshot.slices, home), home)
    yield Right("", "nodes/proxy", _CALL)


def _names(listed: tuple[Object, ...] | None, home: str) -> frozenset[str]:
    """The names of the objects in the gate's namespace: a rule for others alone gives nothing."""
    return frozenset(name_of(one) for one in listed or () if metadata(one).get("namespace") == home)


def _mounted(snapshot: Snapshot, kind: str, key: str) -> frozenset[str]:
    """The names of the Secrets or ConfigMaps that are mounted into the Pods of the gate's namespace."""
    return frozenset(
        str(name)
        for stored in snapshot.deployments or ()
        if metadata(stored).get("namespace") == snapshot.home
        for volume in entries(field(stored, "spec", "template", "spec", "volumes"))
        if (name := field(volume, kind, key)) is not None
    )
