"""The bill of materials of the image, as CycloneDX: Python packages by their hashes, OPA by its modules.

Usage: python tools/sbom.py [--opa PROGRAM] [--output FILE]

Packages are those that requirements/runtime.txt pins for Linux; what they say of their licence and of each
other is read where they are installed. Modules are those that the OPA binary says it was built from, so
give a release the binary of its image. What the base image holds is not in it. The same pins and the same
binary give the same bytes.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License, LicenseAcknowledgement
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.spdx import is_expression, is_supported_id
from go_modules import Module, UnknownModules, modules
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mlgate import __version__

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "runtime.txt"
OPA = ROOT / ".tools" / "bin" / "opa"
OUTPUT = ROOT / ".build" / "sbom.cdx.json"

LINUX = {"sys_platform": "linux", "platform_system": "Linux", "extra": ""}
CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
}
"""What packages without an SPDX expression say of their licence, where it is clear which is meant."""
IN_THE_FILE_ALONE = {"sigstore-models": "MIT"}
"""Packages whose metadata says nothing of the licence that lies in them, as a person read it."""
LICENSE_OF_OPA = "Apache-2.0"
_PIN = re.compile(r"(?m)^(?P<pin>[a-zA-Z0-9][^\\\n]*)(?P<hashes>(?:\\\n\s+--hash=sha256:[0-9a-f]{64}\s*)+)$")


class SbomError(Exception):
    """Something that is shipped is not known well enough to be listed; the message names it."""


@dataclass(frozen=True)
class Pin:
    """A pinned package, and the hashes of the archives it may be installed from."""

    name: str
    version: str
    hashes: tuple[str, ...]
    extras: frozenset[str] = frozenset()
    """With which it is installed."""


def pins(lock: str) -> list[Pin]:
    """What a lock file pins for Linux.

    Raises:
        SbomError: a pin has no hash, or is no exact version.
    """
    found = []
    for match in _PIN.finditer(lock):
        wanted = Requirement(match["pin"].strip())
        version = next((item.version for item in wanted.specifier if item.operator == "=="), None)
        if version is None:
            raise SbomError(f"{wanted} is no exact version")
        if wanted.marker is None or wanted.marker.evaluate(dict(LINUX)):
            hashes = tuple(sorted(re.findall(r"[0-9a-f]{64}", match["hashes"])))
            found.append(Pin(canonicalize_name(wanted.name), version, hashes, frozenset(wanted.extras)))
    lines = len(re.findall(r"(?m)^[a-zA-Z0-9]", lock))
    if lines != len(_PIN.findall(lock)):
        raise SbomError("a line of the lock file has no hashes")
    return found


def licences(installed: Distribution) -> list[str]:
    """What a package says of its licence: an SPDX expression or name, else what its classifiers mean."""
    for said in (_said(installed, "License-Expression"), _said(installed, "License")):
        if said and (is_supported_id(said) or is_expression(said)):
            return [said]
    lines = installed.metadata.get_all("Classifier") or []
    read = IN_THE_FILE_ALONE.get(canonicalize_name(installed.name))
    return [CLASSIFIERS[line] for line in lines if line in CLASSIFIERS] or ([read] if read else [])


def _said(installed: Distribution, field: str) -> str:
    """A field of a package's metadata; empty where there is none."""
    return str((installed.metadata.get_all(field) or [""])[0]).strip()


def package(pin: Pin, installed: Distribution) -> Component:
    """A package as a component.

    Raises:
        SbomError: another version is installed, or it says nothing of its licence.
    """
    if installed.version != pin.version:
        raise SbomError(
            f"{pin.name} {pin.version} is pinned, {installed.version} is installed: run make setup"
        )
    declared = [_licence(text) for text in licences(installed)]
    if not declared:
        raise SbomError(f"{pin.name} says nothing of its licence")
    url = PackageURL("pypi", None, pin.name, pin.version)
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in pin.hashes]
    archives = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(url.to_string()),
        comment="any of these",
        hashes=hashes,
    )
    return Component(
        name=pin.name,
        version=pin.version,
        purl=url,
        bom_ref=url.to_string(),
        description=_said(installed, "Summary"),
        licenses=declared,
        external_references=[archives],
    )


