"""What was read in one object, in the form policy sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.workload import Volume
from mlgate.workloads.extract import Extraction
from mlgate.workloads.manifest import Manifest

Json = dict[str, Any]
Read = Callable[..., Extraction]
Make = Callable[..., Json]
VLLM = "vllm/vllm-openai:v1"


def volumes(read: Read, obj: Json) -> tuple[Volume, ...]:
    found = read(obj).workload
    assert found is not None
    return found.volumes


def test_an_empty_manifest_is_an_empty_workload() -> None:
    found = Manifest(api_version="v1", kind="Pod", namespace=None, name=None).workload()
    assert not found.concerns_a_model
    assert (found.containers, found.pods, found.volumes, found.is_runtime, found.is_route) == (
        (),
        (),
        (),
        False,
        False,
    )


def test_a_claim_that_an_address_names_is_a_volume_even_where_no_pod_mounts_it(
    read: Read, service: Make
) -> None:
    model = {"modelFormat": {"name": "onnx"}, "storageUri": "pvc://weights/credit"}
    assert volumes(read, service({"predictor": {"model": model}})) == (
        Volume(
            name="weights",
            kind="pvc",
            claim_name="weights",
            holds_model=True,
            path="spec.predictor.model.storageUri",
        ),
    )


@pytest.mark.parametrize(
    ("source", "mount", "value", "holds"),
    [
        ({"persistentVolumeClaim": {"claimName": "c"}}, "/models", "/models/x", True),
        ({"persistentVolumeClaim": {"claimName": "c"}}, "/data", "/models/x", False),
        ({"hostPath": {"path": "/srv"}}, "/models/", "/models/x", True),
        ({"emptyDir": {}}, "/models", "/models", True),
        ({"emptyDir": {}}, "/mod", "/models", False),
    ],
)
def test_a_volume_holds_a_model_when_its_address_points_into_it(
    read: Read, pod_of: Make, source: Json, mount: str, value: str, *, holds: bool
) -> None:
    obj = pod_of(
        {"volumes": [{"name": "v", **source}, {"name": "other", "emptyDir": {}}]},
        image=VLLM,
        args=["--model", value],
        volumeMounts=[{"name": "v", "mountPath": mount}],
    )
    assert [volume.holds_model for volume in volumes(read, obj)] == [holds, False]


def test_a_claim_template_holds_a_model_by_its_own_name(read: Read, pod_of: Make) -> None:
    container = pod_of(
        image=VLLM, args=["--model", "/models/x"], volumeMounts=[{"name": "data", "mountPath": "/models"}]
    )
    obj = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "s"},
        "spec": {
            "template": {"spec": container["spec"]},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}}, {"metadata": {"name": "logs"}}],
        },
    }
    assert [(volume.name, volume.holds_model) for volume in volumes(read, obj)] == [
        ("data", True),
        ("logs", False),
    ]


def test_every_template_of_an_object_counts(read: Read, service: Make) -> None:
    model = {"modelFormat": {"name": "onnx"}, "storageUri": "s3://b/m", "image": "i"}
    obj = service(
        {"predictor": {"model": model, "workerSpec": {"containers": [{"name": "w", "image": "j"}]}}}
    )
    manifest = read(obj).manifest
    assert manifest is not None
    assert [slot.image for slot in manifest.slots] == ["i", "j"]
    assert [template.path for template in manifest.templates()] == [
        "spec.predictor",
        "spec.predictor.workerSpec",
    ]
