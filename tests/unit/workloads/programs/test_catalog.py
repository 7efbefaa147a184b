"""The detector's data."""

from __future__ import annotations

import pytest

from mlgate.workloads.programs.catalog import catalog


@pytest.mark.parametrize(
    ("image", "program"),
    [
        ("vllm/vllm-openai:v1", "vllm"),
        ("mirror.example.com:5000/hub/vllm/vllm-openai@sha256:" + "a" * 64, "vllm"),
        ("ghcr.io/huggingface/text-generation-inference:3", "text-generation-inference"),
        ("nvcr.io/nvidia/tritonserver:24.05-py3", "triton"),
        ("tensorflow/serving", "tensorflow-serving"),
        ("nvcr.io/nim/meta/chat:1", "nim"),
        ("seldonio/mlserver:1.5-sklearn", "mlserver"),
        ("ollama/ollama", "ollama"),
        ("registry.example.com/copy/pytorch-vllm-serve:1", "vllm"),
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver:24.01-py3", "triton"),
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.14-gpu", "tensorflow-serving"),
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.2-gpu", "torchserve"),
        ("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1", "sagemaker"),
        ("us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-3:latest", "vertex-prediction"),
        ("nvcr.io/nvidia/riva/riva-speech:2.14.0", "riva"),
        ("nvcr.io/nvidia/deepstream:7.0-triton-multiarch", "deepstream"),
        ("yanwk/comfyui-boot:cu124", "comfyui"),
        ("onerahmet/openai-whisper-asr-webservice:latest", "whisper"),
        ("ghcr.io/theroyallab/tabbyapi:latest", "tabbyapi"),
        ("ghcr.io/remsky/kokoro-fastapi-cpu:latest", "kokoro"),
        ("us-docker.pkg.dev/cloud-tpu-images/inference/sax-model-server:v1", "sax"),
        ("postgres:16", None),
        ("example.com/vllm-openai-exporter:1", None),
        ("example.com/team/prediction-api:1", None),
        ("example.com/sglang-router:1", None),
        ("example.com/serving:1", None),
        ("not an image", None),
        ("", None),
    ],
)
def test_an_image_is_known_by_the_end_of_its_repository(image: str, program: str | None) -> None:
    found = catalog().program_of_image(image)

    assert (found.name if found else None) == program


def test_every_word_is_written_as_the_reader_compares_it() -> None:
    tables = catalog()

    assert not [
        flag for names in tables.flags.values() for flag in names if "_" in flag or flag.startswith("-")
    ]
    assert not [mount for mount in tables.sign_mounts if mount.endswith("/")]
    assert not [ending for ending in tables.extensions if ending != ending.lower()]
    assert not [scheme for scheme in tables.schemes | tables.hubs if scheme != scheme.lower()]


def test_programs_have_names_of_their_own_and_something_to_know_them_by() -> None:
    programs = catalog().programs

    assert len({program.name for program in programs}) == len(programs)
    assert all(program.images or program.commands for program in programs)


def test_a_sign_may_end_in_a_star() -> None:
    assert catalog().sign_variables.fullmatch("VLLM_ANYTHING")
    assert not catalog().sign_variables.fullmatch("HF_TOKENS")
