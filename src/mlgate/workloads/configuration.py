"""ConfigMaps that hold the configuration of a model server: what stands in one counts like a flag.

A server that is told `--config /etc/server/config.yaml` loads what that file names. The file is read as YAML
or JSON, or else as text with `key: "value"` or `key=value`, as TensorFlow Serving and TorchServe write
theirs.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice

from mlgate.domain.base import Json
from mlgate.domain.evidence import ResolvedReference
from mlgate.domain.workload import Features, PodTemplate, Switch
from mlgate.errors import ManifestError
from mlgate.parsing.limits import CARD_LIMITS
from mlgate.parsing.yaml_text import parse_yaml
from mlgate.workloads.catalog import catalog
from mlgate.workloads.config_variables import with_variables
from mlgate.workloads.configured import inline_files
from mlgate.workloads.detect import Detection, detect
from mlgate.workloads.invocation import Told
from mlgate.workloads.kinds import Component
from mlgate.workloads.manifest import Manifest, Named
from mlgate.workloads.models import detected, unique
from mlgate.workloads.parts import Part
from mlgate.workloads.pods import Pod
from mlgate.workloads.reading import Reader, entries, join, kind_of
from mlgate.workloads.settings import MOST, read_settings
from mlgate.workloads.slots import Slot
from mlgate.workloads.volumes import plain_path

_PAIR = re.compile(
    r"""\#[^\n]*"""
    r"""|([A-Za-z_][\w.-]{0,63})[ \t]{0,64}[:=][ \t]{0,64}"""
    r"""((?:"[^"\n]{0,4096}"\s{0,64}|'[^'\n]{0,4096}'\s{0,64}){1,64})"""
    r"""|^[ \t]{0,64}([A-Za-z_][\w.-]{0,63})[ \t]{0,64}=[ \t]{0,64}([^\s"'][^\n]{0,4096})""",
    re.MULTILINE,
)
_QUOTED = re.compile(r"""["']([^"'\n]*)["']""")
_YAML = (".yaml", ".yml", ".json")
_TEXT = (".properties", ".pbtxt", ".config", ".conf", ".cfg", ".ini", ".toml")


def merge_configuration(
    reader: Reader, manifest: Manifest, named: Named, found: ResolvedReference, obj: dict[str, Json]
) -> Manifest:
    """The manifest with the models and switches the configuration names."""
    if named.variables:
        return with_variables(reader, manifest, named, found, obj)
    base = f"{found.kind}/{found.name}"
    pod = next((pod for pod in manifest.pods if pod.template.path == named.component), _nobody(named))
    server = _server(pod, named, base)
    detections = tuple(
        detect(server, pod.volumes, presumed=True, platform_mount=True, told=words)
        for path, key, text in _texts(reader, obj, base, named)
        for words in _words(reader, path, text, key)
    )
    component = Component(path=named.component, role=named.role)
    part = Part(component, named.component, {}, replace(pod, slots=(server,) * len(detections)))
    known = {(model.uri, model.role) for model in manifest.models}
    added = {
        (model.uri, model.role): model
        for model in detected(part, detections, name=manifest.name, first=False)
        if (model.uri, model.role) not in known
    }
    features = manifest.features
    for detection in detections:
        features = _with_switches(features, detection)
    return replace(manifest, models=unique([*manifest.models, *added.values()]), features=features)


def inline(reader: Reader, part: Part, detections: tuple[Detection, ...]) -> Iterator[tuple[Slot, Detection]]:
    """Configuration whose text stands in the object: as a container nobody runs, and what that would do."""
    files = inline_files(reader, part)
    named = dict.fromkeys(plain_path(given.file) for found in detections for given in found.configured)
    for file in named:
        place, text = files.get(file, ("", ""))
        slot = Slot("configuration", "server", place, {})
        for words in _words(reader, place, text, file):
            yield (
                slot,
                detect(
                    slot, part.pod.volumes, presumed=True, platform_mount=True, made=part.pod.made, told=words
                ),
            )


def _server(pod: Pod, named: Named, base: str) -> Slot:
    """The container that takes the configuration, without what it says itself."""
    path = named.lookup.path
    slot = next((slot for slot in pod.slots if path.startswith(f"{slot.path}.")), None)
    if slot is None:
        return Slot("configuration", "server", base, {})
    return Slot(slot.name, slot.role, base, {}, image=slot.image, mounts=slot.mounts)


def _nobody(named: Named) -> Pod:
    return Pod(PodTemplate(path=named.component), (), (), {})


def _texts(reader: Reader, obj: dict[str, Json], base: str, named: Named) -> Iterator[tuple[str, str, str]]:
    """Path, name and text of the entries that count: the one that is named, else all that configure."""
    there = False
    for field, read in (("data", reader.text), ("binaryData", partial(_decoded, reader))):
        place = f"{base}.{field}"
        for key, value in entries(reader.mapping(obj.get(field), place)):
            if named.key is None and not key.endswith((*_YAML, *_TEXT)) and "." in key:
                continue
            if named.key in {None, key}:
                there = True
                path = join(place, key)
                yield path, key, read(value, path) or ""
    if named.sure and named.key is not None and not there:
        reader.problem(f"{base}.data", f"has no entry {named.key[:120]}, from which the server is configured")


def _decoded(reader: Reader, value: Json, path: str) -> str | None:
    text = reader.text(value, path) or ""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        reader.problem(path, "holds no text")
        return None


def _words(reader: Reader, path: str, text: str, name: str) -> Iterator[Told]:
    """What a file tells the server: as the document it is by its name, or as text with pairs."""
    names = catalog().configuration
    is_document = name.endswith(_YAML)
    try:
        value = parse_yaml(text.encode("utf-8", "surrogatepass"), CARD_LIMITS) if text.strip() else None
    except ManifestError as error:
        value = None
        if is_document:
            reader.problem(path, f"holds text that is no YAML: {error.message[:200]}")
    if isinstance(value, dict | list):
        yield from read_settings(reader, value, path, names=names)
    elif is_document and value is not None:
        reader.problem(path, f"holds {kind_of(value)}, not a map")
    if not is_document:
        pairs = list(islice(_pairs(text.replace("\\\n", "")), MOST + 1))
        if len(pairs) > MOST:
            reader.problem(path, f"holds more than {MOST} settings")
        for key, given in pairs[:MOST]:
            if "\\" in given:
                reader.problem(path, "holds escaped characters, which the reader does not resolve")
            yield from read_settings(reader, {key: given}, path, names=names)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Names and values; texts in quotes that follow each other are one."""
    for match in _PAIR.finditer(text):
        name, quoted, plain_name, plain = match.groups()
        if name is not None:
            yield name, "".join(_QUOTED.findall(quoted))
        elif plain_name is not None:
            yield plain_name, plain.strip()


def _with_switches(own: Features, found: Detection) -> Features:
    return own.model_copy(
        update={
            "trust_remote_code": _either(own.trust_remote_code, found.trust_remote_code),
            "runtime_lora": _either(own.runtime_lora, found.runtime_lora),
        }
    )


def _either(own: Switch, found: Switch) -> Switch:
    return found if found.enabled and not own.enabled else own
