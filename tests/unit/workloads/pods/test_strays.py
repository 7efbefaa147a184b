"""What stands in fields the table of kinds does not know."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.pods.strays import stray_addresses, stray_images, stray_pods

POD = {"containers": [{"name": "x"}]}


@pytest.mark.parametrize(
    ("obj", "paths"),
    [
        ({"spec": {"a": [POD, {"b": POD}]}}, ["spec.a[0]", "spec.a[1].b"]),
        ({"spec": POD}, []),
        ({"spec": {"x": {"initContainers": [{"image": "i"}]}}}, ["spec.x"]),
        ({"spec": {"x": {"ephemeralContainers": [1, {"image": "i"}]}}}, ["spec.x"]),
        ({"top": POD}, ["top"]),
        ({"metadata": {"x": POD}, "status": POD}, []),
        (
            {"spec": {"containers": []}, "x": {"containers": [{"other": 1}, "x"]}, "y": {"containers": "x"}},
            [],
        ),
        ({"spec": {"odd key": POD}}, ["spec['odd key']"]),
    ],
)
def test_every_place_that_holds_containers_is_found(obj: dict[str, Any], paths: list[str]) -> None:
    assert [path for path, _ in stray_pods(obj, {"spec"})] == paths


def test_at_most_fifty_pods_are_returned() -> None:
    assert len(list(stray_pods({"spec": {"all": [POD] * 80}}, set()))) == 50


@pytest.mark.parametrize(
    ("obj", "found"),
    [
        ({"spec": {"x": {"storageUri": "s3://b/m"}}}, [("spec.x.storageUri", "s3://b/m")]),
        ({"spec": {"x": [{"modelUri": "hf://o/m"}]}}, [("spec.x[0].modelUri", "hf://o/m")]),
        ({"spec": {"storageUris": [{"uri": "s3://b/m"}]}}, [("spec.storageUris[0].uri", "s3://b/m")]),
        ({"spec": {"uri": "s3://b/m"}}, [("spec.uri", "s3://b/m")]),
        ({"spec": {"uri": "https://b/m"}}, []),
        ({"spec": {"known": {"storageUri": "s3://b/m"}}}, []),
        ({"spec": {"x": {"storageUri": ""}, "y": {"storageUri": None}}}, []),
        ({"spec": {"x": {"storageUri": ["s3://b/m"]}}}, [("spec.x.storageUri", None)]),
        ({"metadata": {"storageUri": "s3://b/m"}}, []),
    ],
)
def test_addresses_in_fields_named_like_one_are_models(
    obj: dict[str, Any], found: list[tuple[str, str | None]]
) -> None:
    models = list(stray_addresses(obj, {"spec.known.storageUri"}))

    assert [(path, model and model.uri) for path, model in models] == found
    assert all(model is None or model.id == path == model.path for path, model in models)


def test_at_most_fifty_addresses_are_returned() -> None:
    assert len(list(stray_addresses({"spec": {"all": [{"storageUri": "s3://b/m"}] * 80}}, set()))) == 50


@pytest.mark.parametrize(
    ("obj", "paths"),
    [
        ({"spec": {"a": {"image": "x"}, "b": [{"baseImage": "y"}]}}, ["spec.a.image", "spec.b[0].baseImage"]),
        ({"spec": {"a": {"image": {"repository": "x"}}}}, ["spec.a.image"]),
        ({"spec": {"a": {"image": {"registry": "r", "name": "x"}}}}, ["spec.a.image"]),
        ({"spec": {"metadata": {"redis": {"image": "x"}}}}, ["spec.metadata.redis.image"]),
        ({"spec": {"known": {"image": "x"}}}, []),
        ({"spec": {"a": {"image": ""}, "b": {"image": 1}, "c": {"image": {"pullPolicy": "Always"}}}}, []),
        ({"spec": {"metadata": {"annotations": {"image": "x"}}, "nodeSelector": {"image": "x"}}}, []),
        ({"spec": {"volumes": [{"rbd": {"image": "x"}}, {"image": {"reference": "x"}}]}}, []),
        ({"metadata": {"image": "x"}, "status": {"image": "x"}}, []),
        ({"spec": {"all": [{"image": "x"}] * 80}}, [f"spec.all[{index}].image" for index in range(50)]),
    ],
)
def test_images_in_fields_nobody_reads_are_found(obj: dict[str, Any], paths: list[str]) -> None:
    assert list(stray_images(obj, {"spec.known.image"})) == paths
