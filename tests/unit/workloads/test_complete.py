"""What other objects decide: runtimes, owners, storage classes and cards, merged into the workload."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Literal

import pytest

from mlgate.domain.evidence import Card, CardSource, Evidence, ResolvedReference, Unavailable
from mlgate.domain.workload import Change
from mlgate.workloads.complete import complete, wider_lookups
from mlgate.workloads.extract import Extraction

Object = dict[str, Any]
Read = Callable[..., Extraction]
PodOf = Callable[..., Object]
Service = Callable[..., Object]

CARD = "mlgate.dev/model-card"


def runtime(spec: Any, *, kind: str = "ServingRuntime", status: str = "found") -> ResolvedReference:
    return ResolvedReference.model_validate(
        {
            "api_version": "serving.kserve.io/v1alpha1",
            "kind": kind,
            "namespace": "team" if kind == "ServingRuntime" else None,
            "name": "fast",
            "status": status,
            "object": {"spec": spec} if status == "found" else None,
        }
    )


def with_runtime(**model: Any) -> Object:
    return {"predictor": {"model": {"runtime": "fast", **model}}}


def deployment(pod: Object, **fields: Any) -> Object:
    """A Deployment of the pod."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "app", "uid": "u1", **fields},
        "spec": {"template": {"metadata": {}, "spec": copy.deepcopy(pod["spec"])}},
    }


def card(reference: str = "modelcard/a", **fields: Any) -> Card:
    return Card(source=CardSource(type="modelcard", reference=reference), status="found", **fields)


def test_a_record_is_complete_as_it_is(read: Read) -> None:
    found = read({"apiVersion": "mlgate.dev/v1alpha1", "kind": "SignOff", "metadata": {}})

    subject = complete(found, Evidence(cards=(card(),)))

    assert (subject.workload, subject.change, subject.cards) == (None, Change(), (card(),))


def test_containers_of_the_runtime_run_as_well(read: Read, service: Service) -> None:
    found = read(service(with_runtime(storageUri="s3://b/m", env=[{"name": "A", "value": "1"}])))
    spec = {
        "containers": [
            {
                "name": "kserve-container",
                "image": "r.example.com/server:1",
                "args": ["--port=80"],
                "securityContext": {"runAsNonRoot": True},
            },
            {"name": "helper", "image": "r.example.com/helper:1"},
        ],
        "volumes": [{"name": "shm", "emptyDir": {}}],
        "workerSpec": {"containers": [{"name": "worker", "image": "r.example.com/worker:1"}]},
    }

    workload = complete(found, Evidence(references=(runtime(spec),))).workload

    assert workload is not None
    images = {item.name: (item.image.raw, item.source) for item in workload.containers}
    assert images == {
        "kserve-container": ("r.example.com/server:1", "object"),
        "helper": ("r.example.com/helper:1", "reference"),
        "worker": ("r.example.com/worker:1", "reference"),
    }
    main = next(item for item in workload.containers if item.name == "kserve-container")
    assert (main.args, [env.name for env in main.env]) == (("--port=80",), ["A"])
    assert main.security_context.run_as_non_root
    assert [volume.name for volume in workload.volumes] == ["shm"]
    assert [(item.status, item.kind, item.namespace) for item in workload.references] == [
        ("found", "ServingRuntime", "team")
    ]
    assert not workload.problems


def test_a_runtime_that_only_tunes_leaves_the_container_of_the_service(read: Read, service: Service) -> None:
    found = read(service(with_runtime(storageUri="s3://b/m", image="own:1")))

    workload = complete(found, Evidence(references=(runtime({"containers": []}),))).workload

    assert workload is not None
    assert [(item.image.raw, item.source) for item in workload.containers] == [("own:1", "object")]


def test_a_model_that_only_the_runtime_names_is_a_model(read: Read, service: Service) -> None:
    found = read(service(with_runtime(modelFormat={"name": "huggingface"})))
    spec = {
        "containers": [
            {"name": "kserve-container", "image": "kserve/huggingfaceserver:1", "args": ["--model_id=acme/x"]}
        ]
    }

    workload = complete(found, Evidence(references=(runtime(spec),))).workload

    assert workload is not None
    assert [(model.id, model.uri) for model in workload.models] == [("predictor", "hf://acme/x")]
    assert not workload.problems


