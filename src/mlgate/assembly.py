"""Put a gate together from settings: policy bundle, engine, cluster, gate.

The one place that knows which port gets which implementation. The webhook and the command line
differ in what they hand in here, and in nothing that decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate import __version__
from mlgate.audit.log import AuditSink, LogSink, NoSink
from mlgate.domain.deadline import Deadline
from mlgate.errors import MlgateError, PolicyError, SettingsError
from mlgate.evidence.cluster import KubernetesCluster
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.files import FileCluster
from mlgate.evidence.layered import LayeredCluster
from mlgate.evidence.options import EvidenceOptions
from mlgate.gate import Gate, now_utc
from mlgate.policy.bundle import build_bundle
from mlgate.policy.engine import PolicyEngine
from mlgate.policy.loading import load_bundle
from mlgate.policy.local_opa import ManagedOpa, find_opa
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.opa import OpaEngine
from mlgate.policy.opa_calls import stoppable
from mlgate.policy.opa_command import run_opa
from mlgate.settings import Settings, kubeconfig_path, load_settings, user_cache
from mlgate.workloads.credentials import scan_entries, scan_text_places
from mlgate.workloads.extract import ExtractOptions

API_SECONDS = 10.0
"""Time for one read of a command that a person waits for."""


@dataclass(frozen=True)
class Running:
    """A gate that is ready, and the policy it asks."""

    gate: Gate
    engine: PolicyEngine
    manifest: BundleManifest
    opa_version: str | None

    def versions(self) -> dict[str, str | None]:
        """What judges here."""
        return {"mlgate": __version__, "policy": self.manifest.revision, "opa": self.opa_version}


def opa_for(settings: Settings) -> Path | None:
    """The opa program; null where there is none and none is needed: OPA runs elsewhere, the bundle is built.

    Raises:
        SettingsError: it is needed and not there, or the one that is set is no program.
    """
    chosen, bundle = settings.opa, settings.policy.bundle
    needed = chosen.binary is not None or chosen.url == "managed" or bundle is None or not bundle.is_file()
    try:
        return find_opa(chosen.binary)
    except SettingsError:
        if needed:
            raise
        return None


def bundle_for(settings: Settings, opa: Path | None) -> BundleManifest:
    """The bundle to load: built from the shipped or named source tree, or a built one that is checked.

    Raises:
        PolicyError: the policy, the site's settings or the bundle are not valid.
        SettingsError: the named one does not exist, cannot carry a signature, or must be built and there is
            no program to do it.
    """
    named, overrides = settings.policy.bundle, settings.policy.settings
    cache = settings.decision.cache_dir or user_cache() / "bundles"
    try:
        if named is not None and named.is_file():
            if overrides is not None:
                raise PolicyError("policy settings are part of a bundle; build it with them")
            keep = cache if settings.opa.url == "managed" else None
            return load_bundle(named, settings.policy, opa, keep=keep)
        _refuse_what_is_not_signed(settings)
        if opa is None:
            raise SettingsError("opa.binary: a policy source tree is built by the opa program; name its file")
        return build_bundle(named, overrides, cache, opa)
    except OSError as problem:
        raise SettingsError(
            f"setting decision.cache_dir: no bundle can be kept in {cache}: {problem}"
        ) from problem


async def _bundle_for(settings: Settings, opa: Path | None) -> BundleManifest:
    """As `bundle_for`; an order to stop ends the calls of OPA it waits for."""
    with stoppable() as calls:
        work = asyncio.ensure_future(asyncio.to_thread(bundle_for, settings, opa))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            calls.end()
            await asyncio.gather(work, return_exceptions=True)
            raise


def _refuse_what_is_not_signed(settings: Settings) -> None:
    """Rules from a source tree, where only bundles that somebody signed or counted may judge."""
    chosen = settings.policy
    if chosen.bundle is not None and not chosen.bundle.is_dir():
        raise SettingsError(f"setting policy.bundle: {chosen.bundle} does not exist")
    for name, demanded in (
        ("verification_key", chosen.verification_key),
        ("min_sequence", chosen.min_sequence),
    ):
        if demanded:
            raise SettingsError(
                f"setting policy.{name}: only the file of a bundle can meet it; name one with policy.bundle"
            )


def opa_version(opa: Path) -> str | None:
    """The version an OPA program reports."""
    for line in run_opa(opa, "version").splitlines():
        if line.startswith("Version:"):
            return line.split(":", 1)[1].strip()
    return None


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


def options_for(settings: Settings, **evidence: Any) -> tuple[ExtractOptions, EvidenceOptions]:
    """How manifests are read and evidence is looked for."""
    chosen = settings.evidence
    sources = frozenset(str(name) for name in chosen.card_sources)
    extraction = ExtractOptions(card_sources=sources, cluster_namespace=chosen.cluster_namespace)
    gathering = EvidenceOptions(
        card_sources=sources,
        cluster_namespace=chosen.cluster_namespace,
        waiver_namespaces=chosen.waiver_namespaces,
        region=chosen.region,
        mesh_root=chosen.mesh_root,
        secrets=chosen.secrets,
        config_maps=chosen.config_maps,
        scan=scan_text_places,
        scan_entries=scan_entries,
        **evidence,
    )
    return extraction, gathering


@asynccontextmanager
async def _engine_for(
    settings: Settings, manifest: BundleManifest, opa: Path | None
) -> AsyncIterator[PolicyEngine]:
    """The engine: a managed child, or a client of an OPA that runs elsewhere."""
    limit = settings.opa.max_concurrent
    if settings.opa.url == "managed":
        assert manifest.path is not None and opa is not None  # noqa: S101, PT018 - built or loaded above
        async with ManagedOpa.start(manifest.path, opa=opa) as child:
            engine = OpaEngine.following(lambda: child.endpoint, [manifest], max_concurrent=limit)
            try:
                yield engine
            finally:
                await engine.aclose()
        return
    engine = OpaEngine(
        settings.opa.url, token=_token(settings.opa.token_file), manifests=[manifest], max_concurrent=limit
    )
    try:
        yield engine
    finally:
        await engine.aclose()


def _token(path: Path | None) -> str | None:
    """The bearer token in a file."""
    if path is None:
        return None
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"setting opa.token_file: {path} cannot be read as a token") from error
    if not token or not token.isprintable() or " " in token:
        raise SettingsError(f"setting opa.token_file: {path} holds no token, or more than one")
    return token


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
    manifest = await _bundle_for(settings, opa)
    extraction, gathering = options_for(settings)
    with _cluster_for(settings) as cluster:
        async with _engine_for(settings, manifest, opa) as engine:
            gate = Gate(
                engine=engine,
                cluster=cluster,
                sink=sink or LogSink(),
                extract_options=extraction,
                evidence_options=gathering,
                allow_on_error=settings.decision.on_error == "allow",
            )
            yield Running(gate, engine, manifest, opa_version(opa) if opa else None)


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
    assume_authenticated: bool = False
    card_files: dict[str, bytes] | None = None
    bundle_key: Path | None = None

    def settings(self) -> Settings:
        """The settings of a check: every source of cards that works with files."""
        return load_settings(
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


@contextmanager
def _checked_cluster(source: CheckFrom, settings: Settings) -> Iterator[Cluster]:
    """The files, with a live cluster behind them when one is named."""
    files = FileCluster.load(
        objects=source.objects,
        namespace=source.namespace,
        assume_authenticated=source.assume_authenticated,
    )
    if source.context is None:
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
    manifest = await _bundle_for(settings, opa)
    async with _engine_for(settings, manifest, opa) as engine:
        with gate_for_check(source, engine) as gate:
            yield Running(gate, engine, manifest, None)


@contextmanager
def gate_for_check(source: CheckFrom, engine: PolicyEngine) -> Iterator[Gate]:
    """A gate that takes its evidence from there and asks an engine that runs already."""
    settings = source.settings()
    extraction, gathering = options_for(settings, profile=source.profile, card_files=source.card_files or {})
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
    live = KubernetesCluster.connect(kubeconfig_path(), context, per_call_timeout=API_SECONDS)
    try:
        deadline = Deadline.after(API_SECONDS)
        card = await live.get(
            "mlgate.dev/v1alpha1", "ModelCard", namespace, name, deadline=deadline, fresh=True
        )
    finally:
        live.stop()
    if card is None:
        raise SettingsError(f"there is no ModelCard {name} in namespace {namespace}")
    return card


async def cluster_user(context: str | None) -> str | None:
    """The login name under which the cluster knows whoever runs this.

    Raises:
        SettingsError: there is no usable kubeconfig.
        EvidenceUnavailable: the cluster does not answer.
    """
    live = KubernetesCluster.connect(kubeconfig_path(), context, per_call_timeout=API_SECONDS)
    try:
        return await live.whoami(Deadline.after(API_SECONDS))
    finally:
        live.stop()
