"""Files in front of a cluster: they count as applied, but never as approved."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.deadline import Deadline
from mlgate.evidence.files import FileCluster
from mlgate.evidence.layered import LayeredCluster

CARD = "mlgate.dev/v1alpha1"


def _object(kind: str, name: str, origin: str) -> dict[str, Any]:
    return {
        "apiVersion": CARD,
        "kind": kind,
        "metadata": {"name": name, "namespace": "bank", "labels": {"from": origin}},
    }


def _layered(kind: str) -> LayeredCluster:
    files = FileCluster([_object(kind, "both", "file"), _object(kind, "mine", "file")])
    live = FileCluster([_object(kind, "both", "live"), _object(kind, "theirs", "live")])
    return LayeredCluster(files, live)


def _origins(found: list[dict[str, Any]]) -> dict[str, str]:
    return {entry["metadata"]["name"]: entry["metadata"]["labels"]["from"] for entry in found}


async def test_an_object_of_the_files_replaces_the_clusters() -> None:
    found = await _layered("ModelCard").get(CARD, "ModelCard", "bank", "both", deadline=Deadline.after(1))

    assert found is not None
    assert found["metadata"]["labels"]["from"] == "file"


async def test_what_the_files_lack_comes_from_the_cluster() -> None:
    found = await _layered("ModelCard").get(CARD, "ModelCard", "bank", "theirs", deadline=Deadline.after(1))

    assert found is not None
    assert found["metadata"]["labels"]["from"] == "live"


async def test_a_list_holds_both_and_each_name_once() -> None:
    found = await _layered("ModelCard").list(CARD, "ModelCard", "bank", deadline=Deadline.after(1))

    assert _origins(found) == {"both": "file", "mine": "file", "theirs": "live"}


@pytest.mark.parametrize(
    "kind", ["SignOff", "Waiver", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]
)
async def test_an_approval_or_a_guard_in_a_file_is_not_seen_beside_a_live_cluster(kind: str) -> None:
    layered = _layered(kind)

    found = await layered.list(CARD, kind, "bank", deadline=Deadline.after(1))
    mine = await layered.get(CARD, kind, "bank", "mine", deadline=Deadline.after(1))

    assert (_origins(found), mine) == ({"both": "live", "theirs": "live"}, None)
    assert layered.assume_authenticated is False
