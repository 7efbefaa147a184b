"""What becomes of refusals: read from the running gate, else from what it is set up with."""

from __future__ import annotations

from typing import Any

from mlgate.doctor.deployment import GateDeployment
from mlgate.doctor.namespaces import PROFILES
from mlgate.doctor.reading import Reader
from mlgate.doctor.snapshot import Deciding, GateState
from mlgate.errors import EvidenceUnavailable, ManifestError
from mlgate.evidence.looked import field
from mlgate.evidence.resources import KNOWN
from mlgate.parsing.limits import MANIFEST_LIMITS
from mlgate.parsing.yaml_text import parse_yaml

CONFIG_MAPS = KNOWN[("v1", "ConfigMap")]
_SHIPPED = dict.fromkeys(PROFILES, "enforce")
_ON_ERROR = "deny"
_BUNDLES = ("MLGATE_POLICY__BUNDLE", "MLGATE_POLICY__URL")


def read_deciding(
    reader: Reader, gate: GateState | None, deployment: GateDeployment | None
) -> Deciding | None:
    """What the gate says; else what its Deployment and the ConfigMap of its settings do. None for neither."""
    if gate is not None:
        on_error, modes = gate.ready.get("onError"), field(gate.ready.get("policy"), "modes")
        if isinstance(on_error, str) and isinstance(modes, dict):
            return Deciding(on_error, modes, gate.place)
    return _set_up(reader, deployment) if deployment is not None else None


def _set_up(reader: Reader, deployment: GateDeployment) -> Deciding | None:
    on_error = deployment.setting("MLGATE_DECISION__ON_ERROR") or _ON_ERROR
    place = f"Deployment {deployment.namespace}/{deployment.name}"
    path = deployment.setting("MLGATE_POLICY__SETTINGS")
    if any(deployment.setting(variable) is not None for variable in _BUNDLES):
        return None  # the bundle holds settings of its own
    if path is None:
        return Deciding(on_error, _SHIPPED, place)
    source = deployment.source(path)
    name = field(source[0], "configMap", "name") if source is not None else None
    if source is None or not isinstance(name, str):
        return None
    try:
        stored = reader.one(CONFIG_MAPS, deployment.namespace, name)
    except EvidenceUnavailable:
        return None
    modes = _modes(field(stored, "data", source[1]))
    if modes is None:
        return None
    return Deciding(on_error, {**_SHIPPED, **modes}, f"ConfigMap {deployment.namespace}/{name}")


def _modes(text: Any) -> dict[str, str] | None:
    """The modes a file of settings puts over the shipped ones; None where it cannot be read."""
    if not isinstance(text, str):
        return None
    try:
        settings = parse_yaml(text.encode(), MANIFEST_LIMITS) if text.strip() else {}
    except ManifestError:
        return None
    found = field(settings, "decision", "mode") or {}
    return {str(profile): str(mode) for profile, mode in found.items()} if isinstance(found, dict) else None
