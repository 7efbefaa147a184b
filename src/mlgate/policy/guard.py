"""The policy by which an OPA says who may ask what of it: `system.authz`.

It is a bundle of its own that owns the root `system`. It holds the hash of the token: the token itself is in
no file that OPA reads, and comparing hashes tells no timing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from pathlib import Path

REVISION = ("v1", "data", "mlgate", "revision")
INSTANCE = ("v1", "data", "system", "instance")
HEALTH = ("health",)
METRICS = ("metrics",)

_AUTHZ = """package system.authz

default allow := false

allow if {
	crypto.sha256(input.identity) == "%(digest)s"
	asked
}

allow if {
	input.method == "GET"
	input.path in %(public)s
}

asked if {
	input.method == "POST"
	input.path == ["v1", "data", "mlgate", "main", "decision"]
}

asked if {
	input.method == "GET"
	input.path in %(readable)s
}
"""

Paths = Collection[tuple[str, ...]]


def write_guard(
    folder: Path,
    token: str,
    *,
    readable: Paths,
    public: Paths = (),
    instance: str | None = None,
    mode: int = 0o700,
) -> Path:
    """Write the guard as a bundle directory, for `opa run --bundle`.

    Args:
        folder: the directory; made if it is missing.
        token: what a caller must bring; it may ask for the decision and read some documents.
        readable: paths that it may read.
        public: paths that anybody may read.
        instance: a secret that the server can tell, to show that it is the one that was started.
        mode: who may look into the directory.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(mode=mode, exist_ok=True)
    digest = hashlib.sha256(token.encode()).hexdigest()
    lists = {"readable": _listed(readable), "public": _listed(public)}
    (folder / ".manifest").write_text(json.dumps({"roots": ["system"]}))
    (folder / "authz.rego").write_text(_AUTHZ % {"digest": digest, **lists})
    if instance is not None:
        (folder / "data.json").write_text(json.dumps({"system": {"instance": instance}}))
    return folder


def _listed(paths: Paths) -> str:
    return json.dumps([list(path) for path in paths])
