"""Who may bring reviews, where a client certificate is asked for (`tls.client_ca`).

TLS asks for a certificate and checks one that is shown: issuer, dates, purpose. It does not insist,
because kubelet's probes and Prometheus have none. So whether a connection may bring reviews is
settled here, by the route itself.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from mlgate.web.crowd import Caller


class ClientAuthority:
    """The authorities of one file."""

    def __init__(self, pem: bytes) -> None:
        """Read them.

        Raises:
            ValueError: there is none, or one is no certificate.
        """
        self._issuers = x509.load_pem_x509_certificates(pem)
        self.pem = pem

    def issued(self, encoded: bytes) -> bool:
        """Whether a certificate (DER) was issued directly by one of these, or is one of these."""
        certificate = x509.load_der_x509_certificate(encoded)
        return any(_issued(certificate, issuer) for issuer in self._issuers)


def stranger(caller: Caller | None, authority: ClientAuthority, names: frozenset[str]) -> str | None:
    """Why a caller may not bring reviews; null when it may.

    Args:
        caller: the connection; null where there is none to ask.
        authority: the one that counts now.
        names: one of which the certificate must bear; any does when there are none.
    """
    if caller is None or caller.certificate is None:
        return "a review is brought with a client certificate of the authority in tls.client_ca"
    # The handshake may have been under an authority that counts no more.
    if caller.authority is not authority:
        if not authority.issued(caller.certificate):
            return "the client certificate is of an authority that tls.client_ca names no more"
        caller.authority = authority
    if names and not names & _names(caller.certificate):
        return "the client certificate bears none of the names in tls.client_names"
    return None


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return certificate == issuer
    return True


def _names(encoded: bytes) -> frozenset[str]:
    """Common names and DNS names of a certificate (DER)."""
    certificate = x509.load_der_x509_certificate(encoded)
    common = {
        str(name.value) for name in certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    }
    try:
        other = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset(common)
    return frozenset(common | set(other.get_values_for_type(x509.DNSName)))
