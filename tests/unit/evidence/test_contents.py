"""Secrets and ConfigMaps: dates and keys, never the content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mlgate.domain.cluster_facts import ConfigMapCredential
from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import LookUps
from mlgate.evidence.contents import CONFIG_MAPS, MOST_TEXT, SECRETS, config_maps, secrets
from mlgate.evidence.facts import MOST
from mlgate.evidence.looked import Looked
from mlgate.evidence.options import EvidenceOptions


def stored(kind: str, name: str, **fields: Any) -> dict[str, Any]:
    about = {"name": name, "namespace": "prod", **fields.pop("metadata", {})}
    return {"apiVersion": "v1", "kind": kind, "metadata": about, **fields}


def change(time: Any, *fields: str) -> dict[str, Any]:
    return {"manager": "m", "time": time, "fieldsV1": {name: {} for name in fields}}


def scan(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(key, "name") for key in data if key == "password"]


ON = EvidenceOptions(secrets=True, config_maps=True, scan_entries=scan)


@pytest.fixture
def dated(now: str, deadline: Deadline) -> Any:
    async def look(cluster: Any, *names: str, options: EvidenceOptions = ON) -> Looked[Any]:
        lookups = LookUps(namespace="prod", secrets=names)
        return await secrets(lookups, cluster, options, deadline, now)

    return look


@pytest.fixture
def searched(deadline: Deadline) -> Any:
    async def look(cluster: Any, *names: str, options: EvidenceOptions = ON) -> Looked[Any]:
        return await config_maps(LookUps(namespace="prod", config_maps=names), cluster, options, deadline)

    return look


async def test_secrets_are_read_only_where_that_is_switched_on(cluster: Any, dated: Any) -> None:
    cluster.objects = [stored("Secret", "s")]
    found = await dated(cluster, "s", options=EvidenceOptions())
    assert (found.found, found.unavailable.lookup, found.unavailable.reason) == ({}, SECRETS, "disabled")
    assert cluster.calls == []


async def test_files_tell_nothing_of_secrets(fake_cluster: Any, dated: Any) -> None:
    found = await dated(fake_cluster(objects=[stored("Secret", "s")], source="files"), "s")
    assert (found.found, found.unavailable.reason) == ({}, "disabled")


async def test_an_object_without_secrets_is_told_nothing(cluster: Any, dated: Any) -> None:
    assert await dated(cluster, options=EvidenceOptions()) == Looked({})


@pytest.mark.parametrize(
    ("metadata", "rotated"),
    [
        ({"creationTimestamp": "2026-01-01T00:00:00Z"}, "2026-01-01T00:00:00Z"),
        (
            {
                "creationTimestamp": "2026-01-01T00:00:00Z",
                "managedFields": [
                    change("2026-03-01T00:00:00Z", "f:data"),
                    change("2026-05-01T00:00:00Z", "f:data", "f:type"),
                    change("2026-04-01T00:00:00Z", "f:data"),
                    change("2026-09-01T00:00:00Z", "f:metadata"),
                ],
            },
            "2026-05-01T00:00:00Z",
        ),
        (
            {
                "creationTimestamp": "2026-01-01T00:00:00Z",
                "managedFields": ["x", {}, change(5, "f:data"), change("tomorrow", "f:data"), {"time": "x"}],
            },
            "2026-01-01T00:00:00Z",
        ),
        ({"managedFields": "x"}, None),
    ],
)
async def test_a_secret_is_as_old_as_the_last_change_of_its_data(
    cluster: Any, dated: Any, now: str, metadata: dict[str, Any], rotated: str | None
) -> None:
    cluster.objects = [stored("Secret", "s", metadata=metadata)]
    found = await dated(cluster, "gone", "s")
    assert {name: entry.rotated_at for name, entry in found.found.items()} == {"s": rotated or now}
    assert found.unavailable is None


async def test_config_maps_are_read_from_a_cluster_only_where_that_is_switched_on(
    cluster: Any, searched: Any
) -> None:
    found = await searched(cluster, "c", options=EvidenceOptions())
    assert (found.unavailable.lookup, found.unavailable.reason) == (CONFIG_MAPS, "disabled")
    assert cluster.calls == []
    assert await searched(cluster, options=EvidenceOptions()) == Looked({})


async def test_keys_that_look_like_a_credential_are_told_and_no_value(cluster: Any, searched: Any) -> None:
    cluster.objects = [
        stored("ConfigMap", "c", data={"password": "hunter2", "mode": "x"}),
        stored("ConfigMap", "odd", data=["password"]),
        stored("ConfigMap", "none"),
    ]
    found = await searched(cluster, "c", "gone", "none", "odd")
    told = {name: entry.credentials for name, entry in found.found.items()}
    assert told == {"c": (ConfigMapCredential(name="password", reason="name"),), "none": (), "odd": ()}
    assert found.unavailable is None
    assert "hunter2" not in str(found)


async def test_files_are_always_searched_and_say_what_they_lack(fake_cluster: Any, searched: Any) -> None:
    files = fake_cluster(objects=[stored("ConfigMap", "c", data={"password": "x"})], source="files")
    options = EvidenceOptions(scan_entries=scan)
    found = await searched(files, "c", options=options)
    assert (len(found.found["c"].credentials), found.unavailable) == (1, None)
    found = await searched(files, "c", "gone", options=options)
    assert (found.unavailable.reason, found.unavailable.message) == (
        "offline",
        "no file holds ConfigMap gone",
    )


@pytest.mark.parametrize("kind", ["Secrets", "ConfigMaps"])
async def test_more_than_the_cap_is_not_looked_up(cluster: Any, dated: Any, searched: Any, kind: str) -> None:
    look = dated if kind == "Secrets" else searched
    names = [f"n{number}" for number in range(MOST + 1)]
    found = await look(cluster, *names)
    assert (found.unavailable.reason, cluster.calls) == ("error", [])
    assert found.unavailable.message == f"the object names 33 {kind}; only 32 are looked up"
    assert (await look(cluster, *names[:MOST])).unavailable is None


async def test_more_text_than_is_searched_is_an_error(cluster: Any, searched: Any) -> None:
    half = "x" * (MOST_TEXT // 2)
    cluster.objects = [stored("ConfigMap", name, data={"a": half, "b": 5}) for name in ("one", "two")]
    assert (await searched(cluster, "one", "two")).unavailable is None
    cluster.objects.append(stored("ConfigMap", "three", data={"a": "x"}))
    found = await searched(cluster, "one", "two", "three")
    assert (found.found, found.unavailable.reason) == ({}, "error")
    assert "more than 1048576 characters" in found.unavailable.message


async def test_without_a_scanner_nothing_looks_like_a_credential(cluster: Any, searched: Any) -> None:
    cluster.objects = [stored("ConfigMap", "c", data={"password": "x"})]
    found = await searched(cluster, "c", options=EvidenceOptions(config_maps=True))
    assert found.found["c"].credentials == ()
