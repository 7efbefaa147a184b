"""The policy of a server: the engine that judges by it, and the watch that keeps it up to date."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mlgate.audit.log import NoSink
from mlgate.domain.deadline import Deadline
from mlgate.domain.policy_input import PolicyInput
from mlgate.domain.request import GroupVersionKind, Request
from mlgate.engines import MANAGED, last_good, managed_engine, remote_engine
from mlgate.errors import MlgateError
from mlgate.evidence.options import EvidenceOptions
from mlgate.gate import Gate
from mlgate.policy.engine import NoEngine, PolicyEngine
from mlgate.policy.handover import HandedOver, unsigned
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.opa import OpaEngine
from mlgate.policy.opa_calls import in_thread
from mlgate.policy.publishing import Publisher
from mlgate.policy.reload import PolicyReload, PolicyState
from mlgate.policy.sidecar import BUNDLE, check_sidecar
from mlgate.policy.switching import SwitchingEngine, tried
from mlgate.policy_source import PolicySource
from mlgate.settings import Settings
from mlgate.workloads.extract import ExtractOptions

_TRIAL_SECONDS = 10.0
_TRIAL = {
    "apiVersion": "serving.kserve.io/v1beta1",
    "kind": "InferenceService",
    "metadata": {"name": "mlgate-trial", "namespace": "mlgate-trial"},
    "spec": {"predictor": {"model": {"modelFormat": {"name": "onnx"}, "storageUri": "s3://models/trial/1/"}}},
}
"""A model that nothing is known of. What a policy says of it does not matter, but that it says it."""


@dataclass(frozen=True)
class LivePolicy:
    """What judges, and what becomes of its source."""

    engine: PolicyEngine
    reload: PolicyReload
    source: PolicySource | None = None

    @property
    def state(self) -> PolicyState:
        """What was loaded, and what was refused since."""
        return self.reload.state

    @property
    def judging(self) -> str:
        """The revision that judges; of an OPA that runs elsewhere, as far as it was asked."""
        loaded = self.engine.loaded if isinstance(self.engine, OpaEngine | HandedOver) else None
        return loaded or self.state.manifest.revision

    async def watch(self, seconds: float, ordered: asyncio.Event) -> None:
        """Follow the source until cancelled, as `PolicyReload.watch` says."""
        await self.reload.watch(seconds, ordered)


@asynccontextmanager
async def live_policy(settings: Settings, opa: Path | None) -> AsyncIterator[LivePolicy]:
    """The policy that the settings name, judging for as long as the block lasts.

    An OPA of our own is replaced by one with the new policy. One that shares a folder with us is handed the
    new policy, and keeps the one before until it has taken it. One that runs elsewhere gets its policy from
    somebody else, before or after the source here changes: decisions by the new one and by the one before
    are both taken, each held against the codes of its own.

    Raises:
        MlgateError: the policy is refused, or there is no engine for it.
    """
    source = PolicySource.of(settings, opa)
    await source.refresh(ordered=True)
    if settings.opa.url == MANAGED:
        running = _managed(source)
    else:
        running = _elsewhere(source) if settings.opa.shared_dir is None else _beside(source)
    async with running as policy:
        yield policy


def _live(
    source: PolicySource,
    engine: PolicyEngine,
    use: Callable[[BundleManifest], Awaitable[None]],
    seen: str,
    manifest: BundleManifest,
    refused: str | None = None,
) -> LivePolicy:
    reload = PolicyReload(
        source.look,
        lambda judging: source.load(judging.sequence),
        use,
        seen=seen,
        manifest=manifest,
        refused=refused,
        refresh=source.refresh,
    )
    return LivePolicy(engine, reload, source)


@asynccontextmanager
async def _managed(source: PolicySource) -> AsyncIterator[LivePolicy]:
    opa, settings, seen = source.opa, source.settings, source.look()
    assert opa is not None  # noqa: S101 - `opa_for` finds it or refuses
    manifest, trial = await in_thread(source.load), await trial_question()
    async with SwitchingEngine.running(
        lambda chosen: managed_engine(settings, chosen, opa), manifest, trial
    ) as engine:
        yield _live(source, engine, engine.use, seen, manifest)


@asynccontextmanager
async def _elsewhere(source: PolicySource) -> AsyncIterator[LivePolicy]:
    seen = source.look()
    known = [await in_thread(source.load)]

    async def use(chosen: BundleManifest) -> None:
        known[:] = [chosen, known[0]]

    async with remote_engine(source.settings, lambda: known) as remote:
        yield _live(source, remote, use, seen, known[0])


@asynccontextmanager
async def _beside(source: PolicySource) -> AsyncIterator[LivePolicy]:
    """An OPA that is handed its policy. Where the source is refused at the start, by what it had last."""
    opa, settings, seen = source.opa, source.settings, source.look()
    assert opa is not None  # noqa: S101 - `opa_for` finds it or refuses
    before, trial = await in_thread(last_good, settings, opa), await trial_question()

    async def try_out(chosen: BundleManifest, content: bytes) -> None:
        with tempfile.TemporaryDirectory(prefix="mlgate-") as folder:
            copy = Path(folder) / BUNDLE
            await asyncio.to_thread(copy.write_bytes, unsigned(content))
            async with managed_engine(settings, replace(chosen, path=copy), opa) as engine:
                await tried(engine, chosen, trial)

    known: list[BundleManifest] = []
    async with (
        Publisher.on(settings.opa.bundle_port, check_sidecar(settings)) as publisher,
        remote_engine(settings, lambda: known) as client,
    ):
        engine = HandedOver(client, known, publisher, try_out, seconds=settings.opa.takeover_seconds)
        least = before.sequence if before is not None else 0
        try:
            manifest, refused = await in_thread(source.load, least), None
            await engine.begin(manifest, before)
        except MlgateError as problem:
            if before is None:
                raise
            manifest, refused = before, str(problem)
            await engine.begin(before)
        yield _live(source, engine, engine.use, seen, manifest, refused)


async def trial_question() -> PolicyInput:
    """What every policy must be able to answer, made by the arrows that make all questions."""
    kind = GroupVersionKind(group="serving.kserve.io", version="v1beta1", kind="InferenceService")
    request = Request(
        origin="check",
        uid=None,
        operation="CREATE",
        dry_run=True,
        kind=kind,
        namespace="mlgate-trial",
        name="mlgate-trial",
        sub_resource=None,
        user_info=None,
        object=dict(_TRIAL),
        old_object=None,
    )
    gate = Gate(NoEngine(), None, NoSink(), ExtractOptions(), EvidenceOptions())
    question = await gate.question(request, Deadline.after(_TRIAL_SECONDS))
    assert question is not None  # noqa: S101 - it serves a model
    return question
