"""Reads one container, in whatever slot of whatever kind it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from mlgate.domain.base import Json
from mlgate.domain.workload import Container, ContainerRole, EnvSource, EnvVar, Image, SecurityContext
from mlgate.workloads.credential_patterns import shipped
from mlgate.workloads.credentials import holds_credentials, mask_arguments
from mlgate.workloads.images import parse_image
from mlgate.workloads.reading import Reader, dig
from mlgate.workloads.volumes import MODEL_MOUNT, PLATFORM_VOLUME, plain_path

_SOURCES = (
    ("secretKeyRef", "secretKey", "name"),
    ("configMapKeyRef", "configMapKey", "name"),
    ("fieldRef", "field", None),
    ("resourceFieldRef", "resource", None),
)
_OF_A_CONTAINER = ("image", "command", "args", "env", "envFrom", "securityContext", "lifecycle")
_COMPARED_AS_WRITTEN = ("securityContext", "lifecycle", "workingDir", "volumeDevices")
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
    security: SecurityContext = field(default_factory=SecurityContext)
    mounts: tuple[tuple[str, str, str], ...] = ()
    """Mount path, volume name and path within the volume."""
    ports: tuple[int, ...] = ()
    host_ports: tuple[int, ...] = ()
    from_reference: bool = False

    always_runs: bool = True
    """False for a field that only tunes a container defined elsewhere, such as KServe's `model`."""

    @property
    def runs(self) -> bool:
        """Whether anything of a container is said here."""
        return self.always_runs or any(self.raw.get(key) is not None for key in _OF_A_CONTAINER)

    @cached_property
    def _variables(self) -> dict[str, EnvVar]:
        return {env.name: env for env in self.env}

    def variable(self, name: str) -> EnvVar | None:
        """The variable of that name; the last one wins, as for the container runtime."""
        return self._variables.get(name)

    def fingerprint(self) -> str:
        """What two containers must share to be the same: unmasked and in full."""
        env = [
            (var.name, var.value, self.sources.get(var.path))
            for var in self.env
            if not (var.name == _JOB_INDEX and var.from_ == "field")
        ]
        sources = [(source.kind, source.name) for source in self.env_from]
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

    def overlaid(self, upper: Slot) -> Slot:
        """This container with another laid over it, as KServe lays a model over its runtime."""
        names = {var.name for var in upper.env}
        base, top = self.security.model_dump(), upper.security.model_dump()
        security = {key: value if value not in (None, ()) else base[key] for key, value in top.items()}
        return replace(
            upper,
            raw={**self.raw, **upper.raw, "volumeMounts": _items(self.raw) + _items(upper.raw)},
            image=upper.image or self.image,
            command=upper.command or self.command,
            args=self.args + upper.args,
            env=tuple(var for var in self.env if var.name not in names) + upper.env,
            sources={**self.sources, **upper.sources},
            env_from=self.env_from + upper.env_from,
            security=SecurityContext(**security),
            mounts=self.mounts + upper.mounts,
            ports=self.ports + upper.ports,
            host_ports=self.host_ports + upper.host_ports,
            always_runs=True,
        )


def read_container(
    reader: Reader,
    raw: dict[str, Json],
    path: str,
    role: ContainerRole,
    name: str,
    pod_security: dict[str, Json],
) -> Slot:
    """The container at `path`; `name` is what it is called when it has no name of its own."""
    if role == "init" and raw.get("restartPolicy") == "Always":
        role = "sidecar"
    ports = list(reader.mappings(raw.get("ports"), f"{path}.ports"))
    env = tuple(_env(reader, raw.get("env"), f"{path}.env"))
    return Slot(
        name=reader.text(raw.get("name"), f"{path}.name") or name,
        role=role,
        path=path,
        raw=raw,
        image=reader.text(raw.get("image"), f"{path}.image") or None,
        command=reader.texts(raw.get("command"), f"{path}.command"),
        args=reader.texts(raw.get("args"), f"{path}.args"),
        env=env,
        sources=_sources(raw.get("env"), env),
        env_from=tuple(_env_from(reader, raw.get("envFrom"), f"{path}.envFrom")),
        security=_security(reader, raw, path, pod_security),
        mounts=tuple(_mounts(reader, raw.get("volumeMounts"), f"{path}.volumeMounts")),
        ports=_port_numbers(reader, ports, "containerPort"),
        host_ports=_port_numbers(reader, ports, "hostPort"),
    )


