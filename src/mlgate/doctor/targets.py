"""Where the entries of the webhook send reviews, and whom they believe there."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography import x509

from mlgate.doctor.snapshot import Entry

HTTPS = 443
PATH = "/validate"
"""The one path under which mlgate takes reviews."""


@dataclass(frozen=True)
class Target:
    """One place that is called, and the entries that call it."""

    entries: tuple[Entry, ...]

    @property
    def key(self) -> str:
        """Tells it from others."""
        return json.dumps(self.entries[0].client, sort_keys=True)

    @property
    def fails_open(self) -> bool:
        """Whether an entry lets through what is not answered here."""
        return any(entry.fails_open for entry in self.entries)

    @property
    def url(self) -> str | None:
        """The address, where no Service is named."""
        found = self.entries[0].client.get("url")
        return found if isinstance(found, str) else None

    @property
    def service(self) -> tuple[str, str]:
        """Namespace and name of the Service; empty where there is none."""
        found = self.entries[0].service or {}
        return str(found.get("namespace", "")), str(found.get("name", ""))

    @property
    def host(self) -> str:
        """The name for which the certificate has to be."""
        if self.url is not None:
            return urlsplit(self.url).hostname or ""
        namespace, name = self.service
        return f"{name}.{namespace}.svc"

    @property
    def port(self) -> int:
        """The port of the address or of the Service."""
        if self.url is not None:
            return urlsplit(self.url).port or HTTPS
        return int((self.entries[0].service or {}).get("port", HTTPS))

    @property
    def path(self) -> str:
        """The path that is called."""
        if self.url is not None:
            return urlsplit(self.url).path
        return str((self.entries[0].service or {}).get("path", ""))

    @property
    def bundle(self) -> bytes | None:
        """The authorities (PEM) the API server believes; None where it takes those of its own system."""
        text = self.entries[0].client.get("caBundle")
        if not isinstance(text, str) or not text:
            return None
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            return b""

    def authorities(self) -> tuple[x509.Certificate, ...]:
        """The certificates of the bundle. Raises ValueError when it holds none that can be read."""
        return tuple(x509.load_pem_x509_certificates(self.bundle or b""))


def targets(entries: Iterable[Entry]) -> tuple[Target, ...]:
    """Every place that is called."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(json.dumps(entry.client, sort_keys=True), []).append(entry)
    return tuple(Target((*calling,)) for calling in found.values())
