"""The fields a kind has for addresses: of models, of data, of the volumes models lie in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from mlgate.domain.base import Json
from mlgate.domain.workload import DatasetSource, ServedModel, Volume
from mlgate.workloads.kinds import Library, ModelField, VolumeField
from mlgate.workloads.parts import Part
from mlgate.workloads.paths import Place, select
from mlgate.workloads.reading import Reader, dig
from mlgate.workloads.uris import Address, hub, normalise, tagged
from mlgate.workloads.volumes import VolumeSlot, resolve_path

MAX_MODELS = 256
"""Models of one object that are looked at; one that names more has a problem, so that it is refused."""


def declared(reader: Reader, part: Part, name: str | None) -> Iterator[ServedModel]:
    """Models in the fields the kind has for them: the first ones of the object, the rest is a problem."""
    return takewhile(lambda _: reader.within("models", MAX_MODELS), _declared(reader, part, name))


def datasets(reader: Reader, part: Part) -> Iterator[DatasetSource]:
    """Data in the fields the kind has for it."""
    for pattern in part.component.datasets:
        for path, value in select(reader, part.value, pattern, part.path):
            text = reader.text(value, path)
            if text:
                address = normalise(text)
                yield DatasetSource(uri=address.uri, scheme=address.scheme, path=path)


def storage_volumes(reader: Reader, part: Part) -> Iterator[VolumeSlot]:
    """Volumes in the storage fields of the kind."""
    for field in part.component.volumes:
        for path, value in select(reader, part.value, field.path, part.path):
            yield _volume(reader, field, path, value)


def served(
    part: Part,
    address: Address,
    path: str,
    model_id: str,
    *,
    name: str | None,
    format_: str | None = None,
    field: ModelField | None = None,
) -> ServedModel:
    """A model of a part at its address."""
    return ServedModel(
        id=model_id,
        uri=address.uri,
        scheme=address.scheme,
        name=name,
        revision=address.revision,
        digest=address.digest,
        format=format_,
        role=(field.role if field is not None else None) or part.component.role,
        immutable=address.immutable,
        path=path,
    )


def _declared(reader: Reader, part: Part, name: str | None) -> Iterator[ServedModel]:
    for field in part.component.models:
        for place, value in select(reader, part.value, field.path, part.path):
            yield from _models(reader, part, field, (place, value), name)
    for field in part.component.storages:
        for path, value in select(reader, part.value, field.path, part.path):
            found = _storage(reader, reader.mapping(value, path), path)
            if found is not None:
                yield served(part, found, path, part.id, name=name, format_=_format(part, field, path))


def _models(
    reader: Reader, part: Part, field: ModelField, place: Place, name: str | None
) -> Iterator[ServedModel]:
    own = _beside(reader, field.name, place)
    for path, text in _texts(reader, field, place):
        yield served(
            part,
            _address(part, field, text, _beside(reader, field.revision, place)),
            path,
            _id(part, field, path, own),
            name=own or name,
            format_=_format(part, field, path),
            field=field,
        )


def _texts(reader: Reader, field: ModelField, place: Place) -> list[tuple[str, str]]:
    """Where the addresses stand and how they read; some kinds spread one over the fields of a map."""
    path, value = place
    if field.join:
        return _joined(reader, field.join, path, value)
    if not field.first:
        text = reader.text(value, path)
        return [(path, text)] if text else []
    given = reader.mapping(value, path)
    for pattern in field.first:
        # One of several forms: that a field has the type of another form is no mistake.
        found = [(at, text) for at, text in select(Reader(), given, pattern, path) if isinstance(text, str)]
        if any(text for _, text in found):
            return [(at, text) for at, text in found if text]
    return []


def _joined(reader: Reader, keys: tuple[str, ...], path: str, value: Json) -> list[tuple[str, str]]:
    given = reader.mapping(value, path)
    parts = {key: (reader.text(given.get(key), f"{path}.{key}") or "").strip("/") for key in keys}
    last = keys[-1]
    return [(f"{path}.{last}", "/".join(part for part in parts.values() if part))] if parts[last] else []


def _address(part: Part, field: ModelField, text: str, revision: str | None) -> Address:
    text = text.strip()
    if text.startswith("/"):
        mounts = tuple(mount for slot in part.pod.slots for mount in slot.mounts)
        return normalise(resolve_path(text, mounts, part.pod.volumes) or f"file://{text}")
    if field.library is None or "://" in text or text.startswith("models:/"):
        return normalise(text)
    return in_library(field.library, text, revision)


def in_library(library: Library, name: str, revision: str | None = None) -> Address:
    """A bare name at the address of the library its server looks it up in."""
    if library == "hub":
        return hub(name, revision)
    return tagged(library, f"{name}:{revision}" if revision and ":" not in name else name)


def _beside(reader: Reader, pattern: str | None, place: Place) -> str | None:
    """A field below the same map as the address: its name, its revision."""
    path, value = place
    if pattern is None or not isinstance(value, dict):
        return None
    found = select(reader, value, pattern, path)
    return reader.text(found[0][1], found[0][0]) or None if found else None


def _id(part: Part, field: ModelField, path: str, name: str | None) -> str:
    if field.role == "adapter":
        return f"adapter:{name or path}"
    if field.many:
        return f"{part.id}.{path.removeprefix(part.path + '.').rpartition('.')[0]}"
    return part.id


def _format(part: Part, field: ModelField, path: str) -> str | None:
    if field.format == "key":
        return path.removeprefix(f"{part.path}.").partition(".")[0]
    found = dig(part.value, *field.format.split(".")) if field.format else None
    return found.lower() if isinstance(found, str) else None


def _storage(reader: Reader, storage: dict[str, Json], path: str) -> Address | None:
    """The address behind `{key, path, parameters}`; the key leads to a Secret, which is not read."""
    parameters = reader.strings(storage.get("parameters"), f"{path}.parameters")
    inner = reader.text(storage.get("path"), f"{path}.path") or ""
    kind, bucket = parameters.get("type"), parameters.get("bucket")
    if "://" in inner:
        return normalise(inner)
    if kind and bucket:
        return normalise(f"{kind}://{bucket}/{inner.lstrip('/')}")
    key = reader.text(storage.get("key"), f"{path}.key") or "default"
    return Address(f"{key}/{inner.lstrip('/')}", "unknown") if storage else None


def _volume(reader: Reader, field: VolumeField, path: str, value: Json) -> VolumeSlot:
    given = value if isinstance(value, dict) else {}
    claim = _field(reader, given, field.claim, path)
    storage_class = _field(reader, given, field.storage_class, path)
    volume = Volume(
        name=claim or path,
        kind=field.kind,
        claim_name=claim if field.kind == "pvc" else None,
        storage_class_name=storage_class or None,
        holds_model=field.holds_model,
        path=path,
    )
    # Without a claim that exists the operator makes one, of the class that is named or of the default one.
    own = field.kind != "pvc" or storage_class is not None or claim is not None
    return VolumeSlot(volume, {field.kind: value}, own_class=own)


def _field(reader: Reader, given: dict[str, Json], key: str | None, path: str) -> str | None:
    return reader.text(given.get(key), f"{path}.{key}") if key is not None else None
