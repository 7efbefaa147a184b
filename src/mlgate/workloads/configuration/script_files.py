"""Programs in ConfigMaps that containers run: read like a command line, and so is what they run in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mlgate.domain.base import Json
from mlgate.workloads.commands.invocation import Told
from mlgate.workloads.commands.scripts import PYTHON, as_told
from mlgate.workloads.configuration.located import holding_models, locate
from mlgate.workloads.configuration.merged import with_found
from mlgate.workloads.configuration.texts import texts, words_of
from mlgate.workloads.manifest import Manifest, Named
from mlgate.workloads.models.detect import detect
from mlgate.workloads.models.detection import Configured, Detection
from mlgate.workloads.pods.pod import Pod
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.reading import Reader

_MOST = 50
"""Files of one ConfigMap that one program may lead to."""


@dataclass(frozen=True)
class _File:
    """An entry of a ConfigMap: where it stands, its name, its text."""

    path: str
    key: str
    text: str


class _Run:
    """What one program of a ConfigMap leads to within that ConfigMap, and out of it."""

    def __init__(
        self, reader: Reader, manifest: Manifest, named: Named, pod: Pod, slot: Slot, files: dict[str, _File]
    ) -> None:
        self._reader, self._named, self._pod, self._files = reader, named, pod, files
        row = manifest.row
        self._options = {"batch": row is not None and row.batch, "trainer": row is not None and row.trains}
        self._presumed = (row is not None and row.is_model_kind) or detect(slot, pod.volumes).serves
        self._slot = replace(slot, command=(), args=())
        self._seen: set[str] = set()
        self.elsewhere: list[Named] = []

    def read(self, file: _File, args: tuple[str, ...] = ()) -> Iterator[Detection]:
        """What a program does, and each program and configuration of the same ConfigMap it leads to."""
        if file.key in self._seen:
            return
        self._seen.add(file.key)
        if len(self._seen) > _MOST:
            self._reader.problem(file.path, f"leads to more than {_MOST} files")
            return
        found = self._detect(as_told(file.text, file.path, file.key, args))
        yield found
        if file.key.endswith(PYTHON):  # modules beside a program are found by it
            for other in self._files.values():
                if other.key.endswith(PYTHON):
                    yield from self.read(other)
        holding = holding_models(self._slot, self._pod, found)
        for given in (*found.scripts, *found.configured):
            yield from self._follow(given, found, holding)

    def _detect(self, told: Told) -> Detection:
        found = detect(
            self._slot,
            self._pod.volumes,
            presumed=self._presumed,
            platform_mount=self._presumed,
            made=self._pod.made,
            told=told,
            **self._options,
        )
        for path, doubt in found.unfollowed:
            self._reader.problem(path, doubt)
        return found

    def _follow(self, given: Configured, found: Detection, holding: set[str]) -> Iterator[Detection]:
        located = locate(self._pod, self._slot, given, holding)
        for entry in located.entries:
            key, sure = entry.key, entry.sure
            if entry.name != self._named.lookup.name:
                lookup = self._named.lookup.model_copy(update={"name": entry.name, "path": given.path})
                self.elsewhere.append(
                    replace(self._named, lookup=lookup, key=key, sure=sure, runs=given.runs, args=())
                )
                continue
            for file in begun(self._files, key):
                if given.runs:
                    yield from self.read(file)
                else:
                    for words in words_of(self._reader, file.path, file.text, file.key):
                        yield self._detect(words)
        serves = found.serves or self._presumed
        if located.hidden is not None and serves and not located.entries:
            self._reader.problem(given.path, located.hidden)


def begun(files: dict[str, _File], key: str | None) -> list[_File]:
    """The entry of a name; without one those that can be modules, or else any."""
    if key is not None:
        return [files[key]] if key in files else []
    return [file for file in files.values() if file.key.endswith(PYTHON)] or list(files.values())


def run_script(reader: Reader, manifest: Manifest, named: Named, pod: Pod, obj: dict[str, Json]) -> Manifest:
    """The manifest with what the program in a ConfigMap loads; it can make a server of the container."""
    slot = next((slot for slot in pod.slots if named.lookup.path.startswith(f"{slot.path}.")), None)
    slot = slot or next(iter(pod.slots), Slot("script", "server", named.component, {}))
    base = f"ConfigMap/{named.lookup.name}"
    everything = replace(named, key=None, sure=False)
    files = {
        key: _File(path, key, text) for path, key, text in texts(reader, obj, base, everything, every=True)
    }
    run = _Run(reader, manifest, named, pod, slot, files)
    first = begun(files, named.key)
    if named.sure and named.key is not None and not first:
        reader.problem(f"{base}.data", f"has no entry {named.key[:120]}, which a container runs")
    detections = tuple(found for file in first for found in run.read(file, named.args))
    whole = with_found(manifest, named, pod, slot, detections)
    entries = {item.entry for item in manifest.named}
    new = {item.entry: item for item in run.elsewhere if item.entry not in entries}
    return replace(whole, named=(*manifest.named, *new.values()))
