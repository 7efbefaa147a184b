"""An API server in a process: it serves given objects to whom reads and watches, and notes when."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import yaml

Object = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One read that was answered; times are seconds of one clock."""

    path: str
    began: float
    ended: float


def rounds(calls: Iterable[Call]) -> int:
    """How many of the calls came one after the other, at most: each began when the one before had ended."""
    free, number = 0.0, 0
    for call in sorted(calls, key=lambda made: made.ended):
        if call.began >= free:
            free, number = call.ended, number + 1
    return number


@dataclass
class KubeApi:
    """Serves the objects while it is entered."""

    objects: list[Object]
    seconds: float = 0.0
    """How long each read takes, so that calls that are made together overlap."""
    calls: list[Call] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Start to serve."""
        handler = type("BoundHandler", (_Handler,), {"api": self})
        self._ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and end all watches."""
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def kubeconfig(self, folder: Path) -> Path:
        """A file that leads here."""
        server = {"server": f"http://127.0.0.1:{self._server.server_port}"}
        context = {"cluster": "c", "user": "u"}
        file = folder / "kubeconfig"
        file.write_text(
            yaml.safe_dump(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "clusters": [{"name": "c", "cluster": server}],
                    "users": [{"name": "u", "user": {"token": "t"}}],
                    "contexts": [{"name": "x", "context": context}],
                    "current-context": "x",
                }
            )
        )
        return file

    def wait(self) -> None:
        """Until the API server has ended."""
        self._ended.wait(30)

    def held(self, root: str, namespace: str | None, plural: str, name: str | None) -> list[Object]:
        """The objects at a path."""
        return [
            item
            for item in self.objects
            if root.split("/")[:-1] == item["apiVersion"].split("/")[:-1]  # served in every version
            and plural == plural_of(item["kind"])
            and namespace in (None, item["metadata"].get("namespace"))
            and name in (None, item["metadata"]["name"])
        ]


def plural_of(kind: str) -> str:
    """As the API server names the resource of a kind."""
    word = kind.lower()
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}es" if word.endswith("s") else f"{word}s"


class _Handler(BaseHTTPRequestHandler):
    api: KubeApi
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Discovery, one object, a list or a watch."""
        began, target = time.monotonic(), urlsplit(self.path)
        query = parse_qs(target.query)
        _, top, *parts = target.path.split("/")
        root, parts = ("/".join(parts[:2]), parts[2:]) if top == "apis" else (parts[0], parts[1:])
        if "watch" in query:
            self._watch()
            return
        namespace = parts[1] if parts[:1] == ["namespaces"] and len(parts) > 2 else None
        plural, name = (parts[2:] if namespace else parts), None
        if len(plural) > 1:
            name = plural[1]
        time.sleep(self.api.seconds)
        # Noted before the caller can have read the answer and begin the next call.
        self.api.calls.append(Call(target.path, began, time.monotonic()))
        if not plural:
            self._answer({"resources": self._resources(root)})
            return
        found = self.api.held(root, namespace, plural[0], name)
        if name is None:
            self._answer({"metadata": {"resourceVersion": "1"}, "items": found})
        else:
            self._answer(found[0] if found else {}, 200 if found else 404)

    def _resources(self, root: str) -> list[dict[str, Any]]:
        kinds = {
            item["kind"]: "namespace" in item["metadata"]
            for item in self.api.objects
            if item["apiVersion"] == root
        }
        return [{"name": plural_of(kind), "kind": kind, "namespaced": where} for kind, where in kinds.items()]

    def _watch(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.api.wait()

    def _answer(self, value: Object, status: int = 200) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """A test is quiet."""
