"""The application: nothing but its addresses, and every refusal in one shape."""

from __future__ import annotations

import httpx
import pytest

from mlgate.logs import configure_logs
from mlgate.web.app import create_app
from mlgate.web.routes import Server


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc", "/openapi.json", "/validate/", "//validate"])
async def test_there_is_nothing_at_other_addresses(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.post(path, json={})

    assert answer.status_code in {404, 307}
    assert "allowed" not in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/validate"), ("POST", "/livez"), ("DELETE", "/metrics"), ("PUT", "/version")],
)
async def test_a_wrong_method_is_told_in_json(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path)

    assert (answer.status_code, answer.json()) == (405, {"error": "Method Not Allowed"})


async def test_a_fault_of_ours_is_logged_with_its_trace_and_told_without(
    server: Server, client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str], restored_logs: None
) -> None:
    def broken() -> dict[str, str | None]:
        raise RuntimeError("detail of ours")

    server.versions = broken
    configure_logs()

    answer = await client.get("/version")

    assert (answer.status_code, answer.json()) == (500, {"error": "internal error"})
    assert "detail of ours" in capsys.readouterr().err


def test_two_applications_share_nothing(server: Server) -> None:
    assert create_app(server).router is not create_app(server).router


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/version", "/nothing"])
async def test_every_reply_of_a_draining_server_closes_its_connection(
    server: Server, client: httpx.AsyncClient, path: str
) -> None:
    before = await client.get(path)
    server.draining = True
    after = await client.get(path)

    assert "connection" not in before.headers
    assert after.headers["connection"] == "close"


async def test_a_reply_that_closes_anyway_says_so_once(server: Server, client: httpx.AsyncClient) -> None:
    server.draining = True

    answer = await client.post("/validate", content=b"{", headers={"content-type": "application/json"})

    assert answer.headers.get_list("connection") == ["close"]
