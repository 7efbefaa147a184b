"""The addresses: what is no review is told so, and whatever fails inside is a refusal in time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Decision
from mlgate.domain.request import Request
from mlgate.errors import DecisionInvalid, EngineTimeout, EngineUnavailable
from mlgate.gate import Gate, Judgement
from mlgate.live_policy import LivePolicy
from mlgate.settings import ServerSettings, Settings, TlsSettings
from mlgate.web.app import create_app
from mlgate.web.crowd import Caller
from mlgate.web.routes import Server, parse_timeout
from mlgate.web.tls import ServingCertificate

JSON = {"content-type": "application/json"}


async def _post(client: httpx.AsyncClient, value: dict[str, Any], query: str = "") -> dict[str, Any]:
    answer = await client.post(f"/validate{query}", json=value)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_an_allow_of_the_policy_allows_and_echoes_the_uid(
    client: httpx.AsyncClient, review: Callable[..., dict[str, Any]]
) -> None:
    found = await _post(client, review())

    assert (found["apiVersion"], found["kind"]) == ("admission.k8s.io/v1", "AdmissionReview")
    assert (found["response"]["uid"], found["response"]["allowed"]) == ("u-1", True)


async def test_a_denial_of_the_policy_refuses_with_403_and_its_words(
    client: httpx.AsyncClient, engine: Any, review: Callable[..., dict[str, Any]], denial: Decision
) -> None:
    engine.answer = lambda _: denial

    response = (await _post(client, review()))["response"]

    assert (response["allowed"], response["status"]["code"]) == (False, 403)
    assert "✗ model_card.missing: no card" in response["status"]["message"]


@pytest.mark.parametrize(
    "problem",
    [EngineUnavailable("gone"), EngineTimeout("late"), DecisionInvalid("half"), RuntimeError("a bug")],
)
async def test_a_failure_inside_is_a_refusal_with_503(
    client: httpx.AsyncClient, engine: Any, review: Callable[..., dict[str, Any]], problem: Exception
) -> None:
    def fail(_: object) -> Decision:
        raise problem

    engine.answer = fail

    response = (await _post(client, review()))["response"]

    assert (response["allowed"], response["status"]["code"]) == (False, 503)


async def test_an_answer_that_would_come_too_late_is_a_refusal_before_the_callers_timeout(
    client: httpx.AsyncClient,
    engine: Any,
    review: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def hang(*_: object) -> Decision:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(engine, "decide", hang)

    response = (await _post(client, review(), "?timeout=50ms"))["response"]

    assert (response["allowed"], response["status"]["code"]) == (False, 503)


async def test_deletes_are_answered_without_asking_anybody(
    client: httpx.AsyncClient, engine: Any, review: Callable[..., dict[str, Any]]
) -> None:
    asked = review()["request"]

    found = await _post(client, review(operation="DELETE", object=None, oldObject=asked["object"]))

    assert (found["response"]["allowed"], engine.questions) == (True, [])


async def test_what_serves_no_model_is_answered_without_asking_anybody(
    client: httpx.AsyncClient, engine: Any, review: Callable[..., dict[str, Any]]
) -> None:
    pod = {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "db"},
        "spec": {"containers": [{"name": "db", "image": "docker.io/library/postgres:17"}]},
    }  # fmt: skip

    found = await _post(client, review(object=pod, kind={"group": "", "version": "v1", "kind": "Pod"}))

    assert (found["response"]["allowed"], engine.questions) == (True, [])


async def test_a_full_server_refuses_at_once(
    client: httpx.AsyncClient, server: Server, engine: Any, review: Callable[..., dict[str, Any]]
) -> None:
    server.in_flight = server.settings.server.max_concurrent

    response = (await _post(client, review()))["response"]

    assert (response["allowed"], response["status"]["code"], engine.questions) == (False, 503, [])


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"content-type": "text/plain"}, b"{}", 415),
        ({}, b"{}", 415),
        (JSON | {"content-encoding": "gzip"}, b"{}", 415),
        (JSON, b"", 400),
        (JSON, b"{", 400),
        (JSON, b"[]", 400),
        (JSON, b"null", 400),
        (JSON, b'{"kind":"AdmissionReview","kind":"AdmissionReview"}', 400),
        (JSON, b'{"a":NaN}', 400),
        (JSON, b"[" * 10_000 + b"]" * 10_000, 400),
        (JSON, b"\xff\xfe{\x00}\x00", 400),
        (JSON | {"content-length": str(8 * 1024 * 1024)}, b"{}", 413),
        (JSON, b'"' + b"x" * (7 * 1024 * 1024) + b'"', 413),
    ],
)
async def test_a_call_that_is_no_review_gets_its_status_and_one_sentence(
    client: httpx.AsyncClient, headers: dict[str, str], body: bytes, status: int
) -> None:
    answer = await client.post("/validate", content=body, headers=headers)

    assert answer.status_code == status
    assert answer.headers["connection"] == "close"
    assert "Traceback" not in answer.text
    assert len(answer.json()["error"]) > 5


async def test_a_body_that_never_ends_is_given_up(server: Server, client: httpx.AsyncClient) -> None:
    server.settings = Settings(server=ServerSettings(body_seconds=0.01))

    async def drip() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    answer = await client.post("/validate", content=drip(), headers=JSON)

    assert answer.status_code == 408


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/validate", 405)])
async def test_wrong_addresses_and_methods_are_told_in_json(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await client.get(path)

    assert (answer.status_code, "error" in answer.json()) == (status, True)


async def test_liveness_does_not_depend_on_the_engine(client: httpx.AsyncClient, engine: Any) -> None:
    engine.problem = "down"

    assert (await client.get("/livez")).status_code == 200


async def test_readiness_names_every_part_that_is_not_ready(
    client: httpx.AsyncClient, server: Server, engine: Any
) -> None:
    ready = await client.get("/readyz")
    engine.problem = "OPA does not answer"
    server.draining = True
    answer = await client.get("/readyz")

    assert (ready.status_code, ready.json()["problems"]) == (200, {})
    assert ready.json()["onError"] == "deny"
    assert answer.status_code == 503
    assert answer.json()["problems"] == {"policy engine": "OPA does not answer", "server": "draining"}


async def test_readiness_says_which_policy_judges_and_why_the_newest_does_not(
    server: Server, client: httpx.AsyncClient, policy: LivePolicy, source: Any
) -> None:
    server.policy = policy
    before = (await client.get("/readyz")).json()["policy"]
    source.revision, source.now = "v2!", datetime(2026, 11, 25, 9, tzinfo=UTC)
    await policy.reload.check(at_once=True)
    refused = await client.get("/readyz")
    source.revision = "v3"
    await policy.reload.check(at_once=True)
    after = (await client.get("/readyz")).json()["policy"]

    modes = {"sandbox": "audit", "production": "enforce"}
    assert before == {
        "revision": "v1",
        "loadedAt": "2026-11-25T08:30:00Z",
        "modes": modes,
        "refused": None,
    }
    assert (refused.status_code, refused.json()["ready"]) == (200, True)
    assert refused.json()["policy"] == before | {
        "refused": {
            "since": "2026-11-25T09:00:00Z",
            "problem": "ours.rego:3: v2! is no policy; write one",
        }
    }
    assert after == before | {"revision": "v3", "loadedAt": "2026-11-25T09:00:00Z"}


async def test_a_draining_server_still_judges_and_sends_its_callers_elsewhere(
    client: httpx.AsyncClient, server: Server, review: Callable[..., dict[str, Any]]
) -> None:
    server.draining = True

    answer = await client.post("/validate", json=review())

    assert (answer.json()["response"]["allowed"], answer.headers["connection"]) == (True, "close")


async def test_metrics_count_reviews_findings_stages_and_failures(
    client: httpx.AsyncClient, engine: Any, review: Callable[..., dict[str, Any]], denial: Decision
) -> None:
    await client.post("/validate", json=review())
    engine.answer = lambda _: denial
    await client.post("/validate", json=review())

    def fail(_: object) -> Decision:
        raise EngineUnavailable("gone")

    engine.answer = fail
    await client.post("/validate", json=review())
    await client.post("/validate", content=b"{", headers=JSON)
    text = (await client.get("/metrics")).text

    assert 'mlgate_reviews_total{kind="InferenceService",verdict="allowed"} 1.0' in text
    assert 'mlgate_reviews_total{kind="InferenceService",verdict="denied"} 1.0' in text
    assert 'mlgate_reviews_total{kind="InferenceService",verdict="error_denied"} 1.0' in text
    assert 'mlgate_findings_total{code="model_card.missing",list="violations"} 1.0' in text
    assert 'mlgate_opa_errors_total{reason="unavailable"} 1.0' in text
    assert 'mlgate_bad_calls_total{status="400"} 1.0' in text
    assert 'mlgate_stage_seconds_count{stage="decide"} 3.0' in text


async def test_a_kind_nobody_knows_makes_no_new_series(
    client: httpx.AsyncClient, review: Callable[..., dict[str, Any]]
) -> None:
    thing = {"apiVersion": "x.example/v1", "kind": "Zyx", "metadata": {"name": "z"}}
    kind = {"group": "x.example", "version": "v1", "kind": "Zyx"}

    await client.post("/validate", json=review(object=thing, kind=kind))

    assert 'kind="other"' in (await client.get("/metrics")).text


async def test_the_version_is_told(client: httpx.AsyncClient) -> None:
    assert (await client.get("/version")).json() == {"mlgate": "0"}


async def test_a_fault_of_ours_is_told_without_a_trace(
    client: httpx.AsyncClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> dict[str, str | None]:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(server, "versions", broken)

    answer = await client.get("/version")

    assert (answer.status_code, answer.json()) == (500, {"error": "internal error"})


@pytest.mark.parametrize(
    ("query", "longest"), [("", 4), ("?timeout=5s", 4), ("?timeout=30s", 24), ("?timeout=999999m", 24)]
)
async def test_no_caller_is_given_longer_than_an_api_server_may_wait(
    client: httpx.AsyncClient,
    server: Server,
    review: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    longest: float,
) -> None:
    given: list[float] = []
    judge = type(server.gate).judge

    async def noted(gate: Gate, request: Request, deadline: Deadline) -> Judgement:
        given.append(deadline.remaining)
        return await judge(gate, request, deadline)

    monkeypatch.setattr(type(server.gate), "judge", noted)

    await _post(client, review(), query)

    assert 0 < given[0] <= longest


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5s", 5.0),
        ("2500ms", 2.5),
        ("1m", 60.0),
        ("", None),
        (None, None),
        ("5", None),
        ("-5s", None),
        ("1e9s", None),
    ],
)
def test_the_callers_timeout_is_read_as_a_go_duration(text: str | None, seconds: float | None) -> None:
    assert parse_timeout(text) == seconds


class _Behind:
    """The application as a connection of this caller reaches it."""

    def __init__(self, server: Server, caller: Caller | None) -> None:
        self._app, self._caller = create_app(server), caller

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app(scope | {"state": {"caller": self._caller}}, receive, send)


@asynccontextmanager
async def _called_by(server: Server, caller: Caller | None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(_Behind(server, caller))
    async with httpx.AsyncClient(transport=transport, base_url="https://mlgate") as client:
        yield client


async def test_a_caller_whose_review_was_judged_is_worth_keeping(
    server: Server, review: Callable[..., dict[str, Any]]
) -> None:
    caller = Caller("192.0.2.1", lambda _: None)
    async with _called_by(server, caller) as client:
        await client.get("/livez")
        await client.post("/validate", content=b"{", headers=JSON)
        before = caller.reviewed
        await client.post("/validate", json=review())

    assert (before, caller.reviewed) == (False, True)


@pytest.fixture
def asking(server: Server, tmp_path: Path) -> tuple[Server, trustme.CA]:
    """A server that takes reviews from one name of one authority only."""
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert"))
    issued.private_key_pem.write_to_path(str(tmp_path / "key"))
    authority.cert_pem.write_to_path(str(tmp_path / "ca"))
    tls = TlsSettings(client_ca=tmp_path / "ca", client_names=("kube-apiserver",))
    certificate = ServingCertificate(tmp_path / "cert", tmp_path / "key", tmp_path / "ca")
    return replace(server, settings=Settings(tls=tls), certificate=certificate), authority


@pytest.mark.parametrize(
    ("name", "status"), [("kube-apiserver", 200), ("somebody", 403), (None, 403), ("nobody", 403)]
)
async def test_only_the_right_certificate_brings_reviews_and_anybody_may_probe(
    asking: tuple[Server, trustme.CA],
    engine: Any,
    review: Callable[..., dict[str, Any]],
    name: str | None,
    status: int,
) -> None:
    server, authority = asking
    caller: Caller | None = Caller("192.0.2.1", lambda _: None)
    if name == "nobody":
        caller = None
    elif name is not None and caller is not None:
        pem = authority.issue_cert(name).cert_chain_pems[0].bytes().decode()
        caller.certificate = ssl.PEM_cert_to_DER_cert(pem)
    async with _called_by(server, caller) as client:
        answer = await client.post("/validate", json=review())
        others = {path: (await client.get(path)).status_code for path in ("/livez", "/readyz", "/metrics")}

    assert (answer.status_code, len(engine.questions)) == (status, int(status == 200))
    assert status == 200 or answer.headers["connection"] == "close"
    assert set(others.values()) == {200}
