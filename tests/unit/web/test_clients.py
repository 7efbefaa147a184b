"""Who may bring reviews: whoever has a certificate of the authority that counts now, and of a right name."""

from __future__ import annotations

import ssl

import pytest
import trustme

from mlgate.web.clients import ClientAuthority, stranger
from mlgate.web.crowd import Caller

NOBODY: frozenset[str] = frozenset()


def _authority(*issuers: trustme.CA) -> ClientAuthority:
    return ClientAuthority(b"".join(issuer.cert_pem.bytes() for issuer in issuers))


def _caller(
    issuer: trustme.CA, authority: ClientAuthority | None, *names: str, common_name: str | None = None
) -> Caller:
    issued = issuer.issue_cert(*names, common_name=common_name)
    encoded = ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode())
    return Caller("192.0.2.1", lambda _: None, certificate=encoded, authority=authority)


@pytest.fixture(scope="module")
def issuer() -> trustme.CA:
    return trustme.CA()


def test_a_file_without_certificates_is_no_authority() -> None:
    with pytest.raises(ValueError, match="PEM"):
        ClientAuthority(b"word")


def test_a_caller_without_certificate_is_a_stranger(issuer: trustme.CA) -> None:
    authority = _authority(issuer)

    assert "client certificate" in (stranger(None, authority, NOBODY) or "")
    assert "client certificate" in (stranger(Caller("192.0.2.1", lambda _: None), authority, NOBODY) or "")


def test_any_certificate_of_the_authority_will_do_where_no_names_are_asked_for(issuer: trustme.CA) -> None:
    authority = _authority(issuer)

    assert stranger(_caller(issuer, authority, "anything"), authority, NOBODY) is None


@pytest.mark.parametrize(
    ("names", "common_name", "welcome"),
    [
        (("kube-apiserver",), None, True),
        (("other", "kube-apiserver"), "other", True),
        (("other",), "kube-apiserver", True),
        (("other",), "Kube-Apiserver", False),
        (("kube-apiserver.evil.example",), "kube-apiserver2", False),
        (("*.example.com",), "*", False),
    ],
)
def test_a_name_that_is_asked_for_is_borne_exactly(
    issuer: trustme.CA, names: tuple[str, ...], common_name: str | None, *, welcome: bool
) -> None:
    authority = _authority(issuer)
    caller = _caller(issuer, authority, *names, common_name=common_name)

    problem = stranger(caller, authority, frozenset({"kube-apiserver", "front-proxy"}))

    assert (problem is None) is welcome
    assert welcome or "tls.client_names" in (problem or "")


def test_a_certificate_without_any_name_bears_none(issuer: trustme.CA) -> None:
    authority = _authority(issuer)
    nameless = ssl.PEM_cert_to_DER_cert(issuer.cert_pem.bytes().decode())
    caller = Caller("192.0.2.1", lambda _: None, certificate=nameless, authority=authority)

    assert "none of the names" in (stranger(caller, authority, frozenset({"kube-apiserver"})) or "")


def test_a_connection_from_before_a_rotation_stays_while_its_authority_is_still_named(
    issuer: trustme.CA,
) -> None:
    caller = _caller(issuer, _authority(issuer), "kube-apiserver")
    both, newer = _authority(issuer, trustme.CA()), _authority(trustme.CA())

    assert stranger(caller, both, NOBODY) is None
    assert caller.authority is both
    assert "no more" in (stranger(caller, newer, NOBODY) or "")


def test_a_certificate_that_is_itself_in_the_file_is_trusted(issuer: trustme.CA) -> None:
    leaf = issuer.issue_cert("kube-apiserver").cert_chain_pems[0].bytes()
    authority = ClientAuthority(leaf)

    assert authority.issued(ssl.PEM_cert_to_DER_cert(leaf.decode())) is True
    assert authority.issued(ssl.PEM_cert_to_DER_cert(issuer.cert_pem.bytes().decode())) is False
