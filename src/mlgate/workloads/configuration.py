"""ConfigMaps that hold the configuration of a model server: what stands in one counts like a flag.

A server that is told `--config /etc/server/config.yaml` loads what that file names. The file is read as YAML
or JSON, or else as text with `key: "value"` pairs, as TensorFlow Serving and Triton write theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mlgate.domain.base import Json
from mlgate.domain.evidence import ResolvedReference
from mlgate.domain.lookups import ObjectReference
from mlgate.domain.workload import Features, PodTemplate, Switch
from mlgate.errors import ManifestError
from mlgate.parsing.limits import CARD_LIMITS
from mlgate.parsing.yaml_text import parse_yaml
from mlgate.workloads.catalog import catalog
from mlgate.workloads.detect import Detection, detect
from mlgate.workloads.kinds import Component, FileField
from mlgate.workloads.manifest import Manifest, Named
from mlgate.workloads.models import detected, unique
from mlgate.workloads.parts import Part
from mlgate.workloads.paths import select
from mlgate.workloads.pods import Pod
from mlgate.workloads.reading import Reader, dig, join
from mlgate.workloads.slots import Slot
from mlgate.workloads.volumes import plain_path, within

_PAIR = re.compile(r"""([A-Za-z_][A-Za-z0-9_-]{0,63})\s*[:=]\s*["']([^"'\n]{1,1024})["']""")
_MOST = 2000
"""Values of one configuration that are looked at; the rest is a problem."""


def merge_configuration(
    reader: Reader, manifest: Manifest, named: Named, found: ResolvedReference, obj: dict[str, Json]
) -> Manifest:
    """The manifest with the models and switches the configuration names."""
    base = f"{found.kind}/{found.name}.data"
    words = [pair for key, text in _texts(reader, obj, base, named.key) for pair in _words(text, key)]
    if len(words) > _MOST:
        reader.problem(base, f"holds more than {_MOST} values")
    slot, places = _as_slot(words[:_MOST], base)
    pod = next((pod for pod in manifest.pods if pod.template.path == named.component), _nobody(named))
    detection = detect(slot, pod.volumes, presumed=True)
    part = Part(Component(path=named.component), named.component, {}, replace(pod, slots=(slot,)))
    known = {(model.uri, model.role) for model in manifest.models}
    added = [
        model.model_copy(update={"path": places.get(model.path, model.path)})
        for model in detected(part, (detection,), name=manifest.name, first=False)
        if (model.uri, model.role) not in known
    ]
    return replace(
        manifest,
        models=unique([*manifest.models, *added]),
        features=_features(manifest.features, detection, places),
    )


def configurations(part: Part, detections: tuple[Detection, ...]) -> Iterator[Named]:
    """The ConfigMaps that containers are told to take their configuration from."""
    for slot, detection in zip(part.pod.slots, detections, strict=True):
        for file, path in detection.configured:
            found = _mounted(slot, part.pod, file)
            if found is not None:
                name, key = found
                lookup = ObjectReference(kinds=(("v1", "ConfigMap", True),), name=name, path=path)
                yield Named(lookup, part.pod.template.path, None, "configuration", key)


def inline(reader: Reader, part: Part, detections: tuple[Detection, ...]) -> Iterator[tuple[Slot, Detection]]:
    """Configuration whose text stands in the object: as a container nobody runs, and what that would do."""
    files = {path: entry for field in part.component.files for path, entry in _files(reader, part, field)}
    named = dict.fromkeys(plain_path(file) for detection in detections for file, _ in detection.configured)
    for file in named:
        if file in files:
            place, text = files[file]
            words = list(_words(text, place))
            if len(words) > _MOST:
                reader.problem(place, f"holds more than {_MOST} values")
            slot, places = _as_slot(words[:_MOST], place)
            found = detect(slot, part.pod.volumes, presumed=True, made=part.pod.made)
            yield slot, _moved(found, places)


def _files(reader: Reader, part: Part, field: FileField) -> Iterator[tuple[str, tuple[str, str]]]:
    for path, value in select(reader, part.value, field.path, part.path):
        given = reader.mapping(value, path)
        at = reader.text(given.get(field.at), f"{path}.{field.at}")
        text = reader.text(given.get(field.content), f"{path}.{field.content}")
        if at and text:
            yield plain_path(at), (f"{path}.{field.content}", text)


def _moved(found: Detection, places: dict[str, str]) -> Detection:
    """The same with the places where the values stand."""
    return replace(
        found,
        models=tuple(replace(model, path=places.get(model.path, model.path)) for model in found.models),
        trust_remote_code=_either(Switch(), found.trust_remote_code, places),
        runtime_lora=_either(Switch(), found.runtime_lora, places),
    )


def _mounted(slot: Slot, pod: Pod, file: str) -> tuple[str, str | None] | None:
    """The ConfigMap whose entry a file is, and the entry; None for a file from elsewhere."""
    file = plain_path(file)
    best = max((m for m in slot.mounts if within(file, m[0])), key=lambda mount: len(mount[0]), default=None)
    volume = next((item for item in pod.volumes if best is not None and item.volume.name == best[1]), None)
    name = dig(volume.raw, "configMap", "name") if volume is not None else None
    if best is None or volume is None or not isinstance(name, str):
        return None
    inner = "/".join(part for part in (best[2].strip("/"), file[len(best[0]) :].strip("/")) if part)
    items = dig(volume.raw, "configMap", "items")
    for item in items if isinstance(items, list) else ():
        if dig(item, "path") == inner:
            key = dig(item, "key")
            return name, key if isinstance(key, str) else None
    return name, inner or None


def _texts(reader: Reader, obj: dict[str, Json], base: str, key: str | None) -> Iterator[tuple[str, str]]:
    """Path and text of the entries that count: the one that is named, else every one."""
    for name, text in reader.strings(obj.get("data"), base).items():
        if key is None or name == key:
            yield join(base, name), text


def _words(text: str, path: str) -> Iterator[tuple[str, str, str]]:
    """Key, value and path of every scalar."""
    try:
        value = parse_yaml(text.encode("utf-8", "surrogatepass"), CARD_LIMITS)
    except ManifestError:
        value = None
    if isinstance(value, dict | list):
        yield from _scalars(value, path)
        return
    for match in _PAIR.finditer(text):
        yield match.group(1), match.group(2), path


def _scalars(value: Json, path: str) -> Iterator[tuple[str, str, str]]:
    stack: list[tuple[str, str, Json]] = [("", path, value)]
    while stack:
        key, place, node = stack.pop()
        if isinstance(node, dict):
            stack.extend(
                (str(name), join(place, name), child) for name, child in reversed(list(node.items()))
            )
        elif isinstance(node, list):
            stack.extend(
                (key, f"{place}[{index}]", child) for index, child in reversed(list(enumerate(node)))
            )
        elif isinstance(node, bool):
            yield key, str(node).lower(), place
        elif isinstance(node, str | int | float):
            yield key, str(node), place


def _as_slot(words: list[tuple[str, str, str]], base: str) -> tuple[Slot, dict[str, str]]:
    """The values as flags of a container that nobody runs, and where each stands."""
    names = catalog().configuration
    given = [(f"--{names.get(key, key)}={value}", place) for key, value, place in words if key]
    slot = Slot("configuration", "server", base, {}, args=tuple(flag for flag, _ in given))
    return slot, {f"{base}.args[{index}]": place for index, (_, place) in enumerate(given)}


def _nobody(named: Named) -> Pod:
    return Pod(PodTemplate(path=named.component), (), (), {})


def _features(own: Features, found: Detection, places: dict[str, str]) -> Features:
    return own.model_copy(
        update={
            "trust_remote_code": _either(own.trust_remote_code, found.trust_remote_code, places),
            "runtime_lora": _either(own.runtime_lora, found.runtime_lora, places),
        }
    )


def _either(own: Switch, found: Switch, places: dict[str, str]) -> Switch:
    if own.enabled or not found.enabled:
        return own
    return Switch(enabled=True, path=places.get(found.path or "", found.path))
