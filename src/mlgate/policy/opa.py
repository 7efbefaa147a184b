"""OPA over HTTP: the one module that knows opa-python-client (docs/adr/0002-opa-client.md).

The library builds the addresses and bodies of the REST API. This module brings the connection it
runs on, because the answer is the gate's verdict: no redirects, no compression, no retries, at most
1 MiB read, the strict parser, and one deadline around it all.
"""

from __future__ import annotations

import asyncio
import io
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import aiohttp
from opa_client import AsyncOpaClient
from opa_client.errors import PolicyNotFoundError
from pydantic_core import PydanticSerializationError

from mlgate.domain.base import Json
from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Decision
from mlgate.domain.policy_input import PolicyInput
from mlgate.errors import (
    AnswerTooLarge,
    DecisionInvalid,
    EngineError,
    EngineOverloaded,
    EngineTimeout,
    EngineUnavailable,
    ManifestError,
)
from mlgate.parsing.json_text import parse_json
from mlgate.parsing.limits import Limits
from mlgate.policy.address import Address, Endpoint, parse_address
from mlgate.policy.answer import error_words, read_decision, shown
from mlgate.policy.authorities import tls_context
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.turns import Turns

ANSWER_LIMITS = Limits(max_bytes=2 * 1024 * 1024, max_depth=32, max_nodes=100_000)
"""The largest answer that is read."""

_LARGE = 1024 * 1024
"""Bytes beyond which one question is asked at a time: OPA takes some fifty times as much memory."""
_OK = 200
_BUSY_OR_SHUT = frozenset({401, 403, 429, 502, 503, 504})

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
        self._client: _Client | None = None
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
            async with asyncio.timeout(self._ready_seconds), _translated():
                answer = await (await self._connected()).get_data("mlgate/revision")
        except TimeoutError:
            return f"OPA does not answer within {self._ready_seconds:g} s"
        except PolicyNotFoundError:
            return "OPA has loaded no policy: data.mlgate.revision is undefined"
        except EngineError as problem:
            return str(problem)
        revision = answer["result"]
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
        async with _translated():
            try:
                return await self._query(question)
            except (aiohttp.ClientConnectorError, _RestartingError):
                await asyncio.sleep(0.05)  # a child that was just restarted is back by then
                return await self._query(question)

    async def _query(self, question: PolicyInput) -> dict[str, Json]:
        client = await self._connected()
        # Without this parameter a failing built-in makes its rule undefined, which may hide a denial.
        options = {"strict-builtin-errors": "true"}
        answer: dict[str, Json] = await client.query_rule(question, "mlgate.main", "decision", options)
        return answer

    async def _connected(self) -> _Client:
        """A client for where OPA is now. Connections are kept while it stays there."""
        if self._closed:
            raise EngineUnavailable("the policy engine is closed")
        endpoint = self._source()
        if endpoint is None:
            raise _RestartingError("OPA is being restarted")
        if self._client is None or endpoint != self._endpoint:
            before, self._client = self._client, _Client(endpoint, self._tls, self._max_concurrent)
            self._endpoint = endpoint
            self._client.connect()
            if before is not None:
                await before.close_connection()
        return self._client


class _RestartingError(EngineUnavailable):
    """The managed child is between two lives."""


