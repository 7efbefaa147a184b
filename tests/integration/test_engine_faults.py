"""OPA down, slow, killed or lying: refused in time with status 503, and back to normal by itself."""

from __future__ import annotations

import asyncio
import copy
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from asking import Ask, Served
from lying_opa import Lie, LyingOpa

from mlgate.policy.local_opa import ManagedOpa
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.switching import SwitchingEngine

GOOD, BAD, ORDINARY = "credit-scoring", "credit-scoring-no-card", "ordinary-objects"
BackToNormal = Callable[[Ask], Awaitable[None]]


def refused_for_want_of_an_engine(response: dict[str, Any]) -> str:
    """Assert that the response is that refusal; gives the reason it names."""
    assert (response["allowed"], response["status"]["code"]) == (False, 503)
    assert "says nothing about the object" in response["status"]["message"]
    return str(response["status"]["details"]["causes"][0]["reason"])


async def test_a_good_example_is_allowed_and_its_bad_twin_refused_by_the_real_policy(
    served: Served, children: list[ManagedOpa]
) -> None:
    async with served() as ask:
        assert (await ask(GOOD))["allowed"] is True
        bad = await ask(BAD)
    assert (bad["allowed"], bad["status"]["code"]) == (False, 403)
    assert [cause["reason"] for cause in bad["status"]["details"]["causes"]] == ["model_card.missing"]
    assert len(children) == 1


async def test_opa_killed_while_it_is_asked_is_a_refusal_and_the_next_one_is_judged(
    served: Served, children: list[ManagedOpa], back_to_normal: BackToNormal
) -> None:
    async with served() as ask:
        assert (await ask(GOOD))["allowed"] is True
        pid = int(str(children[0].pid))
        os.kill(pid, signal.SIGSTOP)  # so that it is certainly still at the question when it is killed
        asked = asyncio.create_task(ask(GOOD, wait="30s"))
        await _question_is_under_way(ask)
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(30):
            assert refused_for_want_of_an_engine(await asked) == "mlgate.engine_unavailable"
        await back_to_normal(ask)
        assert (await ask(BAD))["status"]["code"] == 403
        assert children[0].pid != pid


async def _question_is_under_way(ask: Ask) -> None:
    """Wait until the engine has taken the question."""
    assert isinstance(ask.engine, SwitchingEngine)
    async with asyncio.timeout(30):
        while not ask.engine._seat.asked:
            await asyncio.sleep(0.01)


async def test_a_stopped_opa_is_a_refusal_before_the_callers_timeout(
    served: Served, children: list[ManagedOpa], back_to_normal: BackToNormal
) -> None:
    async with served() as ask:
        assert (await ask(GOOD))["allowed"] is True
        pid = int(str(children[0].pid))
        os.kill(pid, signal.SIGSTOP)
        try:
            answers = await asyncio.gather(*[ask(name, wait="1s") for name in (GOOD, BAD)])
            ordinary = await ask(ORDINARY, wait="1s")
        finally:
            os.kill(pid, signal.SIGCONT)
        assert {refused_for_want_of_an_engine(answer) for answer in answers} <= {
            "mlgate.engine_timeout",
            "mlgate.gate_timeout",
        }
        assert ordinary["allowed"] is True
        await back_to_normal(ask)
        assert children[0].pid == pid


async def test_opa_down_refuses_model_objects_and_nothing_else(served: Served, unused_url: str) -> None:
    async with served(unused_url) as ask:
        assert refused_for_want_of_an_engine(await ask(GOOD)) == "mlgate.engine_unavailable"
        assert refused_for_want_of_an_engine(await ask("sign-off-record")) == "mlgate.engine_unavailable"
        assert (await ask(ORDINARY))["allowed"] is True


def plain(text: str, status: int = 200, kind: str = "application/json") -> Lie:
    return lambda _: web.Response(text=text, status=status, content_type=kind)


def edited(change: Callable[[dict[str, Any]], object]) -> Lie:
    """The true answer with something changed in its decision."""

    def lie(true: dict[str, Any]) -> web.Response:
        answer = copy.deepcopy(true)
        change(answer["result"])
        return web.json_response(answer)

    return lie


def _moved(decision: dict[str, Any]) -> None:
    """One code both evaluated and skipped."""
    skipped = {"code": decision["evaluated"][0], "reason": "disabled", "detail": "x"}
    decision["skipped"].append(skipped)


LIES: dict[str, Lie] = {
    "an empty object": plain("{}"),
    "no result": plain('{"result": null}'),
    "the word true": plain('"true"'),
    "true": plain("true"),
    "true as result": plain('{"result": true}'),
    "allow alone": plain('{"result": {"allow": true}}'),
    "a web page": plain("<html><body>allow</body></html>", kind="text/html"),
    "a web page called JSON": plain("<html><body>allow</body></html>"),
    "nothing": plain(""),
    "half of it": plain('{"result": {"allow": true, "profile": "prod'),
    "status 500": plain('{"code": "internal_error", "message": "x"}', status=500),
    "the truth with status 500": lambda true: web.json_response(true, status=500),
    "the truth with status 302": lambda true: web.json_response(true, status=302, headers={"Location": "/"}),
    "one code too few": edited(lambda decision: decision["evaluated"].pop()),
    "no skipped codes": edited(lambda decision: decision["skipped"].clear() or decision["evaluated"].pop(0)),
    "one code too many": edited(lambda decision: decision["evaluated"].append("made.up")),
    "one code twice": edited(lambda decision: decision["evaluated"].append(decision["evaluated"][0])),
    "one code in both lists": edited(_moved),
    "another revision": edited(lambda decision: decision.update(revision="v9")),
    "allow as a word": edited(lambda decision: decision.update(allow="true")),
    "a key that nobody knows": edited(lambda decision: decision.update(extra=1)),
}


@pytest.fixture
async def lying(shipped: BundleManifest) -> AsyncIterator[LyingOpa]:
    assert shipped.path is not None
    async with ManagedOpa.start(shipped.path) as child, LyingOpa.before(child._current()) as server:
        yield server


async def test_an_answer_that_is_no_complete_decision_is_a_refusal_until_the_true_one_comes(
    served: Served, lying: LyingOpa
) -> None:
    found = {}
    async with served(lying.url) as ask:
        for name, lie in LIES.items():
            lying.lie = lie
            found[name] = refused_for_want_of_an_engine(await ask(GOOD))
            lying.lie = None
            assert (await ask(GOOD))["allowed"] is True
    assert found == dict.fromkeys(LIES, "mlgate.engine_decision_invalid")


async def test_a_lie_that_allows_a_bad_example_is_seen_through(served: Served, lying: LyingOpa) -> None:
    lying.lie = edited(lambda decision: decision.update(allow=True))
    async with served(lying.url) as ask:
        assert refused_for_want_of_an_engine(await ask(BAD)) == "mlgate.engine_decision_invalid"
        lying.lie = None
        assert (await ask(BAD))["status"]["code"] == 403
