"""A small policy for a real OPA, a question, and a server that answers whatever a test wants."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from mlgate.domain.cluster_facts import ClusterFacts
from mlgate.domain.policy_input import InputRequest, PolicyInput
from mlgate.domain.request import GroupVersionKind
from mlgate.domain.verified import VerifiedEvidence
from mlgate.domain.workload import Change
from mlgate.policy.local_opa import find_opa
from mlgate.policy.manifest import BundleManifest

REVISION = "v0.1.0+test"
CODES = frozenset({"demo.refused", "demo.skipped"})

Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_REGO = """package mlgate.main

decision := {
	"allow": count(violations) == 0,
	"profile": "production",
	"tier": null,
	"classification": null,
	"mode": "enforce",
	"unchanged": false,
	"violations": violations,
	"warnings": [],
	"audited": [],
	"waived": [],
	"suppressed": 0,
	"skipped": [{"code": "demo.skipped", "reason": "notConfigured", "detail": "demo.setting"}],
	"evaluated": ["demo.refused"],
	"revision": data.mlgate.revision,
} if {
	object.get(input.object, "divisor", 1) != "undefined"
	1 / object.get(input.object, "divisor", 1) > 0
}

violations := [violation | some violation in refused]

refused contains {
	"code": "demo.refused",
	"severity": "high",
	"enforcement": "deny",
	"message": "refused.",
	"path": "object",
	"observed": "x",
	"required": "y",
	"fix": "do.",
	"docs": "docs",
	"term": null,
	"model": null,
} if {
	input.object.refuse == true
}
"""


def make_question(**content: Any) -> PolicyInput:
    """A question about an object with that content."""
    return PolicyInput(
        evaluated_at="2026-11-25T00:00:00Z",
        origin="check",
        request=InputRequest(
            uid=None,
            operation="CREATE",
            dry_run=False,
            kind=GroupVersionKind(group="", version="v1", kind="Pod"),
            namespace=None,
            name=None,
            sub_resource=None,
            user_info=None,
        ),
        object=content,
        old_object=None,
        credentials=(),
        workload=None,
        old_workload=None,
        change=Change(),
        cards=(),
        sign_offs=(),
        waivers=(),
        cluster=ClusterFacts(),
        evidence=VerifiedEvidence(),
        unavailable=(),
    )


def complete_answer() -> bytes:
    """The body of a complete decision that allows."""
    decision: dict[str, Any] = {
        "allow": True,
        "profile": "production",
        "tier": None,
        "classification": None,
        "mode": "enforce",
        "unchanged": False,
        "violations": [],
        "warnings": [],
        "audited": [],
        "waived": [],
        "suppressed": 0,
        "skipped": [{"code": "demo.skipped", "reason": "disabled", "detail": "x"}],
        "evaluated": ["demo.refused"],
        "revision": REVISION,
    }
    return json.dumps({"result": decision}).encode()


async def _allows(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    body = complete_answer()
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()


class FakeServer:
    """A TCP server that reads one HTTP request after the other and replies as it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.reply: Reply = _allows
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self.hung_up = asyncio.Event()
        self._news = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until one side closes it."""
        self.connections += 1
        try:
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = [line for line in head.lower().splitlines() if line.startswith("content-length:")]
                self.bodies.append(await reader.readexactly(int(length[0].split(":")[1]) if length else 0))
                async with self._news:
                    self.heads.append(head)
                    self._news.notify_all()
                await self._reply_or_hang_up(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away, as clients do
        finally:
            self.hung_up.set()
            writer.close()

    async def _reply_or_hang_up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Reply, but stop when the client closes: a real server would notice as well."""
        reply = asyncio.ensure_future(self.reply(reader, writer))
        closed = asyncio.ensure_future(writer.wait_closed())
        gone = asyncio.ensure_future(_until_eof(reader))
        await asyncio.wait({reply, closed, gone}, return_when=asyncio.FIRST_COMPLETED)
        done = reply.done()
        for task in (reply, closed, gone):
            task.cancel()
        await asyncio.gather(reply, closed, gone, return_exceptions=True)
        if not done:
            raise ConnectionError

    async def asked(self, times: int) -> None:
        """Wait until that many questions have arrived."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.heads) >= times)

    @asynccontextmanager
    async def listening(self, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
        """Listen on a free port of loopback."""
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        try:
            yield f"https://localhost:{port}" if context else f"http://127.0.0.1:{port}"
        finally:
            server.close()

    @asynccontextmanager
    async def on_socket(self, path: Path) -> AsyncIterator[None]:
        """Listen on a Unix socket."""
        server = await asyncio.start_unix_server(self.serve, path)
        try:
            yield
        finally:
            server.close()


async def _until_eof(reader: asyncio.StreamReader) -> None:
    while not reader.at_eof():
        await asyncio.sleep(0.005)


@pytest.fixture
async def fake() -> AsyncIterator[FakeServer]:
    server = FakeServer()
    async with server.listening() as url:
        server.url = url
        yield server


@pytest.fixture
def allow() -> bytes:
    return complete_answer()


@pytest.fixture
def ask() -> Callable[..., PolicyInput]:
    return make_question


@pytest.fixture
def question() -> PolicyInput:
    return make_question()


@pytest.fixture
def unused_url() -> Iterator[str]:
    """An address where nobody listens; the port is held, so that nobody will."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{holder.getsockname()[1]}"


@pytest.fixture
def manifest() -> BundleManifest:
    return BundleManifest(revision=REVISION, codes=CODES, path=None)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle directory that a real OPA loads in no time."""
    tree = tmp_path / "bundle"
    (tree / "mlgate" / "main").mkdir(parents=True)
    (tree / ".manifest").write_text('{"roots": ["mlgate"]}')
    (tree / "mlgate" / "data.json").write_text(json.dumps({"revision": REVISION}))
    (tree / "mlgate" / "main" / "main.rego").write_text(_REGO)
    return tree


_DEMO = """# METADATA
# title: demo
# description: Rules of a test.
# schemas:
# - input: schema.input
package mlgate.rules.demo

# METADATA
# title: A rule
# description: What it demands.
# related_resources:
# - ref: https://example.com/standard
# custom:
#   code: demo.refused
#   controls: [C1]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: model
#   pair: true
#   needs: [signOffs]
#   configuredBy: [fairness.tolerance]
#   enforcement: {sandbox: warn, development: deny, staging: deny, production: deny}
#   raise: [{tiers: [high], to: {sandbox: deny}}]
#   message: "{model} is {observed}."
#   fix: "Make it {required}."
deny contains 1 if input.request.name == "bad"
"""


@pytest.fixture
def opa() -> Path:
    return find_opa()


@pytest.fixture
def demo() -> str:
    """A rule with whole METADATA."""
    return _DEMO


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A whole policy, as small as one can be; it stands instead of the shipped one."""
    root = tmp_path / "policy"
    for name, text in {
        ".manifest": '{"roots": ["mlgate"]}',
        "mlgate/main/main.rego": "package mlgate.main\n\ndecision := data.mlgate.revision\n",
        "mlgate/main/main_test.rego": "package mlgate.main_test\n\ntest_x if true\n",
        "mlgate/settings/data.yaml": "enforcement: {locked: [demo.refused]}\n",
        "mlgate/rules/demo/demo.rego": _DEMO,
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root
