"""When a source is loaded, what a refusal leaves behind, and what is told of it how often."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from mlgate.errors import EngineUnavailable, PolicyError
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.reload import CHANGING, FIRST_PAUSE, LONGEST_PAUSE, TRIES, PolicyReload

FIRST = BundleManifest(revision="v1", codes=frozenset({"a.b"}), path=None)


class Source:
    """A source of a policy that the test changes, a clock it moves, and what was done with both."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, tzinfo=UTC)
        self.content = "v1"
        self.changing: Callable[[], None] = lambda: None
        self.refusal: Exception | None = None
        self.unusable: Exception | None = None
        self.loads = 0
        self.used: list[str] = []
        self.reload = PolicyReload(
            lambda: self.content, self.load, self.use, seen="v1", manifest=FIRST, clock=lambda: self.now
        )

    def load(self, judging: BundleManifest) -> BundleManifest:
        self.loads += 1
        built = replace(judging, revision=self.content.partition("#")[0])
        self.changing()
        if self.refusal is not None:
            raise self.refusal
        return built

    async def use(self, manifest: BundleManifest) -> None:
        if self.unusable is not None:
            raise self.unusable
        self.used.append(manifest.revision)

    async def seen(self, content: str) -> None:
        """The source as it is looked at twice."""
        self.content = content
        await self.reload.check()
        await self.reload.check()

    @property
    def judging(self) -> str:
        return self.reload.state.manifest.revision

    @property
    def problem(self) -> str | None:
        refused = self.reload.state.refused
        return refused.problem if refused else None


@pytest.fixture
def source() -> Source:
    return Source()


def events(logged: list[Any], name: str) -> list[dict[str, Any]]:
    return [line for line in logged if line["event"] == name]


async def test_what_does_not_change_is_not_loaded(source: Source) -> None:
    await source.reload.check()
    await source.reload.check()
    assert (source.loads, source.used, source.judging) == (0, [], "v1")


async def test_a_change_is_loaded_once_it_looks_the_same_twice(source: Source) -> None:
    source.content = "v2"
    await source.reload.check()
    assert source.loads == 0
    source.now += timedelta(minutes=1)
    with capture_logs() as logged:
        await source.reload.check()
    assert (source.used, source.judging, source.problem) == (["v2"], "v2", None)
    assert source.reload.state.loaded_at == source.now
    assert [(line["revision"], line["previous"]) for line in events(logged, "policy_loaded")] == [
        ("v2", "v1")
    ]
    await source.reload.check()
    assert source.loads == 1


async def test_what_still_changes_between_two_looks_is_left_alone(source: Source) -> None:
    for content in ("v2", "v3", "v4"):
        source.content = content
        await source.reload.check()
    assert source.loads == 0


async def test_an_order_loads_at_once(source: Source) -> None:
    source.content = "v2"
    await source.reload.check(at_once=True)
    assert source.judging == "v2"


async def test_a_change_that_comes_to_the_same_policy_switches_nothing(source: Source) -> None:
    await source.seen("v1#a comment")
    await source.reload.check()
    assert (source.loads, source.used, source.judging) == (1, [], "v1")


async def test_a_refused_policy_changes_nothing_and_is_told_once(source: Source) -> None:
    source.refusal = PolicyError("ours.rego:3: no; do so")
    with capture_logs() as logged:
        await source.seen("bad")
        await source.reload.check()
    state = source.reload.state
    assert (source.used, source.judging, source.problem) == ([], "v1", "ours.rego:3: no; do so")
    assert (state.failures, source.loads) == (1, 1)
    assert state.refused is not None
    assert state.refused.since == source.now
    assert [line["judging"] for line in events(logged, "policy_refused")] == ["v1"]


async def test_a_repaired_policy_judges(source: Source) -> None:
    source.refusal = PolicyError("no")
    await source.seen("bad")
    source.refusal = None
    await source.seen("v2")
    assert (source.used, source.judging, source.problem) == (["v2"], "v2", None)
    assert source.reload.state.failures == 1


async def test_what_judges_put_back_into_place_ends_the_complaint(source: Source) -> None:
    source.refusal = PolicyError("no")
    await source.seen("bad")
    with capture_logs() as logged:
        await source.seen("v1")
    assert (source.problem, source.used, source.loads) == (None, [], 1)
    assert len(events(logged, "policy_restored")) == 1


async def test_another_refusal_is_told_with_its_own_time(source: Source) -> None:
    source.refusal = PolicyError("no")
    await source.seen("bad")
    source.now += timedelta(minutes=1)
    source.refusal = PolicyError("neither")
    with capture_logs() as logged:
        await source.seen("worse")
    assert source.reload.state.refused is not None
    assert source.reload.state.refused.since == source.now
    assert [line["problem"] for line in events(logged, "policy_refused")] == ["neither"]


