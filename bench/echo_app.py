"""An empty FastAPI endpoint that reads a body and sends it back: the floor of any Python webhook."""

from __future__ import annotations

import ssl
import sys

import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


@app.post("/validate")
async def echo(request: Request) -> Response:
    """The body, back."""
    return Response(await request.body(), media_type="application/json")


def main(port: int, cert: str, key: str) -> None:
    """Serve over TLS with the same server settings as the gate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        log_config=None,
        access_log=False,
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="off",
        timeout_keep_alive=120,
        ssl_context_factory=lambda *_: context,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
