"""Fields of containers as kinds of their own write them: images in parts, variables and flags as maps."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.domain.base import Json
from mlgate.domain.workload import EnvVar
from mlgate.workloads.reading import Reader, entries, join

_PARTS = ("registry", "repository", "name", "tag", "digest")
_PULLING = ("pull", "imagePull")
"""Beginnings of fields that say how an image is pulled, not which."""


def read_image(reader: Reader, value: Json, path: str) -> str | None:
    """An image as one reference; `{registry, repository or name, tag, digest}` is joined."""
    if not isinstance(value, dict):
        return reader.text(value, path)
    parts = {key: reader.text(value.get(key), f"{path}.{key}") or "" for key in _PARTS}
    if parts["repository"] and parts["name"]:
        reader.problem(path, "is named twice, by repository and by name")
    name = parts["repository"] or parts["name"]
    if not name:
        _note_unknown(reader, value, path)
        return None
    registry = f"{parts['registry'].rstrip('/')}/" if parts["registry"] else ""
    tag = parts["tag"] and f":{parts['tag'].removeprefix(':')}"
    digest = parts["digest"] and f"@{parts['digest'].removeprefix('@')}"
    return f"{registry}{name}{tag}{digest}"


def _note_unknown(reader: Reader, value: dict[str, Json], path: str) -> None:
    """An image without a name is the one of the kind, unless its name stands where nobody looks for it."""
    for key, part in entries(value):
        if part and key not in _PARTS and not key.startswith(_PULLING):
            reader.problem(join(path, key), "is no part of an image that the reader knows")


def read_variables(reader: Reader, value: dict[str, Json], path: str) -> Iterator[EnvVar]:
    """Variables as a map from name to value."""
    for key, text in reader.scalars(value, path).items():
        yield EnvVar(name=key, value=text, path=join(path, key))


def read_words(reader: Reader, value: Json, path: str) -> tuple[str, ...]:
    """Words of a command line: a list, one text, or a map of flags, of which an empty one stands alone."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, dict):
        flags = {f"--{key.lstrip('-')}": item for key, item in reader.scalars(value, path).items()}
        return tuple(f"{flag}={item}" if item else flag for flag, item in flags.items())
    return reader.texts(value, path)
