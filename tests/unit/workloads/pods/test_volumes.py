"""Volumes, claim templates, and where a path in a container leads."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.workload import Volume
from mlgate.workloads.pods.volumes import VolumeSlot, read_claim_templates, read_volumes, resolve_path
from mlgate.workloads.reading import Reader

PLACE = "spec.volumes[0]"
CERTIFICATES = {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}
API_TOKEN: list[dict[str, Any]] = [
    {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
    CERTIFICATES,
    {"downwardAPI": {"items": []}},
]


def volumes(*raw: Any) -> tuple[list[VolumeSlot], list[str]]:
    reader = Reader()
    found = list(read_volumes(reader, list(raw), "spec.volumes"))
    return found, [problem.path for problem in reader.problems]


def one(**raw: Any) -> Volume:
    ((slot,), problems) = volumes({"name": "v", **raw})
    assert problems == []
    return slot.volume


@pytest.mark.parametrize(
    ("raw", "volume"),
    [
        (
            {"persistentVolumeClaim": {"claimName": "c"}},
            Volume(name="v", kind="pvc", claim_name="c", path=PLACE),
        ),
        ({"hostPath": {"path": "/"}}, Volume(name="v", kind="hostPath", path=PLACE)),
        ({"emptyDir": {}}, Volume(name="v", kind="emptyDir", path=PLACE)),
        ({"csi": {"driver": "d"}}, Volume(name="v", kind="csi", path=PLACE)),
        ({"nfs": {"server": "s", "path": "/p"}}, Volume(name="v", kind="nfs", path=PLACE)),
        ({"image": {"reference": "r"}}, Volume(name="v", kind="image", path=PLACE)),
        ({"secret": {"secretName": "s"}}, Volume(name="v", kind="secret", secret_name="s", path=PLACE)),
        ({"configMap": {"name": "c"}}, Volume(name="v", kind="configMap", path=PLACE)),
        ({"awsElasticBlockStore": {"volumeID": "x"}}, Volume(name="v", kind="other", path=PLACE)),
        ({"hostPath": None, "emptyDir": {}}, Volume(name="v", kind="emptyDir", path=PLACE)),
    ],
)
def test_a_volume_is_told_by_its_source(raw: dict[str, Any], volume: Volume) -> None:
    assert one(**raw) == volume


@pytest.mark.parametrize(
    ("spec", "name", "own"),
    [
        ({"storageClassName": "fast"}, "fast", True),
        ({"storageClassName": ""}, None, True),
        ({}, None, False),
        (None, None, False),
    ],
)
def test_a_claim_without_a_class_gets_the_default_one_and_an_empty_class_is_none(
    spec: Any, name: str | None, *, own: bool
) -> None:
    reader = Reader()
    template = {"metadata": {"name": "t"}, "spec": spec}
    (claimed,) = read_claim_templates(reader, [template], "spec.volumeClaimTemplates")
    ((ephemeral,), _) = volumes({"name": "v", "ephemeral": {"volumeClaimTemplate": template}})
    for slot in (claimed, ephemeral):
        assert (slot.volume.storage_class_name, slot.own_class) == (name, own)
    assert (claimed.volume.kind, claimed.volume.name, claimed.claim_template) == ("pvc", "t", True)
    assert (ephemeral.volume.kind, ephemeral.claim_template) == ("ephemeral", False)
    assert reader.problems == ()


def test_names_that_are_missing_are_the_places() -> None:
    reader = Reader()
    (claimed,) = read_claim_templates(reader, [{}], "spec.volumeClaimTemplates")
    assert claimed.volume.name == "spec.volumeClaimTemplates[0]"
    ((slot,), _) = volumes({"emptyDir": {}})
    assert slot.volume.name == PLACE


def test_each_source_of_a_projected_volume_is_a_volume() -> None:
    sources = [
        {"serviceAccountToken": {}},
        {"serviceAccountToken": {"expirationSeconds": 600}},
        {"secret": {"name": "s"}},
        {"configMap": {"name": "c"}},
        {"clusterTrustBundle": {}},
    ]
    found, problems = volumes({"name": "v", "projected": {"sources": sources}})
    assert [slot.volume.kind for slot in found] == [
        "serviceAccountToken",
        "serviceAccountToken",
        "secret",
        "configMap",
        "other",
    ]
    assert [slot.volume.token_expiration_seconds for slot in found[:2]] == [3600, 600]
    assert found[2].volume.secret_name == "s"
    assert [slot.volume.path for slot in found] == [f"{PLACE}.projected.sources[{i}]" for i in range(5)]
    assert problems == []


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("text", PLACE),
        ({"name": 5, "emptyDir": {}}, f"{PLACE}.name"),
        ({"name": "v", "secret": "s"}, f"{PLACE}.secret"),
        (
            {"name": "v", "persistentVolumeClaim": {"claimName": 5}},
            f"{PLACE}.persistentVolumeClaim.claimName",
        ),
        ({"name": "v", "projected": []}, f"{PLACE}.projected"),
        ({"name": "v", "projected": {"sources": [5]}}, f"{PLACE}.projected.sources[0]"),
        (
            {"name": "v", "ephemeral": {"volumeClaimTemplate": {"spec": {"storageClassName": 1}}}},
            f"{PLACE}.ephemeral.volumeClaimTemplate.spec.storageClassName",
        ),
    ],
)
def test_a_wrong_type_is_a_problem(raw: Any, path: str) -> None:
    assert volumes(raw)[1] == [path]


@pytest.mark.parametrize(
    ("name", "sources", "is_token"),
    [
        ("kube-api-access-x1", API_TOKEN, True),
        ("token", API_TOKEN, False),
        ("kube-api-access-x1", API_TOKEN[:2], False),
        ("kube-api-access-x1", [*API_TOKEN, {"secret": {"name": "s"}}], False),
        ("kube-api-access-x1", [{**API_TOKEN[0], "secret": {"name": "s"}}, *API_TOKEN[1:]], False),
        ("kube-api-access-x1", [API_TOKEN[0], {"configMap": {"name": "mine"}}, API_TOKEN[2]], False),
        ("kube-api-access-x1", [API_TOKEN[1], API_TOKEN[0], API_TOKEN[2]], False),
        ("kube-api-access-x1", [API_TOKEN[0], "x", API_TOKEN[2]], False),
    ],
)
def test_only_what_kubernetes_itself_mounts_is_the_api_token(
    name: str, sources: list[Any], *, is_token: bool
) -> None:
    found, _ = volumes({"name": name, "projected": {"sources": sources}})
    assert [slot.is_api_token for slot in found] == [is_token] * len(found)


def test_a_volume_without_sources_is_no_api_token() -> None:
    ((slot,), _) = volumes({"name": "kube-api-access-x", "emptyDir": {}})
    assert not slot.is_api_token


def test_two_volumes_are_the_same_when_they_are_written_the_same() -> None:
    ((first, second, other), _) = volumes(
        {"name": "v", "emptyDir": {}},
        {"emptyDir": {}, "name": "v"},
        {"name": "v", "emptyDir": {"medium": "Memory"}},
    )
    assert first.fingerprint() == second.fingerprint() != other.fingerprint()


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("/models/credit", "pvc://weights/credit"),
        ("/models", "pvc://weights"),
        ("/models/", "pvc://weights"),
        ("/models2/credit", None),
        ("/models/sub/x", "file:///models/sub/x"),
        ("/data/x", "pvc://weights/inner/x"),
        ("/oci/x", "oci://r.io/m:1"),
        ("/broken", "file:///broken"),
        ("/nfs/x", "nfs://server/export/x"),
        ("/unnamed/x", "pvc://unnamed/x"),
        ("/gone/x", "file:///gone/x"),
        ("/opt/model", None),
    ],
)
def test_a_path_leads_to_what_the_longest_mount_holds(target: str, address: str | None) -> None:
    found, _ = volumes(
        {"name": "w", "persistentVolumeClaim": {"claimName": "weights"}},
        {"name": "s", "emptyDir": {}},
        {"name": "o", "image": {"reference": "r.io/m:1"}},
        {"name": "b", "image": {}},
        {"name": "n", "nfs": {"server": "server", "path": "/export"}},
        {"name": "unnamed", "persistentVolumeClaim": {}},
    )
    mounts = (
        ("/models/", "w", ""),
        ("/models/sub", "s", ""),
        ("/data", "w", "/inner/"),
        ("/oci", "o", ""),
        ("/broken", "b", ""),
        ("/nfs", "n", ""),
        ("/unnamed", "unnamed", ""),
        ("/gone", "gone", ""),
    )
    assert resolve_path(target, mounts, tuple(found)) == address


def test_a_mount_at_the_root_holds_every_path() -> None:
    found, _ = volumes({"name": "w", "persistentVolumeClaim": {"claimName": "c"}})
    assert resolve_path("/models/x", (("/", "w", ""),), tuple(found)) == "pvc://c/models/x"


@pytest.mark.parametrize("target", ["/srv/../models/x", "/models/./x", "//models/x", "/models//x"])
def test_a_path_with_detours_leads_where_the_kernel_would_go(target: str) -> None:
    found, _ = volumes({"name": "w", "persistentVolumeClaim": {"claimName": "c"}})
    assert resolve_path(target, (("/models", "w", ""),), tuple(found)) == "pvc://c/x"
