"""Signatures as cosign made them before version 3: a payload, and annotations with who signed it."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from registry import MANIFEST, Registry
from sigstore_chain import SigstoreChain

SIGNATURE = "dev.cosignproject.cosign/signature"
CERTIFICATE = "dev.sigstore.cosign/certificate"
LOG = "dev.sigstore.cosign/bundle"
_SHA256 = ec.ECDSA(hashes.SHA256())


def payload_of(digest: str) -> bytes:
    """What is signed of an image."""
    critical = {
        "identity": {"docker-reference": "registry.example.com/team/cards"},
        "image": {"docker-manifest-digest": digest},
        "type": "cosign container image signature",
    }
    return json.dumps({"critical": critical, "optional": None}).encode()


def by_key(payload: bytes, key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """The annotations of a signature with a key."""
    return {SIGNATURE: base64.b64encode(key.sign(payload, _SHA256)).decode()}


def by_certificate(payload: bytes, chain: SigstoreChain, identity: str, issuer: str) -> dict[str, str]:
    """The annotations of a signature with a certificate of ten minutes, promised by the log."""
    key = ec.generate_private_key(ec.SECP256R1())
    signature = base64.b64encode(key.sign(payload, _SHA256)).decode()
    certificate = chain.certificate(key, identity, issuer).public_bytes(Encoding.PEM)
    signed = {"content": signature, "publicKey": {"content": base64.b64encode(certificate).decode()}}
    digest = {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()}
    spec = {"data": {"hash": digest}, "signature": signed}
    entry, promise = chain.promised(
        json.dumps({"apiVersion": "0.0.1", "kind": "hashedrekord", "spec": spec}).encode()
    )
    return {
        SIGNATURE: signature,
        CERTIFICATE: certificate.decode(),
        LOG: json.dumps({"SignedEntryTimestamp": promise, "Payload": entry}),
    }


def push(registry: Registry, digest: str, *signed: tuple[bytes, Any]) -> None:
    """Store signatures of an image under the tag of its digest."""
    layers = [
        {
            "mediaType": "application/vnd.dev.cosign.simplesigning.v1+json",
            "digest": registry.push(payload),
            "size": len(payload),
            "annotations": annotations,
        }
        for payload, annotations in signed
    ]
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "layers": layers}
    registry.tags[digest.replace(":", "-") + ".sig"] = registry.push(json.dumps(manifest).encode())
