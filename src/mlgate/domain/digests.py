"""Digests as registries and Kubernetes name content."""

from __future__ import annotations

import hashlib


def digest_of(data: bytes) -> str:
    """`sha256:` and the 64 hex digits of the SHA-256 of some bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