def test_a_model_the_runtime_adds_counts_beside_that_of_the_service(read: Read, service: Service) -> None:
    found = read(service(with_runtime(storageUri="s3://b/m")))
    spec = {"containers": [{"name": "kserve-container", "image": "x:1", "args": ["--model_id=acme/x"]}]}

    workload = complete(found, Evidence(references=(runtime(spec),))).workload

    assert workload is not None
    assert {model.uri for model in workload.models} == {"s3://b/m", "hf://acme/x"}


def test_without_any_address_the_model_is_in_the_image_of_the_runtime(read: Read, service: Service) -> None:
    found = read(service(with_runtime()))
    spec = {"containers": [{"name": "kserve-container", "image": "r.example.com/own:1"}]}

    workload = complete(found, Evidence(references=(runtime(spec),))).workload

    assert workload is not None
    assert [model.uri for model in workload.models] == ["image://r.example.com/own:1"]


@pytest.mark.parametrize(
    "spec", [{}, {"containers": [{"name": "kserve-container", "image": "kserve/huggingfaceserver:1"}]}]
)
def test_a_runtime_that_names_no_model_either_is_a_problem(
    read: Read, service: Service, spec: Object
) -> None:
    found = read(service(with_runtime()))

    workload = complete(found, Evidence(references=(runtime(spec),))).workload

    assert workload is not None
    assert not workload.models
    assert [problem.path for problem in workload.problems] == ["spec.predictor"]


@pytest.mark.parametrize("spec", [None, [], "x", {"containers": "x"}, {"containers": [{"args": 1}]}])
def test_a_runtime_of_the_wrong_shape_is_a_problem_at_most(read: Read, service: Service, spec: Any) -> None:
    found = read(service(with_runtime(storageUri="s3://b/m")))

    workload = complete(found, Evidence(references=(runtime(spec),))).workload

    assert workload is not None
    assert bool(workload.problems) == (spec is not None)
    assert all(problem.path.startswith("ServingRuntime/fast.spec") for problem in workload.problems)


def test_a_model_of_the_runtime_s_further_nodes_counts(read: Read, service: Service) -> None:
    found = read(service(with_runtime(storageUri="s3://b/m")))
    spec = {"workerSpec": {"containers": [{"name": "w", "image": "x:1", "args": ["--model=acme/x"]}]}}

    workload = complete(found, Evidence(references=(runtime(spec),))).workload

    assert workload is not None
    assert {model.uri for model in workload.models} == {"s3://b/m", "hf://acme/x"}


def test_placeholders_of_the_runtime_are_filled_in(read: Read, service: Service) -> None:
    obj = service(
        with_runtime(storageUri="s3://b/m"),
        labels={"tier": "x"},
        annotations={"team.example.com/m": "acme/y"},
    )
    args = [
        "{{.Name}}",
        "{{ .Namespace }}",
        "{{.Labels.tier}}",
        "{{.Annotations.team.example.com/m}}",
        "{{.Labels.none}}",
        "{{.Other}}",
    ]
    spec = {"containers": [{"name": "kserve-container", "image": "x:1", "args": args}], "n": 1}

    workload = complete(read(obj), Evidence(references=(runtime(spec),))).workload

    assert workload is not None
    assert workload.containers[0].args[:3] == ("scoring", "team", "x")
    assert workload.containers[0].args[4:] == ("{{.Labels.none}}", "{{.Other}}")


def test_placeholders_without_a_value_stay(read: Read, service: Service) -> None:
    obj = service(with_runtime(storageUri="s3://b/m"))
    del obj["metadata"]["name"]
    spec = {
        "containers": [{"name": "kserve-container", "image": "x:1", "args": ["{{.Name}}", "{{.Labels}}"]}]
    }

    workload = complete(read(obj), Evidence(references=(runtime(spec),))).workload

    assert workload is not None
    assert workload.containers[0].args == ("{{.Name}}", "{{.Labels}}")


def test_settings_of_the_runtime_that_open_the_host_are_those_of_the_pod(
    read: Read, service: Service
) -> None:
    found = read(service(with_runtime(storageUri="s3://b/m")))
    spec = {"hostNetwork": True, "hostPID": True, "nodeSelector": {"a": "b"}, "runtimeClassName": "kata"}

    workload = complete(found, Evidence(references=(runtime(spec),))).workload

    assert workload is not None
    pod = workload.pods[0]
    assert (pod.host_network, pod.host_pid, pod.host_ipc) == (True, True, False)
    assert (pod.node_selector, pod.runtime_class_name) == ({"a": "b"}, "kata")


