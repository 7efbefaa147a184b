"""Whether the API server believes the certificate the gate shows, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from mlgate.doctor.codes import finding
from mlgate.doctor.entries import subject_of
from mlgate.doctor.finding import Finding
from mlgate.doctor.snapshot import Serving, Snapshot
from mlgate.doctor.targets import Target, targets

BUNDLE_NOTICE = timedelta(days=30)
"""Authorities are renewed by people, who need time."""
SERVED_NOTICE = timedelta(days=7)
"""Certificates are renewed by programs, long before."""
_DEEPEST = 8


def check_certificates(snapshot: Snapshot) -> Iterator[Finding]:
    """What is wrong with the authorities of each target, and with the certificate shown there."""
    for target in targets(snapshot.entries):
        found = [*_bundle(snapshot, target)]
        yield from found
        if not any(one.code == "certificate.bundle_unreadable" for one in found):
            yield from _served(snapshot, target)


def _told(code: str, target: Target, message: str, snapshot: Snapshot) -> Finding:
    names = ", ".join(str(entry.webhook["name"]) for entry in target.entries)
    return finding(
        code,
        subject_of(target.entries[0], "clientConfig"),
        f"{names}: {message}",
        fails_open=target.fails_open,
        namespace=target.service[0] or snapshot.home,
        name=target.entries[0].configuration,
    )


def _bundle(snapshot: Snapshot, target: Target) -> Iterator[Finding]:
    if target.bundle is None:
        message = "there is no caBundle, so that only authorities of the API server's own system are believed"
        yield _told("certificate.bundle_missing", target, message, snapshot)
        return
    try:
        authorities = target.authorities()
    except ValueError:
        message = "the caBundle holds no certificate that can be read: nobody is believed"
        yield _told("certificate.bundle_unreadable", target, message, snapshot)
        return
    last = max(one.not_valid_after_utc for one in authorities)
    if last <= snapshot.at:
        message = f"the last authority of the caBundle ended at {last:%Y-%m-%d %H:%M} UTC"
        yield _told("certificate.bundle_expired", target, message, snapshot)
    elif last <= snapshot.at + BUNDLE_NOTICE:
        message = f"the last authority of the caBundle ends at {last:%Y-%m-%d %H:%M} UTC"
        yield _told("certificate.bundle_expiring", target, message, snapshot)


def _served(snapshot: Snapshot, target: Target) -> Iterator[Finding]:
    serving = snapshot.servings.get(target.key)
    leaf = _leaf(serving)
    if serving is None or leaf is None:
        message = "no certificate could be read, neither from the gate nor from the Secret it serves"
        yield _told("certificate.not_checked", target, message, snapshot)
        return
    ends = leaf.not_valid_after_utc
    if ends <= snapshot.at or serving.refused == "expired":
        message = f"the certificate at {serving.place} is not valid now; it ends at {ends:%Y-%m-%d %H:%M} UTC"
        yield _told("certificate.expired", target, message, snapshot)
        return
    if serving.refused == "name" or not _is_for(leaf, target.host):
        message = f"the certificate at {serving.place} is not for {target.host}"
        yield _told("certificate.name_mismatch", target, message, snapshot)
    elif serving.refused == "trust" or not _believed(serving, target):
        message = f"the certificate at {serving.place} is of no authority in the caBundle"
        yield _told("certificate.not_trusted", target, message, snapshot)
    if ends <= snapshot.at + SERVED_NOTICE:
        message = f"the certificate at {serving.place} ends at {ends:%Y-%m-%d %H:%M} UTC"
        yield _told("certificate.expiring", target, message, snapshot)


def _leaf(serving: Serving | None) -> x509.Certificate | None:
    """The certificate of the server itself; None where it cannot be read."""
    try:
        return x509.load_der_x509_certificate(serving.chain[0]) if serving is not None else None
    except (ValueError, IndexError):
        return None


def _is_for(leaf: x509.Certificate, host: str) -> bool:
    """Whether the certificate names the host; the API server looks at nothing but the alternative names."""
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    addresses = (str(address) for address in names.get_values_for_type(x509.IPAddress))
    parent = f"*.{host.partition('.')[2]}"
    dns = {name.lower() for name in names.get_values_for_type(x509.DNSName)}
    return host.lower() in dns or parent.lower() in dns or host in addresses


def _believed(serving: Serving, target: Target) -> bool:
    """Whether an authority of the bundle signed it, through what it brings along.

    A handshake that was believed needs no second look, and without a bundle only a handshake can tell.
    """
    if not serving.place.startswith("Secret ") or target.bundle is None:
        return True
    authorities = target.authorities()
    brought = [x509.load_der_x509_certificate(one) for one in serving.chain]
    signed = brought[0]
    for _ in range(_DEEPEST):
        if any(signed == one or _issued(signed, one) for one in authorities):
            return True
        issuer = next((one for one in brought if one != signed and _issued(signed, one)), None)
        if issuer is None:
            return False
        signed = issuer
    return False


def _issued(signed: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        signed.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