class _Answer(aiohttp.ClientResponse):
    """A response whose `json` reads strictly; what the library does with it stays the same."""

    def raise_for_status(self) -> None:
        """Nothing yet: `json` judges the status, because it can read what OPA says about it."""

    async def json(self, **_: Any) -> dict[str, Json]:
        """The answer as a JSON object.

        Raises:
            EngineUnavailable: the status says that OPA is busy or lets nobody in.
            AnswerTooLarge: it is larger than the limits allow.
            DecisionInvalid: any other status than 200, or no JSON object within the limits.
        """
        if self.status != _OK:
            raise await self._refusal()
        try:
            value = parse_json(await self._body_within(ANSWER_LIMITS.max_bytes), ANSWER_LIMITS)
        except ManifestError as error:
            raise DecisionInvalid(f"the answer of OPA cannot be read: {error.message[:200]}") from error
        if not isinstance(value, dict):
            raise DecisionInvalid(f"the answer of OPA is no object but a {type(value).__name__}")
        return value

    async def _body_within(self, limit: int) -> bytes:
        encoding = self.headers.get("Content-Encoding", "identity")
        if encoding.lower() != "identity":
            raise DecisionInvalid(f"the answer of OPA is compressed ({shown(encoding)}), unasked")
        body = bytearray()
        while chunk := await self.content.readany():
            body += chunk
            if len(body) > limit:
                raise AnswerTooLarge(f"the answer of OPA is larger than {limit} bytes")
        return bytes(body)

    async def _refusal(self) -> EngineError:
        """The error for a status other than 200, with OPA's own codes; its texts may hold values."""
        detail = ""
        try:
            said = parse_json(await self._body_within(16 * 1024), ANSWER_LIMITS)
            detail = "".join(f" {word}" for word in error_words(said))
        except (ManifestError, DecisionInvalid, aiohttp.ClientError):
            detail = ""  # the status alone says enough
        message = f"OPA answered HTTP {self.status}{detail}"
        return EngineUnavailable(message) if self.status in _BUSY_OR_SHUT else DecisionInvalid(message)


class _Client(AsyncOpaClient):  # type: ignore[misc]  # the library ships no types
    """The library's client on a session of ours."""

    def __init__(self, endpoint: Endpoint, tls: ssl.SSLContext | None, connections: int) -> None:
        self._address = parse_address(endpoint.url)
        super().__init__(
            host=self._address.host,
            port=self._address.port,
            ssl=self._address.tls,
            headers={"Accept-Encoding": "identity"},
            token=endpoint.token,
            retries=0,
        )
        self._tls = tls
        self._connections = connections
        self._one_large = asyncio.Semaphore(1)

    def connect(self) -> None:
        """Open the session the library would open, but without its TLS, retry and timeout choices."""
        self._connector = _connector(self._address, self._tls, self._connections)
        self._session = aiohttp.ClientSession(
            connector=self._connector,
            headers=self.headers,
            response_class=_Answer,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # the deadline is around it all
        )

    @asynccontextmanager
    async def _request(self, method: str, url: str, **options: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        """The library's request, following no redirect and writing large questions in pieces."""
        size = 0
        if "json" in options:
            question = _question_bytes(options.pop("json"))
            size, options["data"] = len(question), io.BytesIO(question)
            options["headers"] = {"Content-Type": "application/json"}
        room = self._one_large if size > _LARGE else nullcontext()
        async with room, super()._request(method, url, allow_redirects=False, **options) as response:
            yield response


def _connector(address: Address, tls: ssl.SSLContext | None, connections: int) -> aiohttp.BaseConnector:
    """Pooled keep-alive connections; Python closes them long before OPA would."""
    if address.socket is not None:
        return aiohttp.UnixConnector(address.socket, limit=connections, keepalive_timeout=60)
    secure = tls if tls is not None else True
    return aiohttp.TCPConnector(limit=connections, keepalive_timeout=60, ssl=secure)


def _question_bytes(body: dict[str, PolicyInput]) -> bytes:
    """The body of a query; the types write themselves faster than a JSON encoder walks them."""
    try:
        return (
            b'{"input":' + body["input"].__pydantic_serializer__.to_json(body["input"], by_alias=True) + b"}"
        )
    except PydanticSerializationError as error:
        raise DecisionInvalid(f"the question cannot be written as JSON: {shown(str(error))}") from error


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """Errors of the connection as engine errors."""
    try:
        yield
    except aiohttp.ClientConnectorError as error:
        raise EngineUnavailable(f"OPA cannot be reached ({type(error.os_error).__name__})") from error
    except aiohttp.ClientResponseError as error:
        raise DecisionInvalid("the answer of OPA is no HTTP") from error
    except (aiohttp.ClientError, OSError) as error:
        if isinstance(error, TimeoutError):
            raise
        raise EngineUnavailable(f"the connection to OPA broke ({type(error).__name__})") from error
