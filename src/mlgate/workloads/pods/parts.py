"""The parts of an object that load models, as the table of kinds knows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from mlgate.domain.base import Json
from mlgate.domain.workload import EnvVar, PodTemplate
from mlgate.workloads.kinds.paths import Place, holds, select
from mlgate.workloads.kinds.rows import Component, Kind
from mlgate.workloads.pods.containers import read_env
from mlgate.workloads.pods.field_containers import Fields, field_containers, first_index
from mlgate.workloads.pods.operators import read_mounts, with_settings
from mlgate.workloads.pods.pod import Pod, read_pod
from mlgate.workloads.pods.strays import MAX_FOUND, stray_pods
from mlgate.workloads.pods.views import View, views
from mlgate.workloads.reading import Reader, dig

_FIELD = re.compile(r"\{([^}]*)\}")
_LAST = re.compile(r"(?:\.([^.\[\]]+)|\['([^]]*)'\])(?:\[[0-9]+\])*$")


_LABELS = {"template": ("metadata.labels",), "pod": ("/metadata.labels",)}
"""Where the labels of the pods stand in each layout, beside the fields of the kind."""


@dataclass(frozen=True)
class Part:
    """A component of a kind as it stands in an object."""

    component: Component
    path: str
    value: dict[str, Json]
    pod: Pod
    root: dict[str, Json] = field(default_factory=dict, repr=False)
    """The object it stands in."""
    env: tuple[tuple[EnvVar, ...], ...] = ()
    """Variables that fields of the kind set for what it tells its servers, by the map they stand in."""
    views: tuple[View, ...] = ()
    """How the containers of the object mount volumes, for a part that has none itself."""

    @property
    def id(self) -> str:
        """Id of its model, the slot that loads it: with the index, the key or the field filled in."""
        given = self.component.id or self.path
        if "#" in given:
            given = given.replace("#", first_index(self.path))
        if "*" in given:
            last = _LAST.search(f".{self.path}")
            given = given.replace("*", (last.group(1) or last.group(2)) if last else "")
        return _FIELD.sub(self._stated, given)

    def _stated(self, match: re.Match[str]) -> str:
        found = (value for _, value in select(Reader(), self.value, match.group(1)))
        return next((value for value in found if isinstance(value, str)), "")

    @property
    def runs_pods(self) -> bool:
        """Whether it is more than an address."""
        return self.component.layout != "none" or bool(self.pod.slots)

    def select(self, reader: Reader, pattern: str) -> list[Place]:
        """The places a pattern leads to: from the component, or with a slash at its beginning the object."""
        return Fields(self.value, self.path, self.root).select(reader, pattern)


def read_parts(reader: Reader, obj: dict[str, Json], row: Kind | None, name: str | None) -> list[Part]:
    """Every part: those the table knows, then any other place that holds containers."""
    parts: list[Part] = []
    for component in row.components if row is not None else ():
        for path, value in select(reader, obj, component.path):
            given = reader.mapping(value, path)
            if not holds(given, component.where):
                continue
            pod = _pod(reader, obj, component, path, given, row, name)
            part = Part(component, path, given, pod, obj)
            made_up = "{" in (component.id or "")
            parts.append(replace(part, pod=replace(pod, component=part.id)) if made_up else part)
    if row is None or row.webhook == "models":
        known = {part.pod.template.path for part in parts if not part.pod.bare}
        strays = list(stray_pods(obj, known))
        for path, spec in strays:
            stray = Component(path=path)
            parts.append(Part(stray, path, spec, read_pod(reader, spec, path, {}), obj))
        if len(strays) >= MAX_FOUND:
            reader.problem("", "holds more pods than the reader looks at")
    parts = _with_env(reader, obj, parts, row)
    if not any(part.pod.bare for part in parts):
        return parts
    seen = views(reader, (part.pod for part in parts))
    return [replace(part, views=seen) if part.pod.bare else part for part in parts]


def _pod(
    reader: Reader,
    obj: dict[str, Json],
    component: Component,
    path: str,
    value: dict[str, Json],
    row: Kind | None,
    name: str | None,
) -> Pod:
    fields = Fields(value, path, obj)
    made = read_mounts(reader, component, fields, name)
    if component.layout == "none":
        slots = tuple(field_containers(reader, component, fields, {}))
        return Pod(PodTemplate(path=path), slots, (), {}, component.id, bare=True, made=made)
    spec, spec_path = value, path
    if component.layout == "template":
        spec, spec_path = reader.mapping(value.get("spec"), f"{path}.spec"), f"{path}.spec"
    elif component.pod_spec is not None:
        spec_path = f"{path}.{component.pod_spec}"
        spec = reader.mapping(dig(value, *component.pod_spec.split(".")), spec_path)
    labels = dict.fromkeys(row.pod_labels, name or "") if row is not None else {}
    given = (component.labels,) if isinstance(component.labels, str) else component.labels
    stated = _LABELS.get(component.layout, ()) + given
    for pattern in stated or ("labels",):
        for place, found in fields.select(reader, pattern):
            labels |= reader.strings(found, place)
    pod = read_pod(
        reader,
        with_settings(reader, component, fields, spec, name),
        spec_path,
        labels,
        of=component,
        fields=fields,
        loose=row is not None and row.webhook == "models",
    )
    slots = tuple(replace(slot, in_shell=component.in_shell and slot.role == "server") for slot in pod.slots)
    return replace(pod, slots=slots, raw=spec, made=made)


def _with_env(reader: Reader, obj: dict[str, Json], parts: list[Part], row: Kind | None) -> list[Part]:
    """Variables and arguments that the kind sets for all containers of the object at once."""
    if row is None or not (row.env or row.args):
        return parts
    places = [place for pattern in row.env for place in select(reader, obj, pattern)]
    groups = {path: read_env(reader, value, path, loose=True) for path, value in places}
    env = tuple(var for variables in groups.values() for var in variables)
    given = [place for pattern in row.args for place in select(reader, obj, pattern)]
    args = tuple(word for path, value in given for word in reader.texts(value, path))
    if not (env or args):
        return parts
    own = _by_part(groups, {part.path for part in parts if part.pod.bare})
    return [_in_env(part, env, args, own.get(part.path, ())) for part in parts]


def _by_part(
    groups: dict[str, tuple[EnvVar, ...]], paths: set[str]
) -> dict[str, tuple[tuple[EnvVar, ...], ...]]:
    """The groups of variables that stand in each of the parts."""
    found: dict[str, tuple[tuple[EnvVar, ...], ...]] = {}
    for path, variables in groups.items():
        ends = (index for index, character in enumerate(path) if character == ".")
        owner = max((path[:end] for end in ends if path[:end] in paths), key=len, default=None)
        if owner is not None:
            found[owner] = (*found.get(owner, ()), variables)
    return found


def _in_env(
    part: Part, env: tuple[EnvVar, ...], args: tuple[str, ...], own: tuple[tuple[EnvVar, ...], ...]
) -> Part:
    slots = tuple(
        replace(slot, env=env + slot.env, args=slot.args + args) if slot.runs or slot.elsewhere else slot
        for slot in part.pod.slots
    )
    return replace(part, pod=replace(part.pod, slots=slots), env=own if part.pod.bare else ())
