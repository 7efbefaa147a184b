"""values.yaml, its schema and the README: one source, and nothing mistyped passes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import helm_python as helm
import pytest
import yaml
from chart.outcomes import value_sets
from chart.rendering import render
from chart.schema import UntypedError, schema_text
from chart.table import with_table
from chart.values import CHART, UndescribedError, entries

from mlgate.settings import Settings

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "chart_files.py"
SCHEMA = json.loads((CHART / "values.schema.json").read_text())
VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
OPEN = {"pod.affinity", "networkPolicy.apiServerFrom", "networkPolicy.metricsFrom"}
"""Values of Kubernetes itself whose inner parts only the API server checks."""


def test_the_generated_files_are_current() -> None:
    command = [sys.executable, str(SCRIPT), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
    assert (done.returncode, done.stderr) == (0, "")


def maps(schema: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every schema of a map below one, with the path of the value."""
    if not isinstance(schema, dict):
        return []
    found = [(path, schema)] if schema.get("type") == "object" else []
    for name, part in schema.get("properties", {}).items():
        found += maps(part, f"{path}.{name}".strip("."))
    for name in ("items", "additionalProperties"):
        found += maps(schema.get(name), path)
    for part in schema.get("anyOf", []) + schema.get("oneOf", []):
        found += maps(part, path)
    return found


def test_every_map_is_closed() -> None:
    closed = maps(SCHEMA) + maps(SCHEMA["definitions"]["policySettings"])
    assert len(closed) > 60
    for path, schema in closed:
        given = schema.get("additionalProperties", "missing")
        assert given is False or isinstance(given, dict) or path.startswith(tuple(OPEN)), path


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"replicas": 3}, "replicas"),
        ({"decision": {"mode": {"prod": "enforce"}}}, "prod"),
        ({"decision": {"mode": {"production": "on"}}}, "production"),
        ({"webhook": {"timeoutSeconds": 31}}, "timeoutSeconds"),
        ({"webhook": {"objectSelector": {}}}, "objectSelector"),
        ({"server": {"keepAliveSeconds": 5}}, "keepAliveSeconds"),
        ({"tls": {"mode": "none"}}, "mode"),
        ({"tls": {"helm": {"days": 826}}}, "days"),
        ({"tls": {"existing": {"caBundle": "LS0tLS1CRUdJTg=="}}}, "caBundle"),
        ({"policy": {"settings": {"fairnes": {}}}}, "fairnes"),
        ({"policy": {"settings": {"fairness": {"minRatio": {"high": "0.9"}}}}}, "high"),
        ({"policy": {"settings": {"decision": {"mode": {"production": "audit"}}}}}, "mode"),
        ({"evidence": {"cardSources": ["file"]}}, "cardSources"),
        ({"evidence": {"oci": {"registries": ["https://ghcr.io"]}}}, "registries"),
        ({"evidence": {"oci": {"blobHosts": {"ghcr.io": "blobs.example"}}}}, "blobHosts"),
        ({"evidence": {"huggingface": {"endpoint": "http://huggingface.co"}}}, "endpoint"),
        ({"signatures": {"keys": {"trusted_root.json": "-----BEGIN PUBLIC KEY-----"}}}, "trusted_root"),
        ({"signatures": {"keys": {"ada.pem": "-----BEGIN PRIVATE KEY-----"}}}, "ada"),
        ({"image": {"digest": "sha256:abc"}}, "digest"),
        ({"policy": {"packages": {"rules/freeze.rego": ""}}}, "freeze"),
        ({"policy": {"url": "http://policy.example.com/policy.tar.gz"}}, "url"),
        ({"policy": {"url": "oci://registry.example.com/policy"}}, "url"),
        ({"policy": {"verificationKey": "-----BEGIN PRIVATE KEY-----"}}, "verificationKey"),
        ({"pod": {"tolerations": [{"keys": "a"}]}}, "keys"),
        ({"networkPolicy": {"apiServerPorts": []}}, "apiServerPorts"),
        ({"networkPolicy": {"apiServerTo": ["kubernetes.default"]}}, "apiServerTo"),
        ({"networkPolicy": {"apiServerFrom": [{"pods": {}}]}}, "pods"),
    ],
)
def test_a_mistake_is_refused_and_named(values: dict[str, Any], named: str) -> None:
    with pytest.raises(helm.HelmError, match=named):
        render(values)


