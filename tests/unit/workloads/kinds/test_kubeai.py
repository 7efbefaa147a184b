"""KubeAI: a model in one field, variables as a map, files in the object, an engine without an image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction
from mlgate.workloads.kinds.table import find_kind

Json = dict[str, Any]
Read = Callable[..., Extraction]

COMMIT = "5" * 40
PINNED = ["--revision", COMMIT]


def model(url: Any = "hf://acme/drafts", engine: str = "VLLM", **fields: Any) -> Json:
    return {
        "apiVersion": "kubeai.org/v1",
        "kind": "Model",
        "metadata": {"name": "drafts"},
        "spec": {"url": url, "engine": engine, "features": ["TextGeneration"], **fields},
    }


def workload_of(extraction: Extraction) -> Workload:
    assert extraction.workload is not None
    return extraction.workload


def models(workload: Workload) -> list[tuple[str, str, str, str]]:
    return [(found.id, found.uri, found.role, found.path) for found in workload.models]


@pytest.mark.parametrize("url", [f"hf://acme/drafts:{COMMIT}", "hf://a;sh/b", "s3://bucket/drafts", "drafts"])
def test_ollama_looks_every_name_up_in_its_own_library(read: Read, url: str) -> None:
    assert "spec.url" in [found.path for found in workload_of(read(model(url, "OLlama"))).problems]
    if url != "drafts":
        assert workload_of(read(model(url))).problems == ()


@pytest.mark.parametrize("query", ["?insecure=true", "?insecure", "?pull=false&insecure=1"])
def test_a_registry_whose_certificate_nobody_looks_at_is_told(read: Read, query: str) -> None:
    workload = workload_of(read(model(f"ollama://hub.example.com/acme/drafts:1{query}", "OLlama")))

    assert [(call.path, call.host, call.tls) for call in workload.endpoints] == [
        ("spec.url", "hub.example.com", False)
    ]


def test_a_registry_that_is_looked_at_is_no_endpoint(read: Read) -> None:
    url = "ollama://hub.example.com/acme/drafts:1?insecure=false&pull=true"
    assert workload_of(read(model(url, "OLlama"))).endpoints == ()


@pytest.mark.parametrize(
    "url",
    [
        "ollama://drafts:2b; ollama cp evil:1 drafts",
        "ollama://drafts:2b&&sh",
        "ollama://$(sh)",
        "ollama://drafts:2b`sh`?pull=false",
        "OLLAMA://drafts:2b|sh",
        "pvc://weights?model=drafts%3Bsh",
        "pvc://weights?a=b&model=drafts%20evil",
    ],
)
def test_a_shell_reads_nothing_but_a_name(read: Read, url: str) -> None:
    for engine in ("OLlama", "VLLM"):
        problems = workload_of(read(model(url, engine))).problems
        assert "spec.url" in [problem.path for problem in problems]


@pytest.mark.parametrize(
    "url",
    [
        "ollama://r.example.com:5000/team/drafts:2b-q4_0?insecure=true&pull=false",
        "pvc://weights/a?model=team/drafts:2b",
        "pvc://weights/a (old)",
    ],
)
def test_a_name_is_no_line_of_shell(read: Read, url: str) -> None:
    assert workload_of(read(model(url, "OLlama"))).problems == ()


@pytest.mark.parametrize(
    ("url", "revision"),
    [
        ("hf://acme/drafts", None),
        ("ollama://drafts:2b", "2b"),
        ("ollama://drafts:2b?pull=false", "2b"),
        ("pvc://weights/drafts?model=drafts:2b", None),
        ("s3://bucket/drafts", None),
        ("oss://bucket/drafts", None),
    ],
)
def test_the_address_is_the_model(read: Read, url: str, revision: str | None) -> None:
    workload = workload_of(read(model(url)))

    assert models(workload) == [("model", url, "primary", "spec.url")]
    assert (workload.models[0].name, workload.models[0].revision) == ("drafts", revision)
    assert (workload.serves_model, workload.exposure.scope, workload.problems) == (True, "cluster", ())


@pytest.mark.parametrize("url", ["pvc://weights", "pvc://weights/drafts", "pvc://weights?model=drafts:2b"])
def test_a_model_on_a_claim_names_the_claim(read: Read, url: str) -> None:
    workload = workload_of(read(model(url)))
    assert [(item.claim_name, item.holds_model) for item in workload.volumes] == [("weights", True)]


@pytest.mark.parametrize(
    ("fields", "immutable"),
    [
        ({"args": PINNED}, True),
        ({"args": [*PINNED, "--revision=main"]}, False),
        ({"args": PINNED, "engine": "Infinity"}, True),
        # Whoever copies the model beforehand, or another engine, does not look at the flag.
        ({"args": PINNED, "cacheProfile": "shared"}, False),
        ({"args": PINNED, "engine": "FasterWhisper"}, False),
        ({"args": PINNED, "url": "s3://bucket/drafts"}, False),
    ],
)
def test_a_revision_counts_where_the_engine_itself_loads_the_model(
    read: Read, fields: Json, *, immutable: bool
) -> None:
    (found,) = workload_of(read(model(**fields))).models
    assert (found.immutable, found.revision) == (immutable, COMMIT if immutable else found.revision)


def test_bypass_03_adapters_are_models_and_let_callers_load_more(read: Read) -> None:
    adapters = [{"name": "tone", "url": "hf://acme/tone"}, {"name": "sql", "url": "s3://bucket/sql"}]
    workload = workload_of(read(model(adapters=adapters)))

    assert models(workload) == [
        ("model", "hf://acme/drafts", "primary", "spec.url"),
        ("adapter:tone", "hf://acme/tone", "adapter", "spec.adapters[0].url"),
        ("adapter:sql", "s3://bucket/sql", "adapter", "spec.adapters[1].url"),
    ]
    assert workload.features.runtime_lora.path == "spec.adapters"
    assert not workload_of(read(model(adapters=[]))).features.runtime_lora.enabled


def test_bypass_13_the_served_version_is_read(read: Read) -> None:
    row = find_kind("kubeai.org", "Model")
    assert row is not None
    assert row.versions == ("v1",)
    other = workload_of(read(model() | {"apiVersion": "kubeai.org/v2"}))
    assert [problem.path for problem in other.problems] == ["apiVersion"]


def test_bypass_12_a_model_of_another_group_is_another_kind(read: Read) -> None:
    seldon = model() | {"apiVersion": "mlops.seldon.io/v1alpha1"}
    assert "hf://acme/drafts" not in [found.uri for found in workload_of(read(seldon)).models]


def test_variables_of_a_map_and_of_secrets_are_read(read: Read) -> None:
    extraction = read(
        model(
            image="r.example.com/vllm:1",
            env={"A": "b", "PORT": 8000, "MODEL_ID": "acme/other"},
            envFrom=[{"secretRef": {"name": "hub"}}, {"configMapRef": {"name": "more"}}],
        )
    )

    workload = workload_of(extraction)
    (container,) = workload.containers
    assert (container.name, container.image.raw, container.path) == ("server", "r.example.com/vllm:1", "spec")
    assert [(item.name, item.value, item.path) for item in container.env] == [
        ("A", "b", "spec.env.A"),
        ("MODEL_ID", "acme/other", "spec.env.MODEL_ID"),
        ("PORT", "8000", "spec.env.PORT"),
    ]
    assert [item.uri for item in workload.models] == ["hf://acme/drafts", "hf://acme/other"]
    assert extraction.lookups.secrets == ("hub",)
    assert extraction.lookups.config_maps == ("more",)


@pytest.mark.parametrize(
    ("engine", "variable"), [("Infinity", "INFINITY_MODEL_ID"), ("FasterWhisper", "WHISPER__MODEL")]
)
def test_a_variable_by_which_an_engine_is_told_its_model_hides_none(
    read: Read, engine: str, variable: str
) -> None:
    workload = workload_of(read(model(engine=engine, env={variable: "acme/hidden"})))
    assert [item.uri for item in workload.models] == ["hf://acme/drafts", "hf://acme/hidden"]


def test_an_engine_without_an_image_is_a_container_of_an_unknown_one(read: Read) -> None:
    workload = workload_of(read(model()))

    (container,) = workload.containers
    assert (container.image.raw, container.image.digest, container.role) == (None, None, "server")
    assert workload.pods[0].service_account_name == "kubeai-models"


def test_a_credential_in_the_map_or_in_a_file_is_found(read: Read) -> None:
    key = "AKIA" + "IOSFODNN7QWERTYU"
    obj = model(env={"AWS_ACCESS_KEY_ID": key}, files=[{"path": "/c", "content": f"id: {key}"}])
    assert {item.path for item in read(obj).credentials} >= {
        "spec.env.AWS_ACCESS_KEY_ID",
        "spec.files[0].content",
    }


def test_a_file_the_engine_takes_its_configuration_from_is_read(read: Read) -> None:
    content = "lora-modules: tone=acme/tone\ntrust-remote-code: true\nmax-model-len: 10\n"
    files = [
        {"path": "/etc/engine.yaml", "content": content},
        {"path": "/etc/template.jinja", "content": "model: acme/unread"},
    ]
    workload = workload_of(read(model(files=files, args=["--config", "/etc/./engine.yaml"])))

    assert models(workload)[1:] == [
        ("adapter:tone", "hf://acme/tone", "adapter", "spec.files[0].content.lora-modules")
    ]
    assert workload.features.trust_remote_code.path == "spec.files[0].content.trust-remote-code"
    assert not workload.features.runtime_lora.enabled


def test_a_file_nobody_is_told_of_says_nothing(read: Read) -> None:
    files = [{"path": "/etc/engine.yaml", "content": "model: acme/unread"}]
    assert [item.uri for item in workload_of(read(model(files=files))).models] == ["hf://acme/drafts"]


def test_a_file_without_end_is_a_problem(read: Read) -> None:
    content = "\n".join(f"key{number}: {number}" for number in range(2100))
    obj = model(files=[{"path": "/c.yaml", "content": content}], args=["--config=/c.yaml"])
    assert [problem.path for problem in workload_of(read(obj)).problems] == ["spec.files[0].content"]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"url": ["hf://a/b"]}, "spec.url"),
        ({"image": {"a": 1}, "url": 3}, "spec.url"),
        ({"args": [["a"]]}, "spec.args[0]"),
        ({"env": ["a"]}, "spec.env[0]"),
        ({"env": {"A": {"b": "c"}}}, "spec.env.A"),
        ({"envFrom": {"secretRef": {}}}, "spec.envFrom"),
        ({"adapters": {"a": 1}}, "spec.adapters"),
        ({"adapters": [{"name": "a", "url": 1}]}, "spec.adapters[0].url"),
        ({"files": "a"}, "spec.files"),
        ({"files": ["a"]}, "spec.files[0]"),
        ({"files": [{"path": 1, "content": "a"}]}, "spec.files[0].path"),
        ({"files": [{"path": "/a", "content": {}}]}, "spec.files[0].content"),
    ],
)
def test_a_wrong_type_is_a_problem_with_its_path(read: Read, fields: Json, path: str) -> None:
    assert path in [problem.path for problem in workload_of(read(model(**fields))).problems]
