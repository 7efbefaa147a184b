"""A server between the gate and a true OPA that passes answers on, or changes them on the way."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

from aiohttp import ClientSession, web

from mlgate.policy.address import Endpoint

Lie = Callable[[dict[str, Any]], web.Response]
"""Makes the answer that is given out of the true one."""


class LyingOpa:
    """Tells the truth until `lie` is set."""

    def __init__(self, truth: Endpoint, session: ClientSession) -> None:
        self.lie: Lie | None = None
        self.url = ""
        self._truth = truth
        self._session = session

    @classmethod
    @asynccontextmanager
    async def before(cls, truth: Endpoint) -> AsyncIterator[Self]:
        """Listen on loopback for as long as the block lasts."""
        async with ClientSession(headers={"Authorization": f"Bearer {truth.token}"}) as session:
            server = cls(truth, session)
            application = web.Application(client_max_size=2**24)
            application.router.add_route("*", "/{path:.*}", server._answer)
            runner = web.AppRunner(application, shutdown_timeout=1)
            await runner.setup()
            try:
                site = web.TCPSite(runner, "127.0.0.1", 0)
                await site.start()
                server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
                yield server
            finally:
                await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        async with self._session.request(
            request.method,
            f"{self._truth.url}{request.path_qs}",
            data=body,
            headers={"Content-Type": "application/json"},
        ) as true:
            said = json.loads(await true.read())
        return self.lie(said) if self.lie is not None else web.json_response(said)
