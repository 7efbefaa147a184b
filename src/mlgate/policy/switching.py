"""Replaces the policy under a running gate, so that no question is lost and none is judged by two.

Each policy has an engine of its own. A question is answered by the engine it was put to, also when
another one has taken over since; that one ends when it has answered all of its questions.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Decision
from mlgate.domain.policy_input import PolicyInput
from mlgate.errors import EngineError, PolicyError
from mlgate.logs import fault_places, get_logger
from mlgate.policy.engine import PolicyEngine
from mlgate.policy.manifest import BundleManifest

TRIAL_SECONDS = 10.0

Start = Callable[[BundleManifest], AbstractAsyncContextManager[PolicyEngine]]
"""Runs an engine with one policy."""


@dataclass
class _Seat:
    """One engine, from its start to its end."""

    engine: PolicyEngine
    life: AsyncExitStack
    asked: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)


class SwitchingEngine:
    """The engine of the policy that judges now."""

    def __init__(self, start: Start, trial: PolicyInput, seat: _Seat) -> None:
        """Use `SwitchingEngine.running`, which also ends it."""
        self._start = start
        self._trial = trial
        self._seat = seat
        self._before: _Seat | None = None
        self._leaving: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def running(cls, start: Start, manifest: BundleManifest, trial: PolicyInput) -> AsyncIterator[Self]:
        """Judge by a policy for as long as the block lasts, or by those that follow it.

        Args:
            start: runs an engine with a policy.
            manifest: the first one.
            trial: a question that each must answer before it judges.

        Raises:
            PolicyError: it does not answer it.
            MlgateError: its engine cannot be started.
        """
        engine = cls(start, trial, await _seated(start, manifest, trial))
        try:
            yield engine
        finally:
            await engine.aclose()

    async def use(self, manifest: BundleManifest) -> None:
        """Judge by this policy from now on. While it fails the one before judges.

        There are never more than two engines: one that still answers is waited for.

        Raises:
            PolicyError: it does not answer the trial question.
            MlgateError: its engine cannot be started.
        """
        await self._gone()
        seat = await _seated(self._start, manifest, self._trial)
        self._before, self._seat = self._seat, seat
        self._leaving = asyncio.create_task(_left(self._before))

    async def decide(self, question: PolicyInput, deadline: Deadline) -> Decision:
        """Ask the engine that is there now, as `PolicyEngine.decide` says."""
        seat = self._seat
        seat.asked += 1
        seat.idle.clear()
        try:
            return await seat.engine.decide(question, deadline)
        finally:
            seat.asked -= 1
            if not seat.asked:
                seat.idle.set()

    async def ready(self) -> str | None:
        """Why the engine that is there now would give no decision."""
        return await self._seat.engine.ready()

    async def aclose(self) -> None:
        """End all engines, whatever they are still asked."""
        if self._before is not None:
            self._before.idle.set()
        await self._gone()
        await self._seat.life.aclose()

    async def _gone(self) -> None:
        """Wait for the end of the engine before; whoever stops waiting does not stop it."""
        if self._leaving is not None:
            await asyncio.wait({self._leaving})


async def _seated(start: Start, manifest: BundleManifest, trial: PolicyInput) -> _Seat:
    async with AsyncExitStack() as life:
        engine = await life.enter_async_context(start(manifest))
        await tried(engine, manifest, trial)
        seat = _Seat(engine, life.pop_all())
    seat.idle.set()
    return seat


async def tried(engine: PolicyEngine, manifest: BundleManifest, trial: PolicyInput) -> None:
    """Go on only with a policy that can answer.

    Raises:
        PolicyError: its engine does not answer the trial question.
    """
    try:
        await engine.decide(trial, Deadline.after(TRIAL_SECONDS))
    except EngineError as problem:
        raise PolicyError(
            f"policy {manifest.revision} decides nothing: {problem}; `mlgate policy test` runs its rules"
        ) from problem


async def _left(seat: _Seat) -> None:
    """End an engine that is asked nothing more, after its last answer; each question has a deadline."""
    await seat.idle.wait()
    try:
        await seat.life.aclose()
    except Exception as fault:  # noqa: BLE001 - nobody waits for it who could do anything about it
        get_logger().error("engine_not_ended", faults=fault_places(fault))
