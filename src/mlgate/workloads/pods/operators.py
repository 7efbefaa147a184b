"""What an operator adds to the pods it makes: settings from other fields, fixed ones, mounts."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.domain.base import Json
from mlgate.domain.workload import Volume
from mlgate.workloads.kinds.fields import MountField
from mlgate.workloads.kinds.paths import Place
from mlgate.workloads.kinds.rows import Component
from mlgate.workloads.pods.field_containers import Fields
from mlgate.workloads.pods.volumes import Mounted, VolumeSlot, plain_path
from mlgate.workloads.reading import Reader, dig

_NAME = "{name}"


def with_settings(
    reader: Reader, component: Component, fields: Fields, spec: dict[str, Json], name: str | None
) -> dict[str, Json]:
    """The pod specification with what the table says of it: values from other fields, then fixed ones."""
    for key, pattern in component.settings.items():
        for _, value in fields.select(reader, pattern)[:1]:
            spec = _put(spec, key.split("."), value)
    for key, value in component.fixed.items():
        keys, given = key.split("."), called(value, name)
        if given is not None and dig(spec, *keys) is None:
            spec = _put(spec, keys, given)
    return spec


def _put(node: Json, keys: list[str], value: Json) -> dict[str, Json]:
    """A copy with the value below the keys; shares what it leaves."""
    below = node if isinstance(node, dict) else {}
    return {**below, keys[0]: _put(below.get(keys[0]), keys[1:], value) if keys[1:] else value}


def read_mounts(reader: Reader, component: Component, fields: Fields, name: str | None) -> Mounted:
    """Where the operator mounts the volumes that fields of the kind tell of."""
    found = [
        _mount(reader, field, place, name)
        for field in component.mounts
        for place in fields.select(reader, field.path)
    ]
    return Mounted(tuple(mount for mount, _ in found), tuple(volume for _, volume in found))


def _mount(
    reader: Reader, field: MountField, place: Place, name: str | None
) -> tuple[tuple[str, str, str], VolumeSlot]:
    path, value = place
    given = value if isinstance(value, dict) else {}
    text = {key: reader.text(given.get(key), f"{path}.{key}") for key in _keys(field)}
    claim = (text[field.claim] if field.claim else None) or called(field.called, name)
    target = (text[field.at] if field.at else None) or field.otherwise
    volume = Volume(name=path, kind="pvc" if claim else "other", claim_name=claim, path=path)
    below = text[field.sub_path] if field.sub_path else None
    return (plain_path(target), path, below or ""), VolumeSlot(volume, {})


def _keys(field: MountField) -> Iterator[str]:
    yield from (key for key in (field.claim, field.at, field.sub_path) if key is not None)


def called(template: str | None, name: str | None) -> str | None:
    """What the operator calls what it makes; null if that takes the object's name and it has none."""
    if template is None or (name is None and _NAME in template):
        return None
    return template.replace(_NAME, name or "")
