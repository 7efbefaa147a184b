"""Decisions of one OPA: how many at a time, how long, and whether it judges by a policy that is known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from mlgate.domain.base import Json
from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Decision
from mlgate.domain.policy_input import PolicyInput
from mlgate.errors import EngineError, EngineOverloaded, EngineTimeout, EngineUnavailable
from mlgate.policy.address import Endpoint, parse_address
from mlgate.policy.answer import read_decision, shown
from mlgate.policy.authorities import tls_context
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.opa_http import NotReached, OpaClient
from mlgate.policy.turns import Turns

Manifests = Sequence[BundleManifest] | Callable[[], Sequence[BundleManifest]]


class OpaEngine:
    """Asks one OPA for decisions. Safe to share between tasks of one event loop."""

    def __init__(
        self,
        url: str,
        token: str | None,
        manifests: Manifests,
        *,
        ca: Path | None = None,
        max_concurrent: int = 32,
        cores: int | None = None,
        ready_seconds: float = 2.0,
    ) -> None:
        """An engine at a fixed address; nothing is connected yet.

        Args:
            url: `https://HOST:PORT`, `http://127.0.0.1:PORT` or `unix:///PATH`.
            token: bearer token, if OPA asks for one.
            manifests: the bundles whose decisions count: the current and, while OPA may still
                hold it, the previous one. A function is asked at each decision.
            ca: PEM file of the private authority that signed OPA's certificate.
            max_concurrent: decisions asked for at the same time; one more is refused at once.
            cores: processors of OPA, which gets twice as many questions at once, as that keeps it busy while
                questions and answers travel. Null: it gets all of them.
            ready_seconds: longest time `ready` waits.

        Raises:
            SettingsError: the address is not valid or the file is no certificate.
        """
        parse_address(url)
        self._tls = tls_context(ca, "opa.ca") if url.startswith("https:") else None
        self._source: Callable[[], Endpoint | None] = lambda: Endpoint(url, token)
        self._manifests = manifests if callable(manifests) else lambda: manifests
        self._max_concurrent = max_concurrent
        self._ready_seconds = ready_seconds
        self.loaded: str | None = None
        """The revision that OPA had loaded when `ready` asked last; null where it was none that is known."""
        self._in_flight = 0
        self._turns = Turns(max_concurrent if cores is None else 2 * cores)
        self._endpoint: Endpoint | None = None
        self._client: OpaClient | None = None
        self._closed = False

    @classmethod
    def following(
        cls,
        source: Callable[[], Endpoint | None],
        manifests: Manifests,
        *,
        max_concurrent: int = 32,
        cores: int | None = None,
    ) -> OpaEngine:
        """An engine that goes where `source` says; null means that OPA is just being restarted."""
        engine = cls("http://127.0.0.1", None, manifests, max_concurrent=max_concurrent, cores=cores)
        engine._source = source
        return engine

    async def decide(self, question: PolicyInput, deadline: Deadline) -> Decision:
        """Ask `data.mlgate.main.decision`, as `PolicyEngine.decide` says."""
        if self._in_flight >= self._max_concurrent:
            raise EngineOverloaded(f"{self._in_flight} decisions are under way; no more are taken")
        self._in_flight += 1
        try:
            async with self._turns.one(deadline), asyncio.timeout(deadline.remaining):
                answer = await self._ask(question)
        except TimeoutError as error:
            raise EngineTimeout("OPA did not answer before the deadline") from error
        finally:
            self._in_flight -= 1
        return read_decision(answer, self._manifests())

    async def ready(self) -> str | None:
        """Why OPA would give no decision of a known policy now; null when it would."""
        self.loaded = None
        try:
            async with asyncio.timeout(self._ready_seconds):
                revision = await (await self._connected()).revision()
        except TimeoutError:
            return f"OPA does not answer within {self._ready_seconds:g} s"
        except EngineError as problem:
            return str(problem)
        if any(manifest.revision == revision for manifest in self._manifests()):
            self.loaded = str(revision)
            return None
        return f"OPA has loaded another policy: revision {shown(str(revision))}"

    async def aclose(self) -> None:
        """Close the connections; later questions are answered with EngineUnavailable."""
        self._closed = True
        client, self._client = self._client, None
        if client is not None:
            await client.close_connection()

    async def _ask(self, question: PolicyInput) -> dict[str, Json]:
        """The answer as parsed. A connection that cannot be opened is tried once more.

        Nothing else is tried again: a question that kills OPA must not be put to it twice.
        """
        try:
            return await (await self._connected()).decision(question)
        except NotReached:
            await asyncio.sleep(0.05)  # a child that was just restarted is back by then
            return await (await self._connected()).decision(question)

    async def _connected(self) -> OpaClient:
        """A client for where OPA is now. Connections are kept while it stays there."""
        if self._closed:
            raise EngineUnavailable("the policy engine is closed")
        endpoint = self._source()
        if endpoint is None:
            raise NotReached("OPA is being restarted")
        if self._client is None or endpoint != self._endpoint:
            before, self._client = self._client, OpaClient(endpoint, self._tls, self._max_concurrent)
            self._endpoint = endpoint
            self._client.connect()
            if before is not None:
                await before.close_connection()
        return self._client
