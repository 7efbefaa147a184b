"""The fields a kind has for the volumes models lie in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlgate.domain.base import Json
from mlgate.domain.workload import Volume
from mlgate.workloads.kinds.fields import VolumeField
from mlgate.workloads.kinds.paths import Place, holds
from mlgate.workloads.pods.operators import called
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.volumes import VolumeSlot, read_volume_source
from mlgate.workloads.reading import Reader


def storage_volumes(reader: Reader, part: Part, name: str | None = None) -> Iterator[VolumeSlot]:
    """Volumes in the storage fields of the kind; `name` is that of the object."""
    for field in part.component.volumes:
        for path, value in part.select(reader, field.path):
            meant = not field.values or str(value).lower() in field.values
            if meant and holds(value, field.where):
                yield _volume(reader, field, (path, value), name)


def _volume(reader: Reader, field: VolumeField, place: Place, name: str | None) -> VolumeSlot:
    path, value = place
    if field.kind == "source":
        found = read_volume_source(reader, value, path, path)
        held = found.volume.model_copy(update={"holds_model": field.holds_model})
        return replace(found, volume=held)
    secret = field.kind == "secret"
    text = value if isinstance(value, str) else reader.text(value, path) if secret else None
    given = {} if secret or text is not None else reader.mapping(value, path)
    claim = text if field.kind == "pvc" and text else _field(reader, given, field.claim, path)
    storage_class = _field(reader, given, field.storage_class, path)
    volume = Volume(
        name=claim or called(field.called, name) or path,
        kind=field.kind,
        claim_name=claim if field.kind == "pvc" else None,
        secret_name=text if secret else None,
        storage_class_name=storage_class or None,
        holds_model=field.holds_model,
        path=path,
    )
    # Without a claim that exists the operator makes one, of the class that is named or of the default one.
    own = field.kind != "pvc" or storage_class is not None or claim is not None
    return VolumeSlot(volume, {field.kind: value}, own_class=own)


def _field(reader: Reader, given: dict[str, Json], key: str | None, path: str) -> str | None:
    return reader.text(given.get(key), f"{path}.{key}") if key is not None else None
