"""Certificates the API server does not believe, or not for long."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from mlgate.doctor.certificates import check_certificates
from mlgate.doctor.snapshot import Serving

HOST = "mlgate.mlgate-system.svc"
SECRET = "Secret mlgate-system/mlgate-tls"


def trust(broken: Any, *pems: bytes) -> None:
    """Put other authorities into the caBundle of all entries."""
    for entry in broken.configuration["webhooks"]:
        entry["clientConfig"]["caBundle"] = base64.b64encode(b"".join(pems)).decode()


def shown(certificate: Any, *more: Any, place: str = "10.96.0.7:443", refused: Any = None) -> Serving:
    chain = tuple(one.public_bytes(Encoding.DER) for one in (certificate, *more))
    return Serving(place, chain, refused)


def test_a_certificate_that_is_believed_is_nothing_to_tell(broken: Any, codes: Any) -> None:
    assert codes(check_certificates, broken) == []


@pytest.mark.parametrize("empty", [None, ""])
def test_without_authorities_only_the_system_is_believed(broken: Any, only: Any, empty: Any) -> None:
    for entry in broken.configuration["webhooks"]:
        entry["clientConfig"]["caBundle"] = empty
    found = only(check_certificates, broken)
    assert (found.code, found.lets_models_through) == ("certificate.bundle_missing", "no")


@pytest.mark.parametrize(
    "text", ["bm8gUEVN", "not base64!", base64.b64encode(b"-----BEGIN CERTIFICATE-----")]
)
def test_a_bundle_nobody_can_read_is_told_alone(broken: Any, codes: Any, text: Any) -> None:
    for entry in broken.configuration["webhooks"]:
        entry["clientConfig"]["caBundle"] = text if isinstance(text, str) else text.decode()
    assert codes(check_certificates, broken) == ["certificate.bundle_unreadable"]


@pytest.mark.parametrize(
    ("days", "code"),
    [(-1, "certificate.bundle_expired"), (29, "certificate.bundle_expiring"), (31, None)],
)
def test_the_end_of_an_authority_is_told_in_time(
    broken: Any, authority: Any, codes: Any, days: float, code: str | None
) -> None:
    ending = authority(days=days)
    trust(broken, ending.pem())
    broken.serving = shown(ending.issue(HOST)[0])
    assert codes(check_certificates, broken) == [code] * (code is not None)


def test_the_last_authority_counts_while_two_overlap(
    broken: Any, authority: Any, trusted: Any, codes: Any
) -> None:
    trust(broken, authority(days=-1).pem(), trusted.pem())
    assert codes(check_certificates, broken) == []


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "certificate.expired"), (6, "certificate.expiring"), (8, None)]
)
def test_the_end_of_a_certificate_is_told_in_time(
    broken: Any, trusted: Any, codes: Any, days: float, code: str | None
) -> None:
    broken.serving = shown(trusted.issue(HOST, days=days)[0])
    assert codes(check_certificates, broken) == [code] * (code is not None)


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        ("expired", "certificate.expired"),
        ("name", "certificate.name_mismatch"),
        ("trust", "certificate.not_trusted"),
    ],
)
def test_what_the_handshake_refused_is_told(
    broken: Any, trusted: Any, codes: Any, refused: str, code: str
) -> None:
    broken.serving = shown(trusted.issue(HOST)[0], refused=refused)
    assert codes(check_certificates, broken) == [code]


@pytest.mark.parametrize(
    ("hosts", "code"),
    [
        ((HOST,), None),
        (("*.mlgate-system.svc",), None),
        (("mlgate",), "certificate.name_mismatch"),
        ((), "certificate.name_mismatch"),
    ],
)
def test_a_certificate_is_for_a_name(
    broken: Any, trusted: Any, codes: Any, hosts: tuple[str, ...], code: str | None
) -> None:
    broken.serving = shown(trusted.issue(*hosts)[0], place=SECRET)
    assert codes(check_certificates, broken) == [code] * (code is not None)


def test_a_certificate_can_be_for_an_address(broken: Any, trusted: Any, codes: Any) -> None:
    for entry in broken.configuration["webhooks"]:
        entry["clientConfig"].pop("service")
        entry["clientConfig"]["url"] = "https://127.0.0.1:8443/validate"
    broken.serving = shown(trusted.issue("127.0.0.1")[0], place=SECRET)
    assert codes(check_certificates, broken) == []


def test_a_certificate_in_a_secret_is_held_against_the_bundle(
    broken: Any, authority: Any, trusted: Any, codes: Any
) -> None:
    broken.serving = shown(authority().issue(HOST)[0], place=SECRET)
    assert codes(check_certificates, broken) == ["certificate.not_trusted"]
    broken.serving = shown(trusted.issue(HOST)[0], place=SECRET)
    assert codes(check_certificates, broken) == []


def test_a_chain_is_followed(broken: Any, trusted: Any, codes: Any) -> None:
    between = trusted.below()
    leaf, _ = between.issue(HOST)
    broken.serving = shown(leaf, between.certificate, place=SECRET)
    assert codes(check_certificates, broken) == []
    broken.serving = shown(leaf, place=SECRET)
    assert codes(check_certificates, broken) == ["certificate.not_trusted"]


def test_a_chain_without_end_is_not_followed_to_it(broken: Any, trusted: Any, codes: Any) -> None:
    chain = [trusted.below()]
    for _ in range(9):
        chain.insert(0, chain[0].below())
    brought = [one.certificate for one in chain]
    broken.serving = shown(chain[0].issue(HOST)[0], *brought, place=SECRET)
    assert codes(check_certificates, broken) == ["certificate.not_trusted"]


def test_a_chain_that_leads_in_a_circle_ends(broken: Any, authority: Any, codes: Any) -> None:
    other = authority()
    broken.serving = shown(other.issue(HOST)[0], other.certificate, other.below().certificate, place=SECRET)
    assert codes(check_certificates, broken) == ["certificate.not_trusted"]


@pytest.mark.parametrize("serving", [None, Serving("x", ()), Serving("x", (b"junk",))])
def test_a_certificate_that_could_not_be_read_is_told(broken: Any, only: Any, serving: Any) -> None:
    broken.changes = {"servings": {}}
    if serving is not None:
        broken.changes = {}
        broken.serving = serving
    found = only(check_certificates, broken)
    assert (found.code, found.lets_models_through) == ("certificate.not_checked", "no")
    assert "port-forward" in found.fix
