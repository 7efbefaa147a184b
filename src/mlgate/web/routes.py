"""The five addresses of the server."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mlgate.admission.response import respond
from mlgate.admission.review import read_review
from mlgate.domain.deadline import Deadline
from mlgate.domain.request import Request as ReviewRequest
from mlgate.errors import ReviewError
from mlgate.gate import Gate, Judgement
from mlgate.live_policy import LivePolicy
from mlgate.logs import get_logger
from mlgate.policy.engine import PolicyEngine
from mlgate.settings import Settings
from mlgate.web.body import read_body
from mlgate.web.certificate_metrics import CertificateMetrics
from mlgate.web.clients import stranger
from mlgate.web.crowd import Caller
from mlgate.web.holdings import Holding, Holdings
from mlgate.web.metrics import Metrics
from mlgate.web.policy_metrics import PolicyMetrics
from mlgate.web.tls import ServingCertificate

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_LONGEST_WAIT = 30.0
"""Seconds; no webhook may have a longer timeout, so whoever asks for more is no API server."""
_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(ms|s|m)")


@dataclass
class Server:
    """What the routes need: the gate, its engine, and the state of this process."""

    gate: Gate
    engine: PolicyEngine
    settings: Settings
    versions: Callable[[], dict[str, str | None]]
    metrics: Metrics = field(default_factory=Metrics)
    certificate: ServingCertificate | None = None
    policy: LivePolicy | None = None
    reload_ordered: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by whoever wants the policy loaded at once."""
    draining: bool = False
    in_flight: int = 0
    holdings: Holdings = field(init=False)

    def __post_init__(self) -> None:
        """Count what becomes of the policy and the certificate, and say what becomes of failures."""
        self.holdings = Holdings(self.settings.server.max_held_bytes)
        self.metrics.held_bytes.set_function(lambda: self.holdings.size)
        self.metrics.allow_on_error.set(self.gate.allow_on_error)
        if self.policy is not None:
            self.metrics.registry.register(PolicyMetrics(self.policy))
        if self.certificate is not None:
            self.metrics.registry.register(CertificateMetrics(self.certificate))

    async def problems(self) -> dict[str, str]:
        """Every reason not to send reviews here; empty when ready."""
        certificate = self.certificate
        found = {
            "policy engine": await self.engine.ready(),
            "certificate": certificate.problem() if certificate else None,
            "server": "draining" if self.draining else None,
        }
        return {part: problem for part, problem in found.items() if problem is not None}


def parse_timeout(text: str | None) -> float | None:
    """Seconds of a Go duration such as `5s` or `2500ms`, as the API server sends it; else null."""
    found = _DURATION.fullmatch(text or "")
    return float(found.group(1)) * _SECONDS[found.group(2)] if found else None


def _deadline(server: Server, request: Request) -> Deadline:
    """A share of the API server's own timeout, so that our answer comes before its."""
    asked = parse_timeout(request.query_params.get("timeout"))
    chosen = server.settings.decision
    if not asked:
        return Deadline.after(chosen.deadline_seconds)
    return Deadline.after(min(asked, _LONGEST_WAIT) * chosen.deadline_share)


def longest_deadline(settings: Settings) -> float:
    """Seconds that the judging of a review may take at most, whatever its caller asks for."""
    return max(settings.decision.deadline_seconds, _LONGEST_WAIT * settings.decision.deadline_share)


def make_routes(server: Server) -> APIRouter:
    """The routes of one server."""
    router = APIRouter()

    @router.post("/validate")
    async def validate(request: Request) -> Response:
        """Judge one AdmissionReview."""
        caller: Caller | None = getattr(request.state, "caller", None)
        with server.holdings.holding(caller) as held:
            try:
                return await _answer(server, request, caller, held)
            except ReviewError as problem:
                return _refuse_call(server, problem)

    @router.get("/livez")
    async def livez() -> Response:
        """The process answers; says nothing about OPA, so that a restart is never its answer."""
        return JSONResponse({"status": "ok"})

    @router.get("/readyz")
    async def readyz() -> Response:
        """Whether reviews should be sent here, with every reason why not."""
        problems = await server.problems()
        certificate = server.certificate
        notes = certificate.reload_problem if certificate else None
        body: dict[str, Any] = {
            "ready": not problems,
            "problems": problems,
            "notes": [notes] if notes else [],
            "onError": server.settings.decision.on_error,
        }
        if certificate is not None:
            body["certificate"] = {"expiresAt": _moment(certificate.expires_at), "refused": notes}
        if server.policy is not None:
            body["policy"] = _policy(server.policy)
        return JSONResponse(body, status_code=503 if problems else 200)

    @router.get("/metrics")
    async def metrics() -> Response:
        """Prometheus metrics."""
        return Response(server.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    @router.get("/version")
    async def version() -> Response:
        """mlgate, policy revision, OPA."""
        return JSONResponse(server.versions())

    return router


async def _answer(server: Server, request: Request, caller: Caller | None, held: Holding) -> Response:
    """Read a review, judge it and answer.

    Raises:
        ReviewError: it is none, or not to be taken.
    """
    deadline, limits = _deadline(server, request), server.settings.server
    _refuse_strangers(server, caller)
    seconds = deadline.sooner(limits.body_seconds)
    envelope, asked = read_review(
        await read_body(request, held, max_bytes=limits.max_body_bytes, seconds=seconds)
    )
    judgement = await _judge(server, asked, deadline)
    if caller is not None:
        caller.reviewed = True
    answer = respond(envelope, asked, judgement.verdict, judgement.record.decision_id)
    return Response(json.dumps(answer, ensure_ascii=False).encode(), media_type="application/json")


def _policy(policy: LivePolicy) -> dict[str, Any]:
    """What judges, and why the newest policy does not; reviews are judged all the same."""
    state = policy.state
    refused = state.refused
    return {
        "revision": policy.judging,
        "loadedAt": _moment(state.loaded_at),
        "modes": dict(state.manifest.modes),
        "refused": refused and {"since": _moment(refused.since), "problem": refused.problem},
    }


def _moment(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


async def _judge(server: Server, request: ReviewRequest, deadline: Deadline) -> Judgement:
    """Judge, unless as many reviews are under way as this process can serve in time."""
    overloaded = server.in_flight >= server.settings.server.max_concurrent
    server.in_flight += 1
    server.metrics.in_flight.set(server.in_flight)
    try:
        if overloaded:
            judgement = server.gate.shed(request)
        else:
            judgement = await server.gate.judge(request, deadline)
    finally:
        server.in_flight -= 1
        server.metrics.in_flight.set(server.in_flight)
    server.metrics.count(judgement)
    return judgement


def _refuse_strangers(server: Server, caller: Caller | None) -> None:
    """Take reviews only from whom the settings allow, where they ask for certificates.

    Raises:
        ReviewError: 403 for anybody else.
    """
    authority = server.certificate.client_authority if server.certificate else None
    if authority is None:
        return
    problem = stranger(caller, authority, frozenset(server.settings.tls.client_names))
    if problem is not None:
        raise ReviewError(problem, status=403)


def _refuse_call(server: Server, problem: ReviewError) -> Response:
    """Answer a call that is no review: its status, one sentence, and the connection closed."""
    server.metrics.bad_calls.labels(str(problem.status)).inc()
    get_logger().warning("bad_call", status=problem.status, problem=str(problem))
    headers = {"Connection": "close"}
    return JSONResponse({"error": str(problem)}, status_code=problem.status, headers=headers)
