"""Send each connection to a Service's address on to one of its ready pods, as kube-proxy would.

Usage: python forwarder.py ADDRESS PORT FILE

The file holds the ports of the ready pods on 127.0.0.1 as a JSON list; it is read for every connection. A
connection that is there stays with its pod until one of the two ends it, whatever becomes of the list. One
that its pod does not take is ended, as in a cluster; a line tells when, by the monotonic clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sys
import time
from pathlib import Path

NOT_TAKEN = "not taken:"
_CHUNK = 65536


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Pass bytes on until there are no more, and say so to the other side."""
    with contextlib.suppress(OSError):
        while data := await source.read(_CHUNK):
            target.write(data)
            await target.drain()
        if target.can_write_eof():
            target.write_eof()


async def main(address: str, port: int, ports: Path) -> None:
    """Serve until killed."""
    turn = itertools.count()
    under_way: set[asyncio.Task[None] | None] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # When the client has gone nothing else holds the task, which may still have something to pass on.
        under_way.add(asyncio.current_task())
        ready = json.loads(await asyncio.to_thread(ports.read_text))
        try:
            if not ready:
                return
            try:
                there = await asyncio.open_connection("127.0.0.1", ready[next(turn) % len(ready)])
            except OSError:
                print(NOT_TAKEN, time.monotonic(), flush=True)
                raise
            with contextlib.closing(there[1]):
                async with asyncio.TaskGroup() as both:
                    both.create_task(_copy(reader, there[1]))
                    both.create_task(_copy(there[0], writer))
        except OSError:
            writer.transport.abort()
        finally:
            writer.close()
            under_way.discard(asyncio.current_task())

    server = await asyncio.start_server(connected, address, port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
