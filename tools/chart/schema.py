"""values.schema.json: what the defaults and comments of values.yaml say, and what they cannot.

Each map is closed: a mistyped value is refused by Helm and not passed over in silence.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from chart.values import Entry

Schema = dict[str, Any]

SETTINGS = Path(__file__).resolve().parents[2] / "policies" / "schema" / "settings.json"

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "object", "additionalProperties": _TEXT}
_SECONDS: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 3600}
_COUNT: Schema = {"type": "integer", "minimum": 1}
_HOURS: Schema = {"type": "string", "pattern": "^[1-9][0-9]*h$"}
_QUANTITY: Schema = {"type": ["string", "number"]}
_AMOUNTS: Schema = {"type": "object", "additionalProperties": _QUANTITY}
_NAMESPACE: Schema = {"type": "string", "pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$", "maxLength": 63}
_ANY_MAP: Schema = {"type": "object", "additionalProperties": True}
"""Of Kubernetes itself, too deep to repeat here; the API server checks it."""


def _one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _closed(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    found = {"type": "object", "additionalProperties": False, "properties": properties}
    return found | ({"required": list(required)} if required else {})


_MODE = _one_of("audit", "warn", "enforce")
_PORT: Schema = {"type": "integer", "minimum": 1, "maximum": 65535}
_PERCENT: Schema = {"type": "integer", "minimum": 1, "maximum": 100}
_CONCURRENT: Schema = {"type": "integer", "minimum": 1, "maximum": 4096}
_SPREAD = _closed(
    required=("maxSkew", "topologyKey", "whenUnsatisfiable"),
    maxSkew=_COUNT,
    minDomains=_COUNT,
    topologyKey=_TEXT,
    whenUnsatisfiable=_one_of("ScheduleAnyway", "DoNotSchedule"),
    matchLabelKeys=_list(_TEXT),
    nodeAffinityPolicy=_one_of("Honor", "Ignore"),
    nodeTaintsPolicy=_one_of("Honor", "Ignore"),
)
_TOLERATION = _closed(
    key=_TEXT,
    operator=_one_of("Exists", "Equal", "Lt", "Gt"),
    value=_TEXT,
    effect=_one_of("NoSchedule", "PreferNoSchedule", "NoExecute"),
    tolerationSeconds={"type": "integer"},
)
_PEM: Schema = {"type": "string", "pattern": "^(-----BEGIN CERTIFICATE-----[^$]*)?$"}
_DIGEST: Schema = {"type": "string", "pattern": "^(sha256:[0-9a-f]{64})?$"}
_HOST: Schema = {"type": "string", "pattern": "^[a-z0-9.-]+(:[0-9]{1,5})?$"}
_CIDR: Schema = {"type": "string", "pattern": "^[0-9a-fA-F.:]+/[0-9]{1,3}$"}
_PEERS = _list(_closed(podSelector=_ANY_MAP, namespaceSelector=_ANY_MAP, ipBlock=_ANY_MAP))

TYPES: dict[str, Schema] = {
    **{f"decision.mode.{profile}": _MODE for profile in ("sandbox", "development", "staging", "production")},
    "decision.onError": _one_of("", "deny", "allow"),
    "decision.deadlineSeconds": _SECONDS,
    "decision.deadlineShare": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "webhook.failurePolicy": _one_of("", "Fail", "Ignore"),
    "webhook.timeoutSeconds": {"type": "integer", "minimum": 1, "maximum": 30},
    "webhook.exemptNamespaces": _list(_NAMESPACE),
    "webhook.annotations": _TEXTS,
    "policy.settings": {"$ref": "#/definitions/policySettings"},
    "policy.reloadSeconds": {"type": "number", "minimum": 0, "maximum": 3600},
    "tls.mode": _one_of("cert-manager", "helm", "existing"),
    "tls.reloadSeconds": _SECONDS,
    "tls.certManager.issuerRef": _closed(name=_TEXT, kind=_TEXT, group=_TEXT),
    "tls.certManager.duration": _HOURS,
    "tls.certManager.renewBefore": _HOURS,
    "tls.certManager.authorityDuration": _HOURS,
    "tls.helm.generation": _COUNT,
    "tls.helm.days": {"type": "integer", "minimum": 1, "maximum": 825},
    "tls.existing.caBundle": _PEM,
    "policy.packages": {
        "type": "object",
        "propertyNames": {"pattern": "^[a-z0-9_]+[.]rego$"},
        "additionalProperties": _TEXT,
    },
    "policy.packageConfigMaps": _list(_TEXT),
    "policy.url": {
        "type": "string",
        "pattern": "^((https://[^/@#]+/[^#]*)|(oci://[a-z0-9.-]+(:[0-9]{1,5})?/[^#]+))?$",
    },
    "policy.verificationKey": {"type": "string", "pattern": "^(-----BEGIN PUBLIC KEY-----[^$]*)?$"},
    "policy.minSequence": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1},
    "policy.urlSeconds": {"type": "number", "minimum": 1, "maximum": 86400},
    "policy.urlCa": _PEM,
    "tls.clientCa": _PEM,
    "tls.clientNames": _list(_TEXT),
    "opa.takeoverSeconds": _SECONDS,
    "opa.image.digest": _DIGEST,
    "opa.resources": _closed(requests=_AMOUNTS, limits=_AMOUNTS),
    "opa.maxConcurrent": {"type": "integer", "minimum": 1, "maximum": 1024},
    "evidence.cardSources": _list(_one_of("modelcard", "configmap", "oci", "huggingface")),
    "evidence.oci.registries": _list(_HOST),
    "evidence.oci.blobHosts": {
        "type": "object",
        "propertyNames": {"pattern": _HOST["pattern"]},
        "additionalProperties": _list(_HOST),
    },
    "evidence.oci.private": _list(_HOST),
    "evidence.oci.ca": _PEM,
    "evidence.huggingface.endpoint": {"type": "string", "pattern": "^(https://[a-z0-9.-]+(:[0-9]{1,5})?)?$"},
    "evidence.huggingface.ca": _PEM,
    "evidence.clusterNamespace": _NAMESPACE,
    "evidence.waiverNamespaces": _list(_NAMESPACE),
    "evidence.callSeconds": _SECONDS,
    "signatures.keys": {
        "type": "object",
        "propertyNames": {"pattern": "^[A-Za-z0-9_-]+[.]pem$"},
        "additionalProperties": {"type": "string", "pattern": "^-----BEGIN PUBLIC KEY-----[^$]*$"},
    },
    "server.maxBodyBytes": {"type": "integer", "minimum": 1024},
    "server.maxHeldBytes": {"type": "integer", "minimum": 1024},
    "server.maxConcurrent": _CONCURRENT,
    "server.maxConnections": {"type": "integer", "minimum": 16, "maximum": 65536},
    "server.maxConnectionsPerPeer": {"type": "integer", "minimum": 8, "maximum": 65536},
    "server.handshakeSeconds": _SECONDS,
    "server.answerSeconds": _SECONDS,
    "server.headSeconds": _SECONDS,
    "server.bodySeconds": _SECONDS,
    "server.keepAliveSeconds": {"type": "integer", "minimum": 91, "maximum": 3600},
    "server.drainSeconds": {"type": "number", "minimum": 0, "maximum": 300},
    "log.level": _one_of("debug", "info", "warning", "error"),
    "image.digest": _DIGEST,
    "image.pullPolicy": _one_of("IfNotPresent", "Always", "Never"),
    "imagePullSecrets": _list(_closed(required=("name",), name=_TEXT)),
    "revisionHistoryLimit": {"type": "integer", "minimum": 0},
    "autoscaling.targetCPUUtilizationPercentage": _PERCENT,
    "podDisruptionBudget.minAvailable": {"anyOf": [_COUNT, {"type": "string", "pattern": "^[1-9][0-9]?%$"}]},
    "pod.labels": _TEXTS,
    "pod.annotations": _TEXTS,
    "pod.nodeSelector": _TEXTS,
    "pod.tolerations": _list(_TOLERATION),
    "pod.affinity": _closed(nodeAffinity=_ANY_MAP, podAffinity=_ANY_MAP, podAntiAffinity=_ANY_MAP),
    "pod.topologySpreadConstraints": _list(_SPREAD),
    "resources": _closed(requests=_AMOUNTS, limits=_AMOUNTS),
    "service.port": _PORT,
    "service.annotations": _TEXTS,
    "serviceAccount.annotations": _TEXTS,
    "networkPolicy.apiServerCIDRs": _list(_CIDR),
    "networkPolicy.serverCIDRs": _list(_CIDR),
    "networkPolicy.apiServerFrom": _PEERS,
    "networkPolicy.apiServerTo": _list(_CIDR),
    "networkPolicy.metricsFrom": _PEERS,
    "networkPolicy.apiServerPorts": _list(_PORT) | {"minItems": 1},
    "metrics.serviceMonitor.labels": _TEXTS,
    "metrics.serviceMonitor.interval": {"type": "string", "pattern": "^[1-9][0-9]*(s|m)$"},
    "metrics.prometheusRule.labels": _TEXTS,
    "metrics.dashboard.labels": _TEXTS,
}
"""What a default does not tell of a value."""


class UntypedError(Exception):
    """A value's default does not tell its type and TYPES has none, or TYPES names no value."""


