"""Objects made from the rows of the table of kinds: one for every slot a row describes.

What is put there is told by a word that stands nowhere else, so that a test can say whether it was seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import yaml

from mlgate.workloads.kinds.fields import Conditions, ContainerField, ModelField
from mlgate.workloads.kinds.paths import _Again, _Holder, _Item, _steps
from mlgate.workloads.kinds.rows import Component, Kind
from mlgate.workloads.pods.pod import CONTAINER_SLOTS

Object = dict[str, Any]
Make = Callable[[Random], Any]
WORD = "word-7"
TOLD = "hf://acme/model-7"
"""The model a container is told on its command line."""
PASSWORD = "Xq7!" + "vR2mK9pL"
"""No pattern of a service that is known: its name makes it a credential."""
_KEYS = ("main", "a-1", "a.b/c", "Größe", "0", "x y")
"""Keys of maps that authors name as they like."""
_POD_LISTS = {"template": "spec", "pod": ""}


@dataclass(frozen=True)
class RowSlot:
    """One place a row describes, and what is put there."""

    what: str
    """`image`, `told` (a container that runs elsewhere), `variable`, or a list of the workload."""
    component: str
    path: str
    """Below the component, or with a slash at the beginning from the object."""
    make: Make
    met: Conditions
    """What else must stand in the component for it to count."""
    field: str
    """Places of one field are forms of one value, of which the first counts."""

    @property
    def alone(self) -> bool:
        """Whether it counts only where something else is absent."""
        return any(not values for values in self.met.values())

    def object(self, row: Kind, chance: Random) -> Object:
        """An object of the row's kind with nothing but this slot filled."""
        value = self.make(chance)
        filled = placed(self.component, {}, chance)
        if self.path.startswith("/"):
            filled = merged(filled, placed(self.path[1:], value, chance))
        else:
            filled = placed(self.component, met(self.met, placed(self.path, value, chance), chance), chance)
        version = f"{row.group}/{chance.choice(row.versions)}".lstrip("/")
        return {"apiVersion": version, "kind": row.kind} | merged({"metadata": {"name": "a"}}, filled)


def placed(pattern: str, value: Any, chance: Random) -> Any:
    """The smallest value in which a pattern of the table leads to the given one."""
    for step in reversed(_steps(pattern)):
        if isinstance(step, _Again):
            for _ in range(chance.randrange(4)):
                value = placed(step.pattern, value, chance)
        elif isinstance(step, _Holder):
            for _ in range(chance.randrange(3)):
                value = chance.choice(
                    ({"below": value}, {"below": [value]}, {"a": 1, "b.c": {"d": [0, value]}})
                )
        elif isinstance(step, _Item):
            value = [{step.key: "other"}, {**value, step.key: step.value}]
        elif step == "[0]":
            value = [value, {}]
        elif step == "[]":
            value = [
                *({} for _ in range(chance.randrange(3))),
                value,
                *({} for _ in range(chance.randrange(2))),
            ]
        elif step == "<yaml>":
            value = chance.choice((yaml.safe_dump, json.dumps, _itself))(value)
        else:
            value = {chance.choice(_KEYS if step == "*" else step): value}
    return value