def _env(reader: Reader, value: Json, path: str) -> Iterator[EnvVar]:
    for place, item in reader.mappings(value, path):
        name = reader.text(item.get("name"), f"{place}.name") or ""
        source, source_name = _value_from(reader, item.get("valueFrom"), f"{place}.valueFrom")
        literal = None if source else reader.text(item.get("value"), f"{place}.value")
        yield EnvVar(name=name, value=literal, from_=source, from_name=source_name, path=place)


def _sources(value: Json, env: tuple[EnvVar, ...]) -> dict[str, Json]:
    items = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    pairs = zip(env, items, strict=True)
    return {var.path: item["valueFrom"] for var, item in pairs if item.get("valueFrom") is not None}


def _value_from(reader: Reader, value: Json, path: str) -> tuple[str | None, str | None]:
    given = reader.mapping(value, path)
    for key, source, name_key in _SOURCES:
        inner = given.get(key)
        if inner is not None:
            found = reader.mapping(inner, f"{path}.{key}")
            return source, reader.text(found.get(name_key), f"{path}.{key}.name") if name_key else None
    return None, None


def _env_from(reader: Reader, value: Json, path: str) -> Iterator[EnvSource]:
    for place, item in reader.mappings(value, path):
        for key, kind in (("secretRef", "secret"), ("configMapRef", "configMap")):
            inner = item.get(key)
            if inner is not None:
                found = reader.mapping(inner, f"{place}.{key}")
                name = reader.text(found.get("name"), f"{place}.{key}.name") or ""
                yield EnvSource(kind="secret" if kind == "secret" else "configMap", name=name, path=place)


def _mounts(reader: Reader, value: Json, path: str) -> Iterator[tuple[str, str, str]]:
    for place, item in reader.mappings(value, path):
        target = reader.text(item.get("mountPath"), f"{place}.mountPath")
        volume = reader.text(item.get("name"), f"{place}.name")
        if target and volume:
            # A relative place counts from the root, and detours lead where they lead.
            target = plain_path(target if target.startswith("/") else f"/{target}")
            yield target, volume, reader.text(item.get("subPath"), f"{place}.subPath") or ""


def _items(raw: dict[str, Json]) -> list[Json]:
    mounts = raw.get("volumeMounts")
    return mounts if isinstance(mounts, list) else []


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


def _port_numbers(reader: Reader, ports: list[tuple[str, dict[str, Json]]], key: str) -> tuple[int, ...]:
    numbers = (reader.integer(item.get(key), f"{place}.{key}") for place, item in ports)
    return tuple(number for number in numbers if number)


def _security(reader: Reader, raw: dict[str, Json], path: str, pod: dict[str, Json]) -> SecurityContext:
    path = f"{path}.securityContext"
    own = reader.mapping(raw.get("securityContext"), path)
    capabilities = reader.mapping(own.get("capabilities"), f"{path}.capabilities")
    non_root = reader.boolean(own.get("runAsNonRoot"), f"{path}.runAsNonRoot")
    user = reader.integer(own.get("runAsUser"), f"{path}.runAsUser")
    pod_user, pod_non_root = pod.get("runAsUser"), pod.get("runAsNonRoot")
    return SecurityContext(
        run_as_non_root=pod_non_root if non_root is None and isinstance(pod_non_root, bool) else non_root,
        run_as_user=pod_user if user is None and isinstance(pod_user, int) else user,
        privileged=reader.boolean(own.get("privileged"), f"{path}.privileged"),
        allow_privilege_escalation=reader.boolean(
            own.get("allowPrivilegeEscalation"), f"{path}.allowPrivilegeEscalation"
        ),
        capabilities_add=_capabilities(reader, capabilities.get("add"), f"{path}.capabilities.add"),
        capabilities_drop=_capabilities(reader, capabilities.get("drop"), f"{path}.capabilities.drop"),
        seccomp_profile=_seccomp(reader, own, path) or _seccomp(Reader(), pod, path),
    )


def _seccomp(reader: Reader, context: dict[str, Json], path: str) -> str | None:
    profile = reader.mapping(context.get("seccompProfile"), f"{path}.seccompProfile")
    return reader.text(profile.get("type"), f"{path}.seccompProfile.type")


def _capabilities(reader: Reader, value: Json, path: str) -> tuple[str, ...]:
    return tuple(name.upper().removeprefix("CAP_") for name in reader.texts(value, path))


def _masked(var: EnvVar) -> EnvVar:
    if var.value is None:
        return var
    hidden = shipped().reason_of_variable(var.name, var.value) is not None or holds_credentials(var.value)
    return var.model_copy(update={"value": None}) if hidden else var
