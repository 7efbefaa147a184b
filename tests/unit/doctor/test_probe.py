"""The gate is called as the API server would call it: by name, and believing the webhook's authorities."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mlgate.doctor.probe import ask, look
from mlgate.doctor.snapshot import Entry
from mlgate.doctor.targets import Target

HOST = "mlgate.mlgate-system.svc"
ANSWERS = {"/version": (200, {"mlgate": "1"}), "/readyz": (503, {"ready": False})}


def _handler(answers: dict[str, Any]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, value = answers.get(self.path, (404, {}))
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """A test is quiet."""

    return Handler


class Server(ThreadingHTTPServer):
    """Breaks off with whoever does not believe it, without a word."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """That is what is tried."""


@contextmanager
def serving(pair: Any, folder: Path, answers: dict[str, Any] = ANSWERS) -> Iterator[tuple[str, int]]:
    """A server with a certificate and its key; where it listens."""
    certificate, key = pair
    chain, secret = folder / "tls.crt", folder / "tls.key"
    chain.write_bytes(certificate.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, secret)
    with Server(("127.0.0.1", 0), _handler(answers)) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield ("127.0.0.1", server.server_address[1])
        server.shutdown()


def target(bundle: Any, *, url: str | None = None) -> Target:
    client: dict[str, Any] = {"service": {"name": "mlgate", "namespace": "mlgate-system"}}
    if url is not None:
        client = {"url": url}
    if bundle is not None:
        client["caBundle"] = bundle
    return Target((Entry("mlgate", 0, {"name": "models.mlgate.dev", "clientConfig": client}),))


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def made(authority: Any, now: datetime) -> Any:
    return authority(now=now)


@pytest.fixture
def encoded() -> Callable[[Any], str]:
    return lambda authority: base64.b64encode(authority.pem()).decode()


def test_a_gate_that_is_believed_is_read(made: Any, now: Any, encoded: Any, tmp_path: Path) -> None:
    pair = made.issue(HOST, now=now)
    with serving(pair, tmp_path) as address:
        shown = look(target(encoded(made)), address, 5)
        state = ask(target(encoded(made)), address, 5)
    assert shown is not None
    assert (shown.refused, shown.chain) == (None, (pair[0].public_bytes(Encoding.DER),))
    assert shown.place == f"127.0.0.1:{address[1]}"
    assert state is not None
    assert (state.version, state.ready) == ({"mlgate": "1"}, {"ready": False})


def test_an_address_is_a_name_too(made: Any, now: Any, encoded: Any, tmp_path: Path) -> None:
    with serving(made.issue("127.0.0.1", now=now), tmp_path) as address:
        called = target(encoded(made), url=f"https://127.0.0.1:{address[1]}/validate")
        shown = look(called, address, 5)
        assert shown is not None
        assert shown.refused is None
        assert ask(called, address, 5) is not None


@pytest.mark.parametrize(
    ("fault", "refused"), [("expired", "expired"), ("name", "name"), ("other", "trust"), ("none", "trust")]
)
def test_a_certificate_that_is_refused_is_shown_with_the_reason(
    made: Any, authority: Any, now: Any, encoded: Any, tmp_path: Path, fault: str, refused: str
) -> None:
    pair = made.issue(
        "other.svc" if fault == "name" else HOST, days=-1 if fault == "expired" else 90, now=now
    )
    believed = authority(now=now) if fault == "other" else made
    called = target(None if fault == "none" else encoded(believed))
    with serving(pair, tmp_path) as address:
        shown = look(called, address, 5)
        assert shown is not None
        assert (shown.refused, shown.chain) == (refused, (pair[0].public_bytes(Encoding.DER),))
        assert ask(called, address, 5) is None


@pytest.mark.parametrize("bundle", ["bm8gUEVN", "w6Q=", "!"])
def test_a_bundle_nobody_can_read_believes_nobody(made: Any, now: Any, tmp_path: Path, bundle: str) -> None:
    with serving(made.issue(HOST, now=now), tmp_path) as address:
        shown = look(target(bundle), address, 5)
        assert shown is not None
        assert shown.refused == "trust"
        assert ask(target(bundle), address, 5) is None


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {**ANSWERS, "/readyz": (500, {})},
        {**ANSWERS, "/version": (200, b"no JSON")},
        {**ANSWERS, "/version": (200, [1])},
        {**ANSWERS, "/version": (200, b"[" * 100_000)},
    ],
)
def test_whoever_says_something_else_is_no_gate(
    made: Any, now: Any, encoded: Any, tmp_path: Path, answers: Any
) -> None:
    with serving(made.issue(HOST, now=now), tmp_path, answers) as address:
        assert ask(target(encoded(made)), address, 5) is None


def test_nobody_is_there(made: Any, encoded: Any) -> None:
    address = ("127.0.0.1", 9)
    assert look(target(encoded(made)), address, 1) is None
    assert look(target("!"), address, 1) is None
    assert ask(target(encoded(made)), address, 1) is None
