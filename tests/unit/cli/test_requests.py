"""The request that stands for a manifest in hands."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.cli.requests import kind_of, request_for
from mlgate.domain.request import UserInfo


@pytest.mark.parametrize(("api_version", "group", "version"), [("v1", "", "v1"), ("apps/v1", "apps", "v1")])
def test_group_and_version_are_those_of_the_object(api_version: str, group: str, version: str) -> None:
    found = kind_of({"apiVersion": api_version, "kind": "X"})

    assert (found.group, found.version, found.kind) == (group, version, "X")


@pytest.mark.parametrize(
    ("metadata", "namespace", "name"),
    [
        ({"name": "a", "namespace": "bank"}, "bank", "a"),
        ({"name": "a"}, "home", "a"),
        ({"name": "", "namespace": ""}, "home", None),
        ({"generateName": "a-"}, "home", None),
        (None, "home", None),
    ],
)
def test_namespace_and_name_are_the_objects_own_or_those_a_request_would_have(
    metadata: Any, namespace: str, name: str | None
) -> None:
    value = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}

    found = request_for(value, default_namespace="home", user=UserInfo(username="erin"))

    assert (found.namespace, found.name, found.operation, found.origin) == (
        namespace,
        name,
        "CREATE",
        "check",
    )
    assert found.user_info == UserInfo(username="erin")


def test_an_object_of_the_cluster_lies_in_no_namespace_whatever_it_says() -> None:
    value = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a", "namespace": "bank"}}

    assert request_for(value, default_namespace="home", user=None).namespace is None
