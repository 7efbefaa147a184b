"""Make the web application around a gate."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mlgate.logs import get_logger
from mlgate.web.routes import Server, make_routes


def create_app(server: Server) -> FastAPI:
    """The application. It owns nothing: whoever makes the server closes what it uses."""
    app = FastAPI(title="mlgate", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(make_routes(server))
    app.add_middleware(_Farewell, server=server)

    @app.exception_handler(HTTPException)
    async def wrong_address(_: Request, problem: HTTPException) -> Response:
        """Unknown paths and methods, in the same shape as every other refusal."""
        return JSONResponse({"error": problem.detail}, status_code=problem.status_code)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, problem: Exception) -> Response:
        """A fault of ours: logged with its trace, told without it. The API server then fails closed."""
        get_logger().error("unhandled_error", path=request.url.path, exc_info=problem)
        return JSONResponse({"error": "internal error"}, status_code=500)

    return app


class _Farewell:
    """While draining, every reply asks its caller to come back elsewhere, whatever it was about."""

    def __init__(self, app: ASGIApp, server: Server) -> None:
        self._app, self._server = app, server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and say goodbye with the head of the reply."""

        async def reply(message: Message) -> None:
            if message["type"] == "http.response.start" and self._server.draining:
                others = [(name, value) for name, value in message["headers"] if name != b"connection"]
                message["headers"] = [*others, (b"connection", b"close")]
            await send(message)

        await self._app(scope, receive, reply)