def merged(one: Any, other: Any) -> Any:
    """Two values in one: maps key by key, lists one behind the other; else the second."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one | {key: merged(one[key], value) if key in one else value for key, value in other.items()}
    return [*one, *other] if isinstance(one, list) and isinstance(other, list) else other


def met(conditions: Conditions, value: Any, chance: Random) -> Any:
    """The value with the fields that the conditions want."""
    for pattern, values in conditions.items():
        if values:
            value = merged(placed(pattern, {} if values[0] == "*" else values[0], chance), value)
    return value


def slots_of(row: Kind) -> Iterator[RowSlot]:
    """Every slot of a row."""
    for component in row.components:
        yield from _containers(row, component)
        yield from _addresses(component)
        yield from _others(component)
    for pattern in row.env:
        yield RowSlot("variable", "", f"/{pattern}", _variables, {}, pattern)
    for pattern in row.args:
        yield RowSlot("argument", "", f"/{pattern}", _always([f"--token={PASSWORD}"]), {}, pattern)
    if row.claim_templates is not None:
        template = _always({"metadata": {"name": WORD}})
        yield RowSlot("volume", "", f"/{row.claim_templates}[]", template, {}, "claims")


def _always(value: Any) -> Make:
    return lambda _: value


def _itself(value: Any) -> Any:
    return value


def _below(what: str, of: Component, path: str, make: Make, model: ModelField | None = None) -> RowSlot:
    where = of.where | (model.where if model is not None else {})
    return RowSlot(what, of.path, path, make, where, f"{of.path}: {path if model is None else model.path}")


def _joined(*parts: str) -> str:
    return ".".join(part for part in parts if part)


def _containers(row: Kind, component: Component) -> Iterator[RowSlot]:
    """The lists of its pods, further lists, and fields that hold or make up one."""
    loose = row.webhook == "models"
    if component.layout != "none":
        base = _POD_LISTS.get(component.layout, component.pod_spec or "")
        for name in (*(name for name, _ in CONTAINER_SLOTS), *component.lists):
            path = f"{_joined(base, name)}[]"
            yield _below("image", component, path, lambda chance: _container(chance, loose=loose))
    for pattern, given in component.containers.items():
        field = given if isinstance(given, ContainerField) else ContainerField(name=given)
        path = "" if pattern == "." else pattern
        yield _below("told" if field.elsewhere else "image", component, path, _made(field))


def _made(field: ContainerField) -> Make:
    """A container with its fields where the kind has them."""

    def make(chance: Random) -> Any:
        container = _container(chance, loose=True)
        rest = {key: value for key, value in container.items() if key not in field.fields}
        value = placed(field.inside or "", rest, chance)
        for key, pattern in field.fields.items():
            if key in container:
                forms = [pattern] if isinstance(pattern, str) else pattern
                below = [form for form in forms if not form.startswith("/")]
                value = merged(value, placed(chance.choice(below), container[key], chance))
        return met(field.where, value, chance)

    return make


def _container(chance: Random, *, loose: bool) -> Object:
    """A container of an image nobody knows that is told a model and holds a password."""
    image: Any = f"r.example.com/team/{WORD}:v1"
    words: Any = [f"--model={TOLD}", "--db-password", PASSWORD]
    if loose:
        image = chance.choice([image, _in_parts(chance)])
        flags = {"model": TOLD, "db-password": PASSWORD}
        words = chance.choice([words, flags, f"run --model {TOLD} --db-password={PASSWORD}"])
    key = chance.choice(["args", "command"])
    return {"name": "c", "image": image, "env": _variables(chance, loose=loose), key: words}


def _in_parts(chance: Random) -> Object:
    forms: list[Object] = [
        {"repository": f"r.example.com/team/{WORD}", "tag": "v1"},
        {"registry": "r.example.com", "repository": f"team/{WORD}"},
        {"registry": "r.example.com/", "name": f"team/{WORD}", "digest": "sha256:" + "a" * 64},
        {"repository": WORD, "pullPolicy": "Always", "pullSecrets": ["x"]},
    ]
    return chance.choice(forms)


def _variables(chance: Random, *, loose: bool = True) -> Any:
    if loose and chance.randrange(2):
        return {"DB_PASSWORD": PASSWORD, "A": "1"}
    return [{"name": "A", "value": "1"}, {"name": "DB_PASSWORD", "value": PASSWORD}]


def _addresses(component: Component) -> Iterator[RowSlot]:
    for field in component.models:
        yield from _model(component, field)
    for pattern in component.commands:
        yield _below("model", component, pattern, _always(f"vllm serve acme/{WORD} --port 80"))
    for pattern in component.arguments:
        yield _below("model", component, pattern, _always({"x": [{"model": f"hf://acme/{WORD}"}]}))
    for storage in component.storages:
        bucket = {"path": "m", "parameters": {"type": "s3", "bucket": WORD}}
        for value in ({"key": "k", "path": f"{WORD}/m"}, {"path": f"s3://{WORD}/m"}, bucket):
            yield _below("model", component, storage.path, _always(value))


def _model(component: Component, field: ModelField) -> Iterator[RowSlot]:
    if field.volume is not None:
        source = {"persistentVolumeClaim": {"claimName": WORD}}
        yield _below("model", component, _joined(field.path, field.volume), _always(source), field)
    elif field.join:
        yield _below("model", component, _joined(field.path, field.join[-1]), _always(WORD), field)
    for pattern in field.first or (("",) if not (field.join or field.volume) else ()):
        path = _joined(field.path, pattern)
        yield _below("model", component, path, _always(f"s3://bucket/{WORD}"), field)
        if field.library is not None:
            yield _below("model", component, path, _always(f"acme/{WORD}"), field)


def _others(component: Component) -> Iterator[RowSlot]:
    url = f"http://{WORD}.example.com/x"
    for pattern in component.datasets:
        yield _below("dataset", component, pattern, _always(f"s3://{WORD}/data"))
    for endpoint in component.endpoints:
        yield _below("endpoint", component, endpoint.path, _always(url))
    for pattern in component.loggers:
        yield _below("endpoint", component, pattern, _always({"url": url, "mode": "all"}))
    for reference in (item for item in component.references if not item.picked):
        yield _below("reference", component, reference.path, _always(WORD))
    for volume in component.volumes:
        if volume.claim is not None:
            value = {volume.claim: WORD}
            where = volume.where
            yield _below("volume", component, volume.path, lambda chance, v=value, w=where: met(w, v, chance))