async def test_a_refused_policy_is_tried_again_after_a_pause_that_grows(source: Source) -> None:
    source.refusal = EngineUnavailable("OPA did not answer within 15 s of its start")
    with capture_logs() as logged:
        await source.seen("v2")
        pause = FIRST_PAUSE
        for tries in range(1, 8):
            source.now += pause - timedelta(seconds=1)
            await source.reload.check()
            assert source.loads == tries
            source.now += timedelta(seconds=1)
            await source.reload.check()
            assert source.loads == tries + 1
            pause = min(pause * 2, LONGEST_PAUSE)
    assert len(events(logged, "policy_refused")) == 1
    source.refusal = None
    source.now += LONGEST_PAUSE
    await source.reload.check()
    assert source.judging == "v2"


async def test_an_order_tries_a_refused_policy_again_and_tells_it_again(source: Source) -> None:
    source.refusal = PolicyError("no")
    await source.seen("bad")
    since, source.now = source.now, source.now + timedelta(seconds=1)
    with capture_logs() as logged:
        await source.reload.check(at_once=True)
    assert [line["changed"] for line in events(logged, "policy_reload_ordered")] == [True]
    assert len(events(logged, "policy_refused")) == 1
    assert source.reload.state.failures == 2
    assert source.reload.state.refused is not None
    assert source.reload.state.refused.since == since


async def test_an_engine_that_does_not_take_the_policy_leaves_the_one_before(source: Source) -> None:
    source.unusable = PolicyError("policy v2 decides nothing")
    await source.seen("v2")
    assert (source.judging, source.problem) == ("v1", "policy v2 decides nothing")


async def test_a_source_that_changes_while_it_is_read_is_read_again(source: Source) -> None:
    def half() -> None:
        source.content, source.refusal = "v3", None

    source.changing, source.refusal = half, PolicyError("half of it")
    await source.seen("v2")
    assert (source.loads, source.used, source.problem) == (2, ["v3"], None)
    assert source.reload.state.failures == 0


async def test_a_source_that_always_changes_while_it_is_read_is_refused(source: Source) -> None:
    def again() -> None:
        source.content += "."

    source.changing = again
    await source.seen("v2")
    assert (source.loads, source.used, source.problem) == (TRIES, [], CHANGING)


@pytest.mark.parametrize("part", ["load", "use"])
async def test_a_fault_of_ours_is_a_refusal_and_ends_no_watch(source: Source, part: str) -> None:
    fault = ZeroDivisionError("a secret")
    source.refusal, source.unusable = (fault, None) if part == "load" else (None, fault)
    with capture_logs() as logged:
        await source.seen("v2")
    assert source.judging == "v1"
    assert "ZeroDivisionError" in str(source.problem)
    assert "a secret" not in str(logged)
    source.refusal = source.unusable = None
    await source.seen("v3")
    assert source.judging == "v3"


async def test_the_source_is_watched_until_the_watch_is_cancelled(source: Source) -> None:
    watching = asyncio.create_task(source.reload.watch(0.001, asyncio.Event()))
    source.content = "v2"
    async with asyncio.timeout(30):
        while source.judging != "v2":
            await asyncio.sleep(0.001)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert watching.cancelled()


async def test_without_a_time_between_looks_only_an_order_counts(source: Source) -> None:
    ordered = asyncio.Event()
    watching = asyncio.create_task(source.reload.watch(0, ordered))
    source.content = "v2"
    for _ in range(100):
        await asyncio.sleep(0)
    assert source.loads == 0
    ordered.set()
    async with asyncio.timeout(30):
        while source.judging != "v2":
            await asyncio.sleep(0.001)
    assert not ordered.is_set()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_a_source_that_was_refused_at_the_start_is_tried_again_later_and_at_once_when_it_changes(
    source: Source,
) -> None:
    source.content = "bad"
    source.refusal = PolicyError("no; do so")
    with capture_logs() as logged:
        source.reload = PolicyReload(
            lambda: source.content,
            source.load,
            source.use,
            seen="bad",
            manifest=FIRST,
            clock=lambda: source.now,
            refused="no; do so",
        )
        await source.reload.check()
    assert (source.problem, source.judging, source.loads) == ("no; do so", "v1", 0)
    assert [line["problem"] for line in events(logged, "policy_refused")] == ["no; do so"]
    source.now += FIRST_PAUSE
    await source.reload.check()
    assert source.loads == 1
    source.refusal = None
    await source.seen("v2")
    assert (source.problem, source.judging, source.used) == (None, "v2", ["v2"])


@pytest.mark.parametrize("at_once", [True, False])
async def test_what_is_elsewhere_is_brought_up_to_date_before_it_is_looked_at(
    source: Source, *, at_once: bool
) -> None:
    told: list[bool] = []

    async def refresh(ordered: bool) -> None:  # noqa: FBT001 - the shape of the reload
        told.append(ordered)
        source.content = "v2"

    source.reload = PolicyReload(
        lambda: source.content, source.load, source.use, seen="v1", manifest=FIRST, refresh=refresh
    )
    await source.reload.check(at_once=at_once)
    await source.reload.check()
    assert (told, source.judging) == ([at_once, False], "v2")
