"""Whether the Rego of a bundle is what its data says it is: OPA's own tools look at it."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

from mlgate import __version__
from mlgate.domain.listing import first_few
from mlgate.errors import BundleUnsound, PolicyError
from mlgate.policy.capabilities import write_capabilities
from mlgate.policy.catalog import Catalog, build_catalog
from mlgate.policy.contents import Contents, shown
from mlgate.policy.opa_calls import handed_over
from mlgate.policy.opa_command import Ran, call_opa, inspect
from mlgate.policy.opa_errors import errors_in
from mlgate.policy.overrides import check_overrides
from mlgate.policy.shipped import shipped_rego
from mlgate.policy.site import ENTRYPOINT
from mlgate.policy.stage import policy_files
from mlgate.policy.syntax import parse_files

MAIN = "data.mlgate.main"
BUNDLE = "bundle.tar.gz"
SHOWN = 4


def check_soundness(
    files: Mapping[str, bytes], packed: bytes, contents: Contents, opa: Path, *, partial: bool
) -> None:
    """Hold the Rego of a bundle against its data.

    Args:
        files: the files of the bundle.
        packed: the same as a bundle without signature.
        contents: what they say.
        opa: the OPA program.
        partial: whether packages or codes of the shipped policy may be missing.

    Raises:
        BundleUnsound: it does not compile with the built-ins that a policy may use, its rules are not those
            of the catalogue, it has not one entrypoint, or it lacks a part of the shipped policy.
        PolicyError: OPA does not work.
    """
    with tempfile.TemporaryDirectory(prefix="mlgate-") as name:
        folder = Path(name)
        bundle = folder / BUNDLE
        bundle.write_bytes(packed)
        with ThreadPoolExecutor(1) as pool:  # OPA is started anew for each; two run beside each other
            compiled = pool.submit(handed_over(_compiled), BUNDLE, folder, opa)
            inspection = _inspected(bundle, opa)
            _refuse_errors(compiled.result())
        if isinstance(inspection, PolicyError):
            raise BundleUnsound(str(inspection))
        _check_entrypoint(files, inspection, folder, opa)
    catalog = _catalog(inspection)
    _check_catalog(catalog, contents)
    _check_settings(catalog, contents)
    if not partial:
        _check_whole(files, inspection, contents)


def lacking(files: Collection[str]) -> list[str]:
    """The Rego files of the shipped policy that are not among these, in order."""
    return sorted(_shipped_rego() - set(files))


def _compiled(bundle: str, folder: Path, opa: Path) -> Ran:
    limits = write_capabilities(folder / "capabilities.json", opa)
    wanted = ("--bundle", "--format", "json", "--capabilities", limits.name)
    return call_opa(opa, "check", *wanted, bundle, folder=folder)


def _refuse_errors(ran: Ran) -> None:
    try:
        errors = errors_in(ran)
    except PolicyError as error:  # not the compiler's: OPA does not take it for a bundle
        raise BundleUnsound(str(error)) from error
    for found in errors:
        place = found.file.removeprefix(f"{BUNDLE}/").lstrip("/")
        raise BundleUnsound(f"{place}:{found.line}: {found.message}" if place else found.message, found.fix)


def _inspected(bundle: Path, opa: Path) -> dict[str, Any] | PolicyError:
    """What OPA finds in it, or why it cannot; the compiler tells that better, with the place."""
    try:
        return inspect(bundle, opa)
    except PolicyError as error:
        return PolicyError(str(error).replace(f"{bundle.parent}/", ""))


def _check_entrypoint(
    files: Mapping[str, bytes], inspection: Mapping[str, Any], folder: Path, opa: Path
) -> None:
    """One file defines the decision. OPA takes the rules of a second one as further answers."""
    names = [
        name.lstrip("/") for name in inspection.get("namespaces", {}).get(MAIN, ()) if name.endswith(".rego")
    ]
    main = folder / "main"
    main.mkdir()
    for number, name in enumerate(names):
        (main / f"{number}.rego").write_bytes(files[name])
    trees = parse_files((f"{number}.rego" for number in range(len(names))), main, opa)
    found = [
        names[number]
        for number, module in enumerate(trees.values())
        if not isinstance(module, Ran)
        and any(rule["head"]["ref"][0]["value"] == ENTRYPOINT for rule in module.get("rules", ()))
    ]
    if not found:
        raise BundleUnsound(f"no file defines the entrypoint {MAIN.removeprefix('data.')}.{ENTRYPOINT}")
    if len(found) > 1:
        raise BundleUnsound(f"{found[1]} defines the entrypoint that {found[0]} defines")


def _catalog(inspection: Mapping[str, Any]) -> Catalog:
    try:
        return build_catalog(inspection)
    except PolicyError as error:
        raise BundleUnsound(str(error)) from error


def _check_catalog(catalog: Catalog, contents: Contents) -> None:
    """The catalogue is what METADATA says; it decides what is asked and how strictly a finding counts."""
    apart = sorted(catalog.codes ^ contents.codes)
    if apart:
        where = "the Rego" if apart[0] in catalog.codes else "the catalogue"
        raise BundleUnsound(f"code {apart[0]} stands in {where} alone")
    if contents.version != __version__:
        return  # another version may keep more or less of METADATA
    written = contents.data["catalog"]
    for code, entry in catalog.entries.items():
        if written[code] != entry:
            raise BundleUnsound(f"the catalogue says of {code} something else than its rule")
    indexes = catalog.indexes()
    for name in sorted(indexes.keys() | contents.data["indexes"].keys()):
        if contents.data["indexes"].get(name) != indexes.get(name):
            raise BundleUnsound(f"the index {shown(name)} is not that of the rules")


def _check_settings(catalog: Catalog, contents: Contents) -> None:
    """The site's settings are such as a build takes: a locked code is not lowered."""
    if contents.version != __version__:
        return
    settings = contents.data.get("settings")
    enforcement = settings.get("enforcement") if isinstance(settings, dict) else None
    locked = enforcement.get("locked") if isinstance(enforcement, dict) else None
    if not isinstance(locked, list):
        raise BundleUnsound("its settings hold no list enforcement.locked")
    try:
        check_overrides(contents.data.get("overrides"), catalog, frozenset(map(str, locked)))
    except PolicyError as error:
        raise BundleUnsound(str(error)) from error


def _check_whole(files: Mapping[str, bytes], inspection: Mapping[str, Any], contents: Contents) -> None:
    """Nothing of the shipped policy is left out; another version may have cut it into other files."""
    other = ""
    if contents.version == __version__:
        missing = lacking(files)
    else:
        packages = {f"data.{PurePosixPath(name).parent}".replace("/", ".") for name in _shipped_rego()}
        missing = sorted(packages - inspection["namespaces"].keys())
        other = f" (it was built by mlgate {shown(contents.version)}, this is {__version__})"
    if missing:
        raise BundleUnsound(
            f"it lacks of the shipped policy{other}: {first_few(missing, SHOWN)}",
            "build it anew, or say that this is meant (--partial, MLGATE_POLICY__PARTIAL=true)",
        )


def _shipped_rego() -> set[str]:
    return {name for name in policy_files(shipped_rego()) if name.endswith(".rego")}
