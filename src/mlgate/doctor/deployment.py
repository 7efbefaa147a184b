"""The Deployment of the gate, as far as it says how the gate is set up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from mlgate.doctor.snapshot import Object, Snapshot
from mlgate.doctor.targets import Target
from mlgate.evidence.looked import entries, field
from mlgate.evidence.selectors import selects
from mlgate.evidence.times import metadata, name_of

_FLAGS = {
    "MLGATE_TLS__CERT": "--tls-cert",
    "MLGATE_POLICY__SETTINGS": "--settings",
    "MLGATE_POLICY__BUNDLE": "--bundle",
}
"""Variable -> the flag of `serve` that goes before it."""


@dataclass(frozen=True)
class GateDeployment:
    """One Deployment whose Pods are called."""

    stored: Object

    @property
    def name(self) -> str:
        """Its name."""
        return name_of(self.stored)

    @property
    def namespace(self) -> str:
        """Where it is."""
        return str(metadata(self.stored).get("namespace"))

    @property
    def pod(self) -> Any:
        """What its Pods are made from."""
        return field(self.stored, "spec", "template", "spec")

    @property
    def account(self) -> str:
        """The service account of its Pods."""
        return str(field(self.pod, "serviceAccountName") or "default")

    def setting(self, variable: str) -> str | None:
        """What a variable or its flag sets; None where it is left to the default, or comes from elsewhere."""
        container = self._container()
        flag = _FLAGS.get(variable)
        words = [
            *map(str, entries(field(container, "command"))),
            *map(str, entries(field(container, "args"))),
        ]
        for index, word in enumerate(words):
            name, equals, value = word.partition("=")
            if flag is not None and name == flag:
                return value if equals else next(iter(words[index + 1 :]), None)
        for entry in entries(field(container, "env")):
            if field(entry, "name") == variable:
                value = field(entry, "value")
                return value if isinstance(value, str) else None
        return None

    def source(self, path: str) -> tuple[Any, str] | None:
        """The volume a file comes from, and its path there; None where no volume is mounted above it."""
        wanted = PurePosixPath(path)
        for mount in entries(field(self._container(), "volumeMounts")):
            place = PurePosixPath(str(field(mount, "mountPath")))
            if wanted.is_relative_to(place):
                for volume in entries(field(self.pod, "volumes")):
                    if field(volume, "name") == field(mount, "name"):
                        return volume, str(wanted.relative_to(place))
        return None

    def _container(self) -> Any:
        """The container that serves; the first where none is called so."""
        containers = entries(field(self.pod, "containers"))
        named = (one for one in containers if field(one, "name") == "mlgate")
        return next(named, next(iter(containers), None))


def deployments_of(snapshot: Snapshot, target: Target) -> Iterator[GateDeployment]:
    """The Deployments whose Pods the target's Service leads to."""
    service = service_of(snapshot, target)
    selector = field(service, "spec", "selector")
    if not isinstance(selector, dict) or not selector:
        return
    for stored in snapshot.deployments or ():
        labels = field(stored, "spec", "template", "metadata", "labels") or {}
        same_place = metadata(stored).get("namespace") == target.service[0]
        if same_place and selects({"matchLabels": selector}, labels) is True:
            yield GateDeployment(stored)


def service_of(snapshot: Snapshot, target: Target) -> Object | None:
    """The Service that is called, where it could be read."""
    namespace, name = target.service
    for stored in snapshot.services or ():
        if (metadata(stored).get("namespace"), name_of(stored)) == (namespace, name):
            return stored
    return None
