"""From settings to the policy that judges and the engine that asks it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from mlgate.errors import MlgateError, PolicyError, SettingsError
from mlgate.logs import get_logger
from mlgate.policy.bundle import build_bundle
from mlgate.policy.engine import PolicyEngine
from mlgate.policy.loading import load_bundle
from mlgate.policy.local_opa import ManagedOpa, find_opa
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.opa import Manifests, OpaEngine
from mlgate.policy.opa_command import run_opa
from mlgate.policy.sidecar import BUNDLE, check_sidecar
from mlgate.policy.tokens import read_token
from mlgate.settings import Settings, bundle_cache

MANAGED = "managed"
"""In the place of an address: an OPA of our own."""


def opa_for(settings: Settings) -> Path | None:
    """The opa program; null where there is none and none is needed: OPA runs elsewhere, the bundle is built.

    Raises:
        SettingsError: it is needed and not there, or the one that is set is no program.
    """
    chosen, bundle = settings.opa, settings.policy.bundle
    ours = chosen.url == MANAGED or chosen.shared_dir is not None
    needed = chosen.binary is not None or ours or bundle is None or not bundle.is_file()
    try:
        return find_opa(chosen.binary)
    except SettingsError:
        if needed:
            raise
        return None


def bundle_for(settings: Settings, opa: Path | None, *, at_least: int = 0) -> BundleManifest:
    """The bundle to load: built from the shipped or named source tree, or a built one that is checked.

    Args:
        settings: they name it, and what is demanded of it.
        opa: the program.
        at_least: the sequence of the bundle that judges now.

    Raises:
        PolicyError: the policy, the site's settings or the bundle are not valid.
        SettingsError: the named one does not exist, cannot carry a signature, or must be built and there is
            no program to do it.
    """
    named, overrides = settings.policy.bundle, settings.policy.settings
    if settings.policy.url is not None:
        raise SettingsError(
            "setting policy.url: only `mlgate serve` fetches a bundle; fetch it, and name it with --bundle"
        )
    cache = bundle_cache(settings)
    try:
        if named is not None and named.is_file():
            if overrides is not None:
                raise PolicyError("policy settings are part of a bundle; build it with them")
            if settings.policy.packages:
                raise PolicyError("setting policy.packages: they are part of a bundle; build it with them")
            keep = cache if settings.opa.url == MANAGED else None
            return load_bundle(named, settings.policy, opa, keep=keep, at_least=at_least)
        _refuse_what_is_not_signed(settings)
        if opa is None:
            raise SettingsError("opa.binary: a policy source tree is built by the opa program; name its file")
        return build_bundle(named, overrides, cache, opa, packages=settings.policy.packages)
    except OSError as problem:
        raise SettingsError(
            f"setting decision.cache_dir: no bundle can be kept in {cache}: {problem}"
        ) from problem


def last_good(settings: Settings, opa: Path) -> BundleManifest | None:
    """The policy that an earlier life of this process handed to the OPA beside it; null where none is usable.

    It is checked anew. Whether it may lack a part of the shipped policy was settled when it was handed over.

    Raises:
        SettingsError: there is no such OPA.
    """
    path, chosen = check_sidecar(settings) / BUNDLE, settings.policy
    if not path.is_file():
        return None
    if chosen.verification_key is None:
        chosen = chosen.model_copy(update={"partial": True})
    try:
        return load_bundle(path, chosen, opa)
    except (MlgateError, OSError) as problem:
        get_logger().warning("last_policy_not_usable", problem=str(problem))
        return None


def _refuse_what_is_not_signed(settings: Settings) -> None:
    """Rules from a source tree, where only bundles that somebody signed or counted may judge."""
    chosen = settings.policy
    if chosen.bundle is not None and not chosen.bundle.is_dir():
        raise SettingsError(
            f"setting policy.bundle: {chosen.bundle} does not exist; put it there, or name another"
        )
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


def engine_for(
    settings: Settings, manifest: BundleManifest, opa: Path | None
) -> AbstractAsyncContextManager[PolicyEngine]:
    """The engine for one policy: a managed child, or a client of an OPA that runs elsewhere.

    Raises:
        MlgateError: it cannot be started; also when the block is entered.
    """
    if settings.opa.url == MANAGED:
        assert opa is not None  # noqa: S101 - `opa_for` finds it or refuses
        return managed_engine(settings, manifest, opa)
    return remote_engine(settings, [manifest])


@asynccontextmanager
async def managed_engine(
    settings: Settings, manifest: BundleManifest, opa: Path
) -> AsyncIterator[PolicyEngine]:
    """A child of our own with one policy.

    Raises:
        MlgateError: it does not start.
    """
    assert manifest.path is not None  # noqa: S101 - built or loaded here
    limit, cores = settings.opa.max_concurrent, settings.opa.cores or _processors()
    async with ManagedOpa.start(manifest.path, opa=opa) as child:
        engine = OpaEngine.following(lambda: child.endpoint, [manifest], max_concurrent=limit, cores=cores)
        try:
            yield engine
        finally:
            await engine.aclose()


def _processors() -> int:
    """Those this process may use, and so a child of it."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@asynccontextmanager
async def remote_engine(settings: Settings, manifests: Manifests) -> AsyncIterator[OpaEngine]:
    """A client of an OPA that runs elsewhere.

    Raises:
        SettingsError: its address or the file with its token is not valid.
    """
    chosen = settings.opa
    engine = OpaEngine(
        chosen.url,
        token=read_token(chosen.token_file) if chosen.token_file is not None else None,
        manifests=manifests,
        max_concurrent=chosen.max_concurrent,
        cores=chosen.cores,
    )
    try:
        yield engine
    finally:
        await engine.aclose()
