"""Sigstore bundles, verified offline against the trusted root an installation names.

The `sigstore` package decides whether a bundle verifies: certificate chain, certificate log, transparency
log, time and signature. Nothing is fetched. It is imported only where a trusted root is configured.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509

from mlgate.domain.evidence import StatementSignature
from mlgate.errors import SettingsError, StatementRefused
from mlgate.evidence.signatures.envelope import PAYLOAD_TYPE

if TYPE_CHECKING:
    from sigstore._internal.trust import RekorKeyring
    from sigstore.models import Bundle
    from sigstore.verify import Verifier

MEDIA_TYPE_PREFIX = "application/vnd.dev.sigstore.bundle"
BUNDLE_TYPE = f"{MEDIA_TYPE_PREFIX}.v0.3+json"
"""Of a bundle of today, and of an artifact in a registry that holds one."""
_ISSUER_V1 = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.1")
_ISSUER_V2 = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.8")
"""Where a certificate says who vouched for the identity: Fulcio's OID information, docs/oid-info.md.

The second is a DER string, the first, which is deprecated, bare text.
"""
_UTF8_STRING = 0x0C
_LONG_FORM = 0x80


@dataclass(frozen=True)
class VerifiedBundle:
    """What a bundle that verified holds."""

    payload: bytes
    signature: StatementSignature
    signed_at: str | None
    """When it was signed, as the log or the timestamp authority says; RFC 3339 in UTC."""


class BundleVerifier:
    """Verifies bundles with statements in them."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier

    @classmethod
    def load(cls, trusted_root: Path) -> BundleVerifier:
        """A verifier that trusts the authorities and logs of a file (`trusted_root.json` of a Sigstore).

        Raises:
            SettingsError: the file cannot be read, or names no authority and log.
        """
        from sigstore.errors import Error  # noqa: PLC0415 - takes half a second, and few need it
        from sigstore.models import TrustedRoot  # noqa: PLC0415 - as above
        from sigstore.verify import Verifier  # noqa: PLC0415 - as above

        try:
            return cls(Verifier(trusted_root=TrustedRoot.from_file(str(trusted_root))))
        except OSError as error:
            raise SettingsError(
                f"signatures.trustedRoot: {trusted_root} cannot be read: {error.strerror}"
            ) from error
        except (Error, ValueError) as error:
            raise SettingsError(f"signatures.trustedRoot: {trusted_root} is no trusted root") from error

    def verify(self, text: str) -> VerifiedBundle:
        """The payload of a bundle, who signed it, and when.

        Raises:
            StatementRefused: it is no bundle, or does not verify; the message says why.
        """
        from sigstore.models import Bundle  # noqa: PLC0415 - loaded before

        signer = _Signer()
        with _refusing():
            bundle = Bundle.from_json(text)
            kind, payload = self._verifier.verify_dsse(bundle, signer)
        if kind != PAYLOAD_TYPE:
            raise StatementRefused(f"payloadType must be {PAYLOAD_TYPE}")
        signature = StatementSignature(method="sigstore", identity=signer.identity, issuer=signer.issuer)
        return VerifiedBundle(payload, signature, _signed_at(bundle))

    def verify_promised(self, data: bytes, text: str) -> StatementSignature:
        """Who signed bytes, by a bundle whose log promised to take the entry in and did not yet prove it.

        That is all that signatures of cosign before version 3 hold, and what cosign itself takes for enough:
        the log signs its promise, and would be caught breaking it. All else is verified as in any bundle.

        Raises:
            StatementRefused: it does not verify; the message says why.
        """
        from sigstore.models import Bundle, TransparencyLogEntry  # noqa: PLC0415 - loaded before

        class Promised(TransparencyLogEntry):
            def _verify(self, keyring: RekorKeyring) -> None:
                self._verify_set(keyring)

        signer = _Signer()
        with _refusing():
            bundle = Bundle.from_json(text)
            bundle._log_entry = Promised(bundle.log_entry._inner)  # noqa: SLF001 - there is no public way
            self._verifier.verify_artifact(data, bundle, signer)
        return StatementSignature(method="sigstore", identity=signer.identity, issuer=signer.issuer)


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever the verifier finds wrong, as a refusal."""
    from sigstore.errors import Error  # noqa: PLC0415 - loaded before

    try:
        yield
    except StatementRefused:
        raise
    except Error as error:
        raise StatementRefused(f"does not verify: {_reason(error)}") from error
    except Exception as error:  # a hostile bundle must not become a fault of the gate
        raise StatementRefused(
            f"does not verify: the bundle is malformed ({type(error).__name__})"
        ) from error


class _Signer:
    """Takes down who is named in the certificate; whom to trust is for the rules."""

    identity: str | None = None
    issuer: str | None = None

    def verify(self, cert: x509.Certificate) -> None:
        """Called by the verifier, once the certificate is known to be sound."""
        names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        told = [
            name.value for name in names if isinstance(name, x509.RFC822Name | x509.UniformResourceIdentifier)
        ]
        if len(names) != 1 or not told:
            raise StatementRefused("does not verify: its certificate must name one address or URI")
        self.identity = told[0]
        self.issuer = _issuer(cert)


def _signed_at(bundle: Bundle) -> str | None:
    """The time that vouched for the certificate of a verified bundle.

    That of the log, where its promise is over it; else that of the timestamp, where there is one alone: of
    several not every one needs to have verified.
    """
    stamps = bundle.verification_material.timestamp_verification_data
    (entry,) = json.loads(bundle.to_json())["verificationMaterial"]["tlogEntries"]
    if entry.get("inclusionPromise") and entry.get("integratedTime"):
        moment = datetime.fromtimestamp(int(entry["integratedTime"]), UTC)
    elif stamps is not None and len(stamps.rfc3161_timestamps) == 1:
        moment = stamps.rfc3161_timestamps[0].tst_info.gen_time
    else:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _issuer(cert: x509.Certificate) -> str | None:
    for oid in (_ISSUER_V2, _ISSUER_V1):
        try:
            extension = cert.extensions.get_extension_for_oid(oid).value
        except x509.ExtensionNotFound:
            continue
        data = extension.value if isinstance(extension, x509.UnrecognizedExtension) else b""
        return _text(data) if oid == _ISSUER_V2 else data.decode()
    return None


def _text(der: bytes) -> str:
    """The text of one DER UTF8String, which must be all there is."""
    if len(der) < 2 or der[0] != _UTF8_STRING:  # noqa: PLR2004 - tag and length
        raise StatementRefused("does not verify: the issuer in its certificate is no text")
    octets = der[1] - _LONG_FORM if der[1] > _LONG_FORM else 0
    start = 2 + octets
    size = int.from_bytes(der[2:start]) if octets else der[1]
    if size != len(der) - start:
        raise StatementRefused("does not verify: the issuer in its certificate is no text")
    return der[start:].decode()


def _reason(error: Exception) -> str:
    """What the verifier says, as one short line."""
    return " ".join(str(error).split())[:200]
