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
from typing import Any

import uvicorn

from mlgate.errors import SettingsError
from mlgate.logs import get_logger
from mlgate.web.app import create_app
from mlgate.web.connection import Connection
from mlgate.web.routes import Server


class _Uvicorn(uvicorn.Server):
    """uvicorn without its own signal handling, and with an end to its patience in handshakes."""

    def __init__(self, config: uvicorn.Config, head_seconds: float, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._head_seconds = head_seconds
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections, then tell so."""
        config, loop = self.config, asyncio.get_running_loop()
        limits: dict[str, Any] = {"ssl": config.ssl} if config.ssl else {}
        if limits:  # asyncio's own would be a minute for the handshake and half a minute to say goodbye
            limits |= {
                "ssl_handshake_timeout": self._head_seconds,
                "ssl_shutdown_timeout": self._head_seconds,
            }

        def connection() -> Connection:
            return Connection(config, self.server_state, {}, head_seconds=self._head_seconds)

        self.servers = [
            await loop.create_server(connection, sock=listener, backlog=config.backlog, **limits)
            for listener in sockets or ()
        ]
        self.started = True
        self._tell()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to us."""
        yield


def _bind(host: str, port: int) -> socket.socket:
    """A listening socket, bound before anything else starts so that a busy port is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns Nagle's algorithm off; without it each answer, written as
    # head and body, would wait some 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as problem:
        listener.close()
        raise SettingsError(
            f"setting listen: cannot listen on {host}:{port}: {problem.strerror}"
        ) from problem
    return listener


async def serve(server: Server, started: Callable[[str], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then drain and return.

    Args:
        server: what to serve.
        started: called with the address once connections are accepted.

    Raises:
        SettingsError: the address is not free.
    """
    settings = server.settings
    listener = _bind(settings.listen.host, settings.listen.port)
    certificate = server.certificate
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
        timeout_graceful_shutdown=int(settings.decision.deadline_seconds) + 1,
        ssl_context_factory=(lambda *_: certificate.context) if certificate else None,
    )

    def tell() -> None:
        if started is not None:
            host, port = listener.getsockname()[:2]
            started(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")

    web = _Uvicorn(config, settings.server.head_seconds, tell)
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
