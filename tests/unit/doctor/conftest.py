"""A healthy installation as a snapshot, which each test breaks in one place."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
TOOLS = str(ROOT / "tools")
if TOOLS not in sys.path:
    sys.path.insert(0, TOOLS)

from cluster.webhook import configuration  # noqa: E402 - the folder has to be on the path first

from mlgate.doctor.finding import Finding  # noqa: E402 - as above
from mlgate.doctor.snapshot import Object, Served, Snapshot  # noqa: E402 - as above
from mlgate.errors import EvidenceUnavailable  # noqa: E402 - as above
from mlgate.evidence.transport import Form  # noqa: E402 - as above
from mlgate.workloads.kinds import gated_kinds, webhook_rules  # noqa: E402 - as above

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def read(folder: str) -> list[Object]:
    """The documents of a folder of `deploy`."""
    paths = sorted((ROOT / "deploy" / folder).glob("*.yaml"))
    return [document for path in paths for document in yaml.safe_load_all(path.read_text())]


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


@dataclass
class Broken:
    """An installation, its parts open to be changed."""

    configuration: Object
    policies: list[Object]
    bindings: list[Object]
    definitions: dict[str, Any]
    changes: dict[str, Any] = field(default_factory=dict)

    def entry(self, name: str) -> Object:
        """One entry of the webhook."""
        return next(one for one in self.configuration["webhooks"] if one["name"] == f"{name}.mlgate.dev")

    def snapshot(self) -> Snapshot:
        """As the checks see it."""
        made = Snapshot(
            at=NOW,
            configurations=(self.configuration,),
            served=served(),
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
        configuration=apart(configuration("https://127.0.0.1:8443", b"an authority", webhook_rules())),
        policies=[entry for entry in guards if entry["kind"] == "ValidatingAdmissionPolicy"],
        bindings=[entry for entry in guards if entry["kind"] == "ValidatingAdmissionPolicyBinding"],
        definitions=apart(definitions()),
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
