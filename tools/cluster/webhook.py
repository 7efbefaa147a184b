"""The chart's webhook configuration, for a gate that is called by address and not through a Service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from chart.rendering import objects, only, render

Entry = Literal["models", "workloads", "records"]
Rules = Mapping[Entry, Sequence[Mapping[str, Any]]]
"""Webhook rules of the API server by entry."""


def configuration(url: str, authority: bytes, rules: Rules | None = None) -> dict[str, Any]:
    """The configuration of a gate that enforces and watches the labels of Namespaces.

    Args:
        url: where it listens.
        authority: certificate (PEM) of who signed its certificate.
        rules: in place of the chart's.
    """
    values = {
        "decision": {"mode": {"production": "enforce"}},
        "policy": {"settings": {"environment": {"labelEditorGroups": ["platform"]}}},
        "tls": {
            "mode": "existing",
            "existing": {"secret": "mlgate-serving", "caBundle": authority.decode()},
        },
    }
    found = only(objects(render(values)), "ValidatingWebhookConfiguration")
    for webhook in found["webhooks"]:
        del webhook["clientConfig"]["service"]
        webhook["clientConfig"]["url"] = f"{url}/validate"
        if rules:
            webhook["rules"] = rules[webhook["name"].partition(".")[0]]
    return found
