"""Keeps the policy of a server up to date with its source, and never for a worse one.

The source is looked at again and again. What changed is built and checked by what the start uses, then
taken over. What is refused changes nothing: the last good policy judges on, and the state here says why.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from mlgate.errors import MlgateError
from mlgate.logs import fault_places, get_logger
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.opa_calls import in_thread

TRIES = 3
"""Times a source is read that changes while it is read."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)
"""A source that was refused and stays as it is, is tried again: disk, memory or time may have been short."""

CHANGING = "the policy changes while it is read; write it elsewhere and move it into place, then send SIGHUP"


def now_utc() -> datetime:
    """The current moment."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Refused:
    """The newest policy, which does not judge."""

    since: datetime
    problem: str
    """Why, in one line with file, line and fix."""


@dataclass(frozen=True)
class PolicyState:
    """What judges, and what does not."""

    manifest: BundleManifest
    loaded_at: datetime
    refused: Refused | None = None
    """Null while the source is what judges."""
    failures: int = 0
    """Loads that failed since the start."""


class PolicyReload:
    """Watches one source. Runs on the event loop; what takes time is done in a thread beside it."""

    def __init__(
        self,
        look: Callable[[], str],
        load: Callable[[BundleManifest], BundleManifest],
        use: Callable[[BundleManifest], Awaitable[None]],
        *,
        seen: str,
        manifest: BundleManifest,
        clock: Callable[[], datetime] = now_utc,
        refused: str | None = None,
        refresh: Callable[[bool], Awaitable[None]] | None = None,
    ) -> None:
        """A policy that judges already.

        Args:
            look: a digest of the source as it is.
            load: builds and checks the source, given what judges now.
            use: lets a policy judge; when it fails, nothing has changed.
            seen: the digest of the source that judges.
            manifest: what judges.
            clock: the time.
            refused: why the source is not what judges, where it was refused at the start.
            refresh: brings the source up to date where it is elsewhere; told whether somebody ordered it.
        """
        self._look, self._load, self._use, self._clock = look, load, use, clock
        self._refresh = refresh
        self._judging, self._last = seen if refused is None else "", seen
        self._failed: str | None = None
        self._again_at = datetime.max.replace(tzinfo=UTC)
        self._pause = FIRST_PAUSE
        self.state = PolicyState(manifest, clock())
        if refused is not None:
            self._refuse(seen, refused)

    async def watch(self, seconds: float, ordered: asyncio.Event) -> None:
        """Look at the source until cancelled.

        Args:
            seconds: time between two looks; 0 looks only when ordered.
            ordered: set by whoever wants the source loaded at once.
        """
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ordered.wait(), seconds or None)
            at_once = ordered.is_set()
            ordered.clear()
            await self.check(at_once=at_once)

    async def check(self, *, at_once: bool = False) -> None:
        """Look once, and load what changed.

        Args:
            at_once: also what changed since the last look, and may still be being written, or was refused
                before.
        """
        try:
            if self._refresh is not None:
                await self._refresh(at_once)
            found = await asyncio.to_thread(self._look)
            steady, self._last = found == self._last, found
            if at_once:
                get_logger().info("policy_reload_ordered", changed=found != self._judging)
                self._failed = None  # whoever ordered it is told again
            if found == self._judging:
                self._back()
            elif at_once or (steady and self._is_due(found)):
                await self._take(found)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the watch goes on
            get_logger().error("policy_watch_failed", faults=fault_places(fault))
            self._refuse(self._last, f"an internal error stopped it ({type(fault).__name__}); see the log")

    def _is_due(self, found: str) -> bool:
        return found != self._failed or self._clock() >= self._again_at

    def _back(self) -> None:
        """The source is again what judges."""
        if self.state.refused is not None:
            get_logger().info("policy_restored", revision=self.state.manifest.revision)
            self.state = replace(self.state, refused=None)
            self._failed = None

    async def _take(self, found: str) -> None:
        """Load what was found, once it stays the same while it is read."""
        for _ in range(TRIES):
            manifest: BundleManifest | None = None
            problem = CHANGING
            try:
                manifest = await in_thread(self._load, self.state.manifest)
            except (MlgateError, OSError) as refusal:
                problem = str(refusal)
            before, found = found, await asyncio.to_thread(self._look)
            self._last = found
            if before == found:
                break
        else:
            manifest, problem = None, CHANGING
        if manifest is None:
            self._refuse(found, problem)
            return
        try:
            await self._switch(manifest)
        except (MlgateError, OSError) as refusal:
            self._refuse(found, str(refusal))
            return
        self._judging, self._failed, self._pause = found, None, FIRST_PAUSE

    async def _switch(self, manifest: BundleManifest) -> None:
        """Let it judge, unless it does so already: what changed may have been a comment or a date."""
        before = self.state.manifest
        if manifest != before:
            await self._use(manifest)
        self.state = replace(self.state, manifest=manifest, loaded_at=self._clock(), refused=None)
        get_logger().info("policy_loaded", revision=manifest.revision, previous=before.revision)

    def _refuse(self, found: str, problem: str) -> None:
        """Note that the newest policy does not judge; tell each reason once."""
        now, before = self._clock(), self.state.refused
        known = before is not None and before.problem == problem
        if not known or found != self._failed:
            get_logger().error("policy_refused", problem=problem, judging=self.state.manifest.revision)
        refused = before if known else Refused(now, problem)
        self.state = replace(self.state, refused=refused, failures=self.state.failures + 1)
        self._pause = min(self._pause * 2, LONGEST_PAUSE) if found == self._failed else FIRST_PAUSE
        self._failed, self._again_at = found, now + self._pause