@pytest.mark.parametrize("status", ["missing", "unavailable"])
def test_a_reference_that_was_not_found_says_so(read: Read, service: Service, status: str) -> None:
    found = read(service(with_runtime(storageUri="s3://b/m")))

    workload = complete(found, Evidence(references=(runtime(None, status=status),))).workload

    assert workload is not None
    assert [item.status for item in workload.references] == [status]


def test_a_reference_that_was_not_looked_up_is_unavailable(read: Read, service: Service) -> None:
    workload = complete(read(service(with_runtime(storageUri="s3://b/m"))), Evidence()).workload

    assert workload is not None
    assert [item.status for item in workload.references] == ["unavailable"]


@pytest.mark.parametrize(
    ("why", "problems"), [("disabled", 1), ("error", 0), ("offline", 0)], ids=["off", "failed", "files"]
)
def test_where_config_maps_are_not_read_at_all_a_server_they_configure_has_a_problem(
    read: Read, pod_of: Callable[..., Object], why: Literal["disabled", "error", "offline"], problems: int
) -> None:
    """A look-up that failed is told under its own name, and files hold what they hold."""
    server = {"image": "vllm/vllm-openai:v1", "args": ["--model=acme/harmless"]}
    pod = pod_of(**server, envFrom=[{"configMapRef": {"name": "settings"}}])
    told = Unavailable(lookup="cluster.configMaps", reason=why, message="not read")

    workload = complete(read(pod), Evidence(unavailable=(told,))).workload

    assert workload is not None
    assert [reference.status for reference in workload.references] == ["unavailable"]
    assert len(workload.problems) == problems


def test_a_runtime_of_the_cluster_has_no_namespace(read: Read, service: Service) -> None:
    found = read(service(with_runtime(storageUri="s3://b/m")))
    missing, there = runtime(None, status="missing"), runtime({}, kind="ClusterServingRuntime")

    workload = complete(found, Evidence(references=(missing, there))).workload

    assert workload is not None
    assert [(item.kind, item.namespace, item.status) for item in workload.references] == [
        ("ClusterServingRuntime", None, "found")
    ]


def test_a_runtime_of_another_name_changes_nothing(read: Read, service: Service) -> None:
    found = read(service({"predictor": {"model": {"runtime": "slow", "storageUri": "s3://b/m"}}}))

    workload = complete(found, Evidence(references=(runtime({"hostPID": True}),))).workload

    assert workload is not None
    assert not workload.pods[0].host_pid


def test_an_init_container_of_the_runtime_is_not_the_service_s_container_of_that_name(
    read: Read, service: Service
) -> None:
    spec = {
        "predictor": {
            "containers": [{"name": "x", "image": "own:1"}],
            "model": {"runtime": "fast", "storageUri": "s3://b/m"},
        }
    }
    found = read(service(spec))

    workload = complete(
        found, Evidence(references=(runtime({"initContainers": [{"name": "x", "image": "init:1"}]}),))
    ).workload

    assert workload is not None
    assert {(item.role, item.image.raw) for item in workload.containers} >= {
        ("init", "init:1"),
        ("server", "own:1"),
    }


STORED = {
    "volumes": [
        {"name": "named", "persistentVolumeClaim": {"claimName": "weights"}},
        {"name": "gone", "persistentVolumeClaim": {"claimName": "gone"}},
        {"name": "default", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}},
        {"name": "none", "ephemeral": {"volumeClaimTemplate": {"spec": {"storageClassName": ""}}}},
        {"name": "own", "ephemeral": {"volumeClaimTemplate": {"spec": {"storageClassName": "own"}}}},
    ]
}


def test_every_volume_has_the_class_it_will_get(read: Read, pod_of: PodOf) -> None:
    found = read(pod_of(STORED, command=["vllm", "serve", "acme/x"]))

    workload = complete(
        found, Evidence(claims={"weights": "fast"}, default_storage_class="standard")
    ).workload

    assert workload is not None
    classes = {volume.name: volume.storage_class_name for volume in workload.volumes}
    assert classes == {"named": "fast", "gone": None, "default": "standard", "none": None, "own": "own"}


