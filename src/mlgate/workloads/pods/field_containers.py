"""Containers that fields of a kind hold or make up, as the table of kinds says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mlgate.domain.base import Json
from mlgate.domain.workload import EnvSource, EnvVar
from mlgate.workloads.addresses.images import retagged
from mlgate.workloads.kinds.fields import ContainerField, VariablesField
from mlgate.workloads.kinds.paths import Place, holds, select
from mlgate.workloads.kinds.rows import Component
from mlgate.workloads.pods.containers import read_container, read_variables_of
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.reading import Reader

_INDEX = re.compile(r"\[([0-9]+)\]")


def first_index(path: str) -> str:
    """The first index in a path."""
    found = _INDEX.search(path)
    return found.group(1) if found else "0"


@dataclass(frozen=True)
class Fields:
    """Where the fields of a component are: its value, the path of that, and the whole object."""

    value: dict[str, Json]
    path: str
    whole: dict[str, Json]

    def select(self, reader: Reader, pattern: str) -> list[Place]:
        """Places below the component; a pattern that begins with a slash counts from the object.

        `[#]` in it is the first index in the path of the component.
        """
        if pattern.startswith("/"):
            absolute = pattern[1:].replace("[#]", f"[{first_index(self.path)}]")
            return reader.once(self.whole, absolute, lambda: select(reader, self.whole, absolute))
        return select(reader, self.value, pattern, self.path)


def field_containers(
    reader: Reader, component: Component, fields: Fields, context: dict[str, Json]
) -> Iterator[Slot]:
    """The containers in the fields the component has for them."""
    for pattern, given in component.containers.items():
        field = ContainerField(name=given) if isinstance(given, str) else given
        own = pattern == "."
        for path, value in [(fields.path, fields.value)] if own else fields.select(reader, pattern):
            if not holds(value, field.where):
                continue
            slot = _container(reader, field, Fields(_as_map(value), path, fields.whole), value, context)
            yield replace(slot, name=field.name) if own else slot


def _as_map(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _container(
    reader: Reader, field: ContainerField, at: Fields, value: Json, context: dict[str, Json]
) -> Slot:
    raw, path, places = _made(reader, field, at, value)
    slot = read_container(
        reader, raw, path, field.role, name=field.name, pod_security=context, places=places, loose=True
    )
    env, sources = _variables(reader, field, at)
    env_from = tuple(
        EnvSource(kind="secret", name=name, path=place)
        for pattern in field.secrets
        for place, name in _names(reader, at, pattern)
    )
    tag = next((text for _, text in _names(reader, at, field.tag)), None) if field.tag else None
    return replace(
        slot,
        image=retagged(slot.image, tag) if slot.image else None,
        tag=tag,
        env=env + slot.env,
        sources={**sources, **slot.sources},
        env_from=env_from + slot.env_from,
        # A field alone may only tune a container that is defined elsewhere.
        always_runs=field.always or bool(env or env_from),
        elsewhere=field.elsewhere,
    )


def _made(
    reader: Reader, field: ContainerField, at: Fields, value: Json
) -> tuple[dict[str, Json], str, dict[str, str]]:
    """A container of fields that stand elsewhere or are named otherwise, and where each of these is."""
    if isinstance(value, str):
        return {"image": value}, at.path, {"image": at.path}
    raw, path = dict(reader.mapping(value, at.path)), at.path
    for place, found in at.select(reader, field.inside) if field.inside else ():
        raw, path = dict(reader.mapping(found, place)), place
    if field.inside and path == at.path:
        raw, path = {}, f"{at.path}.{field.inside}"
    places = dict[str, str]()
    for key, pattern in field.fields.items():
        raw.pop(key, None)
        patterns = (pattern,) if isinstance(pattern, str) else pattern
        first = next((place for one in patterns for place in at.select(reader, one)), None)
        if first is not None:
            places[key], raw[key] = first
    return raw, path, places


def _variables(
    reader: Reader, field: ContainerField, at: Fields
) -> tuple[tuple[EnvVar, ...], dict[str, Json]]:
    """Variables from elsewhere in the object; those of the container itself override them."""
    env: tuple[EnvVar, ...] = ()
    sources: dict[str, Json] = {}
    for given in field.variables:
        listed = given if isinstance(given, str) else given.path
        for place, value in at.select(reader, listed):
            if isinstance(given, str):
                found, origin = read_variables_of(reader, value, place)
                env, sources = env + found, {**sources, **origin}
            else:
                env += tuple(_named_otherwise(reader, given, value, place))
    for variable, pattern in field.from_secret.items():
        for place, name in _names(reader, at, pattern):
            env += (EnvVar(name=variable, value=None, from_="secretKey", from_name=name, path=place),)
    return env, sources


def _named_otherwise(reader: Reader, field: VariablesField, value: Json, path: str) -> Iterator[EnvVar]:
    for place, entry in reader.mappings(value, path):
        name = reader.text(entry.get(field.name), f"{place}.{field.name}")
        text = reader.text(entry.get(field.value), f"{place}.{field.value}")
        if name:
            yield EnvVar(name=name, value=text, path=place)


def _names(reader: Reader, at: Fields, pattern: str) -> Iterator[tuple[str, str]]:
    for place, value in at.select(reader, pattern):
        name = reader.text(value, place)
        if name:
            yield place, name
