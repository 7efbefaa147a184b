"""OpenSSF signatures of a model, as `model_signing sign sigstore` makes them, by a Sigstore of our own."""

from __future__ import annotations

import hashlib
from typing import Any

OMS_TYPE = "https://model_signing/signature/v1.0"


def root_of(files: dict[str, bytes]) -> str:
    """The root digest of a model: over the digests of its files, in the order of their names."""
    digests = b"".join(hashlib.sha256(files[name]).digest() for name in sorted(files))
    return "sha256:" + hashlib.sha256(digests).hexdigest()


def oms_statement(files: dict[str, bytes], name: str = "model") -> dict[str, Any]:
    """The statement that is signed of a model with these files."""
    resources = [
        {"name": path, "algorithm": "sha256", "digest": hashlib.sha256(files[path]).hexdigest()}
        for path in sorted(files)
    ]
    method = {"method": "files", "hash_type": "sha256", "allow_symlinks": False, "ignore_paths": []}
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": root_of(files).removeprefix("sha256:")}}],
        "predicateType": OMS_TYPE,
        "predicate": {"serialization": method, "resources": resources},
    }
