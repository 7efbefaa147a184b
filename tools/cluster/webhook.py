"""The ValidatingWebhookConfiguration: three entries, each fails closed."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Literal

NAME = "mlgate"

EXEMPT_NAMESPACES = ("kube-system", "mlgate-system")
"""The API server's own namespace and mlgate's, by the name label that nobody can edit."""

GATE_LABEL = {"mlgate.dev/gate": "enabled"}
"""Set by the platform team on Namespaces where plain workloads are judged too."""

_LABELS = "has({0}.metadata.labels) ? {0}.metadata.labels : {{}}"
_IS_NAMESPACE = "request.resource.group == '' && request.resource.resource == 'namespaces'"

Entry = Literal["models", "workloads", "records"]
Rules = Mapping[Entry, Sequence[Mapping[str, Any]]]
"""Webhook rules of the API server by entry."""


def configuration(url: str, authority: bytes, rules: Rules) -> dict[str, Any]:
    """The configuration of a gate that listens at `url` with a certificate of `authority` (PEM)."""
    client = {"url": f"{url}/validate", "caBundle": base64.b64encode(authority).decode()}
    not_exempt = {
        "matchExpressions": [
            {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": list(EXEMPT_NAMESPACES)}
        ]
    }
    selectors: dict[Entry, dict[str, Any]] = {
        "models": {"namespaceSelector": not_exempt},
        "workloads": {"namespaceSelector": not_exempt | {"matchLabels": GATE_LABEL}},
        "records": {"matchConditions": [gate_labels_change()]},
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": NAME},
        "webhooks": [
            _webhook(entry, client, rules[entry], selector) for entry, selector in selectors.items()
        ],
    }


def _webhook(
    entry: Entry, client: Mapping[str, Any], rules: Sequence[Mapping[str, Any]], selector: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "name": f"{entry}.mlgate.dev",
        "clientConfig": dict(client),
        "rules": [dict(rule) for rule in rules],
        "failurePolicy": "Fail",
        "matchPolicy": "Equivalent",
        "sideEffects": "None",
        "timeoutSeconds": 5,
        "admissionReviewVersions": ["v1"],
        **selector,
    }


def gate_labels_change() -> dict[str, str]:
    """Records always; a Namespace only when a label of ours is set, changed or removed."""
    new = f"({_LABELS.format('object')})"
    old = f"(oldObject == null ? {{}} : ({_LABELS.format('oldObject')}))"
    changed = (
        f"{new}.exists(k, k.startsWith('mlgate.dev/') && (!(k in {old}) || {old}[k] != {new}[k])) || "
        f"{old}.exists(k, k.startsWith('mlgate.dev/') && !(k in {new}))"
    )
    return {
        "name": "gate-labels-change",
        "expression": f"!({_IS_NAMESPACE}) || {changed}",
    }
