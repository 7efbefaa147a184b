"""OPA over HTTP: the one module that knows opa-python-client (docs/adr/0002-opa-client.md).

The library builds the addresses and bodies of the REST API. This module brings the connection it
runs on, because the answer is the gate's verdict: no redirects, no compression, no retries, at most
2 MiB read, the strict parser.
"""

from __future__ import annotations

import asyncio
import io
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import aiohttp
from opa_client import AsyncOpaClient
from opa_client.errors import PolicyNotFoundError
from pydantic_core import PydanticSerializationError

from mlgate.domain.base import Json
from mlgate.domain.policy_input import PolicyInput
from mlgate.errors import AnswerTooLarge, DecisionInvalid, EngineError, EngineUnavailable, ManifestError
from mlgate.parsing.json_text import parse_json
from mlgate.parsing.limits import Limits
from mlgate.policy.address import Address, Endpoint, parse_address
from mlgate.policy.answer import error_words, shown

ANSWER_LIMITS = Limits(max_bytes=2 * 1024 * 1024, max_depth=32, max_nodes=100_000)
"""The largest answer that is read."""

_LARGE = 1024 * 1024
"""Bytes beyond which one question is asked at a time: OPA takes some fifty times as much memory."""
_OK = 200
_BUSY_OR_SHUT = frozenset({401, 403, 429, 502, 503, 504})


class NotReached(EngineUnavailable):
    """No connection to OPA could be opened, so that it has been asked nothing."""


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


class OpaClient(AsyncOpaClient):  # type: ignore[misc]  # the library ships no types
    """The library's client on a session of ours."""

    def __init__(self, endpoint: Endpoint, tls: ssl.SSLContext | None, connections: int) -> None:
        """A client of one OPA; `connect` opens the session.

        Args:
            endpoint: where it is, and its token.
            tls: what its certificate is held against; None for the system's authorities.
            connections: that are kept at most.
        """
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

    async def decision(self, question: PolicyInput) -> dict[str, Json]:
        """The answer to `data.mlgate.main.decision` for a question.

        Raises:
            EngineError: there is none that could count.
            TimeoutError: the system gave the connection up.
        """
        # Without this parameter a failing built-in makes its rule undefined, which may hide a denial.
        options = {"strict-builtin-errors": "true"}
        async with _translated():
            answer: dict[str, Json] = await self.query_rule(question, "mlgate.main", "decision", options)
        return answer

    async def revision(self) -> Json:
        """The revision of the policy that is loaded.

        Raises:
            EngineError: none is, or it cannot be asked.
            TimeoutError: the system gave the connection up.
        """
        try:
            async with _translated():
                answer = await self.get_data("mlgate/revision")
        except PolicyNotFoundError as error:
            told = "OPA has loaded no policy: data.mlgate.revision is undefined"
            raise EngineUnavailable(told) from error
        revision: Json = answer["result"]
        return revision

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
    """Errors of the connection as engine errors; a TimeoutError stays one."""
    try:
        yield
    except aiohttp.ClientConnectorError as error:
        raise NotReached(f"OPA cannot be reached ({type(error.os_error).__name__})") from error
    except aiohttp.ClientResponseError as error:
        raise DecisionInvalid("the answer of OPA is no HTTP") from error
    except (aiohttp.ClientError, OSError) as error:
        if isinstance(error, TimeoutError):
            raise
        raise EngineUnavailable(f"the connection to OPA broke ({type(error).__name__})") from error
