"""Models in ordinary containers: what is found, and what an author could write so that it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction

Read = Callable[..., Extraction]
PodOf = Callable[..., dict[str, Any]]

HUB = "hf://acme/drafts"
GPU = {"limits": {"nvidia.com/gpu": 1}}
CLAIM = {"volumes": [{"name": "m", "persistentVolumeClaim": {"claimName": "weights"}}]}
MOUNT = [{"name": "m", "mountPath": "/models"}]


def sh(text: str) -> dict[str, Any]:
    return {"command": ["sh", "-c", text]}


def env(**values: str) -> dict[str, Any]:
    return {"env": [{"name": name, "value": value} for name, value in values.items()]}


def from_config_map(name: str) -> dict[str, Any]:
    return {"name": name, "valueFrom": {"configMapKeyRef": {"name": "tuning", "key": "x"}}}


def job_of(pod: dict[str, Any]) -> dict[str, Any]:
    """The Job that runs the Pod to its end."""
    template = {"spec": pod["spec"]}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {}, "spec": {"template": template}}


def deployment_of(pod: dict[str, Any], kind: str = "Deployment") -> dict[str, Any]:
    """The Deployment, or another kind of its group, that keeps the Pod running."""
    template = {"spec": pod["spec"]}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {}, "spec": {"template": template}}


def workload(read: Read, obj: dict[str, Any]) -> Workload:
    found = read(obj).workload
    assert found is not None
    return found


SERVED: dict[str, dict[str, Any]] = {
    "by the command itself": {"command": ["vllm", "serve", "acme/drafts"]},
    "command and arguments apart": {"command": ["vllm"], "args": ["serve", "acme/drafts"]},
    "from a folder": {"command": ["/opt/venv/bin/vllm", "serve", "acme/drafts"]},
    "as a script of an interpreter": {"command": ["python3", "/usr/bin/vllm", "serve", "acme/drafts"]},
    "as a module": {
        "command": ["python3", "-m", "vllm.entrypoints.openai.api_server", "--model", "acme/drafts"]
    },
    "as a module without a space": {
        "command": ["python3", "-mvllm.entrypoints.api_server", "--model=acme/drafts"]
    },
    "with options of the interpreter": {
        "command": ["python3", "-u", "-m", "sglang.launch_server", "--model-path", "acme/drafts"]
    },
    "behind a package runner": {"command": ["uv", "run", "vllm", "serve", "acme/drafts"]},
    "by a shell": sh("vllm serve acme/drafts --port 80"),
    "by a login shell in args": {"command": ["/bin/bash", "-lc"], "args": ['exec vllm serve "acme/drafts"']},
    "by a shell within a shell": sh(
        "bash -c \"python3 -m vllm.entrypoints.openai.api_server --model='acme/drafts'\""
    ),
    "three shells deep": sh("bash -c \"sh -c 'vllm serve acme/drafts'\""),
    "with escaped quotes": sh('bash -c "sh -c \\"vllm serve acme/drafts\\""'),
    "four shells deep": sh('bash -c "sh -c \\"dash -c \'vllm serve acme/drafts\'\\""'),
    "with quotes in the middle of the name": sh('v"l"lm serve acme/drafts'),
    "with empty quotes": sh("vl''lm serve 'acme/'\"drafts\""),
    "with a backslash": sh("v\\llm serve acme/drafts"),
    "over several lines": sh("vllm \\\n serve \\\n acme/drafts"),
    "behind another command": sh("cd /tmp && exec vllm serve acme/drafts"),
    "in the background": sh("vllm serve acme/drafts & sleep infinity"),
    "in a group": sh("{ vllm serve acme/drafts; }"),
    "in a subshell": sh("(vllm serve acme/drafts)"),
    "in backticks": sh("echo `vllm serve acme/drafts`"),
    "in a branch": sh("if true; then vllm serve acme/drafts; fi"),
    "in a loop": sh("while true; do vllm serve acme/drafts; done"),
    "found by which": sh("$(which vllm) serve acme/drafts"),
    "found by command -v in backticks": sh("`command -v vllm` serve acme/drafts"),
    "under wrappers": {"command": ["tini", "--", "numactl", "-N", "0", "trtllm-serve", "acme/drafts"]},
    "with variables before it": sh("A=1 B=2 nohup vllm serve acme/drafts"),
    "with a model from a shell variable": sh("MODEL=acme/drafts; vllm serve $MODEL"),
    "with a program from a shell variable": sh("P=vllm; ${P} serve acme/drafts"),
    "with a default in place of a variable": sh("vllm serve ${MODEL:-acme/drafts}"),
    "with white space by IFS": {"command": ["sh", "-c", "vllm${IFS}serve${IFS}acme/drafts"]},
    "with a program from a container variable": {
        "command": ["$(P)", "serve", "$(M)"],
        **env(P="vllm", M="acme/drafts"),
    },
    "with the whole line from a variable": {
        "command": ["sh", "-c", "$(CMD)"],
        **env(CMD="vllm serve acme/drafts"),
    },
    "with the whole line evaluated": {
        "command": ["sh", "-c", 'eval "$CMD"'],
        **env(CMD="vllm serve acme/drafts"),
    },
    "with a variable that is set twice": {
        "command": ["vllm", "serve", "$(M)"],
        "env": [{"name": "M", "value": "harmless/one"}, {"name": "M", "value": "acme/drafts"}],
    },
    "with the model behind flags": {"command": ["vllm", "serve", "--port", "80", "acme/drafts"]},
    "with the model behind a switch": {"command": ["vllm", "serve", "--enforce-eager", "acme/drafts"]},
    "with the model behind an unknown flag": {"command": ["vllm", "serve", "--whatever", "acme/drafts"]},
    "with the model behind a negated switch": {
        "command": ["vllm", "serve", "--no-cache", "acme/drafts", "--x", "b/c"]
    },
    "by its image": {"image": "vllm/vllm-openai:v1", "args": ["--model", "acme/drafts"]},
    "by a mirrored image": {
        "image": "mirror.example.com/hub/vllm/vllm-openai@sha256:" + "b" * 64,
        "args": ["--model=acme/drafts"],
    },
    "by flags of a renamed image": {"args": ["--model", "acme/drafts", "--port", "80"]},
    "by a joined flag of a renamed image": {"args": ["--model=acme/drafts"]},
    "by a flag with underscores": {"args": ["--model_name_or_path", "acme/drafts"]},
    "by a flag with one dash": {"image": "vllm/vllm-openai", "args": ["-model", "acme/drafts"]},
    "by a variable of a known server": {
        "image": "ghcr.io/huggingface/text-generation-inference:3",
        **env(MODEL_ID="acme/drafts"),
    },
    "by a variable of a renamed image": env(MODEL_ID="acme/drafts"),
    "as a start hook": {
        "lifecycle": {"postStart": {"exec": {"command": ["sh", "-c", "vllm serve acme/drafts"]}}}
    },
    "as a probe": {"livenessProbe": {"exec": {"command": ["vllm", "serve", "acme/drafts"]}}},
    "as a client that asks for a GPU": {
        "args": ["--model", "acme/drafts"],
        "resources": GPU,
        **env(OPENAI_BASE_URL="http://x"),
    },
    "as a client with flags of servers": {
        "args": ["--model", "acme/drafts", "--max-model-len=9"],
        **env(LLM_URL="http://x"),
    },
    "by a downloader": {"command": ["hf", "download", "acme/drafts", "--local-dir", "/m"]},
    "by a downloader in a shell": sh("pip install -q hub && huggingface-cli download --quiet acme/drafts"),
}


@pytest.mark.parametrize("container", SERVED.values(), ids=SERVED.keys())
def test_a_model_from_the_hub_is_found_however_its_server_is_started(
    read: Read, pod_of: PodOf, container: dict[str, Any]
) -> None:
    found = workload(read, pod_of(**container))

    assert found.serves_model
    assert [(model.uri, model.role) for model in found.models] == [(HUB, "primary")]
    assert found.detected_by
    assert not found.problems


@pytest.mark.parametrize("slot", ["initContainers", "ephemeralContainers"])
def test_no_slot_of_a_pod_hides_a_model(read: Read, pod_of: PodOf, slot: str) -> None:
    hidden = {"name": "x", "image": "a/b", "command": ["vllm", "serve", "acme/drafts"]}

    found = workload(read, pod_of({slot: [hidden]}))

    assert found.serves_model
    assert [model.uri for model in found.models] == [HUB]
    assert found.models[0].path == f"spec.{slot}[0].command[2]"


ADDRESSES: dict[str, tuple[dict[str, Any], str]] = {
    "a strong flag": ({"args": ["--model-store=s3://b/x"]}, "s3://b/x"),
    "a variable with a store's address": (env(MODEL_URI="s3://bucket/weights"), "s3://bucket/weights"),
    "a scheme in upper case": (
        env(MODEL_URI="HTTP://Host.example.com/M.bin"),
        "http://host.example.com/M.bin",
    ),
    "user information": (env(STORAGE_URI="s3://user:word@bucket/model"), "s3://bucket/model"),
    "white space around": (env(MODEL_URI=" \tgs://bucket/model\n"), "gs://bucket/model"),
    "a variable in the address": (env(MODEL_URI="s3://$(B)/model", B="bucket"), "s3://bucket/model"),
    "a registry": (env(MODEL_URI="models:/scoring/3"), "models:/scoring/3"),
    "a file of weights": (
        {"args": ["--model", "/srv/w.gguf"]},
        "image://registry.example.com/team/app@sha256:" + "a" * 64,
    ),
    "a file of weights by http": (
        sh("wget https://x.example.com/w.gguf?a=b -O /w"),
        "https://x.example.com/w.gguf?a=b",
    ),
    "a copy from a store": (
        sh("aws s3 cp --quiet s3://acme-models/v1 /m --recursive"),
        "s3://acme-models/v1",
    ),
    "a clone from the hub": (
        sh("git clone https://huggingface.co/acme/drafts"),
        "https://huggingface.co/acme/drafts",
    ),
    "an adapter and its base": (
        {"command": ["vllm", "serve", "acme/base", "--lora-modules", "sql=acme/sql"]},
        "hf://acme/base hf://acme/sql",
    ),
    "an adapter as JSON": (
        {"command": ["vllm", "serve", "acme/base", '--lora-modules={"name": "sql", "path": "acme/sql"}']},
        "hf://acme/base hf://acme/sql",
    ),
    "an adapter as broken JSON": (
        {"command": ["vllm", "serve", "acme/base", "--lora-modules={acme"]},
        "hf://acme/base hf://{acme",
    ),
    "an adapter without a name": (
        {"command": ["vllm", "serve", "acme/base", "--lora-modules=acme/sql"]},
        "hf://acme/base hf://acme/sql",
    ),
    "several adapters": (
        {"command": ["vllm", "serve", "acme/base", "--lora-modules", "a=acme/a", "b=acme/b"]},
        "hf://acme/base hf://acme/a hf://acme/b",
    ),
    "a draft and a tokenizer": (
        {"command": ["vllm", "serve", "acme/base", "--speculative-model", "acme/d", "--tokenizer", "acme/t"]},
        "hf://acme/base hf://acme/d hf://acme/t",
    ),
    "a branch": ({"command": ["vllm", "serve", "acme/base", "--revision", "main"]}, "hf://acme/base:main"),
    "a branch by a variable": (
        {"command": ["vllm", "serve", "acme/base"], **env(REVISION="main")},
        "hf://acme/base:main",
    ),
    "a name of Ollama": (sh("ollama serve & ollama pull llama3:8b"), "ollama://llama3:8b"),
    "a storage initializer": (
        {"image": "kserve/storage-initializer", "args": ["s3://b/x", "/mnt/models"]},
        "s3://b/x",
    ),
    "a model inside a NIM": ({"image": "nvcr.io/nim/meta/chat:1.2"}, "image://nvcr.io/nim/meta/chat:1.2"),
    "a bare name": ({"image": "tensorflow/serving", "args": ["--model_base_path=relative"]}, "relative"),
    "a template": ({"image": "tensorflow/serving", "args": ["--model_base_path={{.x}}"]}, "{{.x}}"),
}


@pytest.mark.parametrize(("container", "uris"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_the_address_is_the_one_the_container_names(
    read: Read, pod_of: PodOf, container: dict[str, Any], uris: str
) -> None:
    found = workload(read, pod_of(**container))

    assert found.serves_model
    assert sorted(model.uri for model in found.models) == sorted(uris.split(" "))


def test_adapters_drafts_and_tokenizers_are_told_apart(read: Read, pod_of: PodOf) -> None:
    flags = [
        "--lora-modules",
        "sql=acme/sql",
        "--draft-model=acme/d",
        "--tokenizer=acme/t",
        "--served-model-name=chat",
    ]

    found = workload(read, pod_of(command=["vllm", "serve", "acme/base", *flags]))

    assert {(model.id, model.role, model.name) for model in found.models} == {
        ("container:app", "primary", "chat"),
        ("adapter:sql", "adapter", None),
        ("draft:app", "draft", None),
        ("tokenizer:app", "tokenizer", None),
    }


def test_a_path_under_a_claim_leads_to_the_claim(read: Read, pod_of: PodOf) -> None:
    pod = pod_of(CLAIM, image="vllm/vllm-openai", args=["--model", "/models/drafts"], volumeMounts=MOUNT)

    found = workload(read, pod)

    assert [model.uri for model in found.models] == ["pvc://weights/drafts"]
    assert [volume.holds_model for volume in found.volumes] == [True]


def test_a_path_under_a_claim_counts_whatever_the_folder_is_called(read: Read, pod_of: PodOf) -> None:
    mount = [{"name": "m", "mountPath": "/w"}]

    found = workload(read, pod_of(CLAIM, args=["--model", "/w/x"], volumeMounts=mount))

    assert [model.uri for model in found.models] == ["pvc://weights/x"]
    assert not workload(read, pod_of(args=["--model", "/w/x"])).serves_model


def test_a_claim_mounted_where_models_lie_is_the_model_of_a_plain_image_with_a_gpu(
    read: Read, pod_of: PodOf
) -> None:
    found = workload(read, pod_of(CLAIM, volumeMounts=MOUNT, resources=GPU))

    assert found.serves_model
    assert [(model.uri, model.immutable) for model in found.models] == [("pvc://weights", False)]
    assert "volume:m@spec.containers[0].volumeMounts" in found.detected_by


def test_a_claim_mounted_where_models_lie_beside_a_variable_of_loaders_is_a_model(
    read: Read, pod_of: PodOf
) -> None:
    found = workload(read, pod_of(CLAIM, volumeMounts=MOUNT, **env(HF_HOME="/x")))

    assert [model.uri for model in found.models] == ["pvc://weights"]


@pytest.mark.parametrize("target", ["models", "/models/", "//models", "/x/../models", "/models/./x/.."])
def test_a_mount_is_where_the_kernel_would_put_it(read: Read, pod_of: PodOf, target: str) -> None:
    found = workload(read, pod_of(CLAIM, volumeMounts=[{"name": "m", "mountPath": target}], resources=GPU))

    assert [model.uri for model in found.models] == ["pvc://weights"]


def test_a_claim_alone_is_no_model(read: Read, pod_of: PodOf) -> None:
    assert not read(pod_of(CLAIM, volumeMounts=MOUNT)).concerned


def test_a_cache_is_no_model(read: Read, pod_of: PodOf) -> None:
    volumes = {"volumes": [{"name": "m", "emptyDir": {}}]}

    found = workload(read, pod_of(volumes, volumeMounts=MOUNT, resources=GPU))

    assert [model.scheme for model in found.models] == ["image"]


def test_an_image_mounted_where_models_lie_is_a_model_by_itself(read: Read, pod_of: PodOf) -> None:
    volumes = {"volumes": [{"name": "m", "image": {"reference": "r.example.com/models/x:1"}}]}

    found = workload(read, pod_of(volumes, volumeMounts=MOUNT))

    assert [model.uri for model in found.models] == ["oci://r.example.com/models/x:1"]


@pytest.mark.parametrize(
    ("container", "scheme"),
    [
        ({"ports": [{"containerPort": 8000}]}, "image"),
        ({"volumeMounts": MOUNT}, "file"),
        (env(HF_TOKEN="$(X)"), "image"),
    ],
)
def test_a_gpu_with_one_more_sign_is_a_model(
    read: Read, pod_of: PodOf, container: dict[str, Any], scheme: str
) -> None:
    found = workload(read, pod_of(resources={"requests": {"nvidia.com/mig-1g.5gb": "1"}}, **container))

    assert found.serves_model
    assert [model.scheme for model in found.models] == [scheme]


@pytest.mark.parametrize("amount", [0, "0", "", None])
def test_no_gpu_is_no_sign(read: Read, pod_of: PodOf, amount: Any) -> None:
    pod = pod_of(resources={"limits": {"nvidia.com/gpu": amount}}, ports=[{"containerPort": 8000}])

    assert not read(pod).concerned


ORDINARY: dict[str, dict[str, Any]] = {
    "a database": {"image": "postgres:16", **env(POSTGRES_DB="model")},
    "a web server": {"image": "nginx:1.27", "ports": [{"containerPort": 8080}]},
    "an exporter": {"image": "prom/node-exporter", "args": ["--web.listen-address=:8000"]},
    "a client": {"args": ["--model", "acme/drafts", "--base-url", "http://models.team.svc"]},
    "a client by a variable": {
        "args": ["--model=acme/drafts"],
        **env(OPENAI_BASE_URL="http://models.team.svc"),
    },
    "an access model": {"args": ["--model", "/etc/access/rules.conf"]},
    "a copy of a backup": sh("aws s3 cp /dump s3://backups/db && curl -fsS https://x.example.com/done"),
    "a clone of code": sh("git clone https://git.example.com/acme/drafts"),
    "a GPU alone": {"resources": GPU},
    "a word in a sentence": {"args": ["--message", "model"]},
    "a name of a variable": env(MODEL_NAME="churn"),
    "a file": env(MODEL_PATH="config/model.yaml"),
}


@pytest.mark.parametrize("container", ORDINARY.values(), ids=ORDINARY.keys())
def test_what_serves_no_model_is_of_no_concern(read: Read, pod_of: PodOf, container: dict[str, Any]) -> None:
    assert not read(pod_of(**container)).concerned


@pytest.mark.parametrize(
    "container",
    [
        {
            "image": "ghcr.io/huggingface/text-generation-inference:3",
            "envFrom": [{"secretRef": {"name": "x"}}],
        },
        {"image": "vllm/vllm-openai@sha256:" + "a" * 64},
        {"image": "ollama/ollama"},
        {"command": ["vllm", "serve", "--port", "80"]},
    ],
)
def test_a_server_whose_model_is_named_elsewhere_has_none_that_can_be_found(
    read: Read, pod_of: PodOf, container: dict[str, Any]
) -> None:
    found = workload(read, pod_of(**container))

    assert found.serves_model
    assert not found.models
    assert [problem.message for problem in found.problems] == ["names no model that the reader can find"]


def test_a_script_of_one_word_runs_what_it_names(read: Read, pod_of: PodOf) -> None:
    assert workload(read, pod_of(**sh("triton''server;"))).serves_model


def test_a_server_in_an_init_container_has_no_image_to_hold_the_model(read: Read, pod_of: PodOf) -> None:
    found = workload(
        read, pod_of({"initContainers": [{"name": "x", "image": "nvcr.io/nvidia/tritonserver:1"}]})
    )

    assert found.serves_model
    assert found.models or found.problems


def test_a_model_from_a_secret_is_a_model_nobody_knows(read: Read, pod_of: PodOf) -> None:
    variable = {"name": "MODEL_ID", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}

    found = workload(read, pod_of(image="ghcr.io/huggingface/text-generation-inference:3", env=[variable]))

    assert [(model.uri, model.scheme) for model in found.models] == [("$(MODEL_ID)", "unknown")]


def test_a_variable_from_elsewhere_makes_no_server_of_an_unknown_program(read: Read, pod_of: PodOf) -> None:
    variable = {"name": "MODEL_ID", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}}

    assert not read(pod_of(env=[variable])).concerned


def test_a_credential_in_a_variable_is_not_shown_as_an_address(read: Read, pod_of: PodOf) -> None:
    token = "hf_" + "a1B2" * 10

    found = workload(read, pod_of(command=["vllm", "serve", "acme/$(T)"], **env(T=token)))

    assert token not in str(found)
    assert [model.scheme for model in found.models] == ["unknown"]


TRAINED: dict[str, dict[str, Any]] = {
    "by a known program": {"command": ["torchrun", "train.py", "--model_name_or_path", "acme/base"]},
    "by a command of two words": {
        "command": ["accelerate", "launch", "t.py", "--model-name-or-path=acme/base"]
    },
    "by a flag": {"args": ["--num_train_epochs=3", "--model_name_or_path=acme/base"]},
}


@pytest.mark.parametrize("container", TRAINED.values(), ids=TRAINED.keys())
def test_training_in_a_job_is_told_from_serving(read: Read, pod_of: PodOf, container: dict[str, Any]) -> None:
    args = [*container.get("args", []), "--train-file", "s3://data/x.csv"]

    found = workload(read, job_of(pod_of(**(container | {"args": args}))))

    assert (found.serves_model, found.trains_model) == (False, True)
    assert [(model.uri, model.role) for model in found.models] == [("hf://acme/base", "base")]
    assert [(data.uri, data.scheme) for data in found.datasets] == [("s3://data/x.csv", "s3")]


@pytest.mark.parametrize("container", TRAINED.values(), ids=TRAINED.keys())
def test_words_of_training_exempt_nothing_that_keeps_running(
    read: Read, pod_of: PodOf, container: dict[str, Any]
) -> None:
    found = workload(read, pod_of(**container))

    assert (found.serves_model, found.trains_model) == (True, True)
    assert [(model.uri, model.role) for model in found.models] == [("hf://acme/base", "primary")]


@pytest.mark.parametrize(
    "container",
    [
        {"args": ["--model=acme/base", "--train-file=x", "--tensor-parallel-size=2"]},
        {"args": ["--model=acme/base", "--train-file=x"], "ports": [{"containerPort": 8000}]},
        sh("torchrun --help; exec /srv/run --model acme/base --max-model-len 2"),
    ],
    ids=["a flag of servers", "a port of servers", "a flag behind a trainer"],
)
def test_words_of_training_exempt_no_server_in_a_job(
    read: Read, pod_of: PodOf, container: dict[str, Any]
) -> None:
    assert workload(read, job_of(pod_of(**container))).serves_model


@pytest.mark.parametrize("flag", ["--train-file", "--num-train-epochs=1"])
def test_words_of_training_hide_no_signs_of_a_server(read: Read, pod_of: PodOf, flag: str) -> None:
    found = read(pod_of(args=["--config=/etc/x", flag], resources=GPU, ports=[{"containerPort": 8000}]))

    assert workload(read, pod_of(args=[flag], resources=GPU, ports=[{"containerPort": 8000}])).serves_model
    assert found.concerned


@pytest.mark.parametrize("helper", ["--tokenizer=acme/words", "--lora-modules=a=acme/a"])
def test_what_only_helps_a_model_hides_none(read: Read, pod_of: PodOf, helper: str) -> None:
    found = workload(read, pod_of(image="vllm/vllm-openai:v1", args=["--config=/etc/vllm/c.yaml", helper]))

    assert [problem.message for problem in found.problems] == ["names no model that the reader can find"]


def test_a_trainer_does_not_hide_a_server_beside_it(read: Read, pod_of: PodOf) -> None:
    found = workload(read, pod_of(**sh("torchrun --help; vllm serve acme/drafts")))

    assert found.serves_model
    assert [model.uri for model in found.models] == [HUB]


def test_a_gpu_in_a_job_is_training(read: Read, pod_of: PodOf) -> None:
    found = workload(read, job_of(pod_of(resources=GPU, volumeMounts=MOUNT)))

    assert (found.serves_model, found.trains_model) == (False, True)


@pytest.mark.parametrize(
    ("container", "lora", "remote"),
    [
        ({"args": ["--trust-remote-code"]}, False, True),
        ({"args": ["--trust_remote_code=True"]}, False, True),
        ({"args": ["--trust-remote-code=false"]}, False, False),
        (env(TRUST_REMOTE_CODE=" TRUE "), False, True),
        (env(TRUST_REMOTE_CODE="0"), False, False),
        (env(TRUST_REMOTE_CODE=""), False, False),
        (env(TRUST_REMOTE_CODE="y"), False, True),
        (env(TRUST_REMOTE_CODE="enabled"), False, True),
        (env(SAY="no", TRUST_REMOTE_CODE="$(SAY)"), False, False),
        (env(TRUST_REMOTE_CODE="$(ELSEWHERE)"), False, True),
        ({"env": [{"name": "TRUST_REMOTE_CODE"}]}, False, False),
        ({"env": [from_config_map("TRUST_REMOTE_CODE")]}, False, True),
        ({"env": [from_config_map("VLLM_ALLOW_RUNTIME_LORA_UPDATING")]}, True, False),
        ({"args": ["--trust-remote"]}, False, True),
        ({"args": ["--trust"]}, False, True),
        ({"args": ["--trus"]}, False, False),
        ({"args": ["--trusted-host=a"]}, False, False),
        ({"args": ["--enable-lora"]}, False, False),
        ({"args": ["--enable-lora-hot-swap"]}, True, False),
        (env(VLLM_ALLOW_RUNTIME_LORA_UPDATING="1"), True, False),
        (sh("VLLM_ALLOW_RUNTIME_LORA_UPDATING=1 vllm serve acme/drafts"), True, False),
        (sh("export TRUST_REMOTE_CODE=false; vllm serve acme/drafts"), False, False),
        (sh("export TRUST_REMOTE_CODE=true; vllm serve acme/drafts"), False, True),
        (sh("echo TRUST_REMOTE_CODE"), False, False),
    ],
)
def test_switches_that_change_the_server_are_read(
    read: Read, pod_of: PodOf, container: dict[str, Any], *, lora: bool, remote: bool
) -> None:
    features = workload(read, pod_of(image="vllm/vllm-openai", **container)).features

    assert (features.runtime_lora.enabled, features.trust_remote_code.enabled) == (lora, remote)


def test_a_line_too_long_to_be_read_is_reported(read: Read, pod_of: PodOf) -> None:
    text = "true; " + "x " * 40_000 + "vllm serve acme/drafts"

    problems = workload(read, pod_of(**sh(text))).problems

    assert [problem.message for problem in problems] == ["is too long to be searched for models"]


def test_commands_nested_deeper_than_is_read_are_reported(read: Read, pod_of: PodOf) -> None:
    text = "vllm serve acme/drafts"
    for _ in range(8):
        text = "sh -c " + '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    extraction = read(pod_of(**sh(text)))

    assert extraction.workload is not None
    assert extraction.workload.problems


def test_variables_made_to_grow_cost_no_more_than_the_limit(read: Read, pod_of: PodOf) -> None:
    bomb = pod_of(args=["$(A)" * 10_000] * 50, **env(A="$(A)" * 20_000))

    found = workload(read, bomb)

    assert found.problems


def test_a_label_of_the_platform_makes_a_pod_a_model_server(read: Read, pod_of: PodOf) -> None:
    found = workload(read, pod_of(metadata={"labels": {"serving.kserve.io/inferenceservice": "x"}}))

    assert found.serves_model
    assert found.detected_by == ("label:serving.kserve.io/inferenceservice@spec",)


def test_look_alike_letters_are_other_words_and_an_unknown_dash_is_no_flag(read: Read, pod_of: PodOf) -> None:
    pod = pod_of(image="vllm/vllm-openai", args=["\u2014model", "acme/drafts"])

    assert workload(read, pod).problems


OPAQUE: dict[str, dict[str, Any]] = {
    "a digest alone": {"image": "registry.example.com/a@sha256:" + "b" * 64},
    "any port": {"ports": [{"containerPort": 5000}]},
    "a program of the author's": {"command": ["python", "app.py"]},
    "a volume anywhere": {"volumeMounts": [{"name": "m", "mountPath": "/data"}]},
}


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"])
@pytest.mark.parametrize("container", OPAQUE.values(), ids=OPAQUE.keys())
def test_what_keeps_running_with_a_gpu_runs_a_model(
    read: Read, pod_of: PodOf, container: dict[str, Any], kind: str
) -> None:
    found = workload(read, deployment_of(pod_of(CLAIM, resources=GPU, **container), kind))

    assert found.serves_model
    assert found.detected_by[0] == "gpu:nvidia.com/gpu@spec.template.spec.containers[0].resources.limits"
    lies = "pvc" if "volumeMounts" in container else "image"
    assert [model.scheme for model in found.models] == [lies]


IDLE: dict[str, dict[str, Any]] = {
    "a test of the GPU": {"command": sh("nvidia-smi; sleep infinity")["command"]},
    "a notebook": {"command": ["jupyter", "lab", "--ip=0.0.0.0"], "ports": [{"containerPort": 8888}]},
    "a notebook by its image": {"image": "quay.io/jupyter/pytorch-notebook:1"},
    "a benchmark": {"command": ["vllm", "bench", "serve", "--model", "acme/drafts"]},
}


@pytest.mark.parametrize("container", IDLE.values(), ids=IDLE.keys())
def test_what_is_known_to_run_no_model_may_have_a_gpu(
    read: Read, pod_of: PodOf, container: dict[str, Any]
) -> None:
    assert not read(deployment_of(pod_of(resources=GPU, **container))).concerned


def test_a_gpu_that_only_an_init_container_asks_for_is_no_sign(read: Read, pod_of: PodOf) -> None:
    spec = {"initContainers": [{"name": "warm", "image": "registry.example.com/w:1", "resources": GPU}]}

    assert not read(deployment_of(pod_of(spec))).concerned


@pytest.mark.parametrize("name", ["LLM_MODEL", "LLM_MODEL_ID", "EMBEDDING_MODEL"])
def test_a_variable_that_clients_have_too_counts_beside_a_gpu(read: Read, pod_of: PodOf, name: str) -> None:
    variable = env(**{name: "acme/drafts"})

    assert not read(pod_of(**variable)).concerned
    found = workload(read, pod_of(resources=GPU, **variable))
    assert [model.uri for model in found.models] == [HUB]


def test_a_base_model_is_a_model_and_with_settings_of_training_one_that_is_trained(
    read: Read, pod_of: PodOf
) -> None:
    alone = workload(read, job_of(pod_of(**env(BASE_MODEL="acme/drafts"))))
    tuned = workload(read, job_of(pod_of(**env(BASE_MODEL="acme/drafts", LORA_R="8"))))
    running = workload(read, deployment_of(pod_of(**env(BASE_MODEL="acme/drafts", LORA_R="8"))))

    assert (alone.serves_model, alone.trains_model) == (True, False)
    assert (tuned.serves_model, tuned.trains_model) == (False, True)
    assert [(model.uri, model.role) for model in tuned.models] == [(HUB, "base")]
    assert "env:LORA_R@spec.template.spec.containers[0].env[1]" in tuned.detected_by
    assert running.serves_model


@pytest.mark.parametrize("value", ["s3:acme-models/drafts", "s3:/acme-models/drafts", "gs:acme/drafts"])
@pytest.mark.parametrize("image", ["vllm/vllm-openai:v1", "registry.example.com/run:1"])
def test_an_address_a_slash_short_is_no_repository(read: Read, pod_of: PodOf, value: str, image: str) -> None:
    found = workload(read, pod_of(image=image, args=["--model", value]))

    assert [(model.uri, model.scheme, model.revision) for model in found.models] == [(value, "unknown", None)]


@pytest.mark.parametrize("flag", ["--insecure", "--insecure=true"])
def test_a_model_that_is_pulled_without_tls_is_told(read: Read, pod_of: PodOf, flag: str) -> None:
    pull = sh(f"ollama serve & ollama pull {flag} hub.example.com/acme/drafts:1")
    found = workload(read, pod_of(image="ollama/ollama:1", **pull))

    assert [model.uri for model in found.models] == ["ollama://hub.example.com/acme/drafts:1?insecure=true"]
    assert [(call.host, call.tls) for call in found.endpoints] == [("hub.example.com", False)]
