from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest
from cluster.pki import Authority, signing_key
from cryptography.hazmat.primitives.serialization import load_pem_private_key


def _shake_hands(authority: Authority, host: str, trusted: bytes) -> str | None:
    """One TLS handshake with a server certificate of the authority; returns the TLS version."""
    pair = authority.server("gate", ["127.0.0.1", "gate.mlgate-system.svc"])
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pair.certificate, pair.key)
    asking = ssl.create_default_context(cadata=trusted.decode())
    near, far = socket.socketpair()

    def serve() -> None:
        try:
            serving.wrap_socket(far, server_side=True).close()
        except (ssl.SSLError, ConnectionError):
            far.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with asking.wrap_socket(near, server_hostname=host) as secured:
            return secured.version()
    finally:
        near.close()
        thread.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "gate.mlgate-system.svc"])
def test_a_server_certificate_holds_for_its_names_and_addresses(tmp_path: Path, host: str) -> None:
    authority = Authority(tmp_path)
    assert _shake_hands(authority, host, authority.pem()) == "TLSv1.3"


def test_a_server_certificate_holds_for_no_other_name(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        _shake_hands(authority, "elsewhere.example.com", authority.pem())


def test_another_authority_is_not_trusted(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(ssl.SSLCertVerificationError):
        _shake_hands(Authority(tmp_path), "127.0.0.1", Authority(other).pem())


def test_private_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    key = signing_key(tmp_path, "accounts")
    assert key.stat().st_mode & 0o077 == 0
    assert load_pem_private_key(key.read_bytes(), None) is not None
