"""OPA's signature of a bundle: a token in `.signatures.json` that lists every file with its hash.

It is written and checked here, in the form of `opa sign`, for two reasons: the same key and files give
the same signature each time, and a bundle is judged by the one key an installation names, never by
what the token says of itself.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.domain.base import Json
from mlgate.errors import BundleUnsound, ManifestError
from mlgate.parsing.json_text import parse_json
from mlgate.parsing.limits import Limits
from mlgate.policy.signing_keys import PrivateKey, PublicKey

SIGNATURES = ".signatures.json"
STRUCTURED = frozenset({".manifest", "data.json"})
"""Files whose hash is that of the value they hold: OPA lets their white space change."""
HASH = "SHA-256"
LIMITS = Limits(max_bytes=4 * 1024 * 1024, max_depth=8, max_nodes=50_000)

_BASE64 = re.compile(r"[A-Za-z0-9_-]+")
_TOKEN_PARTS = 3


class _Number(str):
    """A number as it is written: OPA hashes its digits."""

    __slots__ = ()


@dataclass(frozen=True)
class Signature:
    """What is known of the signature of a bundle."""

    algorithm: str
    key_id: str | None
    verified: bool
    """Whether a key was given to check it by."""


def sign(files: Mapping[str, bytes], key: PrivateKey, key_id: str | None = None) -> bytes:
    """The content of `.signatures.json` for the files of a bundle."""
    header = {"alg": key.algorithm, "typ": "JWT"} | ({"kid": key_id} if key_id else {})
    listed = [
        {"name": name, "hash": file_hash(name, content), "algorithm": HASH}
        for name, content in sorted(files.items())
        if name != SIGNATURES
    ]
    text = f"{_encoded(header)}.{_encoded({'files': listed})}"
    token = f"{text}.{_base64(key.sign(text.encode()))}"
    return json.dumps({"signatures": [token]}).encode()


def check_signature(files: Mapping[str, bytes], key: PublicKey | None) -> Signature | None:
    """What the signature of a bundle is worth; null where it has none and no key asks for one.

    Args:
        files: the files of the bundle.
        key: the one key that is trusted. Without it only the list of files is held against them.

    Raises:
        BundleUnsound: there is none and a key is given, it is not of that key, or a file is not as signed.
    """
    content = files.get(SIGNATURES)
    if content is None:
        if key is not None:
            raise BundleUnsound(
                "it is not signed, and a key is given", "sign it: `mlgate policy bundle --sign`"
            )
        return None
    header, payload, signed, signature = _token(content)
    algorithm, key_id = header.get("alg"), header.get("kid", payload.get("keyid"))
    if key is not None:
        if algorithm != key.algorithm:
            told = f"{SIGNATURES}: its algorithm is {ascii(algorithm)[:40]}, that of the key {key.algorithm}"
            raise BundleUnsound(told, "name the key it was signed for")
        if not key.verifies(signature, signed):
            raise BundleUnsound(
                f"{SIGNATURES}: it was not signed with this key", "name the key, or sign it anew"
            )
    _check_files(files, payload)
    return Signature(str(algorithm)[:40], str(key_id)[:100] if key_id else None, verified=key is not None)


def file_hash(name: str, content: bytes) -> str:
    """The hash OPA signs a file by.

    Raises:
        BundleUnsound: a file that must be JSON is none.
    """
    if name not in STRUCTURED:
        return hashlib.sha256(content).hexdigest()
    try:
        value = json.loads(content, parse_int=_Number, parse_float=_Number)
        return hashlib.sha256(_canonical(value).encode()).hexdigest()
    except (ValueError, RecursionError) as error:
        raise BundleUnsound(f"{name} is no JSON") from error


def _check_files(files: Mapping[str, bytes], payload: Mapping[str, Any]) -> None:
    """Exactly the files that were signed, each as it was."""
    listed = payload.get("files")
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise BundleUnsound(f"{SIGNATURES} lists no files")
    if payload.get("scope"):
        raise BundleUnsound(f"{SIGNATURES}: it was signed for another scope")
    hashes = {entry.get("name"): (entry.get("algorithm"), entry.get("hash")) for entry in listed}
    present = files.keys() - {SIGNATURES}
    if len(hashes) != len(listed):
        raise BundleUnsound(f"{SIGNATURES} lists a file twice")
    for name in sorted(present - hashes.keys()):
        raise BundleUnsound(f"{name} was added after it was signed")
    for name in sorted(str(name) for name in hashes.keys() - present):
        raise BundleUnsound(f"{ascii(name)[1:-1]} was signed and is missing")
    for name in sorted(present):
        if hashes[name] != (HASH, file_hash(name, files[name])):
            raise BundleUnsound(f"{name} was changed after it was signed")


def _token(content: bytes) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Header, payload, what is signed, and the signature of the one token."""
    found = _object(content, "it is no JSON object")
    tokens = found.get("signatures")
    if found.keys() != {"signatures"} or not isinstance(tokens, list) or len(tokens) != 1:
        raise BundleUnsound(f"{SIGNATURES} holds no single signature")
    parts = str(tokens[0]).split(".")
    if len(parts) != _TOKEN_PARTS or not all(_BASE64.fullmatch(part) for part in parts):
        raise BundleUnsound(f"{SIGNATURES}: the signature is no signed token")
    header, payload, signature = (_decoded(part) for part in parts)
    told = "a part of its token is no JSON object"
    return _object(header, told), _object(payload, told), ".".join(parts[:2]).encode(), signature


def _object(content: bytes, otherwise: str) -> dict[str, Any]:
    try:
        found: Json = parse_json(content, LIMITS)
    except ManifestError as error:
        raise BundleUnsound(f"{SIGNATURES}: {otherwise}") from error
    if not isinstance(found, dict):
        raise BundleUnsound(f"{SIGNATURES}: {otherwise}")
    return found


def _decoded(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error as error:
        raise BundleUnsound(f"{SIGNATURES}: the signature is no signed token") from error


def _encoded(value: Json) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _canonical(value: Any) -> str:
    """A value as OPA hashes it: keys in order, no white space, text as Go writes it."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(key)}:{_canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_canonical(item) for item in value) + "]"
    if isinstance(value, _Number):
        return str(value)
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(value: str) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
