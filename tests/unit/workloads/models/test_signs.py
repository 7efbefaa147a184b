"""Weak signs of a model being run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.workloads.extract import Extraction
from mlgate.workloads.models.signs import gpus, has_gpu, model_mounts, model_ports, model_variables

Read = Callable[..., Extraction]
Make = Callable[..., dict[str, Any]]
PLACE = "spec.containers[0]"


@pytest.fixture
def slot_of(read: Read, pod_of: Make) -> Callable[..., Any]:
    """A container as it was read."""

    def make(**container: Any) -> Any:
        manifest = read(pod_of(**container)).manifest
        assert manifest is not None
        return manifest.slots[0]

    return make


@pytest.mark.parametrize("part", ["limits", "requests"])
@pytest.mark.parametrize(
    "name",
    [
        "nvidia.com/gpu",
        "nvidia.com/mig-1g.5gb",
        "nvidia.com/gpu.shared",
        "amd.com/gpu",
        "gpu.intel.com/i915",
        "google.com/tpu",
        "aws.amazon.com/neuroncore",
        "habana.ai/gaudi",
        "huawei.com/Ascend910",
        "nvidia.com/gpumem",
        "aliyun.com/gpu-mem",
        "volcano.sh/vgpu-number",
        "tencent.com/vcuda-core",
        "cambricon.com/mlu",
        "furiosa.ai/rngd",
        "qualcomm.com/qaic",
    ],
)
def test_an_accelerator_is_a_sign(slot_of: Callable[..., Any], part: str, name: str) -> None:
    found = slot_of(resources={part: {name: "1"}})
    assert list(gpus(found)) == [f"gpu:{name}@{PLACE}.resources.{part}"]


def test_a_claimed_device_is_a_sign(slot_of: Callable[..., Any]) -> None:
    assert list(gpus(slot_of(resources={"claims": [{"name": "gpu"}]}))) == [
        f"gpu:claim@{PLACE}.resources.claims"
    ]


@pytest.mark.parametrize(
    "resources",
    [
        None,
        {},
        {"limits": {"cpu": "4", "memory": "8Gi", "nvidia.com/gpu-driver": 1}},
        {"limits": {"nvidia.com/gpu": 0}},
        {"limits": {"nvidia.com/gpu": "0"}},
        {"limits": {"nvidia.com/gpu": ""}},
        {"limits": {"nvidia.com/gpu": None}},
        {"limits": "nvidia.com/gpu"},
        {"claims": []},
    ],
)
def test_no_accelerator_is_no_sign(slot_of: Callable[..., Any], resources: Any) -> None:
    assert not has_gpu(slot_of(resources=resources))


def test_mounts_where_models_lie_are_signs(slot_of: Callable[..., Any]) -> None:
    paths = ["/models", "/models/", "/model/x", "/mnt/models", "/modelsx", "/data/models", "/"]
    found = slot_of(volumeMounts=[{"name": f"v{i}", "mountPath": path} for i, path in enumerate(paths)])
    assert [name for _, name in model_mounts(found)] == ["v0", "v1", "v2", "v3"]


def test_variables_and_ports_of_model_programs_are_signs(slot_of: Callable[..., Any]) -> None:
    names = ["HF_HOME", "VLLM_LOGGING_LEVEL", "MY_HF_HOME", "hf_home"]
    found = slot_of(
        env=[{"name": name, "value": "x"} for name in names],
        ports=[{"containerPort": 80}, {"containerPort": 8000}],
    )
    assert list(model_variables(found)) == [
        f"env:HF_HOME@{PLACE}.env[0]",
        f"env:VLLM_LOGGING_LEVEL@{PLACE}.env[1]",
    ]
    assert list(model_ports(found)) == [f"port:8000@{PLACE}.ports"]
