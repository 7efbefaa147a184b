"""ConfigMaps that hold the configuration of a model server: what stands in one counts like a flag.

A server that is told `--config /etc/server/config.yaml` loads what that file names.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.domain.base import Json
from mlgate.domain.evidence import ResolvedReference
from mlgate.domain.workload import PodTemplate
from mlgate.workloads.configuration.configured import inline_files
from mlgate.workloads.configuration.merged import with_found
from mlgate.workloads.configuration.script_files import run_script
from mlgate.workloads.configuration.texts import texts, words_of
from mlgate.workloads.configuration.variables import with_variables
from mlgate.workloads.manifest import Manifest, Named
from mlgate.workloads.models.detect import detect
from mlgate.workloads.models.detection import Detection
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.pod import Pod
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import plain_path
from mlgate.workloads.reading import Reader


def merge_configuration(
    reader: Reader, manifest: Manifest, named: Named, found: ResolvedReference, obj: dict[str, Json]
) -> Manifest:
    """The manifest with the models and switches the configuration names."""
    if named.variables:
        return with_variables(reader, manifest, named, found, obj)
    base = f"{found.kind}/{found.name}"
    pods = (pod for pod in manifest.pods if pod.template.path == named.component)
    pod = named.seen or next(pods, _nobody(named))
    if named.runs:
        return run_script(reader, manifest, named, pod, obj)
    server = _server(pod, named, base)
    detections = tuple(
        detect(server, pod.volumes, presumed=True, platform_mount=True, told=words)
        for path, key, text in texts(reader, obj, base, named)
        for words in words_of(reader, path, text, key)
    )
    return with_found(manifest, named, pod, server, detections)


def inline(reader: Reader, part: Part, detections: tuple[Detection, ...]) -> Iterator[tuple[Slot, Detection]]:
    """Configuration whose text stands in the object: as a container nobody runs, and what that would do."""
    files = inline_files(reader, part)
    named = dict.fromkeys(plain_path(given.file) for found in detections for given in found.configured)
    for file in named:
        place, text = files.get(file, ("", ""))
        slot = Slot("configuration", "server", place, {})
        for words in words_of(reader, place, text, file):
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
