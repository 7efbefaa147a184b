"""The private authority of mode cert-manager: what it gave before it was renewed is believed after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from chart.rendering import render
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import verification

HOST = "mlgate.mlgate-system.svc"
Key = ec.EllipticCurvePrivateKey


def requested() -> dict[str, Any]:
    """The authority's Certificate, as the chart asks cert-manager for it."""
    found = yaml.safe_load_all(render({"tls": {"mode": "cert-manager"}})["certificate.yaml"])
    (authority,) = [entry["spec"] for entry in found if entry["spec"].get("isCA")]
    assert isinstance(authority, dict)
    return authority


def issued(
    name: str, key: Key, issuer: tuple[str, Key], alternative: str | None, begins: datetime
) -> x509.Certificate:
    """A certificate as cert-manager makes them: identifiers of keys, no number of the issuer's."""
    authority, signing = issuer
    subject, parent = (x509.Name.from_rfc4514_string(f"CN={text}") for text in (name, authority))
    made = (
        x509.CertificateBuilder(parent, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=alternative is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
    )
    if alternative is None:
        usage = x509.KeyUsage(
            digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        made = made.add_extension(usage, critical=True)
    else:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(alternative)]), critical=False)
    return made.sign(signing, hashes.SHA256())


def is_believed(served: x509.Certificate, authority: x509.Certificate) -> bool:
    """Whether an API server that trusts only this authority takes the certificate."""
    builder = verification.PolicyBuilder().store(verification.Store([authority])).time(datetime.now(UTC))
    try:
        builder.build_server_verifier(x509.DNSName(HOST)).verify(served, [])
    except verification.VerificationError:
        return False
    return True


@pytest.mark.parametrize("kept", [True, False])
def test_a_certificate_of_before_is_believed_where_the_authority_keeps_its_key(kept: bool) -> None:  # noqa: FBT001 - the case
    asked = requested()
    name, now = asked["commonName"], datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    renewed = key if kept else ec.generate_private_key(ec.SECP256R1())
    served = issued(
        "mlgate", ec.generate_private_key(ec.SECP256R1()), (name, key), HOST, now - timedelta(days=30)
    )
    before = issued(name, key, (name, key), None, now - timedelta(days=60))
    after = issued(name, renewed, (name, renewed), None, now - timedelta(days=1))

    assert is_believed(served, before)
    assert is_believed(served, after) is kept
    assert asked["privateKey"]["rotationPolicy"] == "Never"


def test_an_issuer_of_the_site_needs_no_authority_of_the_chart() -> None:
    values = {
        "tls": {
            "mode": "cert-manager",
            "certManager": {"issuerRef": {"name": "ours", "kind": "ClusterIssuer"}},
        }
    }
    found = list(yaml.safe_load_all(render(values)["certificate.yaml"]))

    assert [entry["spec"]["issuerRef"] for entry in found] == [{"name": "ours", "kind": "ClusterIssuer"}]
