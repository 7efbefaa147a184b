"""A Service of our own: sends each new connection to a replica that is ready, as kube-proxy does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from process import Served

_LOOK = 0.25
"""Seconds between two looks at who is ready: for so long a replica that ends is still sent connections."""


@dataclass
class Service:
    """The replicas, and where they are reached."""

    replicas: list[Served]
    port: int = 0
    ready: list[Served] = field(default_factory=list)
    open: set[asyncio.Task[None]] = field(default_factory=set)
    _next: int = 0

    def pick(self) -> Served:
        """The next replica in turn."""
        self._next += 1
        return self.ready[self._next % len(self.ready)]

    async def follow(self) -> None:
        """Look again and again at who is ready."""
        while True:
            answers = await asyncio.gather(
                *(asyncio.to_thread(_is_ready, replica) for replica in self.replicas)
            )
            self.ready = [
                replica for replica, ready in zip(self.replicas, answers, strict=False) if ready
            ] or self.ready
            await asyncio.sleep(_LOOK)

    async def forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass bytes on in both directions until both sides have ended."""
        task = asyncio.current_task()
        assert task is not None
        self.open.add(task)
        try:
            back, onward = await asyncio.open_connection("127.0.0.1", self.pick().port)
            await asyncio.gather(_pass(reader, onward), _pass(back, writer))
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self.open.discard(task)

    async def end(self) -> None:
        """End all that is still open."""
        for task in self.open:
            task.cancel()
        await asyncio.gather(*self.open, return_exceptions=True)
        await asyncio.sleep(0)


def _is_ready(replica: Served) -> bool:
    try:
        return replica.call("GET", "/readyz").status == 200
    except OSError:
        return False


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on in one direction, and then the end."""
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


@contextmanager
def service(*replicas: Served) -> Iterator[Service]:
    """A service in a thread of its own."""
    found = Service(list(replicas))
    started, stop = threading.Event(), asyncio.Event()
    loop_of: list[asyncio.AbstractEventLoop] = []

    async def run() -> None:
        loop_of.append(asyncio.get_running_loop())
        listener = await asyncio.start_server(found.forward, "127.0.0.1", 0)
        found.port = listener.sockets[0].getsockname()[1]
        following = asyncio.create_task(found.follow())
        while not found.ready:
            await asyncio.sleep(0.01)
        started.set()
        await stop.wait()
        following.cancel()
        listener.close()
        await found.end()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    started.wait(60)
    try:
        yield found
    finally:
        loop_of[0].call_soon_threadsafe(stop.set)
        thread.join()
