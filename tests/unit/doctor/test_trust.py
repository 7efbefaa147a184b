"""Files the gate is set up to trust by, and how they are read from what its Pods mount."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sigstore_chain import SigstoreChain

from mlgate.doctor.deployment import GateDeployment
from mlgate.doctor.reading import Reader
from mlgate.doctor.snapshot import Trust, TrustFile
from mlgate.doctor.trust import check_trust
from mlgate.doctor.trusting import read_trust

HOME = "/api/v1/namespaces/mlgate-system"
DOCKER = {"auths": {"ghcr.io": {"auth": base64.b64encode(b"gate:secret").decode()}}}
AUTHORITIES = ("evidence.oci.ca", "evidence.huggingface.ca", "policy.urlCa", "tls.clientCa")


def pem(authority: Any) -> bytes:
    """The public key of an authority."""
    held: bytes = authority.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return held


def root(**ends: str) -> bytes:
    """A trusted root of which parts have an end."""
    made = SigstoreChain().trusted_root()
    if "authorities" in ends:
        for one in made["certificateAuthorities"]:
            one["validFor"]["end"] = ends["authorities"]
    if "logs" in ends:
        for one in made["tlogs"]:
            one["publicKey"]["validFor"]["end"] = ends["logs"]
    return json.dumps(made).encode()


def with_file(broken: Any, setting: str, data: bytes | None, kind: str = "ConfigMap", **more: Any) -> None:
    """Let the gate read a file."""
    file = TrustFile(setting, kind, "held", "a.file", data)
    trust = Trust("mlgate", "mlgate-system", (file,), True, False, False, False, (), {})  # noqa: FBT003
    broken.changes = {**broken.changes, "trust": replace(trust, **more)}


def test_without_a_deployment_nothing_is_told(broken: Any, codes: Any) -> None:
    assert codes(check_trust, broken) == []


@pytest.mark.parametrize(
    ("setting", "kind", "code"),
    [
        ("signatures.keys", "ConfigMap", "trust.file_missing"),
        ("policy.settings", "ConfigMap", "trust.file_missing"),
        ("evidence.oci.dockerConfig", "Secret", "trust.credentials_missing"),
        ("evidence.huggingface.tokenFile", "Secret", "trust.secret_missing"),
        ("policy.urlTokenFile", "Secret", "trust.secret_missing"),
    ],
)
def test_a_file_that_is_not_there_is_named(
    broken: Any, only: Any, setting: str, kind: str, code: str
) -> None:
    with_file(broken, setting, None, kind)
    found = only(check_trust, broken)
    assert (found.code, found.lets_models_through) == (code, "no")
    assert found.message.startswith(
        f"a.file of {kind} mlgate-system/held, which {setting} reads, is not there"
    )
    broken.entry("models")["failurePolicy"] = "Ignore"
    assert only(check_trust, broken).lets_models_through == "yes", "replicas that cannot start answer nothing"


@pytest.mark.parametrize(
    "setting", ["signatures.keys", "policy.verificationKey", "signatures.trustedRoot", *AUTHORITIES]
)
def test_a_file_that_is_something_else_is_named(broken: Any, only: Any, setting: str) -> None:
    with_file(broken, setting, b"-----BEGIN PUBLIC KEY-----\nMIIB\n")
    found = only(check_trust, broken)
    assert found.code == "trust.file_unreadable"
    assert f"--set-file {setting}" in found.fix.replace(chr(39), "")


def test_a_key_is_set_by_the_name_of_its_file(broken: Any, only: Any) -> None:
    with_file(broken, "signatures.keys", b"")
    assert r"--set-file 'signatures.keys.a\.file'=FILE" in only(check_trust, broken).fix


@pytest.mark.parametrize(
    "setting", ["evidence.huggingface.tokenFile", "policy.urlTokenFile", "policy.settings"]
)
def test_of_tokens_and_settings_it_is_enough_that_they_are_there(
    broken: Any, codes: Any, setting: str
) -> None:
    with_file(broken, setting, b"x")
    assert codes(check_trust, broken) == []


def test_good_files_are_nothing_to_tell(broken: Any, codes: Any, trusted: Any) -> None:
    for setting, data in (
        ("signatures.keys", pem(trusted)),
        ("policy.verificationKey", pem(trusted)),
        ("signatures.trustedRoot", root()),
        ("evidence.oci.dockerConfig", json.dumps(DOCKER).encode()),
        *((setting, trusted.pem()) for setting in AUTHORITIES),
    ):
        with_file(broken, setting, data)
        assert codes(check_trust, broken) == [], setting


@pytest.mark.parametrize("setting", AUTHORITIES)
@pytest.mark.parametrize(
    ("days", "code"), [(-1, "trust.authority_ended"), (20, "trust.authority_ending"), (40, None)]
)
def test_authorities_that_end_are_named(
    broken: Any, codes: Any, authority: Any, setting: str, days: float, code: str | None
) -> None:
    with_file(broken, setting, authority(days).pem())
    assert codes(check_trust, broken) == ([code] if code else [])
    with_file(broken, setting, authority(days).pem() + authority(4000).pem())
    assert codes(check_trust, broken) == [], "there is another"


@pytest.mark.parametrize(("setting", "opens"), [("tls.clientCa", "yes"), ("evidence.oci.ca", "no")])
def test_without_an_authority_of_callers_no_review_is_taken(
    broken: Any, only: Any, authority: Any, setting: str, opens: str
) -> None:
    broken.entry("models")["failurePolicy"] = "Ignore"
    with_file(broken, setting, authority(-1).pem())
    assert only(check_trust, broken).lets_models_through == opens


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        ({"authorities": "2026-11-01T00:00:00Z"}, "trust.authority_ended"),
        ({"logs": "2026-11-01T00:00:00Z"}, "trust.authority_ended"),
        ({"authorities": "2030-01-01T00:00:00Z", "logs": "2026-12-01T00:00:00Z"}, "trust.authority_ending"),
        ({"authorities": "2030-01-01T00:00:00Z"}, None),
        ({}, None),
    ],
)
def test_a_trusted_root_whose_authorities_or_logs_have_ended_is_named(
    broken: Any, codes: Any, ends: dict[str, str], code: str | None
) -> None:
    with_file(broken, "signatures.trustedRoot", root(**ends))
    assert codes(check_trust, broken) == ([code] if code else [])


@pytest.mark.parametrize(
    ("data", "registries", "code"),
    [
        (b"{", ("ghcr.io",), "trust.credentials_unreadable"),
        (b"{}", (), "trust.credentials_unreadable"),
        (b'{"auths": {"ghcr.io": {}}}', ("ghcr.io",), "trust.credentials_unreadable"),
        (json.dumps(DOCKER).encode(), ("registry.example",), "trust.credentials_unused"),
        (json.dumps(DOCKER).encode(), ("registry.example", "ghcr.io"), None),
    ],
)
def test_credentials_are_for_registries_that_are_asked(
    broken: Any, codes: Any, data: bytes, registries: tuple[str, ...], code: str | None
) -> None:
    with_file(broken, "evidence.oci.dockerConfig", data, "Secret", registries=registries)
    assert codes(check_trust, broken) == ([code] if code else [])


@pytest.mark.parametrize("whole", [True, False])
def test_keys_are_called_unknown_only_where_all_were_read(
    broken: Any, codes: Any, trusted: Any, *, whole: bool
) -> None:
    settings = {"signOff": {"trustedSigners": [{"keyId": "sha256:00"}]}}
    with_file(broken, "signatures.keys", pem(trusted), settings=settings, whole=whole)
    assert codes(check_trust, broken) == (["trust.key_unknown"] if whole else [])
    with_file(broken, "signatures.keys", b"", settings=settings)
    assert codes(check_trust, broken) == ["trust.file_unreadable"]


def gate(broken: Any, env: dict[str, str], *volumes: dict[str, Any]) -> GateDeployment:
    """The gate with more variables, and with volumes mounted below /etc/more by their names."""
    pod = broken.deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    container["env"] += [{"name": f"MLGATE_{name}", "value": value} for name, value in env.items()]
    container["volumeMounts"] += [
        {"name": one["name"], "mountPath": f"/etc/more/{one['name']}"} for one in volumes
    ]
    pod["volumes"] += [*volumes]
    return GateDeployment(broken.deployment)


def test_files_are_read_from_what_is_mounted_where_they_are(broken: Any, api: Any) -> None:
    env = {
        "SIGNATURES__KEYS": '["/etc/more/trust/a.pem", "/etc/more/keys"]',
        "SIGNATURES__CARDS": "true",
        "SIGNATURES__SERVED": "false",
        "EVIDENCE__OCI__DOCKER_CONFIG": "/etc/more/registries/config.json",
        "EVIDENCE__OCI__REGISTRIES": '["ghcr.io"]',
        "EVIDENCE__OCI__CA": "/etc/more/gone/ca.crt",
        "EVIDENCE__HUGGINGFACE__CA": "/tmp/ca.crt",  # noqa: S108 - in a volume that nobody fills
        "TLS__CLIENT_CA": "/elsewhere/ca.crt",
        "POLICY__URL_CA": "[broken",
    }
    items = [{"key": ".dockerconfigjson", "path": "config.json"}]
    made = gate(
        broken,
        env,
        {"name": "trust", "configMap": {"name": "mlgate-trust"}},
        {"name": "keys", "configMap": {"name": "more-keys"}},
        {"name": "registries", "secret": {"secretName": "reader", "items": items}},
        {"name": "gone", "configMap": {"name": "gone"}},
    )
    server = api(broken)
    server.answers |= {
        f"{HOME}/configmaps/mlgate-trust": {"data": {"a.pem": "A"}},
        f"{HOME}/configmaps/more-keys": {"data": {"b": "B"}, "binaryData": {"c": "Qw==", "d": "%"}},
        f"{HOME}/secrets/reader": {"data": {".dockerconfigjson": base64.b64encode(b"{}").decode()}},
    }
    found = read_trust(Reader(server, 1), made)

    settings = ("policy.settings", "mlgate-policy", "settings.yaml")
    held = {(one.setting, one.name, one.key): one.data for one in found.files}
    assert held.pop(settings) == b"decision: {mode: {production: enforce}}"
    assert held == {
        ("signatures.keys", "mlgate-trust", "a.pem"): b"A",
        ("signatures.keys", "more-keys", "b"): b"B",
        ("signatures.keys", "more-keys", "c"): b"C",
        ("signatures.keys", "more-keys", "d"): b"",
        ("evidence.oci.dockerConfig", "reader", ".dockerconfigjson"): b"{}",
        ("evidence.oci.ca", "gone", "ca.crt"): None,
    }
    assert (found.cards, found.served, found.trusted_root, found.whole) == (True, False, False, True)
    assert found.registries == ("ghcr.io",)
    assert found.settings == {"decision": {"mode": {"production": "enforce"}}}


def test_a_secret_that_may_not_be_read_is_told_and_nothing_is_concluded(broken: Any, api: Any) -> None:
    made = gate(
        broken,
        {"POLICY__URL_TOKEN_FILE": "/etc/more/token/token"},
        {"name": "token", "secret": {"secretName": "token"}},
    )
    reader = Reader(api(broken, [f"{HOME}/secrets/token"]), 1)
    found = read_trust(reader, made)
    assert [one.setting for one in found.files] == ["policy.settings"]
    assert not found.whole
    assert [one.what for one in reader.unread] == ["Secret mlgate-system/token"]
