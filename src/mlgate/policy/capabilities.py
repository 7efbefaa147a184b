"""The built-ins a policy may use: those whose answer depends on their arguments alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mlgate.policy.opa_command import run_opa

REFUSED = frozenset(
    {
        "http.send",
        "opa.runtime",
        "rand.intn",
        "rego.parse_module",
        "time.now_ns",
        "trace",
        "uuid.rfc4122",
    }
)
"""Built-ins that reach outside, tell about the process, or answer differently each time."""
REFUSED_FAMILIES = ("net.", "providers.")


def allowed(capabilities: dict[str, Any]) -> dict[str, Any]:
    """The capabilities of an OPA without the built-ins that are refused, and without network."""
    kept = [entry for entry in capabilities["builtins"] if _harmless(entry["name"])]
    return {**capabilities, "builtins": kept, "allow_net": []}


def write_capabilities(path: Path, opa: Path) -> Path:
    """Writes the capabilities file for an OPA program and returns its path.

    Raises:
        PolicyError: OPA does not say what it can do.
    """
    known = json.loads(run_opa(opa, "capabilities", "--current"))
    path.write_text(json.dumps(allowed(known)), encoding="utf-8")
    return path


def _harmless(name: str) -> bool:
    return name not in REFUSED and not name.startswith(REFUSED_FAMILIES)
