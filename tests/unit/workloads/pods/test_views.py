"""How containers mount volumes: every way that can make a difference is told apart."""

from __future__ import annotations

from typing import Any

from mlgate.workloads.pods.pod import Pod, read_pod
from mlgate.workloads.pods.views import MOST_VIEWS, View, views
from mlgate.workloads.pods.volumes import resolve_path
from mlgate.workloads.reading import Reader


def pod(claim: str, *, target: str = "/data", **volume: Any) -> Pod:
    given = volume or {"persistentVolumeClaim": {"claimName": claim}}
    container = {"name": "c", "volumeMounts": [{"name": "v", "mountPath": target}]}
    spec = {"containers": [container, {"name": "d"}], "volumes": [{"name": "v", **given}]}
    return read_pod(Reader(), spec, "spec", {})


def test_the_same_mounts_are_one_view() -> None:
    assert len(views(Reader(), [pod("a"), pod("a")])) == 1


def test_volumes_of_one_name_are_told_apart() -> None:
    found = views(Reader(), [pod("a"), pod("b"), pod("a", target="/other")])
    led = [resolve_path("/data/m", view.mounts, view.volumes) for view in found]
    assert led == ["pvc://a/m", "pvc://b/m", None]


def test_what_can_hold_nothing_makes_no_view() -> None:
    assert views(Reader(), [pod("", emptyDir={}), pod("", secret={"secretName": "s"})]) == (View(),)
    assert len(views(Reader(), [pod("", configMap={"name": "c"})])[0].mounts) == 1


def test_too_many_ways_are_a_problem() -> None:
    reader = Reader()
    found = views(reader, [pod(str(number)) for number in range(MOST_VIEWS + 1)])
    assert len(found) == MOST_VIEWS
    assert [problem.message for problem in reader.problems] == ["mounts volumes in more than 8 ways"]
