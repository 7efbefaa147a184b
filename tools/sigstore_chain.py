"""A Sigstore of our own, offline: certificate authority, certificate log, transparency log, signer.

It makes what the public services make, byte for byte in their formats, so that the real verifier can be
tested without them: RFC 6962 timestamps in certificates, entries of Rekor of kind dsse 0.0.1, checkpoints as
signed notes, bundles 0.3 and a trusted root 0.1 (https://github.com/sigstore/protobuf-specs).
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_SCT_LIST = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_ISSUER_V2 = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.8")
_ECDSA_SHA256 = ec.ECDSA(hashes.SHA256())
_ORIGIN = "log.example - 1"
_LONG_FORM = 0x80
_START = "2026-01-01T00:00:00Z"


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _id(key: ec.EllipticCurvePrivateKey) -> bytes:
    return hashlib.sha256(_spki(key)).digest()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _der(tag: int, content: bytes) -> bytes:
    """One DER element."""
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    length = bytes([size]) if size < _LONG_FORM else bytes([_LONG_FORM | len(octets)]) + octets
    return bytes([tag]) + length + content


@dataclass
class SigstoreChain:
    """One instance with its keys; `at` is the moment everything is signed."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 9, tzinfo=UTC))
    logged_after: timedelta = timedelta(0)
    """How long after that it is logged; a certificate holds nine minutes."""
    authority: ec.EllipticCurvePrivateKey = field(default_factory=_key)
    certificate_log: ec.EllipticCurvePrivateKey = field(default_factory=_key)
    log: ec.EllipticCurvePrivateKey = field(default_factory=_key)

    def __post_init__(self) -> None:
        """Make the root certificate."""
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority.example")])
        self._root = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.authority.public_key())
            .serial_number(1)
            .not_valid_before(self.at - timedelta(days=365))
            .not_valid_after(self.at + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self.authority.public_key()), critical=False
            )
            .sign(self.authority, hashes.SHA256())
        )

    def trusted_root(self) -> dict[str, Any]:
        """What a verifier trusts, as JSON."""
        root = _b64(self._root.public_bytes(Encoding.DER))
        return {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [_instance(self.log)],
            "ctlogs": [_instance(self.certificate_log)],
            "certificateAuthorities": [
                {
                    "subject": {"organization": "example", "commonName": "authority.example"},
                    "uri": "https://authority.example",
                    "certChain": {"certificates": [{"rawBytes": root}]},
                    "validFor": {"start": "2025-01-01T00:00:00Z"},
                }
            ],
            "timestampAuthorities": [],
        }

    def bundle(self, statement: Any, identity: str, issuer: str) -> str:
        """A statement signed by somebody whom the issuer knows by that address, as a bundle in JSON."""
        payload = statement if isinstance(statement, bytes) else json.dumps(statement).encode()
        signer = _key()
        certificate = self.certificate(signer, identity, issuer)
        kind = PAYLOAD_TYPE.encode()
        signature = signer.sign(
            b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload), _ECDSA_SHA256
        )
        return json.dumps(
            {
                "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
                "verificationMaterial": {
                    "certificate": {"rawBytes": _b64(certificate.public_bytes(Encoding.DER))},
                    "tlogEntries": [self._entry(payload, signature, certificate)],
                },
                "dsseEnvelope": {
                    "payload": _b64(payload),
                    "payloadType": PAYLOAD_TYPE,
                    "signatures": [{"sig": _b64(signature)}],
                },
            }
        )

    def certificate(self, signer: ec.EllipticCurvePrivateKey, identity: str, issuer: str) -> x509.Certificate:
        """A certificate of ten minutes, with the timestamp of the certificate log in it."""
        is_address = "://" in identity
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.authority.public_key())
        name = x509.UniformResourceIdentifier(identity) if is_address else x509.RFC822Name(identity)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(self._root.subject)
            .public_key(signer.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.at - timedelta(minutes=1))
            .not_valid_after(self.at + timedelta(minutes=9))
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
            .add_extension(
                authority,
                critical=False,
            )
            .add_extension(x509.SubjectAlternativeName([name]), critical=True)
            .add_extension(
                x509.UnrecognizedExtension(_ISSUER_V2, _der(0x0C, issuer.encode())), critical=False
            )
        )
        unlogged = builder.sign(self.authority, hashes.SHA256())
        listed = x509.UnrecognizedExtension(_SCT_LIST, _der(0x04, self._timestamps(unlogged)))
        return builder.add_extension(listed, critical=False).sign(self.authority, hashes.SHA256())

    def _timestamps(self, certificate: x509.Certificate) -> bytes:
        """The list with one signed certificate timestamp, as RFC 6962 section 3.3 encodes it."""
        body = certificate.tbs_certificate_bytes
        moment = int(self.at.timestamp() * 1000)
        entry = _id(self.authority) + struct.pack(">I", len(body))[1:] + body
        signed = struct.pack(">BBQH", 0, 0, moment, 1) + entry + struct.pack(">H", 0)
        signature = self.certificate_log.sign(signed, _ECDSA_SHA256)
        stamp = (
            struct.pack(">B32sQH", 0, _id(self.certificate_log), moment, 0)
            + struct.pack(">BBH", 4, 3, len(signature))
            + signature
        )
        one = struct.pack(">H", len(stamp)) + stamp
        return struct.pack(">H", len(one)) + one

    def _entry(self, payload: bytes, signature: bytes, certificate: x509.Certificate) -> dict[str, Any]:
        """The only entry of the log, with its promise and the proof that it is in there."""
        verifier = _b64(certificate.public_bytes(Encoding.PEM))
        body = json.dumps(
            {
                "apiVersion": "0.0.1",
                "kind": "dsse",
                "spec": {
                    "envelopeHash": {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()},
                    "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()},
                    "signatures": [{"signature": _b64(signature), "verifier": verifier}],
                },
            }
        ).encode()
        promised, promise = self.promised(body)
        root = hashlib.sha256(b"\x00" + body).digest()
        return {
            "logIndex": "0",
            "logId": {"keyId": _b64(_id(self.log))},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(promised["integratedTime"]),
            "inclusionPromise": {"signedEntryTimestamp": promise},
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": _b64(root),
                "treeSize": "1",
                "hashes": [],
                "checkpoint": {"envelope": self._checkpoint(root)},
            },
            "canonicalizedBody": _b64(body),
        }

    def promised(self, body: bytes) -> tuple[dict[str, Any], str]:
        """An entry of the log, and the log's signed promise to take it in."""
        entry: dict[str, Any] = {
            "body": _b64(body),
            "integratedTime": int((self.at + self.logged_after).timestamp()),
            "logID": _id(self.log).hex(),
            "logIndex": 0,
        }
        return entry, _b64(self.log.sign(rfc8785.dumps(entry), _ECDSA_SHA256))

    def _checkpoint(self, root: bytes) -> str:
        note = f"{_ORIGIN}\n1\n{_b64(root)}\n"
        signature = _b64(_id(self.log)[:4] + self.log.sign(note.encode(), _ECDSA_SHA256))
        return f"{note}\n\N{EM DASH} log.example {signature}\n"


def _instance(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    return {
        "baseUrl": "https://log.example",
        "hashAlgorithm": "SHA2_256",
        "publicKey": {
            "rawBytes": _b64(_spki(key)),
            "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            "validFor": {"start": _START},
        },
        "logId": {"keyId": _b64(_id(key))},
    }


def _usage(*, signs: bool) -> x509.KeyUsage:
    """Of a signer, or of the authority."""
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs,
        crl_sign=not signs,
        encipher_only=False,
        decipher_only=False,
    )