def test_cards_are_bound_to_the_models_they_cover(read: Read, service: Service) -> None:
    spec = {"predictor": {"sklearn": {"storageUri": "s3://b/m"}}, "transformer": {"storageUri": "s3://b/t"}}
    obj = service(spec, annotations={CARD: "modelcard/a, transformer=modelcard/b"})
    artifacts = {"model": {"artifacts": [{"uri": "s3://b/m/"}]}}

    subject = complete(read(obj), Evidence(cards=(card(card=artifacts), card("modelcard/b", card=artifacts))))

    assert [item.models for item in subject.cards] == [("predictor",), ("transformer",)]


def owned(pod: Object, kind: str = "Deployment") -> Object:
    owner = {"controller": True, "apiVersion": "apps/v1", "kind": kind, "name": "app", "uid": "u1"}
    return pod | {"metadata": {**pod["metadata"], "ownerReferences": [owner]}}


def test_what_stands_in_the_owner_is_marked(read: Read, pod_of: PodOf) -> None:
    pod = pod_of(
        {
            "volumes": [
                {"name": "v", "emptyDir": {}},
                {
                    "name": "kube-api-access-x",
                    "projected": {
                        "sources": [
                            {"serviceAccountToken": {"path": "token"}},
                            {"configMap": {"name": "kube-root-ca.crt"}},
                            {"downwardAPI": {}},
                        ]
                    },
                },
            ]
        },
        command=["vllm", "serve", "acme/x"],
    )
    owner = deployment(
        pod, annotations={CARD: "modelcard/a"}, labels={"mlgate.dev/model-version": "1", "x": "y"}
    )
    owner["spec"]["template"]["spec"]["volumes"].pop()

    subject = complete(read(owned(pod)), Evidence(owners=(owner,), cards=(card(),)))

    workload = subject.workload
    assert workload is not None
    assert workload.owner is not None
    assert (workload.owner.kind, workload.owner.gated, workload.owner.pod_settings_equal) == (
        "Deployment",
        True,
        True,
    )
    assert all(model.in_owner for model in workload.models)
    assert all(container.in_owner for container in workload.containers)
    assert all(volume.in_owner for volume in workload.volumes)
    assert workload.labels == {"mlgate.dev/model-version": "1"}
    assert workload.annotations == {CARD: "modelcard/a"}
    assert subject.cards[0].models == ("container:app",)


@pytest.mark.parametrize(
    "change",
    [
        {"image": "evil:1"},
        {"command": ["sh"]},
        {"args": ["--x"]},
        {"env": [{"name": "A", "value": "1"}]},
        {"envFrom": [{"secretRef": {"name": "x"}}]},
        {"securityContext": {"privileged": True}},
        {"lifecycle": {"postStart": {"exec": {"command": ["sh"]}}}},
        {"name": "other"},
    ],
)
def test_a_container_that_differs_from_the_owner_s_is_none_of_the_owner_s(
    read: Read, pod_of: PodOf, change: Object
) -> None:
    base = pod_of(command=["vllm", "serve", "acme/x"])
    other = pod_of(**({"command": ["vllm", "serve", "acme/x"]} | change))

    workload = complete(read(owned(other)), Evidence(owners=(deployment(base),))).workload

    if workload is not None:
        assert not any(container.in_owner for container in workload.containers)
    else:
        assert not read(owned(other)).concerned


@pytest.mark.parametrize(
    "change",
    [
        {"hostNetwork": True},
        {"hostPID": True},
        {"hostIPC": True},
        {"serviceAccountName": "admin"},
        {"automountServiceAccountToken": True},
        {"runtimeClassName": "other"},
    ],
)
def test_settings_that_differ_from_the_owner_s_are_told(read: Read, pod_of: PodOf, change: Object) -> None:
    base = pod_of(command=["vllm", "serve", "acme/x"])

    workload = complete(
        read(owned(pod_of(change, command=["vllm", "serve", "acme/x"]))), Evidence(owners=(deployment(base),))
    ).workload

    assert workload is not None
    assert workload.owner is not None
    assert not workload.owner.pod_settings_equal


