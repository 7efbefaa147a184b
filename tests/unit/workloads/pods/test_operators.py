"""What operators add to pods: settings from other fields, names they make up, mounts nobody lists."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.kinds.rows import Component
from mlgate.workloads.pods.field_containers import Fields
from mlgate.workloads.pods.operators import called, read_mounts, with_settings
from mlgate.workloads.reading import Reader

Json = dict[str, Any]


def fields(value: Json, whole: Json | None = None) -> Fields:
    return Fields(value, "spec", whole or {"spec": value})


def component(**words: Any) -> Component:
    return Component.model_validate({"path": "spec", **words})


def test_settings_come_from_the_fields_that_hold_them() -> None:
    given = component(
        settings={"runtimeClassName": "sealed", "securityContext.runAsUser": "/user", "x": "absent"}
    )
    at = fields({"sealed": "kata"}, {"user": 7})
    spec = {"securityContext": {"fsGroup": 1}, "hostIPC": True}

    assert with_settings(Reader(), given, at, spec, None) == {
        "hostIPC": True,
        "runtimeClassName": "kata",
        "securityContext": {"fsGroup": 1, "runAsUser": 7},
    }
    assert spec == {"securityContext": {"fsGroup": 1}, "hostIPC": True}


def test_what_the_operator_sets_gives_way_to_what_is_said() -> None:
    given = component(fixed={"serviceAccountName": "{name}-sa", "a.b": "c"})

    assert with_settings(Reader(), given, fields({}), {"serviceAccountName": "own"}, "x") == {
        "serviceAccountName": "own",
        "a": {"b": "c"},
    }
    assert with_settings(Reader(), given, fields({}), {"a": "odd"}, "x") == {
        "serviceAccountName": "x-sa",
        "a": {"b": "c"},
    }
    assert with_settings(Reader(), given, fields({}), {}, None) == {"a": {"b": "c"}}


@pytest.mark.parametrize(
    ("template", "name", "expected"),
    [
        ("{name}-pvc", "a", "a-pvc"),
        ("{name}-pvc", None, None),
        ("always", None, "always"),
        (None, "a", None),
    ],
)
def test_what_the_operator_makes_is_called_after_the_object(
    template: str | None, name: str | None, expected: str | None
) -> None:
    assert called(template, name) == expected


def test_mounts_are_read_with_their_claims() -> None:
    mounts = [
        {"path": "mounts[]", "claim": "name", "at": "point", "subPath": "sub"},
        {"path": "store", "called": "{name}-pvc", "otherwise": "/data"},
        {"path": "empty", "otherwise": "/scratch"},
    ]
    value = {"mounts": [{"name": "c", "point": "/a/../b", "sub": "s"}], "store": {}, "empty": "x"}
    found = read_mounts(Reader(), component(mounts=mounts), fields(value), "drafts")

    assert found.mounts == (
        ("/b", "spec.mounts[0]", "s"),
        ("/data", "spec.store", ""),
        ("/scratch", "spec.empty", ""),
    )
    assert [(slot.volume.name, slot.volume.kind, slot.volume.claim_name) for slot in found.volumes] == [
        ("spec.mounts[0]", "pvc", "c"),
        ("spec.store", "pvc", "drafts-pvc"),
        ("spec.empty", "other", None),
    ]


def test_a_mount_of_the_wrong_type_is_a_problem() -> None:
    reader = Reader()
    mounts = [{"path": "mounts[]", "claim": "name", "at": "point"}]
    read_mounts(reader, component(mounts=mounts), fields({"mounts": [{"name": 1, "point": ["/a"]}]}), None)
    assert [problem.path for problem in reader.problems] == ["spec.mounts[0].name", "spec.mounts[0].point"]
