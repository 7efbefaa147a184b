"""A policy is replaced under questions that are being answered, and only by one that answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Decision
from mlgate.domain.policy_input import PolicyInput
from mlgate.errors import DecisionInvalid, EngineUnavailable, PolicyError
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.switching import SwitchingEngine


def manifest(revision: str) -> BundleManifest:
    return BundleManifest(revision=revision, codes=frozenset({"a.b"}), path=None)


class Engine:
    """Answers with its revision, when the test lets it."""

    def __init__(self, revision: str, allow: bytes) -> None:
        self.decision = Decision.model_validate_json(allow).model_copy(update={"revision": revision})
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.asked = asyncio.Event()
        self.alive = True

    async def decide(self, question: PolicyInput, deadline: Deadline) -> Decision:
        self.asked.set()
        await self.may_answer.wait()
        if not self.alive:
            raise EngineUnavailable("it has ended")
        return self.decision

    async def ready(self) -> str | None:
        return f"{self.decision.revision} is not ready"

    async def aclose(self) -> None:
        """Ended by whoever started it."""


class Starter:
    """Starts engines, and keeps them for the test."""

    def __init__(self, allow: bytes) -> None:
        self.engines: list[Engine] = []
        self.most = 0
        self.fails: Exception | None = None
        self.lies = False
        self.ends_badly = False
        self._allow = allow

    @asynccontextmanager
    async def __call__(self, chosen: BundleManifest) -> AsyncIterator[Engine]:
        if self.fails is not None:
            raise self.fails
        engine = Engine(chosen.revision, self._allow)
        if self.lies:
            engine.decide = self._lie  # type: ignore[method-assign]  # an engine that is none
        self.engines.append(engine)
        self.most = max(self.most, self.alive)
        try:
            yield engine
        finally:
            engine.alive = False
            if self.ends_badly:
                raise OSError("it cannot be ended")

    async def _lie(self, question: PolicyInput, deadline: Deadline) -> Decision:
        raise DecisionInvalid("OPA has no decision")

    @property
    def alive(self) -> int:
        return sum(engine.alive for engine in self.engines)


@pytest.fixture
def starter(allow: bytes) -> Starter:
    return Starter(allow.removeprefix(b'{"result": ').removesuffix(b"}"))


async def revision(engine: SwitchingEngine, question: PolicyInput) -> str:
    return (await engine.decide(question, Deadline.after(30))).revision


async def test_the_first_policy_judges_until_the_next_one_does(
    starter: Starter, question: PolicyInput
) -> None:
    async with SwitchingEngine.running(starter, manifest("v1"), question) as engine:
        assert await revision(engine, question) == "v1"
        assert await engine.ready() == "v1 is not ready"
        await engine.use(manifest("v2"))
        assert await revision(engine, question) == "v2"
        assert await engine.ready() == "v2 is not ready"
    assert starter.alive == 0


async def test_a_question_is_answered_by_the_policy_it_was_put_to(
    starter: Starter, question: PolicyInput
) -> None:
    async with SwitchingEngine.running(starter, manifest("v1"), question) as engine:
        first = starter.engines[0]
        first.may_answer.clear()
        first.asked.clear()
        waiting = [asyncio.create_task(revision(engine, question)) for _ in range(3)]
        await first.asked.wait()
        await engine.use(manifest("v2"))
        assert await revision(engine, question) == "v2"
        assert starter.alive == 2
        first.may_answer.set()
        assert await asyncio.gather(*waiting) == ["v1"] * 3
        async with asyncio.timeout(30):
            while starter.alive > 1:
                await asyncio.sleep(0)
        assert not first.alive


async def test_there_are_never_more_than_two_engines(starter: Starter, question: PolicyInput) -> None:
    async with SwitchingEngine.running(starter, manifest("v1"), question) as engine:
        starter.engines[0].may_answer.clear()
        waiting = asyncio.create_task(revision(engine, question))
        await asyncio.sleep(0)
        await engine.use(manifest("v2"))
        third = asyncio.create_task(engine.use(manifest("v3")))
        for _ in range(20):
            await asyncio.sleep(0)
        assert (len(starter.engines), third.done()) == (2, False)
        starter.engines[0].may_answer.set()
        await third
        assert await waiting == "v1"
        assert await revision(engine, question) == "v3"
    assert (starter.most, starter.alive) == (2, 0)


async def test_an_engine_that_does_not_start_leaves_the_one_before(
    starter: Starter, question: PolicyInput
) -> None:
    async with SwitchingEngine.running(starter, manifest("v1"), question) as engine:
        starter.fails = PolicyError("OPA did not start")
        with pytest.raises(PolicyError, match="did not start"):
            await engine.use(manifest("v2"))
        assert await revision(engine, question) == "v1"


async def test_a_policy_that_does_not_answer_the_trial_never_judges(
    starter: Starter, question: PolicyInput
) -> None:
    async with SwitchingEngine.running(starter, manifest("v1"), question) as engine:
        starter.lies = True
        with pytest.raises(PolicyError, match="v2 decides nothing: OPA has no decision"):
            await engine.use(manifest("v2"))
        assert (starter.alive, await revision(engine, question)) == (1, "v1")


async def test_a_policy_that_does_not_answer_the_trial_refuses_the_start(
    starter: Starter, question: PolicyInput
) -> None:
    starter.lies = True
    with pytest.raises(PolicyError, match="v1 decides nothing"):
        async with SwitchingEngine.running(starter, manifest("v1"), question):
            pytest.fail("it started")
    assert starter.alive == 0


async def test_who_stops_waiting_for_the_engine_before_does_not_stop_its_answers(
    starter: Starter, question: PolicyInput
) -> None:
    async with SwitchingEngine.running(starter, manifest("v1"), question) as engine:
        starter.engines[0].may_answer.clear()
        waiting = asyncio.create_task(revision(engine, question))
        await asyncio.sleep(0)
        await engine.use(manifest("v2"))
        third = asyncio.create_task(engine.use(manifest("v3")))
        await asyncio.sleep(0)
        third.cancel()
        await asyncio.gather(third, return_exceptions=True)
        starter.engines[0].may_answer.set()
        assert await waiting == "v1"
    assert starter.alive == 0


async def test_the_end_waits_for_no_answer(starter: Starter, question: PolicyInput) -> None:
    async with SwitchingEngine.running(starter, manifest("v1"), question) as engine:
        starter.engines[0].may_answer.clear()
        waiting = asyncio.create_task(revision(engine, question))
        await asyncio.sleep(0)
        await engine.use(manifest("v2"))
    assert starter.alive == 0
    starter.engines[0].may_answer.set()
    with pytest.raises(EngineUnavailable):
        await waiting


async def test_an_engine_that_cannot_be_ended_keeps_no_other_from_judging(
    starter: Starter, question: PolicyInput
) -> None:
    engine_ends = SwitchingEngine.running(starter, manifest("v1"), question)
    async with engine_ends as engine:
        starter.ends_badly = True
        await engine.use(manifest("v2"))
        await engine.use(manifest("v3"))
        assert await revision(engine, question) == "v3"
        starter.ends_badly = False
