"""Words for look-ups that cannot be made, and careful reading of what others wrote."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.deadline import Deadline
from mlgate.evidence.files import FileCluster
from mlgate.evidence.looked import entries, field, is_files, none_in_files, not_in_files, texts

PODS = ("v1", "Pod")
NODES = ("v1", "Node")


async def test_files_alone_leave_things_unknown(fake_cluster: Any, deadline: Deadline) -> None:
    for source, known in (("files", False), ("cluster", True), ("files and cluster", True)):
        cluster = fake_cluster(source=source)
        assert is_files(cluster) is not known
        assert (not_in_files(cluster, "l", ["Pod x"]) is None) is known
        assert (await none_in_files(cluster, "l", [PODS], deadline) is None) is known
        assert cluster.calls == ([] if known else [("list", "Pod", False)])


def test_what_no_file_holds_is_named_and_many_are_counted() -> None:
    files = FileCluster([])
    assert not_in_files(files, "l", []) is None
    found = not_in_files(files, "l", iter(["Pod a", "Pod b"]))
    assert found is not None
    assert (found.lookup, found.reason, found.message) == ("l", "offline", "no file holds Pod a, Pod b")
    found = not_in_files(files, "l", [f"Pod {number}" for number in range(7)])
    assert found is not None
    assert found.message == "no file holds Pod 0, Pod 1, Pod 2, Pod 3, Pod 4 and 2 more"
    found = not_in_files(files, "l", [f"Pod {number}" for number in range(5)])
    assert found is not None
    assert "more" not in found.message


async def test_files_that_hold_one_of_the_kinds_tell_of_all(deadline: Deadline) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "far"}}
    assert await none_in_files(FileCluster([pod]), "l", [NODES, PODS], deadline) is None
    found = await none_in_files(FileCluster([pod]), "l", [NODES], deadline)
    assert found is not None
    assert (found.lookup, found.reason, found.message) == ("l", "offline", "no file holds Node")
    found = await none_in_files(FileCluster([]), "l", [NODES, PODS], deadline)
    assert found is not None
    assert found.message == "no file holds Node or Pod"


@pytest.mark.parametrize(
    ("value", "found"),
    [({"a": {"b": 1}}, 1), ({"a": None}, None), ({"a": []}, None), ({}, None), (None, None), ("ab", None)],
)
def test_a_field_of_anything_is_there_or_none(value: Any, found: Any) -> None:
    assert field(value, "a", "b") == found


def test_only_lists_have_entries_and_only_strings_are_texts() -> None:
    assert (entries([1]), entries("x"), entries(None), entries({"a": 1})) == ([1], [], [], [])
    assert (texts(["a", 1, None]), texts("a"), texts(None)) == (("a",), (), ())
