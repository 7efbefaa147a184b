"""Put a gate together from settings: policy bundle, engine, cluster, gate.

The one place that knows which port gets which implementation. The webhook and the command line
differ in what they hand in here, and in nothing that decides.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate import __version__
from mlgate.audit.log import AuditSink, LogSink, NoSink
from mlgate.domain.deadline import Deadline
from mlgate.engines import bundle_for, engine_for, opa_for, opa_version
from mlgate.errors import MlgateError, SettingsError
from mlgate.evidence.cards.formats import API_VERSION
from mlgate.evidence.cluster import KubernetesCluster
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.files import FileCluster
from mlgate.evidence.layered import LayeredCluster
from mlgate.gate import Gate, now_utc
from mlgate.live_policy import LivePolicy, live_policy
from mlgate.options import closing_registries, options_for
from mlgate.policy.engine import PolicyEngine
from mlgate.policy.local_opa import find_opa
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.opa_calls import in_thread
from mlgate.settings import Settings, kubeconfig_path, load_settings

API_SECONDS = 10.0
"""Time for one read of a command that a person waits for."""


@dataclass(frozen=True)
class Running:
    """A gate that is ready, and the policy it asks."""

    gate: Gate
    engine: PolicyEngine
    manifest: BundleManifest
    """Of the policy it started with."""
    opa_version: str | None
    policy: LivePolicy | None = None
    """Where the policy follows its source."""

    def versions(self) -> dict[str, str | None]:
        """What judges here."""
        revision = self.policy.judging if self.policy else self.manifest.revision
        return {"mlgate": __version__, "policy": revision, "opa": self.opa_version}


def installed_versions(settings: Settings) -> dict[str, str | None]:
    """What would judge here. A part that is not there is null."""
    found: dict[str, str | None] = {"mlgate": __version__, "policy": None, "opa": None}
    try:
        opa = find_opa(settings.opa.binary)
        found["opa"] = opa_version(opa)
        found["policy"] = bundle_for(settings, opa).revision
    except MlgateError:
        return found
    return found


@contextmanager
def _cluster_for(settings: Settings) -> Iterator[Cluster]:
    """The cluster: files that stand for it, or the live one with its watches running."""
    chosen = settings.evidence
    if chosen.files:
        yield FileCluster.load(chosen.files, assume_authenticated=chosen.assume_authenticated)
        return
    cluster = KubernetesCluster.connect(
        chosen.kubeconfig,
        chosen.context,
        per_call_timeout=chosen.call_seconds,
        # Where the region is known nobody asks the nodes.
        unwatched=frozenset({"Node"} if chosen.region is not None else ()),
    )
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


@asynccontextmanager
async def assemble(settings: Settings, sink: AuditSink | None = None) -> AsyncIterator[Running]:
    """Everything `mlgate serve` needs, started; stopped again at the end.

    Raises:
        MlgateError: a part cannot be started; the message says which and why.
    """
    opa = opa_for(settings)
    extraction, gathering = options_for(settings)
    with _cluster_for(settings) as cluster:
        async with live_policy(settings, opa) as policy, closing_registries(gathering):
            gate = Gate(
                engine=policy.engine,
                cluster=cluster,
                sink=sink or LogSink(),
                extract_options=extraction,
                evidence_options=gathering,
                allow_on_error=settings.decision.on_error == "allow",
            )
            version = opa_version(opa) if opa else None
            yield Running(gate, policy.engine, policy.state.manifest, version, policy)


@dataclass(frozen=True)
class CheckFrom:
    """What a check takes its evidence from and judges by."""

    objects: tuple[dict[str, Any], ...]
    namespace: str
    profile: str | None = None
    at: str | None = None
    bundle: Path | None = None
    overrides: Path | None = None
    context: str | None = None
    live: bool = False
    """Evidence is taken from the cluster of the current context, where none is named."""
    assume_authenticated: bool = False
    card_files: dict[str, bytes] | None = None
    card_signatures: dict[str, tuple[str, ...]] | None = None
    """The signatures beside those cards, by the path of the card."""
    bundle_key: Path | None = None

    def settings(self) -> Settings:
        """The settings of a check: every source of cards that works with files."""
        chosen = load_settings(
            {
                "policy": {
                    "bundle": self.bundle,
                    "settings": self.overrides,
                    "verification_key": self.bundle_key,
                },
                "evidence": {
                    "context": self.context,
                    "card_sources": frozenset({"modelcard", "configmap", "file"}),
                },
            }
        )
        # Files are at hand, so looking at the signatures beside cards costs nothing where a signer is known.
        signers = chosen.signatures
        verified = signers.cards or bool(signers.keys) or signers.trusted_root is not None
        return chosen.model_copy(update={"signatures": signers.model_copy(update={"cards": verified})})


@contextmanager
def _checked_cluster(source: CheckFrom, settings: Settings) -> Iterator[Cluster]:
    """The files, with a live cluster behind them when one is named."""
    files = FileCluster.load(
        objects=source.objects,
        namespace=source.namespace,
        assume_authenticated=source.assume_authenticated,
    )
    if source.context is None and not source.live:
        yield files
        return
    live = KubernetesCluster.connect(settings.evidence.kubeconfig or kubeconfig_path(), source.context)
    try:
        yield LayeredCluster(files, live)
    finally:
        live.stop()


@asynccontextmanager
async def assemble_check(source: CheckFrom) -> AsyncIterator[Running]:
    """A gate for manifests in files. Nothing is enforced by it and nothing is recorded."""
    settings = source.settings()
    opa = opa_for(settings)
    manifest = await in_thread(bundle_for, settings, opa)
    async with engine_for(settings, manifest, opa) as engine:
        with gate_for_check(source, engine) as gate:
            yield Running(gate, engine, manifest, None)


@contextmanager
def gate_for_check(source: CheckFrom, engine: PolicyEngine) -> Iterator[Gate]:
    """A gate that takes its evidence from there and asks an engine that runs already."""
    settings = source.settings()
    extraction, gathering = options_for(
        settings,
        profile=source.profile,
        card_files=source.card_files or {},
        card_signatures=source.card_signatures or {},
    )
    moment = source.at
    clock: Callable[[], str] = (lambda: moment) if moment else now_utc
    with _checked_cluster(source, settings) as cluster:
        yield Gate(
            engine=engine,
            cluster=cluster,
            sink=NoSink(),
            extract_options=extraction,
            evidence_options=gathering,
            clock=clock,
        )


async def card_from_cluster(name: str, namespace: str, context: str | None) -> dict[str, Any]:
    """A ModelCard object of the cluster.

    Raises:
        SettingsError: there is no usable kubeconfig, or the cluster holds no such card.
        EvidenceUnavailable: the cluster does not answer.
    """
    return await record_from_cluster("ModelCard", name, namespace, context)


async def record_from_cluster(kind: str, name: str, namespace: str, context: str | None) -> dict[str, Any]:
    """An object of mlgate's own kinds.

    Raises:
        SettingsError: there is no usable kubeconfig, or the cluster holds no such object.
        EvidenceUnavailable: the cluster does not answer.
    """
    with _live(context) as live:
        deadline = Deadline.after(API_SECONDS)
        found = await live.get(API_VERSION, kind, namespace, name, deadline=deadline, fresh=True)
    if found is None:
        raise SettingsError(f"there is no {kind} {name} in namespace {namespace}")
    return found


async def cards_of_cluster(namespace: str, context: str | None) -> list[dict[str, Any]]:
    """All ModelCards of a namespace.

    Raises:
        SettingsError: there is no usable kubeconfig.
        EvidenceUnavailable: the cluster does not answer.
    """
    with _live(context) as live:
        deadline = Deadline.after(API_SECONDS)
        return await live.list(API_VERSION, "ModelCard", namespace, deadline=deadline, fresh=True)


async def cluster_user(context: str | None) -> str | None:
    """The login name under which the cluster knows whoever runs this.

    Raises:
        SettingsError: there is no usable kubeconfig.
        EvidenceUnavailable: the cluster does not answer.
    """
    with _live(context) as live:
        return await live.whoami(Deadline.after(API_SECONDS))


@contextmanager
def _live(context: str | None) -> Iterator[KubernetesCluster]:
    """The cluster, to be read from once. Raises SettingsError where there is no usable kubeconfig."""
    live = KubernetesCluster.connect(kubeconfig_path(), context, per_call_timeout=API_SECONDS)
    try:
        yield live
    finally:
        live.stop()