def _licence(text: str) -> License:
    return LicenseFactory().make_from_string(text, license_acknowledgement=LicenseAcknowledgement.DECLARED)


def module(found: Module, *, main: bool) -> Component:
    """A Go module as a component; its hash is that of go.sum: SHA-256 over the files of the module."""
    namespace, _, name = found.path.rpartition("/")
    url = PackageURL("golang", namespace or None, name, found.version)
    digest = base64.b64decode(found.sum.removeprefix("h1:")).hex()
    return Component(
        type=ComponentType.APPLICATION if main else ComponentType.LIBRARY,
        name=found.path,
        version=found.version,
        purl=url,
        bom_ref=url.to_string(),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)] if digest else [],
        licenses=[_licence(LICENSE_OF_OPA)] if main else [],
    )


def wanted_by(installed: Distribution, extras: frozenset[str] = frozenset()) -> set[str]:
    """The names of what a package needs on Linux, with these of its extras."""
    lines = map(Requirement, installed.requires or [])
    places = [{**LINUX, "extra": extra} for extra in ("", *extras)]
    return {
        canonicalize_name(line.name)
        for line in lines
        if line.marker is None or any(line.marker.evaluate(dict(place)) for place in places)
    }


def bill(lock: str, program: bytes) -> Bom:
    """The bill of materials.

    Raises:
        SbomError: a package is not known well enough.
        UnknownModules: the program does not say what it was built from.
    """
    own = PackageURL("pypi", None, "mlgate", __version__)
    root = Component(
        type=ComponentType.APPLICATION,
        name="mlgate",
        version=__version__,
        purl=own,
        bom_ref=own.to_string(),
        licenses=[_licence("Apache-2.0")],
    )
    found = Bom(components=[])
    found.metadata.component = root
    pinned = {pin.name: pin for pin in pins(lock)}
    packages = {name: package(pin, _installed(name)) for name, pin in pinned.items()}
    opa, *parts = [module(item, main=not index) for index, item in enumerate(modules(program))]
    found.components.update(packages.values(), [opa, *parts])
    for name, component in packages.items():
        wanted = wanted_by(_installed(name), pinned[name].extras)
        found.register_dependency(component, _known(wanted, packages))
    found.register_dependency(root, [*_known(wanted_by(_installed("mlgate")), packages), opa])
    found.register_dependency(opa, parts)
    return found


def _known(names: set[str], packages: dict[str, Component]) -> Iterable[Component]:
    return [packages[name] for name in sorted(names & packages.keys())]


def _installed(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError as problem:
        raise SbomError(f"{name} is pinned but not installed: run make setup") from problem


def as_json(found: Bom) -> str:
    """The bill as CycloneDX 1.6; its serial number follows from its contents, and it has no time."""
    name = ",".join(sorted(str(component.bom_ref.value) for component in found.components))
    found.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, name)
    written = json.loads(JsonV1Dot6(found).output_as_string())
    del written["metadata"]["timestamp"]
    return json.dumps(written, indent=2) + "\n"


def main(words: Sequence[str]) -> int:
    """Write the bill; exit 2 with one message when it would not be whole."""
    parser = argparse.ArgumentParser(prog="tools/sbom.py", description="Write the bill of materials.")
    parser.add_argument("--opa", type=Path, default=OPA, help="the program that is shipped")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    given = parser.parse_args(words)
    try:
        text = as_json(bill(LOCK.read_text(), given.opa.read_bytes()))
        given.output.parent.mkdir(parents=True, exist_ok=True)
        given.output.write_text(text)
    except (SbomError, UnknownModules, OSError) as problem:
        print(f"tools/sbom.py: {problem}", file=sys.stderr)
        return 2
    print(f"sbom: {given.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
