"""Files that stand for the cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mlgate.domain.deadline import Deadline
from mlgate.errors import ManifestError
from mlgate.evidence.files import FileCluster

CARD = ("mlgate.dev/v1alpha1", "ModelCard")


def thing(kind: str, name: str, namespace: str | None = None, api_version: str = "v1", **fields: Any) -> Any:
    about = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": about, **fields}


def card(name: str, namespace: str | None = None, **fields: Any) -> Any:
    return thing("ModelCard", name, namespace, CARD[0], **fields)


async def test_objects_are_found_by_kind_namespace_and_name(deadline: Deadline) -> None:
    files = FileCluster([card("a", "prod"), thing("Namespace", "prod")])
    assert await files.get(*CARD, "prod", "a", deadline=deadline) == card("a", "prod")
    assert await files.get(*CARD, "other", "a", deadline=deadline) is None
    assert await files.get("v1", "ModelCard", "prod", "a", deadline=deadline) is None
    assert await files.get("v1", "Namespace", None, "prod", deadline=deadline) is not None
    assert (files.source, files.assume_authenticated) == ("files", False)


async def test_versions_of_a_group_are_taken_for_each_other(deadline: Deadline) -> None:
    files = FileCluster([thing("ServingRuntime", "r", "prod", "serving.kserve.io/v1beta1")])
    found = await files.get("serving.kserve.io/v1alpha1", "ServingRuntime", "prod", "r", deadline=deadline)
    assert found is not None


async def test_an_object_without_a_namespace_lies_in_the_one_asked_for(deadline: Deadline) -> None:
    files = FileCluster([card("a"), card("b", "prod")])
    assert await files.get(*CARD, "prod", "a", deadline=deadline) == card("a", "prod")
    listed = await files.list(*CARD, "prod", deadline=deadline)
    assert sorted(entry["metadata"]["name"] for entry in listed) == ["a", "b"]
    assert len(await files.list(*CARD, None, deadline=deadline)) == 2


async def test_a_named_namespace_is_the_only_home_of_objects_without_one(deadline: Deadline) -> None:
    files = FileCluster([card("a")], namespace="prod")
    assert await files.get(*CARD, "prod", "a", deadline=deadline) is not None
    assert await files.get(*CARD, "other", "a", deadline=deadline) is None
    assert await files.list(*CARD, "other", deadline=deadline) == []


async def test_the_last_of_several_objects_of_one_name_counts(deadline: Deadline) -> None:
    files = FileCluster([card("a", "prod", spec=1), card("a", "prod", spec=2)])
    assert (await files.get(*CARD, "prod", "a", deadline=deadline) or {})["spec"] == 2


async def test_lists_and_folders_are_read_with_all_below(tmp_path: Path, deadline: Deadline) -> None:
    (tmp_path / "deep").mkdir()
    lists = {"apiVersion": "v1", "kind": "List", "items": [card("a", "prod"), "nonsense"]}
    (tmp_path / "deep" / "list.yaml").write_text(yaml.safe_dump(lists))
    (tmp_path / "two.yml").write_text(yaml.safe_dump_all([card("b", "prod"), None, card("c", "prod")]))
    (tmp_path / "notes.txt").write_text("{")
    files = FileCluster.load([tmp_path], [card("d", "prod")], assume_authenticated=True)
    listed = await files.list(*CARD, "prod", deadline=deadline)
    assert sorted(entry["metadata"]["name"] for entry in listed) == ["a", "b", "c", "d"]
    assert files.assume_authenticated


def test_a_file_that_cannot_be_parsed_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("kind: A\nkind: B\n")
    with pytest.raises(ManifestError, match=r"broken\.yaml: "):
        FileCluster.load([broken])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"gone\.yaml cannot be read"):
        FileCluster.load([tmp_path / "gone.yaml"])


@pytest.mark.parametrize("namespace", [{"a": 1}, ["a"], 7])
async def test_an_object_in_a_namespace_no_api_server_has_is_passed_over_and_stops_nothing(
    namespace: Any,
) -> None:
    odd = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "odd", "namespace": namespace}}
    good = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "good", "namespace": "bank"}}
    cluster = FileCluster([odd, good])

    assert await cluster.list("v1", "ConfigMap", None, deadline=Deadline.after(1)) == [good]
