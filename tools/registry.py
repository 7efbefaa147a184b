"""A container registry in a process: what tests push into it, over TLS, by the OCI distribution API.

It serves manifests and blobs by digest and the list of referrers, asks for credentials where a test says so,
and misbehaves where a test says so.
"""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import trustme

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
Fault = Callable[["Handler"], None]
"""Answers a request in place of the registry."""


def digest_of(data: bytes) -> str:
    """As registries name content."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


@dataclass
class Registry:
    """One registry on a port of loopback, while it is entered."""

    login: tuple[str, str] | None = None
    """User and password it asks for; with `token`, at the place where tokens are given."""
    token: str | None = None
    fault: Fault | None = None
    content: dict[str, bytes] = field(default_factory=dict)
    referrers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    """Tag -> digest of the manifest it names."""
    asked: list[str] = field(default_factory=list)
    """Paths, in order."""
    authority: trustme.CA = field(default_factory=trustme.CA)

    def push(self, data: bytes) -> str:
        """Store a blob; its digest."""
        digest = digest_of(data)
        self.content[digest] = data
        return digest

    def push_artifact(self, *layers: bytes, kind: str = "application/vnd.example.card", **more: Any) -> str:
        """Store an artifact with these layers; the digest of its manifest."""
        pushed = [
            {"mediaType": "text/plain", "digest": self.push(layer), "size": len(layer)} for layer in layers
        ]
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": kind, "layers": pushed} | more
        data = json.dumps(manifest).encode()
        digest = self.push(data)
        if "subject" in more:
            entry = {"mediaType": MANIFEST, "digest": digest, "size": len(data), "artifactType": kind}
            self.referrers.setdefault(more["subject"]["digest"], []).append(entry)
        return digest

    @property
    def host(self) -> str:
        """Host and port, as an operator allows them."""
        return f"localhost:{self.port}"

    def __enter__(self) -> Self:
        """Start to serve."""
        handler = type("BoundHandler", (Handler,), {"registry": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.port = self._server.server_address[1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("localhost").configure_cert(context)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and hang up on who asks over a connection that is still open."""
        self.fault = Handler.hang_up
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class Handler(BaseHTTPRequestHandler):
    """Answers for one registry."""

    registry: Registry
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Tokens, manifests, blobs and referrers."""
        self.registry.asked.append(self.path)
        if self.path.startswith("/token?"):
            self._token()
        elif self.registry.fault is not None:
            self.registry.fault(self)
        elif not self._is_allowed():
            self._challenge()
        else:
            self._content()

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """One whole answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        """No answer at all."""
        self.close_connection = True

    def trickle(self, seconds: float) -> None:
        """A body that comes byte by byte, for ever or until the caller goes."""
        self.send_response(200)
        self.send_header("Content-Length", str(10 * 1024**3))
        self.end_headers()
        while True:
            try:
                self.wfile.write(b" ")
            except OSError:
                return
            time.sleep(seconds)

    def flood(self) -> None:
        """A body of ten gigabytes, as fast as it goes."""
        self.send_response(200)
        self.send_header("Content-Length", str(10 * 1024**3))
        self.end_headers()
        part = b" " * 65536
        try:
            for _ in range(10 * 1024**3 // len(part)):
                self.wfile.write(part)
        except OSError:
            return

    def _content(self) -> None:
        *_, kind, digest = urlsplit(self.path).path.split("/")
        if kind == "referrers":
            found = self.registry.referrers.get(digest, [])
            self.answer(
                200, json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": found}).encode()
            )
            return
        data = self.registry.content.get(self.registry.tags.get(digest, digest))
        if data is None:
            self.answer(404, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}')
        else:
            self.answer(200, data)

    def _is_allowed(self) -> bool:
        given = self.headers.get("Authorization")
        if self.registry.token is not None:
            return given == f"Bearer {self.registry.token}"
        return self.registry.login is None or given == self._basic()

    def _basic(self) -> str:
        return "Basic " + base64.b64encode(":".join(self.registry.login or ("", "")).encode()).decode()

    def _challenge(self) -> None:
        realm = f"https://{self.registry.host}/token"
        bearer = f'Bearer realm="{realm}",service="registry.example",scope="repository:team/cards:pull"'
        kind = bearer if self.registry.token is not None else 'Basic realm="registry"'
        self.answer(401, WWW_Authenticate=kind)

    def _token(self) -> None:
        if self.registry.login is not None and self.headers.get("Authorization") != self._basic():
            self.answer(401)
            return
        self.answer(200, json.dumps({"token": self.registry.token, "expires_in": 300}).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
