"""Certificates that Helm makes: one authority, kept, and trusted beside the next one."""

from __future__ import annotations

import base64
import json
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


@pytest.mark.parametrize("name", ["upgraded-late", "upgraded-elsewhere", "upgraded-longer"])
def test_an_old_or_wrong_certificate_is_renewed_by_the_same_authority(
    name: str, secrets: Json, sets: dict[str, ValueSet], tmp_path: Path
) -> None:
    found, trusted = stored(sets[name], tmp_path)
    assert found[AUTHORITY]["data"] == secrets[AUTHORITY]["data"]
    assert certificate(found[SERVING]) != certificate(secrets[SERVING])
    certificate(found[SERVING]).verify_directly_issued_by(trusted[0])


def test_other_days_count_at_once_for_a_certificate_made_with_fewer(secrets: Json, tmp_path: Path) -> None:
    """It would end long before half of the new ones is over."""
    found, _ = stored(ValueSet({"tls": {"mode": "helm", "helm": {"days": 800}}}, secrets), tmp_path)
    serving = certificate(found[SERVING])
    assert (serving.not_valid_after_utc - serving.not_valid_before_utc).days == 800
    kept = {name: found[name] for name in secrets}
    again, _ = stored(ValueSet({"tls": {"mode": "helm", "helm": {"days": 800}}}, kept), tmp_path / "again")
    assert certificate(again[SERVING]) == serving


def test_a_new_authority_is_trusted_before_its_certificate_is_served(
    secrets: Json, sets: dict[str, ValueSet], tmp_path: Path
) -> None:
    found, trusted = stored(sets["rotated"], tmp_path)
    before, now = certificate(secrets[AUTHORITY]), certificate(found[AUTHORITY])
    assert trusted == [now, before]
    assert found[SERVING]["data"]["tls.crt"] == secrets[SERVING]["data"]["tls.crt"]

    kept = {name: found[name] for name in secrets}
    halfway, _ = stored(second(kept | hook(secrets)), tmp_path / "halfway")
    assert halfway[SERVING]["data"]["tls.crt"] == secrets[SERVING]["data"]["tls.crt"], "nobody trusts it yet"
    after, trusted = stored(second(kept | hook(found)), tmp_path / "after")
    certificate(after[SERVING]).verify_directly_issued_by(now)
    assert trusted == [now, before], "until the next authority both stay"
    still, _ = stored(second({name: after[name] for name in secrets} | hook(after)), tmp_path / "still")
    assert still[SERVING]["data"] == after[SERVING]["data"]
    _, trusted = stored(second({name: after[name] for name in secrets}, 3), tmp_path / "third")
    assert trusted[1:] == [now], "the first one is trusted no more"


def test_whoever_is_still_served_is_trusted_also_by_the_authority_after_the_next(
    secrets: Json, sets: dict[str, ValueSet], tmp_path: Path
) -> None:
    found, trusted = stored(sets["rotated"], tmp_path)
    _, later = stored(second({name: found[name] for name in secrets}, 3), tmp_path / "third")
    assert later[1:] == trusted


def test_a_certificate_that_is_due_comes_from_the_authority_that_is_trusted(
    secrets: Json, sets: dict[str, ValueSet], tmp_path: Path
) -> None:
    found, _ = stored(sets["rotated-late"], tmp_path)
    assert found[SERVING]["data"]["tls.crt"] != secrets[SERVING]["data"]["tls.crt"]
    certificate(found[SERVING]).verify_directly_issued_by(certificate(secrets[AUTHORITY]))


def test_an_authority_is_replaced_before_a_certificate_could_outlive_it(
    secrets: Json, sets: dict[str, ValueSet], tmp_path: Path
) -> None:
    found, trusted = stored(sets["upgraded-ending"], tmp_path)
    assert trusted == [certificate(found[AUTHORITY]), certificate(secrets[AUTHORITY])]
    assert trusted[0] != trusted[1]
    kept = {name: found[name] for name in secrets}
    after, _ = stored(ValueSet({"tls": {"mode": "helm"}}, kept | hook(found)), tmp_path / "after")
    certificate(after[SERVING]).verify_directly_issued_by(trusted[0])


def test_what_an_earlier_chart_made_is_taken_for_what_its_authority_gave(
    secrets: Json, tmp_path: Path
) -> None:
    told = json.loads(json.dumps(secrets))
    for name, key in ((AUTHORITY, "issued-at"), (SERVING, "authority")):
        del told[name]["metadata"]["annotations"][f"mlgate.dev/{key}"]
    found, _ = stored(ValueSet({"tls": {"mode": "helm"}}, told | hook(secrets)), tmp_path)
    assert {name: found[name]["data"] for name in secrets} == {
        name: secrets[name]["data"] for name in secrets
    }


def second(found: Json, generation: int = 2) -> ValueSet:
    """An upgrade to a later generation of an installation in which this is found."""
    return ValueSet({"tls": {"mode": "helm", "helm": {"generation": generation}}}, found)


def hook(secrets: Json) -> Json:
    """A webhook configuration that holds the bundle of these Secrets."""
    return {"mlgate": {"webhooks": [{"clientConfig": {"caBundle": secrets[SERVING]["data"]["ca.crt"]}}]}}


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