def test_the_default_service_account_by_name_is_the_one_without_a_name(read: Read, pod_of: PodOf) -> None:
    base = pod_of(command=["vllm", "serve", "acme/x"])
    pod = pod_of({"serviceAccountName": "default"}, command=["vllm", "serve", "acme/x"])

    workload = complete(read(owned(pod)), Evidence(owners=(deployment(base),))).workload

    assert workload is not None
    assert workload.owner is not None
    assert workload.owner.pod_settings_equal


def test_a_pod_that_names_no_model_has_those_of_its_owner(
    read: Read, pod_of: PodOf, service: Service
) -> None:
    owner = service({"predictor": {"sklearn": {"storageUri": "s3://b/m"}}}, annotations={CARD: "modelcard/a"})
    pod = pod_of(metadata={"labels": {"serving.kserve.io/inferenceservice": "scoring"}})
    found = read(pod)

    subject = complete(found, Evidence(owners=(owner,), cards=(card(),)))
    lookups = wider_lookups(found, Evidence(owners=(owner,)))

    assert subject.workload is not None
    assert [(model.uri, model.in_owner, model.path) for model in subject.workload.models] == [
        ("s3://b/m", True, "InferenceService/scoring.spec.predictor.sklearn.storageUri")
    ]
    assert [item.source.reference for item in lookups.cards] == ["modelcard/a"]
    assert lookups.model_uris == {"predictor": "s3://b/m"}
    assert lookups.wants_sign_offs


def test_runtimes_of_the_owner_are_looked_up_too_and_their_containers_are_the_owner_s(
    read: Read, pod_of: PodOf, service: Service
) -> None:
    owner = service(with_runtime(storageUri="s3://b/m"))
    pod = pod_of(
        metadata={"labels": {"serving.kserve.io/inferenceservice": "scoring"}},
        name="kserve-container",
        image="r:1",
    )
    found = read(pod)

    lookups = wider_lookups(found, Evidence(owners=(owner,)))
    again = wider_lookups(found, Evidence(owners=(owner,)))
    spec = {"containers": [{"name": "kserve-container", "image": "r:1"}]}
    workload = complete(found, Evidence(owners=(owner,), references=(runtime(spec),))).workload

    assert [item.name for item in lookups.references] == ["fast"]
    assert again == lookups
    assert workload is not None
    assert [container.in_owner for container in workload.containers] == [True]


def test_without_a_gated_owner_the_look_ups_stay(read: Read, pod_of: PodOf) -> None:
    found = read(pod_of(command=["vllm", "serve", "acme/x"]))
    other = {"apiVersion": "example.com/v1", "kind": "Runner", "metadata": {"name": "r", "uid": "1"}}

    assert wider_lookups(found, Evidence()) == found.lookups
    assert wider_lookups(found, Evidence(owners=(other,))) == found.lookups
    assert wider_lookups(read({}), Evidence()) == read({}).lookups


def test_an_owner_that_is_not_gated_vouches_for_nothing(read: Read, pod_of: PodOf) -> None:
    other = {"apiVersion": "example.com/v1", "kind": "Runner", "metadata": {"name": 1, "uid": None}}

    workload = complete(read(pod_of(command=["vllm", "serve", "acme/x"])), Evidence(owners=(other,))).workload

    assert workload is not None
    assert workload.owner is not None
    assert (workload.owner.gated, workload.owner.name, workload.owner.uid) == (False, "", "")
    assert not workload.containers[0].in_owner


def test_the_topmost_gated_owner_counts(read: Read, pod_of: PodOf) -> None:
    pod = pod_of(command=["vllm", "serve", "acme/x"])
    low = deployment(pod) | {"kind": "ReplicaSet"}
    top = deployment(pod)
    above = {"apiVersion": "example.com/v1", "kind": "Runner", "metadata": {"name": "r", "uid": "1"}}

    workload = complete(read(owned(pod)), Evidence(owners=(low, top, above, {"kind": 1}))).workload

    assert workload is not None
    assert workload.owner is not None
    assert workload.owner.kind == "Deployment"


def test_an_owner_without_a_name_is_read_all_the_same(read: Read, pod_of: PodOf) -> None:
    pod = pod_of(command=["vllm", "serve", "acme/x"])

    workload = complete(read(owned(pod)), Evidence(owners=(deployment(pod, name=7),))).workload

    assert workload is not None
    assert workload.containers[0].in_owner


