"""The real `mlgate serve` in a process of its own, as an operator starts it, and what asks it over TLS."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import trustme

from mlgate.policy.local_opa import find_opa

MLGATE = Path(sys.executable).with_name("mlgate")
"""The program as it is installed beside the interpreter that runs the tests."""
_PATIENCE = 60.0


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    text: str

    def json(self) -> dict[str, Any]:
        """The body, which is a JSON object."""
        found = json.loads(self.text)
        assert isinstance(found, dict)
        return found


@dataclass
class Certificates:
    """An authority, and the pair of files a server is given."""

    folder: Path
    authority: trustme.CA = field(default_factory=trustme.CA)

    def issue(self, **dates: Any) -> int:
        """Write a new pair over the old one; gives its serial number."""
        issued = self.authority.issue_cert("127.0.0.1", **dates)
        # The way kubelet does it, in one step for each file; a pair that does not match yet is waited for.
        for path, pem in ((self.key, issued.private_key_pem), (self.cert, issued.cert_chain_pems[0])):
            fresh = path.with_suffix(".new")
            fresh.write_bytes(pem.bytes())
            fresh.replace(path)
        encoded = ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode())
        return serial_of(encoded)

    @property
    def cert(self) -> Path:
        """The certificate."""
        return self.folder / "tls.crt"

    @property
    def key(self) -> Path:
        """Its key."""
        return self.folder / "tls.key"

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """A client that believes the authority."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context

    @property
    def blind(self) -> ssl.SSLContext:
        """A client that believes anybody, to look at a certificate that is not fit to serve."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


def serial_of(encoded: bytes) -> int:
    """The serial number of a certificate."""
    from cryptography import x509  # noqa: PLC0415 - used here only

    return x509.load_der_x509_certificate(encoded).serial_number


@dataclass
class Served:
    """A running server."""

    process: subprocess.Popen[bytes]
    log: Path
    certificates: Certificates

    def mark(self) -> int:
        """The end of the log as it is now."""
        return self.log.stat().st_size

    def lines(self, since: int = 0) -> list[dict[str, Any]]:
        """The log lines after a mark; a line that is no JSON object fails the test."""
        return [json.loads(line) for line in self.log.read_bytes()[since:].splitlines()]

    def wait_for(self, event: str) -> dict[str, Any]:
        """The first log line of an event."""
        limit = time.monotonic() + _PATIENCE
        while True:
            complete = self.log.read_text().rpartition("\n")[0].splitlines()
            for line in complete:
                if f'"event": "{event}"' in line:
                    found: dict[str, Any] = json.loads(line)
                    return found
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < limit, self.log.read_text()[-2000:]
            time.sleep(0.02)

    @cached_property
    def port(self) -> int:
        """Where it listens."""
        return int(self.wait_for("serving")["address"].rpartition(":")[2])

    def connect(self) -> ssl.SSLSocket:
        """A bare connection, for bytes that no client library would send."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        return self.certificates.trust.wrap_socket(plain, server_hostname="127.0.0.1")

    def send(self, data: bytes, *, done: bool = False) -> bytes:
        """Write bytes and read until the server closes."""
        with self.connect() as connection:
            with contextlib.suppress(ConnectionError, ssl.SSLError):  # it may have closed on what came first
                connection.sendall(data)
                if done:
                    connection.shutdown(socket.SHUT_WR)
            return _read_all(connection)

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        trust: ssl.SSLContext | None = None,
    ) -> Answer:
        """One HTTP call."""
        context = trust or self.certificates.trust
        client = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=context)
        try:
            client.connect()
            with contextlib.suppress(ConnectionError, ssl.SSLEOFError):
                # It may have answered and closed before it had all of a body it refuses: read that answer.
                client.request(method, path, body, headers or {"Content-Type": "application/json"})
            found = client.getresponse()
            return Answer(found.status, dict(found.getheaders()), found.read().decode())
        finally:
            client.close()

    def post(self, body: bytes | dict[str, Any], **headers: str) -> Answer:
        """Post a review, or bytes in its place."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return self.call("POST", "/validate?timeout=20s", data, given)

    def ask(self, review: dict[str, Any]) -> dict[str, Any]:
        """The response to a review."""
        answer = self.post(review)
        assert answer.status == 200, answer
        found: dict[str, Any] = answer.json()["response"]
        assert found["uid"] == review["request"]["uid"]
        return found

    def child(self) -> int:
        """The process id of the OPA it runs."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        (found,) = path.read_text().split()
        return int(found)

    def stop(self) -> int:
        """Order it to stop; gives its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_PATIENCE)


def _read_all(connection: ssl.SSLSocket) -> bytes:
    found = b""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while more := connection.recv(65536):
            found += more
    return found


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a server: nothing of ours but these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("MLGATE_")}
    ours = {"MLGATE_OPA__BINARY": str(find_opa()), "MLGATE_DECISION__CACHE_DIR": str(folder / "bundles")}
    return kept | ours | settings


@contextmanager
def serving(
    folder: Path,
    evidence: Sequence[Path],
    bundle: Path | None,
    *,
    dates: dict[str, Any] | None = None,
    authority: trustme.CA | None = None,
    settings: dict[str, str] | None = None,
) -> Iterator[Served]:
    """`mlgate serve` on a free port of loopback, with a certificate of these dates."""
    certificates = Certificates(folder, authority or trustme.CA())
    certificates.issue(**dates or {})
    command = [
        *(str(MLGATE), "serve", "--listen", "127.0.0.1:0"),
        *(("--bundle", str(bundle)) if bundle is not None else ()),
        *("--tls-cert", str(certificates.cert), "--tls-key", str(certificates.key)),
        *(part for path in evidence for part in ("--evidence", str(path))),
        "--assume-authenticated",
    ]
    quick = {"MLGATE_SERVER__DRAIN_SECONDS": "0", "MLGATE_TLS__RELOAD_SECONDS": "0.05"}
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            command, stdout=output, stderr=output, env=environment(folder, **quick | (settings or {}))
        )
    try:
        served = Served(process, log, certificates)
        served.wait_for("serving")
        yield served
    finally:
        process.kill()
        process.wait()
