"""Files that stand for the cluster: in a check, in CI, on a laptop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mlgate.domain.deadline import Deadline
from mlgate.errors import ManifestError
from mlgate.evidence.times import metadata, name_of
from mlgate.parsing.limits import MANIFEST_LIMITS
from mlgate.parsing.yaml_text import read_documents

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_Key = tuple[str, str]


class FileCluster:
    """Objects from manifests, as the API server would hold them.

    Of several objects of one kind, namespace and name the last one counts, as after `kubectl apply`. An
    object without a namespace lies in `namespace`; versions of one API group are taken for each other.
    """

    source = "files"

    def __init__(
        self,
        objects: Iterable[dict[str, Any]],
        *,
        assume_authenticated: bool = False,
        namespace: str | None = None,
    ) -> None:
        self._assume_authenticated = assume_authenticated
        self._namespace = namespace
        self._objects: dict[_Key, dict[tuple[str | None, str], dict[str, Any]]] = {}
        for entry in _flattened(objects):
            key = _kind_key(str(entry.get("apiVersion", "")), str(entry.get("kind", "")))
            place = metadata(entry).get("namespace")
            if not isinstance(place, str | None):
                continue  # no API server holds such an object
            self._objects.setdefault(key, {})[(place, name_of(entry))] = entry

    @classmethod
    def load(
        cls,
        paths: Sequence[Path] = (),
        objects: Iterable[dict[str, Any]] = (),
        *,
        assume_authenticated: bool = False,
        namespace: str | None = None,
    ) -> FileCluster:
        """Read manifests, and directories of them with all below, besides objects read already.

        Raises ManifestError, naming the file and the place, when one cannot be read.
        """
        found = [*objects]
        for path in paths:
            for file in _files(path):
                found.extend(_read(file))
        return cls(found, assume_authenticated=assume_authenticated, namespace=namespace)

    @property
    def assume_authenticated(self) -> bool:
        """Whether sign-offs and waivers count as if a guarded cluster had returned them."""
        return self._assume_authenticated

    async def get(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        name: str,
        *,
        deadline: Deadline,  # noqa: ARG002 - the port has it; memory needs none
        fresh: bool = False,  # noqa: ARG002 - files do not change under a check
    ) -> dict[str, Any] | None:
        """One object, or None when no file holds it."""
        known = self._objects.get(_kind_key(api_version, kind), {})
        found = known.get((namespace, name))
        if found is None and namespace is not None and self._is_home(namespace):
            found = known.get((None, name))
            return None if found is None else _placed(found, namespace)
        return found

    async def list(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        *,
        deadline: Deadline,  # noqa: ARG002 - the port has it; memory needs none
        fresh: bool = False,  # noqa: ARG002 - files do not change under a check
    ) -> list[dict[str, Any]]:
        """All objects of a kind in a namespace, or everywhere."""
        known = self._objects.get(_kind_key(api_version, kind), {})
        if namespace is None:
            return [*known.values()]
        named = {name: entry for (place, name), entry in known.items() if place == namespace}
        if self._is_home(namespace):
            for (place, name), entry in known.items():
                if place is None:
                    named.setdefault(name, _placed(entry, namespace))
        return [*named.values()]

    def _is_home(self, namespace: str) -> bool:
        """Whether objects without a namespace are taken to lie in this one."""
        return self._namespace is None or namespace == self._namespace


def _kind_key(api_version: str, kind: str) -> _Key:
    group = api_version.rsplit("/", 1)[0] if "/" in api_version else ""
    return group, kind


def _placed(entry: dict[str, Any], namespace: str) -> dict[str, Any]:
    return {**entry, "metadata": {**metadata(entry), "namespace": namespace}}


def _flattened(objects: Iterable[Any]) -> Iterable[dict[str, Any]]:
    """The objects, and the items of lists, which `kubectl get -o yaml` writes."""
    for entry in objects:
        if not isinstance(entry, dict):
            continue
        items = entry.get("items")
        if str(entry.get("kind", "")).endswith("List") and isinstance(items, list):
            yield from _flattened(items)
        else:
            yield entry


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())


def _read(file: Path) -> Iterable[dict[str, Any]]:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ManifestError(f"{file} cannot be read: {error.strerror}") from error
    for document in read_documents(data, MANIFEST_LIMITS):
        if document.error is not None:
            fault = document.error
            raise ManifestError(
                f"{file}: {fault.message}", path=fault.path, line=fault.line, column=fault.column
            ) from fault
        if isinstance(document.value, dict):
            yield document.value
