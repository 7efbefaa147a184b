"""The policy of a server: from where it comes, whom it asks, and what every policy must answer."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from mlgate.domain.deadline import Deadline
from mlgate.engines import opa_for
from mlgate.errors import DecisionInvalid, PolicyError
from mlgate.live_policy import LivePolicy, live_policy, trial_question
from mlgate.policy.bundle import build_bundle
from mlgate.policy.local_opa import ManagedOpa, find_opa
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.sidecar import write_sidecar
from mlgate.settings import Settings, load_settings


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> list[BundleManifest]:
    """The shipped policy, and twice the same with another setting."""
    folder = tmp_path_factory.mktemp("bundles")
    return [
        build_bundle(None, {"fairness": {"tolerance": tolerance}}, folder, find_opa())
        for tolerance in (0.001, 0.002, 0.003)
    ]


@pytest.fixture
def named(bundles: list[BundleManifest], tmp_path: Path) -> Path:
    """The file that the settings name."""
    path = tmp_path / "policy.tar.gz"
    put(bundles[0], path)
    return path


def put(bundle: BundleManifest, path: Path) -> None:
    assert bundle.path is not None
    shutil.copy(bundle.path, path)


def spoil(path: Path) -> None:
    path.write_bytes(b"none")


def settings(named: Path, **opa: object) -> Settings:
    cache = named.parent / "cache"
    return load_settings({"opa": opa, "policy": {"bundle": named}, "decision": {"cache_dir": cache}})


async def revision(policy: LivePolicy) -> str:
    """What judges, by what OPA says."""
    assert await policy.engine.ready() is None
    decision = await policy.engine.decide(await trial_question(), Deadline.after(30))
    assert decision.revision == policy.judging
    return policy.judging


@asynccontextmanager
async def elsewhere(bundle: BundleManifest, named: Path) -> AsyncIterator[Settings]:
    """An OPA that somebody else gave a policy, and the settings to ask it."""
    assert bundle.path is not None
    token = named.with_name("token")
    async with ManagedOpa.start(bundle.path) as child:
        token.write_text(child.token)
        yield settings(named, url=child.url, token_file=token)


async def test_the_trial_is_about_a_model_that_nothing_is_known_of() -> None:
    question = await trial_question()
    assert question.workload is not None
    assert [model.name for model in question.workload.models]
    assert question.cards == ()


async def test_an_opa_of_our_own_judges_by_the_new_policy(bundles: list[BundleManifest], named: Path) -> None:
    chosen = settings(named)
    async with live_policy(chosen, opa_for(chosen)) as policy:
        assert await revision(policy) == bundles[0].revision
        put(bundles[1], named)
        await policy.reload.check(at_once=True)
        assert await revision(policy) == bundles[1].revision
        spoil(named)
        await policy.reload.check(at_once=True)
        assert policy.state.refused is not None
        assert await revision(policy) == bundles[1].revision


async def test_a_refused_policy_refuses_the_start(named: Path) -> None:
    spoil(named)
    chosen = settings(named)
    with pytest.raises(PolicyError, match=r"policy\.tar\.gz"):
        async with live_policy(chosen, opa_for(chosen)):
            pytest.fail("it started")


async def test_an_opa_elsewhere_may_keep_the_policy_before_but_none_older(
    bundles: list[BundleManifest], named: Path
) -> None:
    async with elsewhere(bundles[0], named) as chosen, live_policy(chosen, None) as policy:
        put(bundles[1], named)
        await policy.reload.check(at_once=True)
        assert policy.state.manifest.revision == bundles[1].revision
        assert await revision(policy) == bundles[0].revision
        put(bundles[2], named)
        await policy.reload.check(at_once=True)
        assert "another policy" in str(await policy.engine.ready())
        with pytest.raises(DecisionInvalid, match="not the one loaded"):
            await policy.engine.decide(await trial_question(), Deadline.after(30))


async def test_an_opa_elsewhere_that_has_the_new_policy_first_is_waited_for(
    bundles: list[BundleManifest], named: Path
) -> None:
    async with elsewhere(bundles[1], named) as chosen, live_policy(chosen, None) as policy:
        assert "another policy" in str(await policy.engine.ready())
        put(bundles[1], named)
        await policy.reload.check(at_once=True)
        assert await revision(policy) == bundles[1].revision


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def beside(named: Path) -> AsyncIterator[Settings]:
    """An OPA that shares a folder with us, and the settings to hand it a policy."""
    opa = {
        "url": f"http://127.0.0.1:{free_port()}",
        "shared_dir": named.parent / "shared",
        "token_file": named.parent / "token",
        "bundle_port": free_port(),
    }
    chosen = settings(named, **opa)
    process = await asyncio.create_subprocess_exec(
        find_opa(),
        *write_sidecar(chosen),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield chosen
    finally:
        process.kill()
        await process.wait()


async def until_ready(policy: LivePolicy) -> str:
    async with asyncio.timeout(60):
        while await policy.engine.ready() is not None:
            await asyncio.sleep(0.05)
    return await revision(policy)


async def test_an_opa_beside_us_is_handed_its_policy_and_starts_again_with_the_last_good_one(
    bundles: list[BundleManifest], named: Path
) -> None:
    async with beside(named) as chosen:
        async with live_policy(chosen, opa_for(chosen)) as policy:
            assert await until_ready(policy) == bundles[0].revision
            put(bundles[1], named)
            await policy.reload.check(at_once=True)
            assert (policy.state.refused, await revision(policy)) == (None, bundles[1].revision)
            spoil(named)
            await policy.reload.check(at_once=True)
            assert policy.state.refused is not None
        async with live_policy(chosen, opa_for(chosen)) as policy:
            assert policy.state.refused is not None
            assert await until_ready(policy) == bundles[1].revision
            put(bundles[2], named)
            await policy.reload.check(at_once=True)
            assert (policy.state.refused, await revision(policy)) == (None, bundles[2].revision)


async def test_an_opa_beside_us_is_handed_nothing_that_was_refused_where_there_is_no_last_good_policy(
    named: Path,
) -> None:
    spoil(named)
    async with beside(named) as chosen:
        with pytest.raises(PolicyError, match=r"policy\.tar\.gz"):
            async with live_policy(chosen, opa_for(chosen)):
                pytest.fail("it started")
        assert not (named.parent / "shared" / "bundle.tar.gz").exists()
