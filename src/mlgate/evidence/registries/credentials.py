"""Credentials for registries, from a mounted docker config (`kubernetes.io/dockerconfigjson`)."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any

from mlgate.domain.base import Json
from mlgate.errors import ManifestError, SettingsError
from mlgate.parsing.json_text import parse_json
from mlgate.parsing.limits import MANIFEST_LIMITS

_HUB_KEYS = ("https://index.docker.io/v1/", "index.docker.io", "docker.io")


class DockerConfig:
    """User and password by registry; read anew at every use, for Secrets are rotated in place."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.credentials("")  # a file that cannot be read refuses to start

    def credentials(self, registry: str) -> tuple[str, str] | None:
        """User and password for a registry; None where there are none.

        Raises:
            SettingsError: the file cannot be read.
        """
        if self._file is None:
            return None
        try:
            data = self._file.read_bytes()
        except OSError as error:
            told = f"evidence.oci.dockerConfig: {self._file} cannot be read: {error.strerror}"
            raise SettingsError(told) from error
        return credentials_in(data, registry, self._file)


def credentials_in(data: bytes, registry: str, file: Path) -> tuple[str, str] | None:
    """User and password for a registry in the content of a docker config; None where there are none.

    Raises:
        SettingsError: it is no docker config, or has no user and password where it names the registry.
    """
    auths = _auths(data, file)
    keys = _HUB_KEYS if registry == "docker.io" else (registry, f"https://{registry}")
    key = next((key for key in keys if key in auths), None)
    return None if key is None else _pair(auths[key], registry, file)


def _auths(data: bytes, file: Path) -> dict[str, Any]:
    try:
        document = parse_json(data, MANIFEST_LIMITS)
    except ManifestError as error:
        raise SettingsError(f"evidence.oci.dockerConfig: {file} is {error.message}") from error
    auths = document.get("auths") if isinstance(document, dict) else None
    if not isinstance(auths, dict):
        raise SettingsError(f"evidence.oci.dockerConfig: {file} has no auths")
    return auths


def _pair(entry: Json, registry: str, file: Path) -> tuple[str, str]:
    found = entry if isinstance(entry, dict) else {}
    user, password = found.get("username"), found.get("password")
    if isinstance(found.get("auth"), str):
        try:
            user, _, password = base64.b64decode(found["auth"], validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            user = password = None
    if not isinstance(user, str) or not isinstance(password, str):
        raise SettingsError(f"evidence.oci.dockerConfig: {file} has no user and password for {registry}")
    return user, password
