"""Models that programs in the manifest load."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.workloads.extract import Extraction
from mlgate.workloads.python.inline_code import read_code
from mlgate.workloads.python.text import programs_in

Read = Callable[..., Extraction]
PodOf = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('snapshot_download("acme/drafts")', [("snapshot_download", "acme/drafts")]),
        (
            "snapshot_download( repo_id = 'acme/drafts', x='/m')",
            [("snapshot_download", "acme/drafts")],
        ),
        ('AutoModel.from_pretrained(r"acme/drafts")', [("from_pretrained", "acme/drafts")]),
        ('LLM(\n    model="acme/drafts",\n)', [("LLM", "acme/drafts")]),
        (r"LLM(\"acme/drafts\")", [("LLM", "acme/drafts")]),
        ('mlflow.pyfunc.load_model("models:/scoring/3")', [("load_model", "models:/scoring/3")]),
        ('AutoTokenizer.from_pretrained("acme/drafts")', []),
        ('AutoProcessor.from_pretrained("acme/drafts")', []),
        ("LLM(model)", [("LLM", None)]),
        ('NOLLM("acme/drafts")', []),
        ('client.create(model="acme/drafts")', []),
    ],
)
def test_calls_that_load_a_model_are_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(load.function, load.address) for load in read_code(text).loaded] == expected


CODE = 'from huggingface_hub import snapshot_download; snapshot_download("acme/drafts")'


@pytest.mark.parametrize(
    ("container", "place"),
    [
        ({"command": ["python3", "-c", CODE]}, "command[2]"),
        ({"command": ["sh", "-c", f"python3 - <<EOF\n{CODE}\nEOF"]}, "command[2]"),
        ({"command": ["sh", "-c"], "args": [f"python3 -c '{CODE}'"]}, "args[0]"),
    ],
)
def test_a_model_in_code_is_a_model(read: Read, pod_of: PodOf, container: dict[str, Any], place: str) -> None:
    found = read(pod_of(**container)).workload

    assert found is not None
    assert found.serves_model
    assert [(model.uri, model.path) for model in found.models] == [
        ("hf://acme/drafts", f"spec.containers[0].{place}")
    ]
    assert found.detected_by == (f"command:snapshot_download@spec.containers[0].{place}",)


def test_a_file_or_a_word_in_code_is_no_model(read: Read, pod_of: PodOf) -> None:
    assert not read(pod_of(command=["python3", "-c", 'load_model("config.yaml"); LLM("x")'])).concerned


def test_a_name_that_doubles_with_every_line_is_one_nobody_knows() -> None:
    lines = "".join(f"a{index + 1} = a{index} + a{index}\n" for index in range(60))
    code = read_code(f"import os\na0 = 'evil/model'\n{lines}os.system(a60)\nLLM(a60)")
    assert code.hidden == ("calls system with what the reader cannot know",)
    assert [(load.function, load.address) for load in code.loaded] == [("LLM", None)]


def test_of_very_many_documents_none_is_taken_out() -> None:
    text = "".join(f"cat <<E{index}\nx(\n" for index in range(1000))
    assert list(programs_in([(text, "p")])) == [(text, "p", False)]
