"""The serving certificate: loaded, checked, and re-read in place while serving.

uvicorn reads a certificate once. A rotated file would then be served until the process ends,
and refused by the API server the moment the old one expires. So the files are looked at again and
again, and each connection gets the newest pair that was complete; a half-written or mismatched pair
leaves the old one. The authorities of callers (`tls.client_ca`) are followed the same way.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from mlgate.errors import SettingsError
from mlgate.logs import get_logger
from mlgate.web.clients import ClientAuthority

_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2: forward secrecy and authenticated encryption only. TLS 1.3 has no others."""
_MOST_BYTES = 1024 * 1024
"""Of one file; a chain has some thousand."""


@dataclass(frozen=True)
class Credentials:
    """What a connection is greeted with."""

    context: ssl.SSLContext
    authority: ClientAuthority | None
    """Issuers of the certificates callers may show; nobody is asked for one when there are none."""


class ServingCertificate:
    """A certificate and key on disk, what callers' certificates are held against, and what serves them."""

    def __init__(self, cert: Path, key: Path, client_ca: Path | None = None) -> None:
        """Load all.

        Raises:
            SettingsError: a file is missing or not what it should be, or the pair does not belong together.
        """
        self._cert, self._key, self._client_ca = cert, key, client_ca
        self.starts_at = self.expires_at = datetime.min.replace(tzinfo=UTC)
        self.reload_problem: str | None = None
        self.load_failures = 0
        self.client_authority: ClientAuthority | None = None
        self._seen: tuple[bytes, ...] = ()
        try:
            self._load_authority()
        except (OSError, ValueError) as problem:
            raise SettingsError(f"setting tls.client_ca: {client_ca} cannot be used: {problem}") from problem
        try:
            self._load_pair()
        except (OSError, ValueError) as problem:
            raise SettingsError(f"setting tls: {cert} and {key} cannot be served: {problem}") from problem

    def refresh(self) -> None:
        """Look at the files once; keep what was there of what is not sound."""
        try:
            problem = self._refresh_authority()
            if self._load_pair():
                get_logger().info("certificate_loaded", expires_at=self.expires_at.isoformat())
        except (OSError, ValueError) as found:
            problem = f"the new certificate cannot be served: {found}"
        if problem is not None and problem != self.reload_problem:
            self.load_failures += 1
            get_logger().error("certificate_refused", problem=problem)
        self.reload_problem = problem

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

    def _refresh_authority(self) -> str | None:
        """Take over a changed client authority; a bad one must not keep a new pair from being served."""
        try:
            self._load_authority()
        except (OSError, ValueError) as problem:
            return f"the new client authority in {self._client_ca} cannot be used: {problem}"
        return None

    def _load_authority(self) -> None:
        """Read who issues the certificates of callers."""
        if self._client_ca is None:
            return
        pem = _read(self._client_ca)
        known = self.client_authority
        if known is None or pem != known.pem:
            authority = ClientAuthority(pem)
            _context(authority)  # a file that OpenSSL does not take is no authority
            self.client_authority = authority

    def _load_pair(self) -> bool:
        """Read both files; serve them if they, or the client authority, changed and they belong together."""
        authority = self.client_authority
        chain, key = _read(self._cert), _read(self._key)
        seen = (chain, key, authority.pem if authority else b"")
        if seen == self._seen:
            return False
        leaf = x509.load_pem_x509_certificates(chain)[0]
        if self._seen:
            _check_time(leaf)
        context = _context(authority)
        context.load_cert_chain(self._cert, self._key, password=_no_passphrase)
        self.credentials = Credentials(context, authority)
        self.starts_at, self.expires_at = leaf.not_valid_before_utc, leaf.not_valid_after_utc
        self._seen = seen
        return True


def _check_time(leaf: x509.Certificate) -> None:
    """A pair that callers would not believe now is no replacement; one that is early is looked at again.

    Raises:
        ValueError: its time is over, or has not come.
    """
    now = datetime.now(UTC)
    if leaf.not_valid_after_utc <= now:
        raise ValueError(f"it expired at {leaf.not_valid_after_utc.isoformat()}")
    if leaf.not_valid_before_utc > now:
        raise ValueError(f"it is not valid before {leaf.not_valid_before_utc.isoformat()}")


def _context(authority: ClientAuthority | None) -> ssl.SSLContext:
    """What speaks TLS, without a certificate yet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    # No session is resumed: each handshake shows, and checks, certificates as they are now.
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION
    context.num_tickets = 0
    if authority is not None:
        context.verify_mode = ssl.CERT_OPTIONAL
        # As Go's verifier does: what the file names is trusted, be it a root or an intermediate.
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=authority.pem.decode("ascii"))
    return context


def _read(path: Path) -> bytes:
    """A file, unless it is far too large to be what it should.

    Raises:
        ValueError: it is.
    """
    with path.open("rb") as file:
        found = file.read(_MOST_BYTES + 1)
    if len(found) > _MOST_BYTES:
        raise ValueError(f"{path} has more than {_MOST_BYTES} bytes")
    return found


def _no_passphrase() -> str:
    """Called for an encrypted key only; without this OpenSSL would ask on the terminal, and wait."""
    raise ValueError("the key is encrypted, and there is nobody to ask for its passphrase")
