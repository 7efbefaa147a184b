"""The volumes of a pod as files, renewed as a kubelet does: behind one link that changes at once."""

from __future__ import annotations

import base64
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cluster.api import Api

Object = dict[str, Any]
_LINK = "..data"
_PAUSE = 2.0


class Volumes:
    """The volumes of one pod, a folder each."""

    def __init__(self, api: Api, pod: Object, folder: Path) -> None:
        self._api, self._pod, self._folder = api, pod, folder
        self._written: dict[str, dict[str, bytes]] = {}
        self._tokens: dict[str, bytes] = {}
        self._due = 0.0

    def path(self, name: str) -> Path:
        """The folder of a volume."""
        return self._folder / name

    def refresh(self) -> None:
        """Write what changed since the last time; not more often than every two seconds.

        Raises:
            ApiError: a Secret or ConfigMap is not there.
        """
        if time.monotonic() < self._due:
            return
        for volume in self._pod["spec"].get("volumes", []):
            folder = self.path(volume["name"])
            folder.mkdir(parents=True, exist_ok=True)
            if "emptyDir" in volume:
                continue
            content = dict(self._content(volume))
            if self._written.get(volume["name"]) != content:
                _switch(folder, content)
                self._written[volume["name"]] = content
        self._due = time.monotonic() + _PAUSE

    def _content(self, volume: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
        if "secret" in volume:
            data = self._get("secrets", volume["secret"]["secretName"]).get("data", {})
            yield from ((path, base64.b64decode(data[key])) for key, path in _files(volume["secret"], data))
        elif "configMap" in volume:
            yield from self._config_map(volume["configMap"])
        else:
            for source in volume["projected"]["sources"]:
                yield from self._projected(source)

    def _projected(self, source: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
        if "serviceAccountToken" in source:
            yield source["serviceAccountToken"]["path"], self._token(source["serviceAccountToken"])
        elif "configMap" in source:
            yield from self._config_map(source["configMap"])
        else:
            for item in source["downwardAPI"]["items"]:
                assert item["fieldRef"]["fieldPath"] == "metadata.namespace", item  # noqa: S101 - all there is
                yield item["path"], self._pod["metadata"]["namespace"].encode()

    def _config_map(self, wanted: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
        data = self._get("configmaps", wanted["name"]).get("data", {})
        yield from ((path, data[key].encode()) for key, path in _files(wanted, data))

    def _token(self, wanted: Mapping[str, Any]) -> bytes:
        """A token of the pod's account, made once: none of these pods lives for an hour."""
        account = self._pod["spec"]["serviceAccountName"]
        if account not in self._tokens:
            body = {"spec": {"expirationSeconds": wanted["expirationSeconds"]}}
            made = self._api.call("POST", f"{self._home}/serviceaccounts/{account}/token", body)
            self._tokens[account] = made["status"]["token"].encode()
        return self._tokens[account]

    @property
    def _home(self) -> str:
        return f"/api/v1/namespaces/{self._pod['metadata']['namespace']}"

    def _get(self, resource: str, name: str) -> Object:
        return self._api.get(f"{self._home}/{resource}/{name}")


def _files(wanted: Mapping[str, Any], data: Mapping[str, str]) -> list[tuple[str, str]]:
    """The keys of a Secret or ConfigMap that are mounted, and the file of each."""
    return [(item["key"], item["path"]) for item in wanted.get("items", [])] or [(key, key) for key in data]


def _switch(folder: Path, content: Mapping[str, bytes]) -> None:
    """Put new files in place, all at one moment."""
    fresh = folder / f"..{uuid.uuid4().hex}"
    fresh.mkdir()
    for name, data in content.items():
        (fresh / name).write_bytes(data)
        link = folder / name
        if not link.is_symlink():
            link.symlink_to(Path(_LINK) / name)
    before = (folder / _LINK).resolve() if (folder / _LINK).is_symlink() else None
    new = folder / f"..link-{uuid.uuid4().hex}"
    new.symlink_to(fresh.name)
    new.replace(folder / _LINK)
    if before is not None:
        shutil.rmtree(before, ignore_errors=True)
