"""Certificates that Helm makes: one authority, kept, and trusted beside the next one."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml
from chart.outcomes import ValueSet, made_secrets, upgrade_sets, with_secrets
from chart.rendering import render
from chart.values import CHART
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtensionOID

Json = dict[str, Any]
AUTHORITY, SERVING = "mlgate-helm-authority", "mlgate-helm-tls"


def stored(wanted: ValueSet, folder: Path) -> tuple[Json, list[x509.Certificate]]:
    """The Secrets an upgrade stores, by name, and the certificates its webhooks trust."""
    text = render(wanted.values, chart=with_secrets(CHART, wanted.secrets, folder), upgrade=True)[
        "webhook.yaml"
    ]
    found = {entry["metadata"]["name"]: entry for entry in yaml.safe_load_all(text)}
    (bundle,) = {webhook["clientConfig"]["caBundle"] for webhook in found["mlgate"]["webhooks"]}
    return found, x509.load_pem_x509_certificates(base64.b64decode(bundle))


def certificate(secret: Json, key: str = "tls.crt") -> x509.Certificate:
    """A certificate in a Secret."""
    return x509.load_pem_x509_certificate(base64.b64decode(secret["data"][key]))


@pytest.fixture(scope="module")
def secrets() -> Json:
    return made_secrets({})


@pytest.fixture(scope="module")
def sets(secrets: Json) -> dict[str, ValueSet]:
    return upgrade_sets(secrets)


def test_the_certificate_is_for_the_service_and_signed_by_the_authority(secrets: Json) -> None:
    serving, authority = certificate(secrets[SERVING]), certificate(secrets[AUTHORITY])
    serving.verify_directly_issued_by(authority)
    names = serving.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    assert isinstance(names, x509.SubjectAlternativeName)
    host = "mlgate.mlgate-system.svc"
    assert names.get_values_for_type(x509.DNSName) == [host, "mlgate.mlgate-system", f"{host}.cluster.local"]
    key = load_pem_private_key(base64.b64decode(secrets[SERVING]["data"]["tls.key"]), None)
    assert key.public_key() == serving.public_key()
    assert (serving.not_valid_after_utc - serving.not_valid_before_utc).days == 365


def test_the_pods_get_no_key_of_the_authority(secrets: Json) -> None:
    assert set(secrets[SERVING]["data"]) == {"ca.crt", "tls.crt", "tls.key"}
    mounted = yaml.safe_load(render({"tls": {"mode": "helm"}})["deployment.yaml"])["spec"]["template"][
        "spec"
    ]["volumes"]
    assert [volume["secret"]["secretName"] for volume in mounted if "secret" in volume] == [SERVING]


def test_an_upgrade_changes_nothing(secrets: Json, sets: dict[str, ValueSet], tmp_path: Path) -> None:
    found, trusted = stored(sets["upgraded"], tmp_path)
    assert {name: found[name]["data"] for name in secrets} == {
        name: secrets[name]["data"] for name in secrets
    }
    assert trusted == [certificate(secrets[AUTHORITY])]


@pytest.mark.parametrize("name", ["upgraded-late", "upgraded-elsewhere"])
def test_an_old_or_wrong_certificate_is_renewed_by_the_same_authority(
    name: str, secrets: Json, sets: dict[str, ValueSet], tmp_path: Path
) -> None:
    found, trusted = stored(sets[name], tmp_path)
    assert found[AUTHORITY]["data"] == secrets[AUTHORITY]["data"]
    assert certificate(found[SERVING]) != certificate(secrets[SERVING])
    certificate(found[SERVING]).verify_directly_issued_by(trusted[0])


def test_a_new_authority_is_trusted_beside_the_one_before(
    secrets: Json, sets: dict[str, ValueSet], tmp_path: Path
) -> None:
    found, trusted = stored(sets["rotated"], tmp_path)
    before, now = certificate(secrets[AUTHORITY]), certificate(found[AUTHORITY])
    assert trusted == [now, before]
    certificate(found[SERVING]).verify_directly_issued_by(now)
    certificate(secrets[SERVING]).verify_directly_issued_by(before)  # what the pods still serve
    again = ValueSet({"tls": {"mode": "helm", "helm": {"generation": 3}}}, {n: found[n] for n in secrets})
    _, trusted = stored(again, tmp_path / "again")
    assert trusted[1:] == [now], "the first one is trusted no more"
    still = ValueSet({"tls": {"mode": "helm", "helm": {"generation": 2}}}, {n: found[n] for n in secrets})
    assert stored(still, tmp_path / "still")[1] == [now, before], "until then both stay"


def test_what_was_trusted_in_another_mode_is_trusted_until_the_next_authority(
    secrets: Json, sets: dict[str, ValueSet], tmp_path: Path
) -> None:
    found, trusted = stored(sets["taken-over"], tmp_path)
    assert trusted == [certificate(found[AUTHORITY]), certificate(secrets[AUTHORITY])]
    certificate(found[SERVING]).verify_directly_issued_by(trusted[0])
    again = ValueSet({"tls": {"mode": "helm", "helm": {"generation": 2}}}, {n: found[n] for n in secrets})
    assert stored(again, tmp_path / "again")[1][1:] == [certificate(found[AUTHORITY])]


def test_an_installation_trusts_nobody_else(secrets: Json) -> None:
    assert base64.b64decode(secrets[AUTHORITY]["data"]["bundle.crt"]).count(b"BEGIN CERTIFICATE") == 1
