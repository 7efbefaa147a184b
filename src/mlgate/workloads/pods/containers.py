"""Reads one container, in whatever slot of whatever kind it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlgate.domain.base import Json
from mlgate.domain.workload import ContainerRole, EnvSource, EnvVar, SecurityContext
from mlgate.workloads.pods.loose_fields import read_image, read_variables, read_words
from mlgate.workloads.pods.slots import FIELDS, Slot
from mlgate.workloads.pods.volumes import plain_path
from mlgate.workloads.reading import Reader

REFERENCE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
"""A reference to a variable, which the kubelet replaces before anything runs."""
_SOURCES = (
    ("secretKeyRef", "secretKey", "name"),
    ("configMapKeyRef", "configMapKey", "name"),
    ("fieldRef", "field", None),
    ("resourceFieldRef", "resource", None),
)


def read_container(
    reader: Reader,
    raw: dict[str, Json],
    path: str,
    role: ContainerRole,
    name: str,
    pod_security: dict[str, Json],
    places: dict[str, str] | None = None,
    *,
    loose: bool = False,
) -> Slot:
    """The container at `path`; `name` is what it is called when it has no name of its own.

    `places` are the paths of fields that stand elsewhere in the object. `loose`: its kind may write an
    image in parts, variables and flags as maps, and a command as one text.
    """
    if role == "init" and raw.get("restartPolicy") == "Always":
        role = "sidecar"
    at = {key: f"{path}.{key}" for key in FIELDS} | (places or {})
    ports = list(reader.mappings(raw.get("ports"), at["ports"]))
    env = read_env(reader, raw.get("env"), at["env"], loose=loose)
    words = read_words if loose else Reader.texts
    image = (read_image if loose else Reader.text)(reader, raw.get("image"), at["image"])
    return Slot(
        name=reader.text(raw.get("name"), f"{path}.name") or name,
        role=role,
        path=path,
        raw=raw,
        image=image or None,
        command=words(reader, raw.get("command"), at["command"]),
        args=words(reader, raw.get("args"), at["args"]),
        env=env,
        sources=_sources(raw.get("env"), env),
        env_from=tuple(_env_from(reader, raw.get("envFrom"), at["envFrom"])),
        security=_security(reader, raw, at["securityContext"], pod_security),
        mounts=tuple(_mounts(reader, raw.get("volumeMounts"), at["volumeMounts"], env)),
        ports=_port_numbers(reader, ports, "containerPort"),
        host_ports=_port_numbers(reader, ports, "hostPort"),
        places=places or {},
    )


def read_env(reader: Reader, value: Json, path: str, *, loose: bool = False) -> tuple[EnvVar, ...]:
    """The variables of a container, in their order."""
    if loose and isinstance(value, dict):
        return tuple(read_variables(reader, value, path))
    return tuple(_env(reader, value, path))


def read_variables_of(reader: Reader, value: Json, path: str) -> tuple[tuple[EnvVar, ...], dict[str, Json]]:
    """Variables of a field of their own, a list or a map, and where those not written out come from."""
    env = read_env(reader, value, path, loose=True)
    return env, _sources(value, env)


def _env(reader: Reader, value: Json, path: str) -> Iterator[EnvVar]:
    for place, item in reader.mappings(value, path):
        # Yatai's first versions call it a key.
        named = next((key for key in ("name", "key") if key in item), "name")
        name = reader.text(item.get(named), f"{place}.{named}") or ""
        source, source_name = _value_from(reader, item.get("valueFrom"), f"{place}.valueFrom")
        literal = None if source else reader.text(item.get("value"), f"{place}.value")
        yield EnvVar(name=name, value=literal, from_=source, from_name=source_name, path=place)


def _sources(value: Json, env: tuple[EnvVar, ...]) -> dict[str, Json]:
    if not isinstance(value, list):
        return {}
    items = [item for item in value if isinstance(item, dict)]
    pairs = zip(env, items, strict=True)
    return {var.path: item["valueFrom"] for var, item in pairs if item.get("valueFrom") is not None}


def _value_from(reader: Reader, value: Json, path: str) -> tuple[str | None, str | None]:
    given = reader.mapping(value, path)
    for key, source, name_key in _SOURCES:
        inner = given.get(key)
        if inner is not None:
            found = reader.mapping(inner, f"{path}.{key}")
            return source, reader.text(found.get(name_key), f"{path}.{key}.name") if name_key else None
    if given:
        reader.problem(path, "takes the value from where the reader does not look")
    return None, None


def _env_from(reader: Reader, value: Json, path: str) -> Iterator[EnvSource]:
    for place, item in reader.mappings(value, path):
        for key, kind in (("secretRef", "secret"), ("configMapRef", "configMap")):
            inner = item.get(key)
            if inner is not None:
                found = reader.mapping(inner, f"{place}.{key}")
                name = reader.text(found.get("name"), f"{place}.{key}.name") or ""
                yield EnvSource(kind="secret" if kind == "secret" else "configMap", name=name, path=place)


def _mounts(
    reader: Reader, value: Json, path: str, env: tuple[EnvVar, ...]
) -> Iterator[tuple[str, str, str]]:
    values = {var.name: var.value for var in env}
    for place, item in reader.mappings(value, path):
        target = reader.text(item.get("mountPath"), f"{place}.mountPath")
        volume = reader.text(item.get("name"), f"{place}.name")
        if target and volume:
            # A relative place counts from the root, and detours lead where they lead.
            target = plain_path(target if target.startswith("/") else f"/{target}")
            inner = reader.text(item.get("subPathExpr"), f"{place}.subPathExpr") or ""
            inner = REFERENCE.sub(lambda match: values.get(match.group(1)) or match.group(0), inner)
            yield target, volume, reader.text(item.get("subPath"), f"{place}.subPath") or inner


def _port_numbers(reader: Reader, ports: list[tuple[str, dict[str, Json]]], key: str) -> tuple[int, ...]:
    numbers = (reader.integer(item.get(key), f"{place}.{key}") for place, item in ports)
    return tuple(number for number in numbers if number)


def _security(reader: Reader, raw: dict[str, Json], path: str, pod: dict[str, Json]) -> SecurityContext:
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
