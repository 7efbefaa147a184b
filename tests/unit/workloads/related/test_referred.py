"""Objects that hold pods or parts of another one: what they say counts as if it stood there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.evidence import Evidence, ResolvedReference, Unavailable
from mlgate.domain.workload import Workload
from mlgate.workloads.complete import complete, wider_lookups
from mlgate.workloads.extract import Extraction

Json = dict[str, Any]
Read = Callable[..., Extraction]

SERVER: Json = {"name": "main", "image": "vllm/vllm-openai:v1", "args": ["--model=acme/chat"]}
POD: Json = {
    "serviceAccountName": "reader",
    "containers": [SERVER],
    "volumes": [{"name": "cache", "persistentVolumeClaim": {"claimName": "cache"}}],
}
WEB: Json = {"containers": [{"name": "web", "image": "nginx:1"}]}


def rollout(kind: str = "Deployment", api_version: str = "apps/v1", **spec: Any) -> Json:
    reference = {"apiVersion": api_version, "kind": kind, "name": "chat"}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {"name": "chat", "namespace": "team"},
        "spec": {"replicas": 2, "workloadRef": reference, **spec},
    }


def referred(
    pod: Json,
    kind: str = "Deployment",
    api_version: str = "apps/v1",
    status: str = "found",
    **spec: Any,
) -> Evidence:
    found = {"spec": {"replicas": 0, "template": {"metadata": {"labels": {"app": "c"}}, "spec": pod}, **spec}}
    reference = ResolvedReference.model_validate(
        {
            "api_version": api_version,
            "kind": kind,
            "namespace": "team",
            "name": "chat",
            "status": status,
            "object": found if status == "found" else None,
        }
    )
    return Evidence(references=(reference,))


def workload_of(extraction: Extraction, evidence: Evidence) -> Workload:
    workload = complete(extraction, evidence).workload
    assert workload is not None
    return workload


def test_bypass_08_a_rollout_is_judged_like_the_deployment_it_names(read: Read) -> None:
    found = read(rollout())
    workload = workload_of(found, referred(POD))

    path = "Deployment/chat.spec.template.spec"
    assert found.concerned  # or nobody would look
    assert (workload.serves_model, workload.trains_model) == (True, False)
    assert [(model.id, model.uri, model.path) for model in workload.models] == [
        ("container:main", "hf://acme/chat", f"{path}.containers[0].args[0]")
    ]
    assert [(item.name, item.source, item.path) for item in workload.containers] == [
        ("main", "reference", f"{path}.containers[0]")
    ]
    assert [(pod.path, pod.service_account_name, pod.labels) for pod in workload.pods] == [
        (path, "reader", {"app": "c"})
    ]
    assert [(volume.claim_name, volume.path) for volume in workload.volumes] == [
        ("cache", f"{path}.volumes[0]")
    ]
    assert f"arg:--model@{path}.containers[0].args[0]" in workload.detected_by
    assert [(item.kind, item.name, item.status) for item in workload.references] == [
        ("Deployment", "chat", "found")
    ]
    assert workload.problems == ()


def test_the_account_of_the_deployment_is_looked_up_in_a_second_round(read: Read) -> None:
    taking = {**POD, "containers": [{**SERVER, "envFrom": [{"secretRef": {"name": "keys"}}]}]}
    lookups = wider_lookups(read(rollout()), referred(taking))
    assert (lookups.service_accounts, lookups.secrets) == (("reader",), ("keys",))


def test_one_that_leads_to_a_deployment_without_a_model_is_of_no_concern(read: Read) -> None:
    workload = workload_of(read(rollout()), referred(WEB))
    assert (workload.serves_model, workload.trains_model, workload.models) == (False, False, ())
    assert workload.detected_by == ()


def test_one_that_leads_nowhere_runs_nothing(read: Read) -> None:
    workload = workload_of(read(rollout()), referred(POD, status="missing"))

    assert (workload.serves_model, workload.trains_model) == (False, False)
    assert (workload.models, workload.containers, workload.pods) == ((), (), ())
    assert [item.status for item in workload.references] == ["missing"]


def test_one_that_cannot_be_followed_is_presumed_to_serve(read: Read) -> None:
    workload = workload_of(read(rollout()), referred(POD, status="unavailable"))

    assert workload.serves_model
    assert workload.detected_by == ("reference:chat@spec.workloadRef.name",)
    assert [item.status for item in workload.references] == ["unavailable"]


@pytest.mark.parametrize(
    ("lookup", "reason", "serves"),
    [
        ("cluster.references", "offline", False),
        ("cluster.references", "error", True),
        ("cluster.references", "disabled", True),
        ("cluster.storageClasses", "offline", True),
    ],
)
def test_one_that_no_file_holds_is_not_presumed_to_serve(
    read: Read,
    lookup: str,
    reason: str,
    serves: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    missing = Unavailable.model_validate({"lookup": lookup, "reason": reason, "message": "m"})
    evidence = referred(POD, status="unavailable").model_copy(update={"unavailable": (missing,)})
    assert workload_of(read(rollout()), evidence).serves_model is serves


def test_one_that_is_known_to_serve_is_not_presumed_to(read: Read) -> None:
    both = rollout(template={"metadata": {}, "spec": POD})
    workload = workload_of(read(both), referred(POD, status="unavailable"))

    assert workload.serves_model
    assert not [reason for reason in workload.detected_by if reason.startswith("reference:")]


@pytest.mark.parametrize(
    ("kind", "api_version"),
    [("StatefulSet", "apps/v1"), ("ReplicaSet", "apps/v1"), ("Rocket", "example.com/v1")],
)
def test_bypass_08_the_reference_may_lead_to_any_kind(read: Read, kind: str, api_version: str) -> None:
    found = read(rollout(kind, api_version))
    assert found.lookups.references[0].kinds == ((api_version, kind, True),)

    workload = workload_of(found, referred(POD, kind, api_version))
    assert workload.serves_model
    assert [model.uri for model in workload.models] == ["hf://acme/chat"]
    assert (workload.references[0].kind, workload.references[0].namespace) == (kind, "team")


def test_a_template_for_pods_alone_is_followed_as_well(read: Read) -> None:
    template = {"template": {"metadata": {}, "spec": POD}}
    evidence = referred(WEB, "PodTemplate", "v1")
    evidence = evidence.model_copy(
        update={"references": (evidence.references[0].model_copy(update={"object": template}),)}
    )
    workload = workload_of(read(rollout("PodTemplate", "v1")), evidence)
    assert [(model.uri, model.path) for model in workload.models] == [
        ("hf://acme/chat", "PodTemplate/chat.template.spec.containers[0].args[0]")
    ]


def test_the_claims_of_a_set_come_along(read: Read) -> None:
    claims = [{"metadata": {"name": "weights"}, "spec": {"storageClassName": "fast"}}]
    workload = workload_of(
        read(rollout("StatefulSet")), referred(POD, "StatefulSet", volumeClaimTemplates=claims)
    )
    assert [(volume.name, volume.storage_class_name) for volume in workload.volumes] == [
        ("cache", None),
        ("weights", "fast"),
    ]


def test_what_is_wrong_in_the_deployment_is_a_problem_of_the_rollout(read: Read) -> None:
    workload = workload_of(read(rollout()), referred({"containers": "x"}))
    assert [problem.path for problem in workload.problems] == [
        "Deployment/chat.spec.template.spec.containers"
    ]


def test_switches_of_the_deployment_are_switches_of_the_rollout(read: Read) -> None:
    trusting = {"containers": [{**SERVER, "args": [*SERVER["args"], "--trust-remote-code"]}]}
    workload = workload_of(read(rollout()), referred(trusting))
    assert workload.features.trust_remote_code.enabled
    assert workload.features.trust_remote_code.path == (
        "Deployment/chat.spec.template.spec.containers[0].args[1]"
    )


# LLMInferenceService and its configs


def language_model(spec: Json | None = None, *configs: str) -> Json:
    return {
        "apiVersion": "serving.kserve.io/v1alpha2",
        "kind": "LLMInferenceService",
        "metadata": {"name": "chat", "namespace": "team"},
        "spec": {"baseRefs": [{"name": name} for name in configs or ("base",)], **(spec or {})},
    }


def configs(status: str = "found", namespace: str = "team", **specs: Any) -> Evidence:
    return Evidence(
        references=tuple(
            ResolvedReference.model_validate(
                {
                    "api_version": "serving.kserve.io/v1alpha2",
                    "kind": "LLMInferenceServiceConfig",
                    "namespace": namespace,
                    "name": name,
                    "status": status,
                    "object": {"spec": spec} if status == "found" else None,
                }
            )
            for name, spec in specs.items()
        )
    )


def main(**fields: Any) -> Json:
    return {"template": {"containers": [{"name": "main", **fields}]}}


MODEL: Json = {"model": {"uri": "hf://acme/chat", "name": "chat"}}
ROUTED: Json = {"router": {"route": {"http": {"spec": {"hostnames": ["x"]}}}, "gateway": {}}}
BASE = "LLMInferenceServiceConfig/base."


def found_models(workload: Workload) -> list[tuple[str, str, str]]:
    return [(model.id, model.uri, model.path) for model in workload.models]


def test_bypass_07_a_container_of_a_config_is_merged_by_its_name(read: Read) -> None:
    config = main(image="vllm/vllm-openai:v1", command=["vllm", "serve"], env=[{"name": "A", "value": "1"}])
    obj = language_model({**MODEL, **main(args=["acme/other"], env=[{"name": "B", "value": "2"}])})
    workload = workload_of(read(obj), configs(base=config))

    (container,) = workload.containers
    assert (container.image.raw, container.source) == ("vllm/vllm-openai:v1", "object")
    assert (container.command, container.args) == (("vllm", "serve"), ("acme/other",))
    assert [env.name for env in container.env] == ["A", "B"]
    # Only with the command of the config do the arguments name a model.
    assert found_models(workload) == [
        ("predictor", "hf://acme/chat", "spec.model.uri"),
        ("container:main", "hf://acme/other", "spec.template.containers[0].args[0]"),
    ]
    assert [(item.status, item.namespace) for item in workload.references] == [("found", "team")]
    assert workload.problems == ()


def test_arguments_of_the_service_stand_in_the_place_of_those_of_the_config(read: Read) -> None:
    image = "vllm/vllm-openai:v1"
    config = main(image=image, args=["--model=acme/base", "--trust-remote-code"])
    kept = workload_of(read(language_model({**MODEL, **main()})), configs(base=config))
    assert [model.uri for model in kept.models] == ["hf://acme/chat", "hf://acme/base"]
    assert kept.features.trust_remote_code.enabled

    obj = language_model({**MODEL, **main(args=["--port=8000"])})
    replaced = workload_of(read(obj), configs(base=config))
    assert [model.uri for model in replaced.models] == ["hf://acme/chat"]
    assert not replaced.features.trust_remote_code.enabled


def test_a_model_of_the_config_counts_only_where_the_service_names_none(read: Read) -> None:
    adapters = [{"name": "sql", "uri": "hf://acme/sql"}]
    config = {"model": {"uri": "hf://acme/base", "lora": {"adapters": adapters}}}

    bare = workload_of(read(language_model()), configs(base=config))
    assert found_models(bare) == [
        ("predictor", "hf://acme/base", f"{BASE}spec.model.uri"),
        ("adapter:sql", "hf://acme/sql", f"{BASE}spec.model.lora.adapters[0].uri"),
    ]
    assert bare.problems == ()

    own = workload_of(read(language_model(MODEL)), configs(base=config))
    assert [model.uri for model in own.models] == ["hf://acme/chat", "hf://acme/sql"]

    other = [{"name": "law", "uri": "hf://acme/law"}]
    both = {"model": {"uri": "hf://acme/chat", "lora": {"adapters": other}}}
    replaced = workload_of(read(language_model(both)), configs(base=config))
    assert [model.uri for model in replaced.models] == ["hf://acme/chat", "hf://acme/law"]


def test_of_several_configs_the_last_one_stands_on_top(read: Read) -> None:
    first = {**main(image="first:1", command=["run"]), "model": {"uri": "hf://acme/first"}}
    last = {**main(image="last:1"), "model": {"uri": "hf://acme/last"}}
    workload = workload_of(read(language_model({}, "first", "last")), configs(first=first, last=last))
    assert [model.uri for model in workload.models] == ["hf://acme/last"]
    assert [(item.image.raw, item.command) for item in workload.containers] == [("last:1", ("run",))]
    assert [(item.name, item.status) for item in workload.references] == [
        ("first", "found"),
        ("last", "found"),
    ]


def test_parts_that_only_the_config_has_are_run_as_well(read: Read) -> None:
    pod = {"containers": [{"name": "main", "image": "base:1"}], "serviceAccountName": "base"}
    config = {"prefill": {"template": pod}, "worker": pod, "router": {"scheduler": {"template": pod}}}
    found = read(language_model(MODEL))
    workload = workload_of(found, configs(base=config))
    assert [(item.path, item.source) for item in workload.containers] == [
        (f"{BASE}spec.worker.containers[0]", "reference"),
        (f"{BASE}spec.prefill.template.containers[0]", "reference"),
        (f"{BASE}spec.router.scheduler.template.containers[0]", "reference"),
    ]
    assert wider_lookups(found, configs(base=config)).service_accounts == ("base", "default")


def test_a_config_opens_the_service_and_splits_its_traffic(read: Read) -> None:
    workload = workload_of(read(language_model(MODEL)), configs(base=ROUTED))
    assert (workload.exposure.scope, workload.exposure.path) == ("unknown", f"{BASE}spec.router.route")
    split = {"router": {"route": {"group": "chat", "weight": 3}}}
    workload = workload_of(read(language_model(MODEL)), configs(base=split))
    assert (workload.rollout.strategy, workload.rollout.path) == ("unknown", f"{BASE}spec.router.route.group")
    host = {"template": {"hostNetwork": True, "containers": [{"name": "main", "image": "base:1"}]}}
    workload = workload_of(read(language_model(MODEL)), configs(base=host))
    assert (workload.exposure.scope, workload.exposure.path) == (
        "external",
        f"{BASE}spec.template.hostNetwork",
    )
    assert workload.pods[0].host_network


def test_a_config_that_sends_elsewhere_makes_the_service_do_so(read: Read) -> None:
    env = [{"name": "HF_ENDPOINT", "value": "http://mirror.example.com"}]
    config = {**main(image="base:1", env=env), "tracing": {"exporterEndpoint": "http://otel.example.com"}}
    workload = workload_of(read(language_model({**MODEL, **main()})), configs(base=config))
    assert {item.uri for item in workload.endpoints} == {
        "http://mirror.example.com",
        "http://otel.example.com",
    }


@pytest.mark.parametrize("status", ["missing", "unavailable"])
def test_a_config_that_is_not_there_is_told_and_brings_nothing(read: Read, status: str) -> None:
    workload = workload_of(read(language_model(MODEL)), configs(status, base={}))
    assert [item.status for item in workload.references] == [status]
    assert [model.uri for model in workload.models] == ["hf://acme/chat"]
    assert workload.problems == ()
    bare = workload_of(read(language_model()), configs(status, base={}))
    assert (bare.serves_model, bare.models, bare.problems) == (True, (), ())


def test_a_service_whose_configs_name_no_model_either_says_so(read: Read) -> None:
    workload = workload_of(read(language_model()), configs(base=main(image="base:1")))
    assert [(item.path, item.message) for item in workload.problems] == [
        ("spec", "names no model that the reader can find")
    ]


def test_configs_that_a_config_names_count_for_nothing(read: Read) -> None:
    config = {"baseRefs": [{"name": "deeper"}], "model": {"uri": "hf://acme/base"}}
    deeper = {"model": {"uri": "hf://acme/deep"}}
    found = read(language_model())
    assert [item.name for item in found.lookups.references] == ["base"]
    evidence = configs(base=config, deeper=deeper)
    assert [item.name for item in wider_lookups(found, evidence).references] == ["base"]
    workload = workload_of(found, evidence)
    assert [model.uri for model in workload.models] == ["hf://acme/base"]
    assert [item.name for item in workload.references] == ["base"]


def test_a_config_of_the_platform_s_namespace_comes_after_those_of_the_own(read: Read) -> None:
    found = read(language_model())
    assert [place for _, _, place in found.lookups.references[0].kinds] == [True, True, "kserve", "kserve"]
    workload = workload_of(found, configs(namespace="kserve", base=MODEL))
    assert (workload.references[0].namespace, workload.references[0].status) == ("kserve", "found")


def test_what_is_wrong_in_a_config_is_a_problem_of_the_service(read: Read) -> None:
    workload = workload_of(read(language_model(MODEL)), configs(base={"worker": ["x"]}))
    assert [problem.path for problem in workload.problems] == [f"{BASE}spec.worker"]