@pytest.mark.parametrize(
    ("claim", "name", "held"),
    [
        ("data-app-0", "app-0", True),
        ("data-app-1", "app-0", False),
        ("data-app-x", "app-x", False),
        ("other-app-0", "app-0", False),
        ("data-app-0", "other-0", False),
    ],
)
def test_a_claim_of_a_stateful_set_is_the_owner_s_only_under_its_own_name(
    read: Read, pod_of: PodOf, claim: str, name: str, *, held: bool
) -> None:
    pod = pod_of(command=["vllm", "serve", "acme/x"])
    owner = deployment(pod) | {"kind": "StatefulSet"}
    owner["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": {}}]
    child = owned(
        pod_of(
            {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]},
            {"name": name},
            command=["vllm", "serve", "acme/x"],
        ),
        "StatefulSet",
    )

    workload = complete(read(child), Evidence(owners=(owner,))).workload

    assert workload is not None
    assert [volume.in_owner for volume in workload.volumes] == [held]


def test_a_claim_that_a_model_address_implies_goes_with_the_owner_s(read: Read, service: Service) -> None:
    owner = service({"predictor": {"sklearn": {"storageUri": "pvc://weights/m"}}})
    child = service({"predictor": {"sklearn": {"storageUri": "pvc://weights/m"}}})
    other = service({"predictor": {"sklearn": {"storageUri": "pvc://elsewhere/m"}}})

    volumes = [complete(read(obj), Evidence(owners=(owner,))).workload for obj in (child, other)]

    assert [[volume.in_owner for volume in item.volumes] for item in volumes if item] == [[True], [False]]


