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
        self.expires_at = datetime.min.replace(tzinfo=UTC)
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
        trial = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trial.load_cert_chain(self._cert, self._key)
        self.context.load_cert_chain(self._cert, self._key)
        self.expires_at = leaf.not_valid_after_utc
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
        if self.expires_at <= datetime.now(UTC):
            return f"the certificate expired at {self.expires_at.isoformat()}"
        return None
