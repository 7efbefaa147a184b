"""A container as written, and how two of them are compared or laid over each other."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cached_property

from mlgate.domain.base import Json
from mlgate.domain.workload import Container, ContainerRole, EnvSource, EnvVar, Image, SecurityContext
from mlgate.workloads.addresses.images import parse_image, retagged
from mlgate.workloads.credentials.patterns import shipped
from mlgate.workloads.credentials.scan import holds_credentials
from mlgate.workloads.credentials.shown import mask_arguments
from mlgate.workloads.pods.volumes import MODEL_MOUNT, PLATFORM_VOLUME
from mlgate.workloads.reading import dig

OF_A_CONTAINER = ("image", "command", "args", "env", "envFrom", "securityContext", "lifecycle")
"""Fields that say something of a container."""
FIELDS = (*OF_A_CONTAINER, "volumeMounts", "ports")
"""Those that are read."""
_COMPARED_AS_WRITTEN = ("securityContext", "lifecycle", "workingDir", "volumeDevices")
_ELSEWHERE = {"secretKey", "configMapKey"}
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
_JOB_INDEX = "JOB_COMPLETION_INDEX"
_ADDED_MOUNTS = (
    ("kube-api-access-", "/var/run/secrets/kubernetes.io/serviceaccount"),
    (PLATFORM_VOLUME, MODEL_MOUNT),
    ("kserve-pvc-source", MODEL_MOUNT),
)
"""Volumes that Kubernetes and KServe mount into the containers of others; the volumes are compared apart."""


@dataclass(frozen=True)
class Slot:
    """A container as written: what detection and comparison need, credentials unmasked."""

    name: str
    role: ContainerRole
    path: str
    raw: dict[str, Json] = field(repr=False)
    image: str | None = None
    command: tuple[str, ...] = field(default=(), repr=False)
    args: tuple[str, ...] = field(default=(), repr=False)
    env: tuple[EnvVar, ...] = field(default=(), repr=False)
    sources: dict[str, Json] = field(default_factory=dict, repr=False)
    """Full `valueFrom` by path of the variable: another key of the same Secret is another variable."""
    env_from: tuple[EnvSource, ...] = ()
    learnt: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    """Entries of ConfigMaps its variables come from, by the name of the ConfigMap, once they are known."""
    security: SecurityContext = field(default_factory=SecurityContext)
    mounts: tuple[tuple[str, str, str], ...] = ()
    """Mount path, volume name and path within the volume."""
    ports: tuple[int, ...] = ()
    host_ports: tuple[int, ...] = ()
    from_reference: bool = False
    places: dict[str, str] = field(default_factory=dict, repr=False)
    """Path of each field that stands elsewhere in the object than the rest of the container."""
    always_runs: bool = True
    """False for a field that only tunes a container defined elsewhere, such as KServe's `model`."""
    tag: str | None = None
    """Tag that the image gets, whichever object names the image."""
    elsewhere: bool = False
    """It says what a container of another object is to load, and is none itself."""

    in_shell: bool = False
    """Its command and arguments are run by a shell, as one line."""

    @property
    def runs(self) -> bool:
        """Whether anything of a container is said here."""
        if self.elsewhere:
            return False
        return self.always_runs or any(self.raw.get(key) is not None for key in OF_A_CONTAINER)

    def at(self, key: str) -> str:
        """Path of one of its fields."""
        return self.places.get(key, f"{self.path}.{key}")

    @cached_property
    def _variables(self) -> dict[str, EnvVar]:
        return {env.name: env for env in self.env}

    def variable(self, name: str) -> EnvVar | None:
        """The variable of that name; the last one wins, as for the container runtime."""
        return self._variables.get(name)

    def variable_from_elsewhere(self, names: frozenset[str]) -> bool:
        """Whether one of the variables has a value that stands in another object."""
        found = (self.variable(name) for name in names)
        return any(var is not None and var.from_ in _ELSEWHERE for var in found)

    def fingerprint(self) -> str:
        """What two containers must share to be the same: unmasked and in full."""
        env = [
            (var.name, var.value, self.sources.get(var.path))
            for var in self.env
            if not (var.name == _JOB_INDEX and var.from_ == "field")
        ]
        sources = [[(source.kind, source.name) for source in self.env_from], _prefixes(self.raw)]
        parts = [self.role, self.image, self.command, self.args, env, sources, self.security.wire()]
        # Platforms rewrite the requests of probes; their commands run in the container like its own.
        probes = [dig(self.raw, probe, "exec") for probe in PROBES]
        extra = [self.raw.get(key) or None for key in _COMPARED_AS_WRITTEN]
        extra += [probes, _mounts_as_written(self.raw)]
        return json.dumps([parts, extra], sort_keys=True, default=str)

    def container(self) -> Container:
        """The container as policy sees it: credentials masked."""
        return Container(
            name=self.name,
            role=self.role,
            source="reference" if self.from_reference else "object",
            path=self.path,
            image=parse_image(self.image) if self.image else Image(),
            env=tuple(_masked(var) for var in self.env),
            env_from=self.env_from,
            command=mask_arguments(self.command),
            args=mask_arguments(self.args),
            security_context=self.security,
        )

    def overlaid(self, upper: Slot, *, adds_args: bool = True) -> Slot:
        """This container with another laid over it, as KServe lays a model over its runtime.

        `adds_args`: its arguments stand behind those of the lower one; else in their place.
        """
        names = {var.name for var in upper.env}
        base, top = self.security.model_dump(), upper.security.model_dump()
        security = {key: value if value not in (None, ()) else base[key] for key, value in top.items()}
        return replace(
            upper,
            raw={**self.raw, **upper.raw, "volumeMounts": _items(self.raw) + _items(upper.raw)},
            image=upper.image or (retagged(self.image, upper.tag) if self.image else None),
            command=upper.command or self.command,
            args=self.args + upper.args if adds_args else upper.args or self.args,
            env=tuple(var for var in self.env if var.name not in names) + upper.env,
            sources={**self.sources, **upper.sources},
            env_from=self.env_from + upper.env_from,
            security=SecurityContext(**security),
            mounts=self.mounts + upper.mounts,
            ports=self.ports + upper.ports,
            host_ports=self.host_ports + upper.host_ports,
            always_runs=True,
        )


def _items(raw: dict[str, Json]) -> list[Json]:
    mounts = raw.get("volumeMounts")
    return mounts if isinstance(mounts, list) else []


def _prefixes(raw: dict[str, Json]) -> list[str]:
    """What stands before the names of variables that are taken from elsewhere."""
    given = raw.get("envFrom")
    return [str(dig(item, "prefix") or "") for item in (given if isinstance(given, list) else ())]


def _mounts_as_written(raw: dict[str, Json]) -> list[str]:
    """The mounts in any order, without those that platforms add and without fields at their defaults."""
    given = [item for item in _items(raw) if isinstance(item, dict) and not _is_added(item)]
    return sorted(
        json.dumps({key: value for key, value in item.items() if value}, sort_keys=True, default=str)
        for item in given
    )


def _is_added(mount: dict[str, Json]) -> bool:
    name, target = mount.get("name"), mount.get("mountPath")
    return isinstance(name, str) and any(
        target == place and (name == known or (known.endswith("-") and name.startswith(known)))
        for known, place in _ADDED_MOUNTS
    )


def _masked(var: EnvVar) -> EnvVar:
    if var.value is None:
        return var
    hidden = shipped().reason_of_variable(var.name, var.value) is not None or holds_credentials(var.value)
    return var.model_copy(update={"value": None}) if hidden else var
