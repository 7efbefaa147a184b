"""Builds the one bundle OPA judges by.

A bundle holds the shipped rules, the site's own packages, the site's overrides, the catalogue and
its indexes, and a revision that names the content. It is built with a capabilities file without
the built-ins that reach outside, because `opa run` itself knows no such file.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from mlgate import __version__
from mlgate.domain.base import Json
from mlgate.errors import PolicyError
from mlgate.policy.archive import pack, unpack
from mlgate.policy.capabilities import write_capabilities
from mlgate.policy.catalog import read_catalog, write_generated
from mlgate.policy.contents import MANIFEST, manifest_of
from mlgate.policy.loading import load_manifest
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.opa_command import call_opa, run_opa
from mlgate.policy.opa_errors import refuse
from mlgate.policy.overrides import check_overrides, read_overrides
from mlgate.policy.packages import packages_of
from mlgate.policy.safety import check_safety
from mlgate.policy.setting_places import placed
from mlgate.policy.shipped import shipped_policies
from mlgate.policy.site import check_site
from mlgate.policy.stage import check_coverage, content_of, is_whole, stage
from mlgate.policy.syntax import Module

SETTLED = "data.mlgate.lib.settled.answers"
"""What follows from the settings alone, and need not be found out in every review."""


def build_bundle(
    source: Path | None,
    settings: Mapping[str, Json] | Path | None,
    target: Path,
    opa: Path,
    *,
    packages: Sequence[Path] = (),
) -> BundleManifest:
    """The bundle of a policy, built once per content.

    Args:
        source: a policy tree. One with `.manifest` and the package `mlgate.main` stands instead of the
            shipped one; any other is put over it: the site's own rules. By default the shipped tree alone.
        settings: the site's overrides of the settings, or the YAML file that holds them.
        target: folder that keeps built bundles; made if it is missing.
        opa: the OPA program.
        packages: files and folders with further rules of the site, as `packages_of` takes them.

    Raises:
        PolicyError: the overrides do not fit, or OPA refuses the rules.
    """
    overrides = read_overrides(settings) if isinstance(settings, Path) else settings
    shipped = shipped_policies()
    content = content_of(shipped / "rego", source, packages_of(packages))
    digest = _digest(content, overrides)
    revision = _revision(digest)
    path = target / f"mlgate-{digest}.tar.gz"
    kept = _kept(path, revision)
    if kept is not None:
        return kept
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mlgate-", dir=target) as folder:
        tree, built = Path(folder) / "tree", Path(folder) / "bundle.tar.gz"
        stage(content, tree)
        modules: Mapping[str, Module] = {}
        before = content_of(shipped / "rego", source if source is not None and is_whole(source) else None)
        if content.keys() - before.keys():
            modules = check_site(tree, content.keys() - before.keys(), before, opa)
        limits = write_capabilities(Path(folder) / "capabilities.json", opa)
        _check(tree, limits, shipped / "schema", opa)
        if modules:
            check_safety(modules, [*((source,) if source is not None else ()), *packages], opa)
        catalog = read_catalog(tree, opa)
        check_coverage(tree, catalog)
        write_generated(catalog, tree)
        with placed(settings if isinstance(settings, Path) else None):
            checked = check_overrides(overrides, catalog, _locked(tree))
        site = {"overrides": checked, "revision": revision}
        _write_site(tree, site)
        _write_site(tree, site | _settled(tree, limits, opa))
        (tree / MANIFEST).write_bytes(manifest_of(revision, __version__, 0, catalog.codes))
        _build(tree, built, limits, opa)
        built.write_bytes(pack(unpack(built.read_bytes())))
        built.replace(path)
    return load_manifest(path)


def revision_of(source: Path | None, overrides: Json) -> str:
    """The revision that the bundle of a policy has, without building it.

    Args:
        source: as for `build_bundle`.
        overrides: the site's overrides of the settings.

    Raises:
        PolicyError: a file cannot be read, or an added tree replaces a shipped one.
    """
    return _revision(_digest(content_of(shipped_policies() / "rego", source), overrides))


def _kept(path: Path, revision: str) -> BundleManifest | None:
    """The bundle an earlier build left, if it is whole."""
    try:
        manifest = load_manifest(path)
    except PolicyError:
        return None
    return manifest if manifest.revision == revision else None


def _revision(digest: str) -> str:
    return f"v{__version__}+{digest[:7]}"


def _digest(content: Mapping[str, bytes], overrides: Json) -> str:
    """SHA-256 over everything that goes into a bundle, the version of mlgate included."""
    total = hashlib.sha256(__version__.encode())
    for name, data in sorted(content.items()):
        total.update(f"\0{name}\0{len(data)}\0".encode())
        total.update(data)
    try:
        total.update(json.dumps(overrides or {}, sort_keys=True, allow_nan=False).encode())
    except (TypeError, ValueError) as error:
        raise PolicyError("policy settings hold something that is no JSON value") from error
    return total.hexdigest()


def _locked(tree: Path) -> frozenset[str]:
    try:
        settings = yaml.safe_load((tree / "mlgate" / "settings" / "data.yaml").read_bytes())
        return frozenset(settings["enforcement"]["locked"])
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise PolicyError("mlgate/settings/data.yaml holds no list enforcement.locked") from error


def _write_site(tree: Path, site: Mapping[str, Json]) -> None:
    (tree / "mlgate" / "data.json").write_text(json.dumps(site, sort_keys=True), encoding="utf-8")


def _check(tree: Path, limits: Path, schema: Path, opa: Path) -> None:
    """Let the compiler and the type checker look at the tree, from within: so that names are those in it."""
    wanted = ["--strict", "--format", "json", "--bundle", "--schema", os.fspath(schema.absolute())]
    refuse(call_opa(opa, "check", *wanted, "--capabilities", os.fspath(limits.absolute()), ".", folder=tree))


def _settled(tree: Path, limits: Path, opa: Path) -> dict[str, Json]:
    """What the rules say about the settings alone; nothing if the tree has no rules for that."""
    limited = ["--capabilities", os.fspath(limits.absolute())]
    found = run_opa(opa, "eval", *limited, "--format", "raw", "--bundle", ".", SETTLED, folder=tree)
    return {"settled": json.loads(found)} if found.strip() else {}


def _build(tree: Path, built: Path, limits: Path, opa: Path) -> None:
    """Build the tree, from within: so that the bundle names no folder of this machine."""
    limited = ["--capabilities", os.fspath(limits.absolute())]
    run_opa(opa, "build", *limited, "--output", os.fspath(built.absolute()), "--bundle", ".", folder=tree)
