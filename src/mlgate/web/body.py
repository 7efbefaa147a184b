"""Read a request body that nobody vouches for: typed, bounded in size and in time."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

from mlgate.errors import ReviewError
from mlgate.web.holdings import Holding


async def read_body(request: Request, held: Holding, *, max_bytes: int, seconds: float) -> bytes:
    """The body of a review; its bytes are counted as held.

    Raises:
        ReviewError: 415 for another content type, 413 for too many bytes (by the announced
            length before reading, by count while reading), 408 when it comes too slowly,
            503 when there is no room for it, 400 when the caller hangs up.
    """
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != "application/json":
        raise ReviewError("the content type of a review is application/json", status=415)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ReviewError("a review is sent without content encoding", status=415)
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > max_bytes:
        raise ReviewError(f"a review has at most {max_bytes} bytes", status=413)
    try:
        async with asyncio.timeout(seconds):
            return await _collect(request, held, max_bytes)
    except TimeoutError as problem:
        raise ReviewError(f"the body was not sent within {seconds:g} seconds", status=408) from problem
    except ClientDisconnect as problem:
        raise ReviewError("the caller hung up before the body was complete") from problem


async def _collect(request: Request, held: Holding, max_bytes: int) -> bytes:
    """The body's bytes, counted while they come."""
    chunks: list[bytes] = []
    async for chunk in request.stream():
        if held.size + len(chunk) > max_bytes:
            raise ReviewError(f"a review has at most {max_bytes} bytes", status=413)
        held.add(len(chunk))
        chunks.append(chunk)
    held.complete = True
    return b"".join(chunks)
