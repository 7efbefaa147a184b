"""A container registry in a process: what tests push into it, over TLS, by the OCI distribution API.

It serves manifests and blobs by digest and the list of referrers, asks for credentials where a test says so,
and misbehaves where a test says so.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import ssl
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self, get_args
from urllib.parse import urlsplit

import trustme

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
_TAG = re.compile(r"sha256-[0-9a-f]{64}")
Listing = Literal["api", "tag", "untyped tag"]
LISTINGS: tuple[Listing, ...] = get_args(Listing)
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
    names: tuple[str, ...] = ("localhost",)
    """Of its certificate."""
    listing: Listing = "api"
    """How it tells what refers to a manifest: `api`, by itself. Else it cannot, and clients keep an index
    under a tag of the manifest's digest: `tag`, or `untyped tag` where they write no types into it."""
    page: int | None = None
    """Entries of that list it gives at once; the others are on pages that follow."""

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
        self._server = _Server(("127.0.0.1", 0), handler)
        self.port = self._server.server_address[1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(*self.names).configure_cert(context)
        # In the thread of the caller: one that never comes to its end must not keep the server from stopping.
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
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


class _Server(ThreadingHTTPServer):
    """Says nothing of callers that go before their end, as some tests let them."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell what is no fault of a connection."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


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
            self.content()

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

    def content(self) -> None:
        """What was pushed."""
        *_, kind, digest = urlsplit(self.path).path.split("/")
        if kind == "referrers":
            self._referrers(digest, api=True)
            return
        if kind == "manifests" and _TAG.fullmatch(digest):
            self._referrers(digest.replace("-", ":"), api=False)
            return
        data = self.registry.content.get(self.registry.tags.get(digest, digest))
        if data is None:
            self.answer(404, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}')
        else:
            self.answer(200, data)

    def _referrers(self, digest: str, *, api: bool) -> None:
        """The index of what refers to a manifest, where this registry has it."""
        listing, found = self.registry.listing, self.registry.referrers.get(digest, [])
        if (listing == "api") != api or not (found or api):
            self.answer(404, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}')
            return
        if listing == "untyped tag":
            found = [{**entry, "artifactType": "application/vnd.oci.empty.v1+json"} for entry in found]
        shown = found[: self.registry.page]
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": shown}
        following = (
            {"Link": f'<{self.path}?last={len(shown)}>; rel="next"'} if len(shown) < len(found) else {}
        )
        self.answer(200, json.dumps(index).encode(), Content_Type=INDEX, **following)

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
