"""Reads what the gate is set up to trust: files in ConfigMaps and Secrets, and the settings of its policy."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.doctor.deciding import CONFIG_MAPS, site_settings
from mlgate.doctor.deployment import GateDeployment
from mlgate.doctor.reading import Reader
from mlgate.doctor.snapshot import Object, Trust, TrustFile
from mlgate.evidence.looked import entries, field
from mlgate.evidence.resources import Resource

SECRETS = Resource("v1", "secrets", namespaced=True)
FILES = {
    "signatures.keys": "MLGATE_SIGNATURES__KEYS",
    "signatures.trustedRoot": "MLGATE_SIGNATURES__TRUSTED_ROOT",
    "evidence.oci.dockerConfig": "MLGATE_EVIDENCE__OCI__DOCKER_CONFIG",
    "evidence.oci.ca": "MLGATE_EVIDENCE__OCI__CA",
    "evidence.huggingface.ca": "MLGATE_EVIDENCE__HUGGINGFACE__CA",
    "evidence.huggingface.tokenFile": "MLGATE_EVIDENCE__HUGGINGFACE__TOKEN_FILE",
    "tls.clientCa": "MLGATE_TLS__CLIENT_CA",
    "policy.urlCa": "MLGATE_POLICY__URL_CA",
    "policy.urlTokenFile": "MLGATE_POLICY__URL_TOKEN_FILE",
    "policy.verificationKey": "MLGATE_POLICY__VERIFICATION_KEY",
    "policy.settings": "MLGATE_POLICY__SETTINGS",
}
"""Setting that names files -> its variable."""


@dataclass(frozen=True)
class _Volume:
    """A volume made from a ConfigMap or a Secret."""

    kind: str
    name: str
    keys: Mapping[str, str]
    """Path in the volume -> key of the object, where the volume says so."""


def read_trust(reader: Reader, deployment: GateDeployment) -> Trust:
    """What a Deployment and what it mounts say; what cannot be read is remembered by the reader."""
    held = _Held(reader, deployment.namespace)
    before = len(reader.unread)
    files = [
        file
        for setting, variable in FILES.items()
        for path in _listed(deployment.setting(variable))
        for file in _files(held, deployment, setting, path)
    ]
    site = site_settings(reader, deployment)
    return Trust(
        deployment=deployment.name,
        namespace=deployment.namespace,
        files=(*files,),
        whole=len(reader.unread) == before,
        trusted_root=deployment.setting(FILES["signatures.trustedRoot"]) is not None,
        cards=_is_on(deployment.setting("MLGATE_SIGNATURES__CARDS")),
        served=_is_on(deployment.setting("MLGATE_SIGNATURES__SERVED")),
        registries=_listed(deployment.setting("MLGATE_EVIDENCE__OCI__REGISTRIES")),
        settings=site[0] if site is not None else None,
    )


class _Held:
    """The ConfigMaps and Secrets of a namespace, each read once."""

    def __init__(self, reader: Reader, namespace: str) -> None:
        self._reader, self._namespace = reader, namespace
        self._found: dict[tuple[str, str], dict[str, bytes] | None] = {}

    def data(self, kind: str, name: str) -> dict[str, bytes] | None:
        """What it holds, by key; nothing where it does not exist, None where it cannot be read."""
        if (kind, name) not in self._found:
            resource = SECRETS if kind == "Secret" else CONFIG_MAPS
            self._found[(kind, name)] = self._reader.tried(
                f"{kind} {self._namespace}/{name}",
                lambda: _data(kind, self._reader.one(resource, self._namespace, name)),
            )
        return self._found[(kind, name)]


def _is_on(value: str | None) -> bool:
    """Whether a variable switches something on, by the words that settings take for it."""
    return value is not None and value.lower() in ("true", "1", "yes", "on", "t", "y")


def _listed(value: str | None) -> tuple[str, ...]:
    """A list in JSON, or a single value."""
    if value is None:
        return ()
    try:
        found = json.loads(value) if value.startswith("[") else [value]
    except ValueError:
        return ()
    return tuple(map(str, found))


def _files(held: _Held, deployment: GateDeployment, setting: str, path: str) -> Iterator[TrustFile]:
    """The file at a path, or each of a folder; none where no ConfigMap or Secret is mounted there."""
    source = deployment.source(path)
    volume = _volume(source[0]) if source is not None else None
    if source is None or volume is None:
        return
    data = held.data(volume.kind, volume.name)
    if data is None:
        return
    is_folder = source[1] == "."
    for key in data if is_folder else (volume.keys.get(source[1], source[1]),):
        yield TrustFile(setting, volume.kind, volume.name, key, data.get(key))


def _volume(volume: Any) -> _Volume | None:
    for kind, part, key in (("ConfigMap", "configMap", "name"), ("Secret", "secret", "secretName")):
        name = field(volume, part, key)
        if isinstance(name, str):
            items = entries(field(volume, part, "items"))
            return _Volume(kind, name, {str(field(one, "path")): str(field(one, "key")) for one in items})
    return None


def _data(kind: str, stored: Object | None) -> dict[str, bytes]:
    """What a ConfigMap or a Secret holds, by key; what cannot be decoded is empty."""
    plain, encoded = field(stored, "data") or {}, field(stored, "binaryData") or {}
    if kind == "Secret":
        plain, encoded = {}, plain
    return {
        **{str(key): str(text).encode() for key, text in plain.items()},
        **{str(key): _decoded(text) for key, text in encoded.items()},
    }


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except ValueError:  # binascii.Error is one
        return b""