def test_the_chart_lints_strictly_with_every_value_set() -> None:
    for name, wanted in value_sets().items():
        report = helm.lint(CHART, wanted.values, strict=True, namespace="mlgate-system")
        assert not report["errors"], name
        assert not [entry for entry in report["messages"] if entry["severity"] > 1], name


def test_a_value_without_comment_or_type_is_told() -> None:
    with pytest.raises(UndescribedError, match=r"a\.b has no comment"):
        entries("# A.\na:\n  # C.\n  c: 1\n  b: 2\n")
    with pytest.raises(UntypedError, match="lacks"):
        schema_text([*entries((CHART / "values.yaml").read_text()), *entries("# A.\nnew: {}\n")])
    with pytest.raises(UntypedError, match="no such values"):
        schema_text(entries("# A.\na: 1\n"))


def test_a_readme_without_marks_is_told() -> None:
    with pytest.raises(ValueError, match="lacks"):
        with_table("# mlgate\n", [])


GROUPS = ("decision", "evidence", "server", "signatures", "log", "opa", "policy", "tls")
OWN = {
    "decision": {"mode", "onError"},  # the mode is policy's; onError follows it
    # Here what it is, there its file.
    "policy": {"settings", "packages", "packageConfigMaps", "verificationKey", "urlCa", "urlTokenSecret"},
    "tls": {"mode", "certManager", "helm", "existing", "clientCa"},  # here the text, there its file
    "opa": {"image", "resources"},
    "signatures": {"keys", "trustedRoot"},
    "evidence": {"oci", "huggingface"},  # groups: see below
}
OTHERWISE = {"server.drainSeconds": 10}
"""All nodes must learn that a replica goes, which takes longer than on one machine."""


def snake(name: str) -> str:
    """MLGATE_ name of a value."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


@pytest.mark.parametrize("group", GROUPS)
def test_values_are_called_like_settings_and_have_their_defaults(group: str) -> None:
    settings = Settings().model_dump(mode="json")[group]
    for name in set(VALUES[group]) - OWN.get(group, set()):
        value = VALUES[group][name]
        assert snake(name) in settings
        expected = OTHERWISE.get(f"{group}.{name}", settings[snake(name)])
        assert value == expected or (value == "" and expected is None), name


ELSEWHERE = {
    # The chart itself says where things lie, listen and are kept.
    "listen.host",
    "listen.port",
    "tls.cert",
    "tls.key",
    "opa.url",
    "opa.token_file",
    "opa.shared_dir",
    "opa.bundle_port",
    "decision.cache_dir",
    # Its limits say what processors OPA has.
    "opa.cores",
    # Of an OPA that mlgate starts itself, or of a bundle in the image.
    "opa.binary",
    "policy.bundle",
    "policy.partial",
    # Outside of a cluster only.
    "evidence.files",
    "evidence.assume_authenticated",
    "evidence.kubeconfig",
    "evidence.context",
    "log.format",
}
"""Settings that are no values."""
SECRETS = {
    "policy.url_token_file": "policy.urlTokenSecret",
    "evidence.oci.docker_config": "evidence.oci.credentialsSecret",
    "evidence.huggingface.token_file": "evidence.huggingface.tokenSecret",
}
"""Settings that name a file, and the values that name the Secret it comes from."""


def leaves(group: Any, path: str = "") -> list[str]:
    """The dotted names of all settings."""
    if not isinstance(group, dict) or not group:
        return [path]
    return [name for key, part in group.items() for name in leaves(part, f"{path}.{key}".strip("."))]


def test_every_setting_can_be_set_by_a_value_or_is_known_not_to() -> None:
    settings = set(leaves(Settings().model_dump(mode="json")))
    described = {entry.name for entry in entries((CHART / "values.yaml").read_text())}
    values = {snake(name) for name in described}
    assert {name for name in settings - values if name not in SECRETS} == ELSEWHERE
    assert set(SECRETS) <= settings
    assert set(SECRETS.values()) <= described
