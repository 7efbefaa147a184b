"""The built-ins a policy may use: those whose answer depends on their arguments alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlgate.policy.opa_command import run_opa

REFUSED = frozenset(
    {
        "crypto.x509.parse_and_verify_certificates",
        "crypto.x509.parse_and_verify_certificates_with_options",
        "http.send",
        "io.jwt.decode_verify",
        "io.jwt.encode_sign",
        "io.jwt.encode_sign_raw",
        "json.match_schema",
        "json.verify_schema",
        "opa.runtime",
        "rand.intn",
        "rego.parse_module",
        "time.now_ns",
        "trace",
        "uuid.rfc4122",
    }
)
"""Built-ins that reach outside, tell about the process, or answer differently each time.

The two for schemas fetch what a schema refers to: capabilities would bound that, and `opa run` has none.
Certificates and tokens are verified as of now.
"""
REFUSED_FAMILIES = ("net.", "providers.")


def allowed(capabilities: dict[str, Any]) -> dict[str, Any]:
    """The capabilities of an OPA without the built-ins that are refused, and without network."""
    kept = [entry for entry in capabilities["builtins"] if _harmless(entry)]
    return {**capabilities, "builtins": kept, "allow_net": []}


def write_capabilities(path: Path, opa: Path) -> Path:
    """Writes the capabilities file for an OPA program and returns its path.

    Raises:
        PolicyError: OPA does not say what it can do.
    """
    known = json.loads(run_opa(opa, "capabilities", "--current"))
    path.write_text(json.dumps(allowed(known)), encoding="utf-8")
    return path


def _harmless(builtin: Mapping[str, Any]) -> bool:
    """Whether it is none of those, and none that a newer OPA says is of their kind."""
    name = str(builtin["name"])
    return not (name in REFUSED or name.startswith(REFUSED_FAMILIES) or builtin.get("nondeterministic"))
