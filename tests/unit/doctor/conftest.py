"""A healthy installation as a snapshot, which each test breaks in one place."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from mlgate.doctor.finding import Finding
from mlgate.doctor.selection import known_conditions
from mlgate.doctor.shipped import shipped_deploy
from mlgate.doctor.snapshot import Object, Served, Snapshot
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.transport import Form
from mlgate.workloads.kinds import gated_kinds, webhook_rules

EXEMPT = ["kube-node-lease", "kube-system", "mlgate-system"]
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def read(folder: str) -> list[Object]:
    """The documents of a folder of `deploy`."""
    paths = sorted((shipped_deploy() / folder).glob("*.yaml"))
    return [document for path in paths for document in yaml.safe_load_all(path.read_text())]


def configuration() -> Object:
    """The webhook configuration of an installation that enforces."""
    exempt = {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": EXEMPT}
    client = {
        "service": {"name": "mlgate", "namespace": "mlgate-system", "path": "/validate", "port": 443},
        "caBundle": base64.b64encode(b"an authority").decode(),
    }
    (condition,) = known_conditions()["records"]
    narrow: dict[str, Any] = {
        "models": {},
        "workloads": {"matchLabels": {"mlgate.dev/gate": "enabled"}},
        "records": {},
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "mlgate"},
        "webhooks": [
            {
                "name": f"{entry}.mlgate.dev",
                "clientConfig": client,
                "rules": rules,
                "failurePolicy": "Fail",
                "matchPolicy": "Equivalent",
                "sideEffects": "None",
                "timeoutSeconds": 5,
                "admissionReviewVersions": ["v1"],
                "namespaceSelector": {"matchExpressions": [exempt], **narrow[entry]},
                "objectSelector": {},
                **(
                    {"matchConditions": [{"name": "ours", "expression": condition}]}
                    if entry == "records"
                    else {}
                ),
            }
            for entry, rules in webhook_rules().items()
        ],
    }


def served() -> tuple[Served, ...]:
    """A cluster with every platform mlgate knows."""
    return tuple(
        Served(row.group, version, name, row.kind, namespaced=row.scope == "Namespaced")
        for row in gated_kinds().values()
        for version in row.versions
        for name in (row.resource, *(f"{row.resource}/{part}" for part in row.subresources))
    )


def definitions() -> dict[str, Object]:
    """The definitions as an API server that accepted them returns them."""
    status = {"conditions": [{"type": "Established", "status": "True"}]}
    return {entry["metadata"]["name"]: {**entry, "status": status} for entry in read("crds")}


def apart(value: dict[str, Any]) -> dict[str, Any]:
    """A copy in which no part stands in two places."""
    copied: dict[str, Any] = json.loads(json.dumps(value))
    return copied


def namespace(name: str, **labels: str) -> Object:
    """A Namespace as the API server labels it, with labels of ours."""
    ours = {f"mlgate.dev/{key.replace('_', '-')}": value for key, value in labels.items()}
    return {"metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name, **ours}}}


@dataclass
class Broken:
    """An installation, its parts open to be changed."""

    configuration: Object
    policies: list[Object]
    bindings: list[Object]
    definitions: dict[str, Any]
    namespaces: list[Object]
    changes: dict[str, Any] = field(default_factory=dict)
    stored: dict[str, list[Object]] = field(default_factory=dict)
    """Further objects of the cluster, by the path of their list."""

    def entry(self, name: str) -> Object:
        """One entry of the webhook."""
        return next(one for one in self.configuration["webhooks"] if one["name"] == f"{name}.mlgate.dev")

    def label(self, name: str, **labels: str) -> None:
        """Make a namespace with labels of ours."""
        self.namespaces.append(namespace(name, **labels))

    def snapshot(self) -> Snapshot:
        """As the checks see it."""
        made = Snapshot(
            at=NOW,
            configurations=(self.configuration,),
            served=served(),
            namespaces=(*self.namespaces,),
            policies=(*self.policies,),
            bindings=(*self.bindings,),
            definitions=self.definitions,
        )
        return replace(made, **self.changes)


@pytest.fixture
def broken() -> Broken:
    """A healthy installation, to be broken."""
    guards = read("guards")
    return Broken(
        configuration=apart(configuration()),
        policies=[entry for entry in guards if entry["kind"] == "ValidatingAdmissionPolicy"],
        bindings=[entry for entry in guards if entry["kind"] == "ValidatingAdmissionPolicyBinding"],
        definitions=apart(definitions()),
        namespaces=[namespace(name) for name in ("default", "kube-system", "mlgate-system")],
    )


Check = Callable[[Snapshot], Any]


@pytest.fixture
def codes() -> Callable[[Check, Broken], list[str]]:
    """What a check finds, as codes."""

    def found(check: Check, broken: Broken) -> list[str]:
        return [one.code for one in check(broken.snapshot())]

    return found


@pytest.fixture
def only() -> Callable[[Check, Broken], Finding]:
    """The one thing a check finds."""

    def found(check: Check, broken: Broken) -> Finding:
        (one,) = check(broken.snapshot())
        assert isinstance(one, Finding)
        return one

    return found


class Api:
    """An API server that serves what an installation holds, and refuses what a test says."""

    def __init__(self, broken: Broken, refused: frozenset[str] = frozenset()) -> None:
        self.refused = refused
        self.answers: dict[str, Any] = {}
        self.closed = False
        snapshot = broken.snapshot()
        for path, entries in (
            (
                "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
                snapshot.configurations,
            ),
            ("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", snapshot.policies),
            ("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings", snapshot.bindings),
            ("/api/v1/namespaces", snapshot.namespaces),
        ):
            self.answers[path] = {"items": [*(entries or ())]}
        for name, definition in (snapshot.definitions or {}).items():
            path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}"
            self.answers[path] = definition
        self.answers |= {path: {"items": items} for path, items in broken.stored.items()}
        self._discover(snapshot.served)

    def _discover(self, resources: tuple[Served, ...]) -> None:
        groups: dict[str, list[dict[str, str]]] = {}
        for one in resources:
            path = f"/apis/{one.group}/{one.version}" if one.group else f"/api/{one.version}"
            described = {"name": one.resource, "kind": one.kind, "namespaced": one.namespaced}
            self.answers.setdefault(path, {"resources": []})["resources"].append(described)
            version = {"version": one.version, "groupVersion": f"{one.group}/{one.version}"}
            known = groups.setdefault(one.group, [])
            if version not in known:
                known.append(version)
        del groups[""]
        groups["unrelated.example.com"] = [{"version": "v1", "groupVersion": "unrelated.example.com/v1"}]
        self.answers["/apis"] = {
            "groups": [{"name": name, "versions": versions} for name, versions in groups.items()]
        }

    def read(self, path: str, query: Mapping[str, str], timeout: float, form: Form = "whole") -> Any:
        if path in self.refused:
            raise EvidenceUnavailable("the API server answered 403")
        return self.answers.get(path)

    def watch(self, path: str, query: Mapping[str, str], timeout: float, form: Form = "whole") -> Any:
        raise NotImplementedError

    def review(self, path: str, question: Mapping[str, Any], timeout: float) -> Any:
        raise NotImplementedError

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def api() -> Callable[..., Api]:
    """An API server that holds an installation."""

    def serving(broken: Broken, refused: Iterable[str] = ()) -> Api:
        return Api(broken, frozenset(refused))

    return serving
