"""Every source on the network, under every attack: nothing counts as its answer, and nobody else is asked."""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))

from registry import Handler, Registry

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import CardReference, CardSource
from mlgate.domain.lookups import Served
from mlgate.evidence.cards.load import load
from mlgate.evidence.options import EvidenceOptions
from mlgate.evidence.registries.transport import Caller
from mlgate.evidence.signatures.served import ServedVerifier
from mlgate.evidence.signatures.verify import StatementVerifier
from mlgate.options import closing_registries, options_for
from mlgate.settings import load_settings

ROOT = Path(__file__).resolve().parents[3]
README = ROOT / "examples" / "cards" / "huggingface" / "ticket-router.md"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
SOON = 0.3
"""Seconds a look-up of an attacked source may take."""


@dataclass
class World:
    """A registry that is a Hub as well, one nobody allows, and what may be asked of them."""

    registry: Registry
    forbidden: Registry
    options: EvidenceOptions
    digest: str
    seconds: float = SOON
    """Time for one look-up."""

    def callers(self) -> tuple[Caller, Caller]:
        assert self.options.registries is not None
        assert self.options.hub is not None
        return self.options.registries.caller, self.options.hub.caller

    def found_at(self, *addresses: list[str]) -> None:
        """Let names resolve to these, one answer after the other; the last one stays."""
        answers = list(addresses)

        async def lookup(_host: str, _port: int) -> list[str]:
            return answers.pop(0) if len(answers) > 1 else answers[0]

        for caller in self.callers():
            caller.lookup = lookup

    def without_leave(self) -> None:
        """Take away the leave to ask private addresses."""
        for caller in self.callers():
            caller.places = replace(caller.places, private=frozenset())


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    with Registry() as registry, Registry() as forbidden:
        authority = tmp_path / "ca.pem"
        authority.write_bytes(registry.authority.cert_pem.bytes() + forbidden.authority.cert_pem.bytes())
        oci = {"registries": [registry.host], "private": [registry.host], "ca": authority}
        hub = {"endpoint": f"https://{registry.host}", "private": True, "ca": authority}
        chosen = {"card_sources": ["oci", "huggingface"], "oci": oci, "huggingface": hub}
        _, options = options_for(load_settings({"evidence": chosen}))
        async with closing_registries(options):
            yield World(registry, forbidden, options, registry.push_artifact(README.read_bytes()))


Source = Callable[[World, Any], Awaitable[str]]
"""Asks a source; what came of it: `unavailable`, `invalid`, `missing`, or something that would count."""


async def card_in_registry(world: World, cluster: Any) -> str:
    source = CardSource(type="oci", reference=f"oci://{world.registry.host}/team/cards")
    asked = CardReference(model=None, source=source, pinned_digest=world.digest)
    return (await load(asked, "prod", cluster, world.options, Deadline.after(world.seconds))).card.status


async def readme_on_hub(world: World, cluster: Any) -> str:
    source = CardSource(type="huggingface", reference="huggingface")
    asked = CardReference(model=None, source=source, pinned_digest=None)
    uris = {"m": f"hf://team/router:{COMMIT}"}
    return (
        await load(asked, "prod", cluster, world.options, Deadline.after(world.seconds), uris)
    ).card.status


async def statements_beside_card(world: World, cluster: Any) -> str:
    """The card is known already; only what refers to it is asked for."""
    registries = world.options.registries
    assert registries is not None
    for digest, data in world.registry.content.items():
        registries.store.keep(digest, data)
    source = CardSource(type="oci", reference=f"oci://{world.registry.host}/team/cards")
    asked = CardReference(model=None, source=source, pinned_digest=world.digest)
    loaded = await load(asked, "prod", cluster, world.options, Deadline.after(world.seconds))
    assert loaded.card.status == "found"
    return "counts" if loaded.claims or loaded.unread is None else "unavailable"


