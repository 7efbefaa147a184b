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
    found = site_settings(reader, deployment)
    if found is None:
        return None
    settings, place = found
    modes = field(settings, "decision", "mode") or {}
    if not isinstance(modes, dict):
        return None
    given = {str(profile): str(mode) for profile, mode in modes.items()}
    return Deciding(on_error, {**_SHIPPED, **given}, place)


def site_settings(reader: Reader, deployment: GateDeployment) -> tuple[dict[str, Any], str] | None:
    """What the site puts over the shipped settings of the policy, and where that is.

    None where it cannot be read, or where a bundle holds settings of its own.
    """
    path = deployment.setting("MLGATE_POLICY__SETTINGS")
    if any(deployment.setting(variable) is not None for variable in _BUNDLES):
        return None
    if path is None:
        return {}, f"Deployment {deployment.namespace}/{deployment.name}"
    source = deployment.source(path)
    name = field(source[0], "configMap", "name") if source is not None else None
    if source is None or not isinstance(name, str):
        return None
    try:
        stored = reader.one(CONFIG_MAPS, deployment.namespace, name)
    except EvidenceUnavailable:
        return None
    settings = _parsed(field(stored, "data", source[1]))
    return None if settings is None else (settings, f"ConfigMap {deployment.namespace}/{name}")


def _parsed(text: Any) -> dict[str, Any] | None:
    """A file of settings; None where it cannot be read."""
    if not isinstance(text, str):
        return None
    try:
        settings = parse_yaml(text.encode(), MANIFEST_LIMITS) if text.strip() else {}
    except ManifestError:
        return None
    return settings if isinstance(settings, dict) else None
