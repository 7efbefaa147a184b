"""Sign-offs and waivers for tests about the records themselves; they approve no example."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

from casebook.documents import Object

SIGN_OFF: Object = {
    "apiVersion": "mlgate.dev/v1alpha1",
    "kind": "SignOff",
    "metadata": {"name": "demand-forecast-1.0.0", "namespace": "default"},
    "spec": {
        "model": "demand-forecast",
        "version": "1.0.0",
        "digest": f"sha256:{'a7' * 32}",
        "cardDigest": f"sha256:{'3c' * 32}",
        "role": "businessOwner",
        "approver": "bo@example.com",
        "decision": "approved",
    },
}


def sign_off(name: str, **spec: Any) -> Object:
    """A sign-off of its own name that differs in some fields."""
    made = copy.deepcopy(SIGN_OFF)
    made["metadata"]["name"] = name
    made["spec"].update(spec)
    return made


def waiver(name: str, **spec: Any) -> Object:
    """An exception for one workload."""
    fields: dict[str, Any] = {
        "codes": ["fairness.group_too_small"],
        "subject": {"workload": {"kind": "InferenceService", "name": "demand-forecast"}},
        "reason": "The pilot has few customers in two regions; both are reviewed by hand until March.",
        "ticket": "RISK-77",
        "requestedBy": "erin@example.com",
        "approvedBy": "rita@example.com",
        "expiresAt": in_days(30),
    }
    return {
        "apiVersion": "mlgate.dev/v1alpha1",
        "kind": "Waiver",
        "metadata": {"name": name, "namespace": "default"},
        "spec": fields | spec,
    }


def in_days(days: int) -> str:
    """The day so many days from now, as records write it."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