async def signatures_of_model(world: World, _cluster: Any) -> str:
    assert world.options.registries is not None
    verifier = ServedVerifier(world.options.registries, StatementVerifier({}, None))
    served = Served(
        kind="model",
        id="m",
        registry=world.registry.host,
        repository="team/cards",
        digest=world.digest,
    )
    checked = await verifier.verify([served], Deadline.after(world.seconds))
    (entry,) = checked.evidence.model_signatures
    return "counts" if entry.status == "verified" else entry.status


SOURCES: dict[str, Source] = {
    "a card in a registry": card_in_registry,
    "a README on a Hub": readme_on_hub,
    "statements beside a card": statements_beside_card,
    "signatures of a model": signatures_of_model,
}
NOTHING = {"unavailable", "invalid", "missing"}
METADATA = "http://169.254.169.254/latest/meta-data/iam/security-credentials/"


def answering(status: int, body: bytes = b"", **headers: str) -> Callable[[World], None]:
    """The source answers so, whatever it is asked."""

    def prepare(world: World) -> None:
        world.registry.fault = lambda handler: handler.answer(status, body, **headers)

    return prepare


def redirecting(status: int, target: str) -> Callable[[World], None]:
    """The source sends on to another place; FORBIDDEN stands for the host nobody allows."""

    def prepare(world: World) -> None:
        place = target.replace("FORBIDDEN", world.forbidden.host)
        world.registry.fault = lambda handler: handler.answer(status, b"{}", Location=place)

    return prepare


def behaving(fault: Callable[[Handler], None]) -> Callable[[World], None]:
    """The source misbehaves on the wire."""

    def prepare(world: World) -> None:
        world.registry.fault = fault

    return prepare


def resolving(*addresses: list[str], leave: bool) -> Callable[[World], None]:
    """The source's name leads to these addresses, with leave to ask private ones or without."""

    def prepare(world: World) -> None:
        world.found_at(*addresses)
        if not leave:
            world.without_leave()

    return prepare


