"""The reference workload with its card in a registry, which is asked once; then the card is remembered."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

from registry import Registry

from mlgate.cli.manifests import load_documents

_CARD = "mlgate.dev/model-card"


@dataclass(frozen=True)
class InRegistry:
    """A workload, what stands for its cluster, and the settings with which its card is found."""

    manifest: dict[str, Any]
    evidence: Path
    env: dict[str, str]
    registry: Registry


@contextmanager
def card_in_registry(case: Path, folder: Path) -> Iterator[InRegistry]:
    """The case with its card pushed to a registry, while that runs.

    The card is in mlgate's own format, so that its approvals hold wherever it lies.
    """
    objects = [item.object or {} for item in load_documents([str(case / "evidence.yaml")])]
    (card,) = [item for item in objects if item["kind"] == "ModelCard"]
    (manifest,) = [item.object or {} for item in load_documents([str(case / "manifest.yaml")])]
    place = folder / "in-registry"
    place.mkdir()
    others = [item for item in objects if item is not card]
    (place / "evidence.yaml").write_text(yaml.safe_dump_all(others))
    with Registry() as registry:
        digest = registry.push_artifact(json.dumps(card).encode())
        manifest["metadata"]["annotations"][_CARD] = f"oci://{registry.host}/cards/reference@{digest}"
        authority = place / "authority.pem"
        registry.authority.cert_pem.write_to_path(str(authority))
        hosts = json.dumps([registry.host])
        env = {
            "MLGATE_EVIDENCE__CARD_SOURCES": '["modelcard", "oci"]',
            "MLGATE_EVIDENCE__OCI__REGISTRIES": hosts,
            "MLGATE_EVIDENCE__OCI__PRIVATE": hosts,
            "MLGATE_EVIDENCE__OCI__CA": str(authority),
        }
        yield InRegistry(manifest, place, env, registry)
