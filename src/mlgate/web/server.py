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

from mlgate.errors import SettingsError
from mlgate.logs import get_logger
from mlgate.web.app import create_app
from mlgate.web.routes import Server


class _Uvicorn(uvicorn.Server):
    """uvicorn without its own signal handling: the drain decides when it stops."""

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
        http="httptools",
        loop="none",
        ws="none",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=settings.server.keep_alive_seconds,
        timeout_graceful_shutdown=int(settings.decision.deadline_seconds) + 1,
        ssl_context_factory=(lambda *_: certificate.context) if certificate else None,
    )
    web = _Uvicorn(config)
    drain = asyncio.create_task(_drain_on_signal(server, web))
    watch = asyncio.create_task(certificate.watch(settings.tls.reload_seconds)) if certificate else None
    try:
        if started is not None:
            host, port = listener.getsockname()[:2]
            started(f"{host}:{port}")
        await web.serve(sockets=[listener])
    finally:
        for task in (drain, watch):
            if task is not None:
                task.cancel()
        listener.close()


async def _drain_on_signal(server: Server, web: uvicorn.Server) -> None:
    """Wait for the order to stop, drain, then let uvicorn finish."""
    loop = asyncio.get_running_loop()
    ordered = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ordered.set)
    await ordered.wait()
    server.draining = True
    get_logger().info("draining", seconds=server.settings.server.drain_seconds)
    await asyncio.sleep(server.settings.server.drain_seconds)
    web.should_exit = True
