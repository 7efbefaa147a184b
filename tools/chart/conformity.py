"""Objects held against the published schemas by kubeconform, strictly: what is unknown is refused."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".tools" / "bin" / "kubeconform"
SCHEMAS = ROOT / "tests" / "chart" / "schemas"
_OWN = "kubernetes-v"
_EMPTY = ""
"""Status of a document without an object."""


@dataclass(frozen=True)
class Report:
    """What kubeconform says."""

    valid: int
    faults: tuple[str, ...]
    """File, kind, name and what is wrong of every object that is not valid, or of no known kind."""


def versions() -> list[str]:
    """The releases of Kubernetes whose schemas are there."""
    return sorted(path.stem.removeprefix(_OWN) for path in SCHEMAS.glob(f"{_OWN}*.json"))


def unpack(folder: Path) -> None:
    """Write a file for each kind of each release, as kubeconform looks for them."""
    for version in versions():
        published = json.loads((SCHEMAS / f"{_OWN}{version}.json").read_text())
        for kind, name in published["kinds"].items():
            schema = {"$ref": f"#/definitions/{name}", "definitions": published["definitions"]}
            _write(folder / f"v{version}", kind, schema)
        for kind, schema in json.loads((SCHEMAS / "operators.json").read_text())["definitions"].items():
            _write(folder / f"v{version}", kind, schema)


def _write(folder: Path, kind: str, schema: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name, _, api_version = kind.partition(" ")
    # Of the core group, kubeconform takes the version for the group.
    parts = (name.lower(), api_version.partition("/")[0], api_version.rpartition("/")[2])
    (folder / f"{'-'.join(parts)}.json").write_text(json.dumps(schema))


def check(schemas: Path, version: str, files: Path) -> Report:
    """Hold every object in a folder of YAML files against a release of Kubernetes.

    Args:
        schemas: where they were unpacked.
        version: one of `versions`.
        files: the folder.
    """
    name = "{{.ResourceKind}}-{{.Group}}-{{.ResourceAPIVersion}}.json"
    location = f"{schemas}/{{{{.NormalizedKubernetesVersion}}}}/{name}"
    flags = ("-strict", "-verbose", "-summary", "-output=json", f"-kubernetes-version={version}")
    done = subprocess.run(
        [str(PROGRAM), *flags, f"-schema-location={location}", str(files)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(done.stdout)
    faults = tuple(
        f"{Path(found['filename']).name}: {found['kind']} {found['name']}: {found['msg']}"
        for found in told["resources"]
        if found["status"] not in ("statusValid", _EMPTY)
    )
    return Report(told["summary"]["valid"], faults)
