"""The fields a kind has for addresses: of models and of data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from mlgate.domain.base import Json
from mlgate.domain.workload import DatasetSource, ServedModel
from mlgate.workloads.addresses.uris import Address, breaks_out, hub, in_image, normalise, tagged
from mlgate.workloads.commands.read import read_invocation
from mlgate.workloads.kinds.fields import Library, ModelField
from mlgate.workloads.kinds.paths import Place, holds, select
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.views import View
from mlgate.workloads.pods.volumes import address_in, read_volume_source, resolve_path
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.reading import Reader, dig, kind_of

_DOT = re.compile(r"\.")
MAX_MODELS = 256
"""Models of one object that are looked at; one that names more has a problem, so that it is refused."""


def declared(reader: Reader, part: Part, name: str | None) -> Iterator[ServedModel]:
    """Models in the fields the kind has for them: the first ones of the object, the rest is a problem."""
    return takewhile(lambda _: reader.within("models", MAX_MODELS), _declared(reader, part, name))


def datasets(reader: Reader, part: Part) -> Iterator[DatasetSource]:
    """Data in the fields the kind has for it."""
    for pattern in part.component.datasets:
        for path, value in part.select(reader, pattern):
            is_volume = isinstance(value, dict)
            text = _in_volume(reader, value, path) if is_volume else reader.text(value, path)
            if text:
                address = normalise(text)
                yield DatasetSource(uri=address.uri, scheme=address.scheme, path=path)


def _in_volume(reader: Reader, source: Json, path: str) -> str:
    """The address of all that a volume holds."""
    slot = read_volume_source(reader, source, path, path)
    on_host = dig(slot.raw, "hostPath", "path")
    return address_in(slot, "", on_host if isinstance(on_host, str) else f"/{path}")


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
        if not holds(part.value, field.where):
            continue
        for place, value in part.select(reader, field.path):
            yield from _models(reader, part, field, (place, value), name)
    for field in part.component.storages:
        for path, value in part.select(reader, field.path):
            found = _storage(reader, reader.mapping(value, path), path)
            if found is not None:
                yield served(part, found, path, part.id, name=name, format_=_format(part, field, path))


def _models(
    reader: Reader, part: Part, field: ModelField, place: Place, name: str | None
) -> Iterator[ServedModel]:
    own = _beside(reader, field.name, place)
    for path, text in _texts(reader, field, place):
        if breaks_out(text.strip()):
            reader.problem(path, "holds more than a name where a shell reads it")
        revision = _beside(reader, field.revision, place) or _flagged(part, field)
        for address in _addresses(part, field, text, revision):
            if field.only and address.scheme not in field.only and holds(part.value, field.only_where):
                reader.problem(path, f"is loaded from elsewhere than {address.scheme[:40]} says")
            yield served(
                part,
                address,
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
    if not (field.first or field.volume):
        text = reader.text(value, path)
        return [(path, text)] if text else []
    given = reader.mapping(value, path)
    if field.volume is not None:
        source, at = given.get(field.volume), f"{path}.{field.volume}"
        return [] if source is None else [(at, _in_volume(reader, source, at))]
    return _first(reader, field.first, given, path)


def _first(reader: Reader, patterns: tuple[str, ...], given: dict[str, Json], path: str) -> list[Place]:
    """The first form in which an address is given.

    One in a form nobody knows hides behind no other, nor does a further one that can only be an address.
    """
    forms = [select(Reader(), given, pattern, path) for pattern in patterns]
    texts = [{at: value for at, value in form if isinstance(value, str) and value} for form in forms]
    found = next((form for form in texts if form), {})
    found |= {at: value for form in texts for at, value in form.items() if _is_address(value)}
    above = {at[: dot.start()] for at in found for dot in _DOT.finditer(at)}
    for at, value in (place for form in forms for place in form):
        if not isinstance(value, str) and at not in above:
            reader.problem(at, f"is {kind_of(value)} that holds no address the reader knows")
    return list(found.items())


def _is_address(text: str) -> bool:
    return "://" in text or text.startswith("/")


def _joined(reader: Reader, keys: tuple[str, ...], path: str, value: Json) -> list[tuple[str, str]]:
    given = reader.mapping(value, path)
    parts = {key: (reader.text(given.get(key), f"{path}.{key}") or "").strip("/") for key in keys}
    last = keys[-1]
    return [(f"{path}.{last}", "/".join(part for part in parts.values() if part))] if parts[last] else []


def read_places(part: Part) -> frozenset[str]:
    """The paths of everything the fields for addresses read, in whichever form it is given."""
    silent = Reader()
    found = set()
    for field in part.component.models:
        beside = tuple(pattern for pattern in (field.name, field.revision) if pattern is not None)
        for path, value in part.select(silent, field.path):
            below = (*field.first, *field.join, *beside) if isinstance(value, dict) else ()
            found |= {path, *(at for pattern in below for at, _ in select(silent, value, pattern, path))}
    return frozenset(found)


def _addresses(part: Part, field: ModelField, text: str, revision: str | None) -> list[Address]:
    """The address a text stands for; a path can lead to another place in each of the object's containers."""
    text = text.strip()
    if text.startswith("/"):
        pod = part.pod
        mounts = (*(mount for slot in pod.slots for mount in slot.mounts), *pod.made.mounts)
        seen = (View(mounts, pod.volumes + pod.made.volumes), *part.views)
        led = [resolve_path(text, view.mounts, view.volumes) for view in seen]
        return [normalise(found) for found in dict.fromkeys(filter(None, led)) or [f"file://{text}"]]
    if field.library is None or "://" in text or text.startswith("models:/"):
        found = normalise(text)
        known = found.scheme != "hf" or found.revision is not None
        return [found if known else hub(found.uri.removeprefix("hf://"), revision)]
    return [in_library(field.library, text, revision)]


def _flagged(part: Part, field: ModelField) -> str | None:
    """The revision by a flag of the server that loads the model; the last one counts, as for the server."""
    if field.revision_flag is None or not holds(part.value, field.revision_flag):
        return None
    names = catalog().flags["revision"]
    flags = (flag for slot in part.pod.slots for flag in read_invocation(slot).flags)
    return next((flag.value for flag in reversed([*flags]) if flag.name in names and flag.value), None)


def in_library(library: Library, name: str, revision: str | None = None) -> Address:
    """A bare name at the address of the library its server looks it up in."""
    if library == "image":
        return in_image(name)
    if library == "hub" or (library == "kaito" and "/" in name):
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
    if field.role == "adapter" and (name or part.component.role != "adapter"):
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
