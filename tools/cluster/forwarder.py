"""Send each connection to a Service's address on to one of its ready pods, as kube-proxy would.

Usage: python forwarder.py ADDRESS PORT FILE

The file holds the ports of the ready pods on 127.0.0.1 as a JSON list; it is read for every connection. A
connection that is there stays with its pod until one of the two ends it, whatever becomes of the list.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sys
from pathlib import Path

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

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ready = json.loads(await asyncio.to_thread(ports.read_text))
        try:
            if not ready:
                return
            there = await asyncio.open_connection("127.0.0.1", ready[next(turn) % len(ready)])
            with contextlib.closing(there[1]):
                async with asyncio.TaskGroup() as both:
                    both.create_task(_copy(reader, there[1]))
                    both.create_task(_copy(there[0], writer))
        except OSError:
            writer.transport.abort()
        finally:
            writer.close()

    server = await asyncio.start_server(connected, address, port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
