"""Calls the gate as the API server would: which certificate it shows, and what it says of itself."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
from collections.abc import Iterator
from typing import Any, Literal

import urllib3

from mlgate.doctor.snapshot import GateState, Serving
from mlgate.doctor.targets import Target

Refusal = Literal["expired", "name", "trust"]
_EXPIRED, _NAMES = 10, (62, 64)
"""Codes of OpenSSL: the time, and the host name or address."""
_LONGEST = 1024 * 1024
"""Bytes of an answer that are read."""
_OK, _NOT_READY = 200, 503


def look(target: Target, address: tuple[str, int], timeout: float) -> Serving | None:
    """The certificate shown at an address to whoever calls the target; None where nobody answers."""
    context = _context(target)
    if context is None:
        return _unverified(target, address, timeout, None)
    try:
        with _connected(context, address, target.host, timeout) as connection:
            return Serving(_place(address), (_leaf(connection),))
    except ssl.SSLCertVerificationError as problem:
        return _unverified(target, address, timeout, _refusal(problem))
    except (OSError, ValueError):
        return None


def ask(target: Target, address: tuple[str, int], timeout: float) -> GateState | None:
    """What the gate at an address says of itself; None where nobody is believed there, or answers."""
    context = _context(target)
    if context is None:
        return None
    pool = urllib3.HTTPSConnectionPool(
        *address,
        ssl_context=context,
        server_hostname=target.host,
        assert_hostname=target.host,
        timeout=timeout,
        retries=False,
    )
    with contextlib.closing(pool):
        try:
            version, ready = (_answer(pool, path) for path in ("/version", "/readyz"))
        except (urllib3.exceptions.HTTPError, OSError):
            return None
    if version is None or ready is None:
        return None
    return GateState(_place(address), version, ready)


def _answer(pool: urllib3.HTTPSConnectionPool, path: str) -> dict[str, Any] | None:
    """The JSON object at a path; None where something else is."""
    response = pool.request("GET", path, preload_content=False)
    try:
        if response.status not in (_OK, _NOT_READY):
            return None
        value = json.loads(response.read(_LONGEST))
    except (ValueError, RecursionError):
        return None
    finally:
        response.release_conn()
    return value if isinstance(value, dict) else None


def _context(target: Target) -> ssl.SSLContext | None:
    """What the API server believes; None where it can believe nobody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bundle = target.bundle
    try:
        if bundle is None:
            context.load_default_certs()
        else:
            context.load_verify_locations(cadata=bundle.decode("ascii"))
    except (ssl.SSLError, ValueError):
        return None
    return context


def _unverified(
    target: Target, address: tuple[str, int], timeout: float, refused: Refusal | None
) -> Serving | None:
    """The certificate, whoever shows it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with _connected(context, address, target.host, timeout) as connection:
            return Serving(_place(address), (_leaf(connection),), refused or "trust")
    except (OSError, ValueError):
        return None


@contextlib.contextmanager
def _connected(
    context: ssl.SSLContext, address: tuple[str, int], host: str, timeout: float
) -> Iterator[ssl.SSLSocket]:
    with (
        socket.create_connection(address, timeout) as plain,
        context.wrap_socket(plain, server_hostname=host) as connection,
    ):
        yield connection


def _leaf(connection: ssl.SSLSocket) -> bytes:
    return connection.getpeercert(binary_form=True) or b""


def _refusal(problem: ssl.SSLCertVerificationError) -> Refusal:
    if problem.verify_code == _EXPIRED:
        return "expired"
    return "name" if problem.verify_code in _NAMES else "trust"


def _place(address: tuple[str, int]) -> str:
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
