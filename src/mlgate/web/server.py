"""Run the application: TLS, timeouts, and an exit that loses no review.

On SIGTERM the process stays up for the drain time: /readyz says no, every reply closes its
connection, reviews are still answered. Endpoints and clients have moved on when it exits.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from mlgate.logs import get_logger
from mlgate.web.app import create_app
from mlgate.web.connection import Connection, Patience
from mlgate.web.crowd import Caller, Crowd
from mlgate.web.listener import Greeting, Listener, allow_files, bind
from mlgate.web.routes import Server, longest_deadline


class _Uvicorn(uvicorn.Server):
    """uvicorn without its own signal handling, behind a listener that bounds what it is given."""

    def __init__(self, config: uvicorn.Config, server: Server, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._server, self._tell = server, started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections, then tell so."""
        limits, metrics = self._server.settings.server, self._server.metrics
        crowd = Crowd(limits.max_connections, limits.max_connections_per_peer)
        metrics.connections.set_function(lambda: crowd.size)
        patience = Patience(limits.head_seconds, limits.answer_seconds)

        def connection(caller: Caller) -> Connection:
            return Connection(self.config, self.server_state, caller, crowd, patience, metrics.drop)

        certificate = self._server.certificate
        greeting = Greeting(
            connection,
            lambda: certificate.credentials if certificate else None,
            limits.handshake_seconds,
            limits.answer_seconds,
        )
        listeners = [Listener(sock, crowd, greeting, metrics.drop) for sock in sockets or ()]
        self.servers = listeners  # type: ignore[assignment]  # uvicorn closes them, and no more
        self.started = True
        self._tell()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to us."""
        yield


async def serve(server: Server, started: Callable[[str], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then drain and return.

    Args:
        server: what to serve.
        started: called with the address once connections are accepted.

    Raises:
        SettingsError: the address is not free, or the process may not open enough files.
    """
    settings = server.settings
    allow_files(settings.server.max_connections)
    listener = bind(settings.listen.host, settings.listen.port)
    config = uvicorn.Config(
        create_app(server),
        log_config=None,
        access_log=False,
        lifespan="off",
        loop="none",
        ws="none",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=settings.server.keep_alive_seconds,
        timeout_graceful_shutdown=int(longest_deadline(settings)) + 1,
    )

    def tell() -> None:
        if started is not None:
            host, port = listener.getsockname()[:2]
            started(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")

    web = _Uvicorn(config, server, tell)
    drain = asyncio.create_task(_drain_on_signal(server, web))
    tasks = [drain, *_watches(server)]
    try:
        await web.serve(sockets=[listener])
    finally:
        for task in tasks:
            task.cancel()
        # A policy that is just being taken over leaves nothing half done behind.
        await asyncio.gather(*tasks, return_exceptions=True)
        listener.close()


def _watches(server: Server) -> Iterator[asyncio.Task[None]]:
    """What follows its files while reviews are answered."""
    settings = server.settings
    if server.certificate is not None:
        yield asyncio.create_task(server.certificate.watch(settings.tls.reload_seconds))
    if server.policy is not None:
        yield asyncio.create_task(server.policy.watch(settings.policy.reload_seconds, server.reload_ordered))


async def _drain_on_signal(server: Server, web: uvicorn.Server) -> None:
    """Wait for the order to stop, drain, then let uvicorn finish."""
    loop = asyncio.get_running_loop()
    ordered = asyncio.Event()
    orders = (signal.SIGTERM, signal.SIGINT)
    for number in orders:
        loop.add_signal_handler(number, ordered.set)
    try:
        await ordered.wait()
        server.draining = True
        get_logger().info("draining", seconds=server.settings.server.drain_seconds)
        await asyncio.sleep(server.settings.server.drain_seconds)
        web.should_exit = True
    finally:
        for number in orders:
            loop.remove_signal_handler(number)