def raw(*parts: bytes, forever: bool = False) -> Callable[[Handler], None]:
    """These bytes and no more; then silence, or the last of them again and again."""

    def fault(handler: Handler) -> None:
        handler.close_connection = True
        try:
            for part in parts:
                handler.wfile.write(part)
            until = time.monotonic() + 5
            while forever and time.monotonic() < until:
                handler.wfile.write(parts[-1])
        except OSError:
            return

    return fault


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(b" " * 64 * 1024 * 1024)
ATTACKS: dict[str, Callable[[World], None]] = {
    **{
        f"a redirect ({status}) to {name}": redirecting(status, target)
        for status in (301, 302, 303, 307, 308)
        for name, target in {
            "a metadata service": METADATA,
            "a host nobody allows": "https://FORBIDDEN/v2/team/cards",
            "itself": "/again",
            "a file": "file:///etc/passwd",
        }.items()
    },
    "a name that leads to loopback": resolving(["127.0.0.1"], leave=False),
    "a name that leads to loopback by IPv6": resolving(["::1"], leave=False),
    "a name that leads to loopback as well": resolving(["140.82.112.4", "127.0.0.1"], leave=False),
    "a name that leads to a metadata service": resolving(["169.254.169.254"], leave=True),
    "a name that leads to a metadata service by IPv6": resolving(["fd00:ec2::254"], leave=True),
    "a name that leads to a metadata service by a translator": resolving(["64:ff9b::a9fe:a9fe"], leave=True),
    "a name that leads to no address": resolving([], leave=True),
    "ten gigabytes": behaving(Handler.flood),
    "a body that comes byte by byte": behaving(lambda handler: handler.trickle(0.05)),
    "silence": behaving(lambda _handler: time.sleep(2 * SOON)),
    "half an answer": behaving(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")),
    "no HTTP": behaving(raw(b"SSH-2.0-OpenSSH_9.9\r\n")),
    "a header without end": behaving(raw(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65536, forever=True)),
    "headers without end": behaving(raw(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 4096, forever=True)),
    "chunks without end": behaving(raw(CHUNKED, b"10000\r\n" + b" " * 65536 + b"\r\n", forever=True)),
    "chunks of no length": behaving(raw(CHUNKED, b"zz\r\n{}\r\n0\r\n\r\n")),
    "a chunk of a length past all memory": behaving(raw(CHUNKED, b"f" * 16 + b"\r\n{}")),
    "a negative length": behaving(raw(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}")),
    "a gzip bomb": answering(200, BOMB, Content_Encoding="gzip"),
    "a gzip bomb nobody speaks of": answering(200, BOMB),
    "a deflate that is none": answering(200, b"\x00" * 100, Content_Encoding="deflate, br, zstd"),
    "an empty body": answering(200),
    "a page for people": answering(200, b"<html>Please sign in</html>", Content_Type="text/html"),
    "no UTF-8": answering(200, b"\xff\xfe{}"),
    "another answer than a number of HTTP": behaving(raw(b"HTTP/1.1 999 \r\nContent-Length: 2\r\n\r\n{}")),
    "an upgrade": answering(101, Upgrade="websocket", Connection="Upgrade"),
    "part of it": answering(206, b"{}", Content_Range="bytes 0-1/10"),
    "nothing of it": answering(204),
    "a teapot": answering(418, b"{}"),
    "too many requests": answering(429, b"{}", Retry_After="86400"),
    "a demand for credentials": answering(401, WWW_Authenticate='Basic realm="x"'),
    "a demand for a token from a metadata service": answering(
        401, WWW_Authenticate=f'Bearer realm="{METADATA}",service="s"'
    ),
    "a demand nobody can read": answering(401, WWW_Authenticate='Bearer realm="https://[::1", ,,='),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("attack", ATTACKS)
async def test_an_attack_is_no_evidence_and_leads_nowhere_else(
    world: World, cluster: Any, attack: str, source: str
) -> None:
    ATTACKS[attack](world)
    started = time.monotonic()
    became = await SOURCES[source](world, cluster)
    assert became in NOTHING
    assert time.monotonic() - started < SOON + 2, "the deadline holds, whatever the source does"
    assert world.forbidden.asked == []
    assert len(world.registry.asked) <= 2


@pytest.mark.parametrize("source", SOURCES)
async def test_the_sources_answer_when_nobody_attacks(world: World, cluster: Any, source: str) -> None:
    world.seconds = 10
    path = f"/team/router/raw/{COMMIT}/README.md"
    content = world.registry.content

    def serve(handler: Handler) -> None:
        digest = handler.path.rsplit("/", 1)[1]
        if handler.path == path:
            handler.answer(200, README.read_bytes())
        elif "/referrers/" in handler.path:
            handler.answer(200, b'{"manifests": []}')
        else:
            handler.answer(200, content.get(digest, b"{}"))

    world.registry.fault = serve
    became = await SOURCES[source](world, cluster)
    assert became == {"signatures of a model": "missing", "statements beside a card": "counts"}.get(
        source, "found"
    )


@pytest.mark.parametrize("source", SOURCES)
async def test_a_name_that_changes_its_mind_is_asked_where_it_was_looked_at(
    world: World, cluster: Any, source: str
) -> None:
    """Between the look and the call a name server may say something else; nobody listens to it."""
    connected: list[str] = []

    async def body() -> AsyncIterator[bytes]:
        yield b""

    def answer(request: httpx.Request) -> httpx.Response:
        connected.append(request.url.host)
        return httpx.Response(500, content=body())

    world.seconds = 10
    world.found_at(["140.82.112.4"], ["127.0.0.1"])
    world.without_leave()
    for caller in world.callers():
        await caller.clients.close()
        client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        caller.clients.to = lambda _place, made=client: made  # type: ignore[method-assign]
    assert await SOURCES[source](world, cluster) in NOTHING
    assert connected == ["140.82.112.4"]
    assert await SOURCES[source](world, cluster) in NOTHING
    assert connected == ["140.82.112.4"]
    assert world.registry.asked == []
