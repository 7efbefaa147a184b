"""What the chart gives for the value sets that tests look at, as text that is the same in every run.

A value set is a file of charts/mlgate/ci; a refused one is named here. Certificates that Helm makes are
replaced by `<made>`, those that were there before by the names they are given here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import helm_python as helm
import yaml

from chart.rendering import NAMESPACE, render
from chart.values import CHART

Json = dict[str, Any]

_LOOKUP = re.compile(
    r'lookup (?:"v1" "Secret" \.Release\.Namespace|"[^"]+" "ValidatingWebhookConfiguration" "") (\(.*?\))'
    r" \| default dict"
)
_ENCODED = re.compile(r"[A-Za-z0-9+/]{100,}={0,2}")
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----", re.DOTALL)
_DAY = 86400


@dataclass(frozen=True)
class ValueSet:
    """Values, what `lookup` finds by name (Secrets, the webhook configuration), and the namespace."""

    values: Json
    secrets: Json = field(default_factory=dict)
    namespace: str = NAMESPACE


REFUSED: dict[str, Json] = {
    "tls-without-secret": {
        "tls": {"mode": "existing", "existing": {"caBundle": "-----BEGIN CERTIFICATE-----"}}
    },
    "tls-without-authority": {"tls": {"mode": "existing", "existing": {"secret": "x"}}},
    "tls-secret-unused": {"tls": {"existing": {"secret": "x"}}},
    "tls-authority-unused": {"tls": {"existing": {"caBundle": "-----BEGIN CERTIFICATE-----"}}},
    "fetched-unsigned": {"policy": {"url": "https://policy.example.com/policy.tar.gz"}},
    "fetched-and-own": {
        "policy": {
            "url": "https://policy.example.com/policy.tar.gz",
            "verificationKey": "-----BEGIN PUBLIC KEY-----",
            "packageConfigMaps": ["ours"],
        }
    },
    "key-unused": {"policy": {"verificationKey": "-----BEGIN PUBLIC KEY-----"}},
    "sequence-unused": {"policy": {"minSequence": 3}},
    "address-key-unused": {"policy": {"urlCa": "-----BEGIN CERTIFICATE-----"}},
    "address-token-unused": {"policy": {"urlTokenSecret": "policy-server"}},
    "client-names-unused": {"tls": {"clientNames": ["kube-apiserver"]}},
    "opa-unversioned": {"opa": {"image": {"repository": "docker.io/openpolicyagent/opa"}}},
    "opa-version-unused": {"opa": {"image": {"tag": "1.22.2-static"}}},
    "account-unnamed": {"serviceAccount": {"create": False}},
    "scaled-backwards": {"autoscaling": {"enabled": True, "minReplicas": 4, "maxReplicas": 3}},
    "metrics-for-everybody": {"networkPolicy": {"metricsFrom": [{"podSelector": {}}]}},
    "metrics-for-agents": {
        "networkPolicy": {"apiServerFrom": [{"podSelector": {}}]},
        "metrics": {"serviceMonitor": {"enabled": True}},
    },
    "metrics-for-nobody": {
        "networkPolicy": {"apiServerCIDRs": ["192.0.2.10/32"]},
        "metrics": {"serviceMonitor": {"enabled": True}},
    },
    "waivers-unguarded": {"evidence": {"waiverNamespaces": ["governance", "kube-system"]}},
    "held-too-little": {"server": {"maxHeldBytes": 1024 * 1024}},
    "memory-too-little": {"resources": {"limits": {"cpu": 1, "memory": "512Mi"}}},
    "records-unguarded": {"evidence": {"clusterNamespace": "mlgate-system"}},
    "registries-unnamed": {"evidence": {"cardSources": ["oci"]}},
    "hub-unnamed": {"evidence": {"cardSources": ["huggingface"]}},
    "signers-unnamed": {
        "evidence": {"oci": {"registries": ["registry.example.com"]}},
        "signatures": {"served": True},
    },
    "card-signers-unnamed": {"signatures": {"cards": True}},
    "never-drained": {"podDisruptionBudget": {"minAvailable": 2}},
}
"""Values that a template refuses, by a name for them."""
SHARED = {"in-default": ValueSet({}, namespace="default")}
"""A release in a namespace that people deploy to."""


def value_sets(chart: Path = CHART) -> dict[str, ValueSet]:
    """The sets of the chart by name."""
    files = sorted((chart / "ci").glob("*-values.yaml"))
    return {
        path.name.removesuffix("-values.yaml"): ValueSet(yaml.safe_load(path.read_text())) for path in files
    }


def made_secrets(values: Json) -> Json:
    """The Secrets of mode helm as a first installation stores them, by name."""
    found = yaml.safe_load_all(render({"tls": {"mode": "helm"}} | values)["webhook.yaml"])
    return {entry["metadata"]["name"]: entry for entry in found if entry["kind"] == "Secret"}


def upgrade_sets(secrets: Json) -> dict[str, ValueSet]:
    """Upgrades of an installation in mode helm that has these Secrets."""
    mode = {"mode": "helm"}
    aged = json.loads(json.dumps(secrets))
    old = str(int(time.time()) - 200 * _DAY)
    aged["mlgate-helm-tls"]["metadata"]["annotations"]["mlgate.dev/issued-at"] = old
    trusted = {"clientConfig": {"caBundle": secrets["mlgate-helm-authority"]["data"]["tls.crt"]}}
    hook = {"mlgate": {"webhooks": [trusted]}}
    moved, ending, followed = (json.loads(json.dumps(secrets)) for _ in range(3))
    moved["mlgate-helm-tls"]["metadata"]["annotations"]["mlgate.dev/hosts"] = "elsewhere"
    long_ago = str(int(time.time()) - 3300 * _DAY)
    ending["mlgate-helm-authority"]["metadata"]["annotations"]["mlgate.dev/issued-at"] = long_ago
    followed["mlgate-helm-tls"]["metadata"]["annotations"]["mlgate.dev/authority"] = "0" * 16
    second = {"tls": mode | {"helm": {"generation": 2}}}
    return {
        "upgraded": ValueSet({"tls": mode}, secrets),
        "upgraded-late": ValueSet({"tls": mode}, aged),
        "upgraded-elsewhere": ValueSet({"tls": mode}, moved),
        "upgraded-longer": ValueSet({"tls": mode | {"helm": {"days": 800}}}, secrets),
        "upgraded-ending": ValueSet({"tls": mode}, ending),
        "taken-over": ValueSet({"tls": mode}, hook),
        "rotated": ValueSet(second, secrets | hook),
        "rotated-late": ValueSet(second, aged | hook),
        "rotated-followed": ValueSet({"tls": mode}, followed | hook),
    }


def outcome(wanted: ValueSet, chart: Path, folder: Path) -> str:
    """What a chart gives for a set: the text of all its templates, or the refusal.

    Args:
        wanted: the set.
        chart: the chart.
        folder: an empty folder for a copy that finds the Secrets of the set.
    """
    source = with_secrets(chart, wanted.secrets, folder) if wanted.secrets else chart
    try:
        rendered = render(
            wanted.values, chart=source, namespace=wanted.namespace, upgrade=bool(wanted.secrets)
        )
    except helm.HelmError as refusal:
        return f"refused: {refusal}"
    text = "\n".join(f"# {path}\n{part.strip()}\n" for path, part in rendered.items() if part.strip())
    return steady(text, names_of(wanted.secrets))


def with_secrets(chart: Path, secrets: Json, folder: Path) -> Path:
    """A copy of the chart in which `lookup` finds these Secrets, as it would in a cluster that has them."""
    copy = folder / chart.name
    for path in (entry for entry in chart.rglob("*") if entry.is_file()):
        target = copy / path.relative_to(chart)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".tpl":
            found = f"(fromJson `{json.dumps(secrets)}`)"
            text = _LOOKUP.sub(lambda match: f"(dig {match.group(1)} dict {found})", text)  # noqa: B023
        target.write_text(text, encoding="utf-8")
    return copy


def names_of(secrets: Json) -> dict[str, str]:
    """Names for the certificates and keys of these Secrets, by their text."""
    return {
        base64.b64decode(entry["data"][key]).decode().strip(): f"<kept {name} {key}>"
        for name, entry in secrets.items()
        for key in ("tls.crt", "tls.key")
        if "data" in entry
    } | {
        base64.b64decode(webhook["clientConfig"]["caBundle"]).decode().strip(): f"<kept {name} caBundle>"
        for name, entry in secrets.items()
        for webhook in entry.get("webhooks", ())
    }


def steady(text: str, names: Mapping[str, str]) -> str:
    """The text without what differs from run to run."""

    def named(match: re.Match[str]) -> str:
        try:
            plain = base64.b64decode(match.group()).decode()
        except ValueError:
            return match.group()
        return " ".join(names.get(part, "<made>") for part in _PEM.findall(plain)) or match.group()

    marks = {hashlib.sha256(part.encode()).hexdigest()[:16]: name for part, name in names.items()}
    text = re.sub(
        r'(dev/authority: )"([0-9a-f]{16})"',
        lambda found: f'{found[1]}"{marks.get(found[2], "<made>")}"',
        text,
    )
    return re.sub(r"(issued-at: )\"\d{10}\"", r'\1"<now>"', _ENCODED.sub(named, text))
