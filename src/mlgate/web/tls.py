"""The serving certificate: loaded, checked, and re-read in place while serving.

uvicorn reads a certificate once. A rotated file would then be served until the process ends,
and refused by the API server the moment the old one expires. So the live SSL context gets the
new pair as soon as it is complete; a half-written or mismatched pair leaves the old one.
"""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from mlgate.errors import SettingsError
from mlgate.logs import get_logger


class ServingCertificate:
    """A certificate and key on disk, and the SSL context that serves them."""

    def __init__(self, cert: Path, key: Path) -> None:
        """Load the pair.

        Raises:
            SettingsError: a file is missing, or the two do not belong together.
        """
        self._cert, self._key = cert, key
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_alpn_protocols(["http/1.1"])
        self.starts_at = self.expires_at = datetime.min.replace(tzinfo=UTC)
        self.reload_problem: str | None = None
        self._seen = b""
        try:
            self._load()
        except (OSError, ValueError) as problem:
            raise SettingsError(f"setting tls: {cert} and {key} cannot be served: {problem}") from problem

    def _load(self) -> bool:
        """Read both files; serve them if they changed and belong together."""
        chain, key = self._cert.read_bytes(), self._key.read_bytes()
        if chain + key == self._seen:
            return False
        leaf = x509.load_pem_x509_certificates(chain)[0]
        if self._seen and leaf.not_valid_after_utc <= datetime.now(UTC):
            raise ValueError(f"it expired at {leaf.not_valid_after_utc.isoformat()}")
        trial = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        for context in (trial, self.context):
            context.load_cert_chain(self._cert, self._key, password=_no_passphrase)
        self.starts_at, self.expires_at = leaf.not_valid_before_utc, leaf.not_valid_after_utc
        self._seen = chain + key
        return True

    def refresh(self) -> None:
        """Look at the files once; keep the old pair when the new one is not sound."""
        try:
            if self._load():
                get_logger().info("certificate_loaded", expires_at=self.expires_at.isoformat())
            self.reload_problem = None
        except (OSError, ValueError) as problem:
            if self.reload_problem is None:
                get_logger().error("certificate_refused", problem=str(problem))
            self.reload_problem = f"the new certificate cannot be served: {problem}"

    async def watch(self, seconds: float) -> None:
        """Look at the files again and again, until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            self.refresh()

    def problem(self) -> str | None:
        """Why the certificate is not fit to serve; null when it is."""
        now = datetime.now(UTC)
        if self.expires_at <= now:
            return f"the certificate expired at {self.expires_at.isoformat()}"
        if self.starts_at > now:
            return f"the certificate is not valid before {self.starts_at.isoformat()}"
        return None


def _no_passphrase() -> str:
    """Called for an encrypted key only; without this OpenSSL would ask on the terminal, and wait."""
    raise ValueError("the key is encrypted, and there is nobody to ask for its passphrase")
