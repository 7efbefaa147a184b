"""Templates that KServe fills in: what they become is read, and nothing can hide in one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.evidence import Evidence, ResolvedReference
from mlgate.domain.workload import Workload
from mlgate.workloads.complete import complete
from mlgate.workloads.extract import Extraction

Json = dict[str, Any]
Read = Callable[..., Extraction]
Make = Callable[..., Json]

UNKNOWN = "holds a template that the reader cannot follow"
FILLED = "is filled with more than a plain word"
PUT = "is put into templates and holds more than a plain word"
VLLM = "vllm/vllm-openai:v1"


def reference(kind: str, spec: Json) -> ResolvedReference:
    version = "v1alpha2" if kind == "LLMInferenceServiceConfig" else "v1alpha1"
    return ResolvedReference(
        api_version=f"serving.kserve.io/{version}",
        kind=kind,
        namespace="team",
        name="base",
        status="found",
        object={"spec": spec},
    )


def whole(read: Read, obj: Json, *references: ResolvedReference) -> Workload:
    workload = complete(read(obj), Evidence(references=references)).workload
    assert workload is not None
    return workload


def llm(spec: Json, kind: str = "LLMInferenceService") -> Json:
    return {
        "apiVersion": "serving.kserve.io/v1alpha2",
        "kind": kind,
        "metadata": {"name": "chat", "namespace": "team"},
        "spec": {"model": {"uri": "hf://acme/chat", "name": "acme/chat"}, **spec},
    }


def main(*args: str) -> Json:
    return {"template": {"containers": [{"name": "main", "image": VLLM, "args": list(args)}]}}


def problems(workload: Workload) -> list[tuple[str, str]]:
    return [(problem.path, problem.message) for problem in workload.problems]


# Runtimes: filled with the metadata of the service


def through_runtime(read: Read, service: Make, arg: str, **metadata: Any) -> Workload:
    container = {"name": "kserve-container", "image": VLLM, "args": [arg]}
    spec = {"predictor": {"model": {"storageUri": "s3://b/m", "runtime": "base"}}}
    return whole(read, service(spec, **metadata), reference("ServingRuntime", {"containers": [container]}))


@pytest.mark.parametrize(
    ("arg", "filled"),
    [
        ("--name={{.Name}}", "--name=scoring"),
        ("--name={{ .Namespace }}-x", "--name=team-x"),
        ("{{- .Labels.tier -}}", "gold"),
        ("{{.Annotations.note}}", "n-1"),
        ("{{.Labels.none}}", "{{.Labels.none}}"),
        ("plain", "plain"),
    ],
)
def test_a_runtime_is_filled_with_the_metadata_of_the_service(
    read: Read, service: Make, arg: str, filled: str
) -> None:
    found = through_runtime(read, service, arg, labels={"tier": "gold"}, annotations={"note": "n-1"})
    assert found.containers[0].args == (filled,)
    assert found.problems == ()


def test_a_value_that_is_filled_in_can_name_a_model(read: Read, service: Make) -> None:
    found = through_runtime(
        read, service, "--model={{.Annotations.note}}", annotations={"note": "acme/other"}
    )
    assert [model.uri for model in found.models] == ["s3://b/m", "hf://acme/other"]


@pytest.mark.parametrize(
    "arg",
    [
        "{{printf `%c` 34}},image:x",
        "{{ index .Annotations `note` }}",
        "{{ .Spec.Model.Name }}",
        "{{/* a remark */}}",
        "{{ if .Name }}x{{ end }}",
        "{{ `{{` }}",
        "{{ .Name",
    ],
)
def test_any_other_expression_is_a_problem(read: Read, service: Make, arg: str) -> None:
    path = "ServingRuntime/base.spec.containers[0].args[0]"
    assert (path, UNKNOWN) in problems(through_runtime(read, service, arg))


@pytest.mark.parametrize("note", ['","image":"x', "a b", "$(x)", "a\\", "a'b", "{{.Name}}"])
def test_a_value_that_breaks_out_of_its_place_is_a_problem(read: Read, service: Make, note: str) -> None:
    found = through_runtime(read, service, "--x={{.Annotations.note}}", annotations={"note": note})
    assert problems(found) == [("ServingRuntime/base.spec.containers[0].args[0]", FILLED)]


def test_a_model_of_a_service_is_filled_in_and_its_own_containers_are_not(read: Read, service: Make) -> None:
    model = {"storageUri": "s3://b/m", "args": ["--name={{.Name}}"]}
    own = {"name": "own", "image": "own:1", "args": ["--chat-template={{ messages }}"]}
    found = whole(read, service({"predictor": {"model": model, "containers": [own]}}))
    assert [item.args for item in found.containers] == [
        ("--chat-template={{ messages }}",),
        ("--name=scoring",),
    ]
    assert found.problems == ()
    model = model | {"image": "{{printf `%c` 34}}"}
    found = whole(read, service({"predictor": {"model": model}}))
    assert problems(found) == [("spec.predictor.model.image", UNKNOWN)]


@pytest.mark.parametrize("kind", ["ServingRuntime", "ClusterServingRuntime"])
def test_a_runtime_by_itself_has_no_values_yet(read: Read, kind: str) -> None:
    def runtime(arg: str) -> Workload:
        spec = {"containers": [{"name": "kserve-container", "image": VLLM, "args": [arg]}]}
        obj = {"apiVersion": "serving.kserve.io/v1alpha1", "kind": kind, "metadata": {"name": "r"}}
        return whole(read, obj | {"spec": spec})

    assert problems(runtime("--name={{.Name}}")) == []
    assert problems(runtime("--name={{.Foo}}")) == [("spec.containers[0].args[0]", UNKNOWN)]


# Language model services and their configs


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{ .Name }}/{{ .ObjectMeta.Name }}", "chat/chat"),
        ("{{ .ObjectMeta.Namespace }}", "team"),
        ("--served-model-name {{ .Spec.Model.Name }}", "--served-model-name acme/chat"),
        ("{{ ChildName .ObjectMeta.Name `-epp` }}", "chat-epp"),
        ("a {{ if .GlobalConfig.EnableTLS }}--tls{{- end }} b", "a  --tls  b"),
        ("{{ if .GlobalConfig.EnableTLS }}HTTPS{{else}}HTTP{{- end }}", " HTTPS HTTP "),
        ("a \\\n  {{- if and .Spec.Parallelism .Spec.Parallelism.Tensor }} --tp 1{{- end }} \\", None),
        ("a \\\n  {{- if .Spec.Parallelism.Expert -}}--ep{{- end }} \\", None),
        ("a{{ if .Spec.Prefill }} x {{ end }}", None),
        ("{{ or .Spec.Parallelism.Data 1 }}", None),
        ('"{{ if .Spec.Prefill }}{{ kvTransferConfig .Spec.Prefill.KVCacheOffloading }}{{ end }}"', '""'),
        ('K="{{ kvTransferConfig .Spec.KVCacheOffloading }}"', 'K=""'),
        (
            '{{ if .Spec.A }}{{ shutdownTimeout .Spec.A 15 }}{{ else }}{{ shutdownTimeout nil 5 }}{{ end }}"',
            '15"',
        ),
        ("{{ shutdownTimeout .Spec.Template 15 }}", None),
        ("--pool={{ .GlobalConfig.InferencePoolNamespacedName }}", "--pool="),
    ],
)
def test_what_a_service_is_filled_with_is_read(read: Read, text: str, filled: str | None) -> None:
    found = whole(read, llm(main(text)))
    assert found.problems == ()
    assert filled is None or found.containers[0].args == (filled,)


@pytest.mark.parametrize(
    "text",
    [
        "--mod{{ if .Spec.Prefill }}x{{ end }}el=acme/other",
        "--mod{{ if .Spec.Prefill }} x{{ end }}el=acme/other",
        "--mod {{- if .Spec.Prefill -}} x {{- end -}} el=acme/other",
        "--mod{{ if .Spec.Prefill }}x{{ else }}el=acme/other{{ end }}",
        "{{ if .Spec.Prefill }}x",
        "x{{ end }}",
        "x {{ else }} y",
        "{{ printf `%c` 34 }}",
        "{{ .Spec.Template }}",
        "{{ index .Labels `x` }}",
        "{{ ChildName .ObjectMeta.Name `=x` }}",
        "{{ range .Spec.Template.Containers }}",
    ],
)
def test_an_expression_that_puts_words_together_is_a_problem(read: Read, text: str) -> None:
    assert problems(whole(read, llm(main(text)))) == [("spec.template.containers[0].args[0]", UNKNOWN)]


@pytest.mark.parametrize(
    "text",
    [
        "--mod{{ kvTransferConfig .Spec.KVCacheOffloading }}el=acme/other",
        "--mod{{ .GlobalConfig.IngressGatewayName }}el=acme/other",
        "--m{{ .Name }}=acme/other",
        "--{{ ChildName .ObjectMeta.Name `el` }}=acme/other",
    ],
)
def test_a_word_that_comes_to_name_a_model_is_read(read: Read, text: str) -> None:
    obj = llm(main(text))
    obj["metadata"]["name"] = "mod" if "ChildName" in text else "odel"
    assert [model.uri for model in whole(read, obj).models] == ["hf://acme/chat", "hf://acme/other"]


@pytest.mark.parametrize(
    "name", ["a b", "x; exec vllm serve acme/other", "x'", 'x","image":"y', "{{ .Name }}"]
)
def test_a_served_name_that_is_more_than_a_word_is_a_problem(read: Read, name: str) -> None:
    model = {"uri": "hf://acme/chat", "name": name}
    assert ("spec.model.name", PUT) in problems(whole(read, llm({"model": model})))
    adapters = [{"uri": "hf://acme/x", "name": name}]
    adapted = {"uri": "hf://acme/chat", "name": "chat", "lora": {"adapters": adapters}}
    assert ("spec.model.lora.adapters[0].name", PUT) in problems(whole(read, llm({"model": adapted})))


def test_a_config_may_put_a_template_in_the_place_of_the_name(read: Read) -> None:
    config = llm({"model": {"uri": "hf://acme/chat", "name": "{{ .Name }}"}}, "LLMInferenceServiceConfig")
    assert problems(whole(read, config)) == []
    config = llm({"model": {"uri": "hf://acme/chat", "name": "{{ .Name }} x"}}, "LLMInferenceServiceConfig")
    assert problems(whole(read, config)) == [("spec.model.name", PUT)]


def test_a_config_is_filled_with_the_values_of_the_service(read: Read) -> None:
    config = main("--m{{ .ObjectMeta.Name }}=acme/other")
    obj = llm({"baseRefs": [{"name": "base"}]})
    obj["metadata"]["name"] = "odel"
    found = whole(read, obj, reference("LLMInferenceServiceConfig", config))
    assert [model.uri for model in found.models] == ["hf://acme/chat", "hf://acme/other"]

    found = whole(read, obj, reference("LLMInferenceServiceConfig", main("{{ printf `x` }}")))
    path = "LLMInferenceServiceConfig/base.spec.template.containers[0].args[0]"
    assert (path, UNKNOWN) in problems(found)


def test_a_child_s_name_that_is_cut_stays_as_it_is(read: Read) -> None:
    obj = llm(main("{{ ChildName .ObjectMeta.Name `-workload` }}"))
    obj["metadata"]["name"] = "x" * 60
    assert whole(read, obj).containers[0].args == ("{{ ChildName .ObjectMeta.Name `-workload` }}",)


@pytest.mark.parametrize("text", ["{{" + " " * 100_000, "{{ if .Spec.A }} " * 5_000, "{{" * 50_000])
def test_a_text_made_to_cost_time_is_read_in_one_go(read: Read, text: str) -> None:
    assert problems(whole(read, llm(main(text))))