def test_a_template_of_another_owner_without_a_name_holds_no_claim(read: Read, pod_of: PodOf) -> None:
    pod = pod_of(command=["vllm", "serve", "acme/x"])
    owner = deployment(pod, name=None) | {"kind": "StatefulSet"}
    owner["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "data"}}]
    child = pod_of(
        {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data--0"}}]},
        command=["vllm", "serve", "acme/x"],
    )

    workload = complete(read(owned(child)), Evidence(owners=(owner,))).workload

    assert workload is not None
    assert not workload.volumes[0].in_owner


CHANGES: list[tuple[str, Callable[[Object], Any]]] = [
    ("models", lambda obj: obj["spec"]["predictor"]["model"].update(storageUri="s3://b/other")),
    ("containers", lambda obj: obj["spec"]["predictor"]["model"].update(env=[{"name": "A", "value": "1"}])),
    ("containers", lambda obj: obj["spec"]["predictor"].update(hostPID=True)),
    ("containers", lambda obj: obj["spec"]["predictor"].update(volumes=[{"name": "v", "emptyDir": {}}])),
    ("containers", lambda obj: obj["spec"]["predictor"]["model"].update(confidential={"enabled": True})),
    ("containers", lambda obj: obj["spec"]["predictor"]["model"].update(runtime="other")),
    ("containers", lambda obj: obj["spec"]["predictor"].update(hostIPC="x")),
    (
        "exposure",
        lambda obj: obj["metadata"].update(labels={"networking.kserve.io/visibility": "cluster-local"}),
    ),
    ("exposure", lambda obj: obj["spec"]["predictor"].update(canaryTrafficPercent=5)),
    ("exposure", lambda obj: obj["spec"]["predictor"].update(logger={"url": "http://x"})),
    ("evidence", lambda obj: obj["metadata"].update(annotations={CARD: "modelcard/b"})),
    ("evidence", lambda obj: obj["metadata"].update(labels={"mlgate.dev/risk-tier": "high"})),
]


@pytest.mark.parametrize(("part", "edit"), CHANGES)
def test_an_update_says_which_part_it_changes(
    read: Read, service: Service, part: str, edit: Callable[[Object], Any]
) -> None:
    old = service({"predictor": {"model": {"storageUri": "s3://b/m"}}})
    new = copy.deepcopy(old)
    edit(new)

    change = complete(read(new, old), Evidence()).change

    assert getattr(change, part)
    assert change.any


def test_an_update_of_what_no_rule_sees_changes_nothing(read: Read, service: Service) -> None:
    old = service({"predictor": {"model": {"storageUri": "s3://b/m"}, "minReplicas": 1}}, labels={"a": "b"})
    new = copy.deepcopy(old) | {"status": {"ready": True}}
    new["spec"]["predictor"]["minReplicas"] = 5
    new["metadata"] |= {
        "labels": {"a": "c"},
        "finalizers": ["x"],
        "annotations": {"other.example.com/x": "1"},
    }

    change = complete(read(new, old), Evidence()).change

    assert change == Change(models=False, containers=False, exposure=False, evidence=False, any=False)


def test_a_new_credential_counts_as_a_change(read: Read, service: Service) -> None:
    old = service({"predictor": {"model": {"storageUri": "s3://b/m"}}}, annotations={"note": "x"})
    new = copy.deepcopy(old)
    new["metadata"]["annotations"]["note"] = "hf_" + "a1B2" * 10

    assert complete(read(new, old), Evidence()).change.containers


def test_a_creation_changes_everything(read: Read, service: Service) -> None:
    assert (
        complete(read(service({"predictor": {"sklearn": {"storageUri": "s3://b/m"}}})), Evidence()).change
        == Change()
    )


HIDDEN: list[Callable[[Object], Any]] = [
    lambda pod: pod["containers"][0].update(lifecycle={"postStart": {"exec": {"command": ["sh"]}}}),
    lambda pod: pod["containers"][0].update(livenessProbe={"exec": {"command": ["sh", "-c", "id"]}}),
    lambda pod: pod["containers"][0].update(volumeMounts=[{"name": "v", "mountPath": "/root"}]),
    lambda pod: pod["containers"][0]["volumeMounts"][0].update(subPath="other"),
    lambda pod: pod["containers"][0].update(workingDir="/srv"),
    lambda pod: pod["containers"][0].update(resources={"limits": {"nvidia.com/gpu": 8}}),
    lambda pod: pod["containers"][0]["env"][0].update(value="hf_" + "z9Y8" * 10),
    lambda pod: pod["containers"][0].update(args=["-c", "curl -H 'Authorization: Bearer z9Y8z9Y8z9Y8' evil"]),
    lambda pod: pod["volumes"][0]["hostPath"].update(path="/"),
    lambda pod: pod["volumes"][1]["csi"].update(volumeAttributes={"share": "b"}),
    lambda pod: pod["volumes"][2]["configMap"].update(name="other"),
    lambda pod: pod["volumes"][3]["nfs"].update(server="evil"),
]


@pytest.mark.parametrize("edit", HIDDEN)
def test_an_update_of_what_policy_does_not_see_in_full_is_a_change(
    read: Read, pod_of: PodOf, edit: Callable[[Object], Any]
) -> None:
    pod = pod_of(
        {
            "volumes": [
                {"name": "v", "hostPath": {"path": "/data"}},
                {"name": "w", "csi": {"driver": "d", "volumeAttributes": {"share": "a"}}},
                {"name": "x", "configMap": {"name": "c"}},
                {"name": "y", "nfs": {"server": "s", "path": "/"}},
            ]
        },
        command=["sh"],
        args=["-c", "vllm serve acme/x; curl -H 'Authorization: Bearer a1B2a1B2a1B2' good"],
        env=[{"name": "HF_TOKEN", "value": "hf_" + "a1B2" * 10}],
        image="vllm/vllm-openai:1",
        volumeMounts=[{"name": "v", "mountPath": "/data"}],
        lifecycle={"postStart": {"exec": {"command": ["true"]}}},
    )
    old = deployment(pod)
    new = copy.deepcopy(old)
    edit(new["spec"]["template"]["spec"])

    assert complete(read(copy.deepcopy(old), old), Evidence()).change.any is False
    assert complete(read(new, old), Evidence()).change.containers


@pytest.mark.parametrize(
    "edit",
    [
        lambda obj: obj["spec"]["predictor"]["model"].update(runtimeVersion="2"),
        lambda obj: obj["spec"]["predictor"]["model"].update(protocolVersion="v2"),
        lambda obj: obj["spec"]["predictor"]["model"]["modelFormat"].update(version="2"),
        lambda obj: obj["metadata"].update(annotations={"serving.kserve.io/deploymentMode": "RawDeployment"}),
    ],
)
def test_an_update_of_what_the_platform_runs_is_a_change(
    read: Read, service: Service, edit: Callable[[Object], Any]
) -> None:
    old = service({"predictor": {"model": {"modelFormat": {"name": "onnx"}, "storageUri": "s3://b/m"}}})
    new = copy.deepcopy(old)
    edit(new)

    assert complete(read(new, old), Evidence()).change.containers


def test_a_pod_that_its_controller_labels_is_unchanged(read: Read, pod_of: PodOf) -> None:
    old = pod_of(metadata={"labels": {"app": "x"}}, command=["vllm", "serve", "acme/x"])
    new = copy.deepcopy(old)
    new["metadata"]["labels"]["apps.kubernetes.io/pod-index"] = "0"

    assert complete(read(new, old), Evidence()).change.any is False


def test_mounts_and_settings_of_the_owner_s_runtime_are_the_owner_s(
    read: Read, pod_of: PodOf, service: Service
) -> None:
    owner = service(with_runtime(storageUri="s3://b/m", volumeMounts=[{"name": "a", "mountPath": "/a"}]))
    below, above = {"name": "r", "mountPath": "/r"}, {"name": "a", "mountPath": "/a"}
    spec = {
        "dnsPolicy": "Default",
        "containers": [{"name": "kserve-container", "image": "r:1", "volumeMounts": [below]}],
    }
    found = read(
        pod_of(
            {"dnsPolicy": "Default"},
            {"labels": {"serving.kserve.io/inferenceservice": "scoring"}},
            name="kserve-container",
            image="r:1",
            volumeMounts=[above, below],
        )
    )

    workload = complete(found, Evidence(owners=(owner,), references=(runtime(spec),))).workload

    assert workload is not None
    assert workload.containers[0].in_owner
    assert workload.owner is not None
    assert workload.owner.pod_settings_equal


def test_what_a_runtime_brings_to_the_pods_is_looked_up_in_a_second_round(
    read: Read, service: Service
) -> None:
    found = read(service(with_runtime(storageUri="s3://b/m")))
    container = {
        "name": "kserve-container",
        "image": "r.example.com/server:1",
        "envFrom": [{"secretRef": {"name": "s"}}, {"configMapRef": {"name": "c"}}],
    }
    spec = {"containers": [container], "workerSpec": {"containers": [], "serviceAccountName": "worker"}}

    lookups = wider_lookups(found, Evidence(references=(runtime(spec),)))

    assert (found.lookups.service_accounts, found.lookups.secrets) == (("default",), ())
    assert (lookups.secrets, lookups.config_maps) == (("s",), ("c",))
    assert lookups.service_accounts == ("default", "worker")
    assert lookups.pod_labels == found.lookups.pod_labels


def test_a_runtime_that_brings_nothing_costs_no_second_round(read: Read, service: Service) -> None:
    found = read(service(with_runtime(storageUri="s3://b/m")))
    plain = runtime({"containers": [{"name": "kserve-container", "image": "r.example.com/server:1"}]})

    assert wider_lookups(found, Evidence(references=(plain,))) == found.lookups


def test_what_another_object_runs_is_looked_up_as_if_it_stood_there(read: Read) -> None:
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "app"}
    rollout = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {"name": "app"},
        "spec": {"workloadRef": reference},
    }
    server = {"name": "s", "image": "vllm/vllm-openai:v1", "args": ["--model=/m/drafts"]}
    server["volumeMounts"] = [{"name": "w", "mountPath": "/m"}]
    volumes = [{"name": "w", "persistentVolumeClaim": {"claimName": "weights"}}]
    other = deployment({"spec": {"containers": [server], "volumes": volumes, "serviceAccountName": "app"}})
    found = read(rollout)
    resolved = ResolvedReference(
        api_version="apps/v1", kind="Deployment", namespace="team", name="app", status="found", object=other
    )

    lookups = wider_lookups(found, Evidence(references=(resolved,)))

    assert (found.lookups.serves, found.lookups.has_pods) == (False, False)
    assert (lookups.serves, lookups.has_pods, lookups.mesh) == (True, True, True)
    assert (lookups.claims, lookups.service_accounts) == (("weights",), ("app",))
    assert list(lookups.model_uris.values()) == ["pvc://weights/drafts"]
    assert wider_lookups(found, Evidence()) == found.lookups