def schema_text(values: list[Entry]) -> str:
    """The schema as the file holds it.

    Raises:
        UntypedError: a value has no type, or a type no value.
    """
    strange = set(TYPES) - {entry.name for entry in values}
    if strange:
        raise UntypedError(f"no such values: {', '.join(sorted(strange))}")
    root = _closed()
    for entry in values:
        place = root
        for part in entry.path[:-1]:
            place = place["properties"][part]
        place["properties"][entry.path[-1]] = _schema(entry)
    root["properties"]["global"] = _closed()  # Helm puts it there
    found = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Values of the mlgate chart"}
    return json.dumps(found | root | {"definitions": {"policySettings": policy_settings()}}, indent=1) + "\n"


def _schema(entry: Entry) -> Schema:
    description: Schema = {"description": entry.text}
    if entry.group:
        return description | _closed()
    return description | _type(entry)


def _type(entry: Entry) -> Schema:
    if entry.name in TYPES:
        return TYPES[entry.name]
    if isinstance(entry.default, bool):
        return {"type": "boolean"}
    if isinstance(entry.default, int):
        return _COUNT
    if isinstance(entry.default, str):
        return _TEXT
    raise UntypedError(f"tools/chart/schema.py: TYPES lacks {entry.name}")


def policy_settings() -> Schema:
    """What a site may put over the policy's settings: any part of them, but for the mode.

    The mode has a value of its own, since failure policy and onError depend on it.
    """
    whole = json.loads(SETTINGS.read_text(encoding="utf-8"))
    del whole["$schema"], whole["properties"]["decision"]["properties"]["mode"]
    found: Schema = _partial(whole)
    return found


def _partial(schema: Any) -> Any:
    """The schema without anything required of the groups and of what lies in them."""
    if isinstance(schema, list):
        return [_partial(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _partial(value) for key, value in schema.items()}
    if kept.get("type") == "object":
        kept.pop("required", None)
    return kept
