"""What looks like a credential in a whole object, and where."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from mlgate.workloads.credentials.scan import scan, scan_entries, scan_text_places
from mlgate.workloads.credentials.shown import mask_arguments
from mlgate.workloads.extract import Extraction

Read = Callable[..., Extraction]
Make = Callable[..., dict[str, Any]]

TOKEN = "hf_" + "a1B2" * 9
RANDOM = "q7Rz2LmX9vKp4TwY8bNc3HdJ"
PLACE = "spec.containers[0]"


def pod(**container: Any) -> dict[str, Any]:
    return {"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", **container}]}}


def found(obj: Any) -> list[tuple[str, str | None, str | None, str, str]]:
    return [(c.kind, c.container, c.name, c.path, c.reason) for c in scan(obj)]


@pytest.mark.parametrize(
    ("value", "name", "reason"),
    [
        (TOKEN, "HARMLESS", "value"),
        ("redis://:word@h", "CACHE", "uriPassword"),
        ("hunter2", "DB_PASSWORD", "name"),
        (RANDOM, "SETTING", "entropy"),
    ],
)
def test_a_variable_is_found_with_its_container_and_its_reason(value: str, name: str, reason: str) -> None:
    obj = pod(env=[{"name": "A", "value": "b"}, {"name": name, "value": value}])
    assert found(obj) == [("env", "c", name, f"{PLACE}.env[1].value", reason)]


def test_a_variable_taken_from_elsewhere_is_none() -> None:
    source = {"secretKeyRef": {"name": "token", "key": "token"}}
    assert found(pod(env=[{"name": "TOKEN", "valueFrom": source}, {"name": "TOKEN"}])) == []


@pytest.mark.parametrize("name", [None, 5, ["TOKEN"]])
def test_a_variable_without_a_proper_name_is_searched_too(name: Any) -> None:
    assert found(pod(env=[{"name": name, "value": TOKEN}])) == [
        ("env", "c", None, f"{PLACE}.env[0].value", "value")
    ]


def test_other_fields_of_a_variable_and_odd_entries_are_searched_as_text() -> None:
    obj = pod(env=[TOKEN, {"name": "A", "note": TOKEN}, {"name": "B", "value": [TOKEN]}, None])
    places = [(kind, path) for kind, _, _, path, _ in found(obj)]
    assert places == [("text", f"{PLACE}.env[0]"), ("text", f"{PLACE}.env[1].note")]


@pytest.mark.parametrize("key", ["env", "envs", "env_vars", "envVars", "environmentOverride"])
def test_a_map_of_variables_is_read_as_variables(key: str) -> None:
    obj = {"spec": {key: {"DB_PASSWORD": "hunter2", "A": {"B": TOKEN}, "N": 1, "OK": "b"}}}
    assert found(obj) == [
        ("env", None, "DB_PASSWORD", f"spec.{key}.DB_PASSWORD", "name"),
        ("text", None, None, f"spec.{key}.A.B", "value"),
    ]


SETTINGS: dict[str, tuple[Any, str]] = {
    "of a store": (
        {"storage": {"parameters": {"type": "s3", "secret_access_key": "hunter22"}}},
        "spec.storage.parameters.secret_access_key",
    ),
    "of a broker": (
        {"kafkaConfig": {"consumer": {"sasl.password": "hunter22"}}},
        "spec.kafkaConfig.consumer['sasl.password']",
    ),
    "of a store in a text": (
        {"rclone": {"config": ['{"name":"s3","parameters":{"secret_access_key":"hunter22"}}']}},
        "spec.rclone.config[0].parameters.secret_access_key",
    ),
    "of an adapter": (
        {"additionalConfig": {"api-key": "hunter22", "rank": "8"}},
        "spec.additionalConfig.api-key",
    ),
    "of an application, deeper": (
        {"user_config": {"db": {"auth": {"password": "hunter22"}, "host": "db"}}},
        "spec.user_config.db.auth.password",
    ),
    "of a graph, as a list": (
        {"graph": {"parameters": [{"name": "api_key", "value": "hunter22", "type": "STRING"}]}},
        "spec.graph.parameters[0].value",
    ),
    "a field that is one": ({"oauth_secret": "hunter22"}, "spec.oauth_secret"),
}


@pytest.mark.parametrize(("spec", "path"), SETTINGS.values(), ids=SETTINGS.keys())
def test_settings_under_the_name_of_a_credential_are_found(spec: Any, path: str) -> None:
    assert [(place, reason) for *_, place, reason in found({"spec": spec})] == [(path, "name")]


def test_settings_that_name_a_secret_or_nothing_secret_are_none() -> None:
    settings = {
        "secretName": "hub",
        "password_file": "/run/p",
        "api_key": "$(KEY)",
        "max_tokens": "9",
        "n": 1,
    }
    assert found({"spec": {"parameters": settings, "ingress": {"annotations": {"token": "word"}}}}) == []


def test_deeply_nested_settings_are_searched_without_recursion() -> None:
    deep: Any = {"password": "hunter22"}
    for _ in range(5000):
        deep = {"a": deep}
    assert len(found({"spec": {"parameters": deep}})) == 1


@pytest.mark.parametrize(
    ("items", "index", "name", "reason"),
    [
        ([f"--key={TOKEN}"], 0, None, "value"),
        (["--db-url", "postgres://u:word@h/d"], 1, None, "uriPassword"),
        (["--api-key", "hunter2"], 1, "api-key", "name"),
        (["--api-key=hunter2"], 0, "api-key", "name"),
        (["-token", "hunter2"], 1, "token", "name"),
        (["--setting", RANDOM], 1, "setting", "entropy"),
        (["sh", "serve --verbose --token hunter2"], 1, "token", "name"),
        (["serve --token   'hunter two'"], 0, "token", "name"),
        (["serve --token \\\n  hunter2"], 0, "token", "name"),
        (["serve --verbose \\\n  --token hunter2"], 0, "token", "name"),
        (["export DB_PASSWORD=hunter2; serve"], 0, "DB_PASSWORD", "name"),
        (['DB_PASSWORD="hunter two" serve'], 0, "DB_PASSWORD", "name"),
    ],
)
@pytest.mark.parametrize("key", ["command", "args"])
def test_a_command_line_is_searched_by_flag_and_assignment(
    key: str, items: list[str], index: int, name: str | None, reason: str
) -> None:
    obj = pod(**{key: items})
    assert found(obj) == [("argument", "c", name, f"{PLACE}.{key}[{index}]", reason)]


@pytest.mark.parametrize(
    "items",
    [
        ["--api-key", "$(API_KEY)"],
        ["--api-key=$API_KEY"],
        ["--token-file", "/run/token"],
        ["serve --auth --port 80"],
        ["serve --token \\\n --port 80"],
        ["--token", "--port"],
        ["--max-tokens", "4096000"],
        ["--token", 5, None],
        ["serve", "hunter2"],
    ],
)
def test_an_ordinary_command_line_holds_none(items: list[Any]) -> None:
    assert found(pod(args=items)) == []


@pytest.mark.parametrize("key", ["command", "args", "extraArgs", "entrypoint"])
def test_a_command_line_may_be_one_text_or_a_map_of_flags(key: str) -> None:
    assert found({"spec": {key: f"serve --token={TOKEN} m"}}) == [
        ("argument", None, None, f"spec.{key}", "value")
    ]
    assert found({"spec": {key: "serve --api-password hunter2-x9"}}) == [
        ("argument", None, "api-password", f"spec.{key}", "name")
    ]
    assert found({"spec": {key: {"api-password": "hunter2-x9"}}}) == [
        ("env", None, "api-password", f"spec.{key}.api-password", "name")
    ]


def test_what_is_no_text_in_a_command_line_is_searched() -> None:
    assert found(pod(args=[{"a": TOKEN}, [TOKEN]])) == [
        ("text", None, None, f"{PLACE}.args[0].a", "value"),
        ("text", None, None, f"{PLACE}.args[1][0]", "value"),
    ]


def test_a_command_of_a_hook_is_a_command_line() -> None:
    hook = {"postStart": {"exec": {"command": ["sh", "-c", "login --password hunter2"]}}}
    ((kind, _, name, path, _),) = found(pod(lifecycle=hook))
    assert (kind, name, path) == ("argument", "password", f"{PLACE}.lifecycle.postStart.exec.command[2]")


def test_any_other_text_counts_by_its_value() -> None:
    obj = {
        "metadata": {"annotations": {"a/b": f"x {TOKEN}", "password": "hunter2"}},
        "spec": {"predictor": {"model": {"storageUri": "https://u:word@h/m"}}},
    }
    assert found(obj) == [
        ("text", None, None, "metadata.annotations['a/b']", "value"),
        ("uri", None, None, "spec.predictor.model.storageUri", "uriPassword"),
    ]


def test_what_the_api_server_and_kubectl_keep_is_not_searched() -> None:
    last = {"kubectl.kubernetes.io/last-applied-configuration": TOKEN}
    assert found({"metadata": {"managedFields": [{"a": TOKEN}], "annotations": last}}) == []


def test_the_same_fields_elsewhere_are_searched() -> None:
    kept = {"metadata": {"managedFields": TOKEN}}
    paths = [path for _, _, _, path, _ in found({"replicas": 1, "spec": kept, "data": yaml.safe_dump(kept)})]
    assert paths == ["spec.metadata.managedFields", "data.metadata.managedFields"]


DOCUMENT = {"containers": [{"name": "inner", "env": [{"name": "DB_PASSWORD", "value": "hunter2"}]}]}


@pytest.mark.parametrize(
    "text", [yaml.safe_dump(DOCUMENT), json.dumps(DOCUMENT), "\n " + json.dumps(DOCUMENT)]
)
def test_a_document_within_a_text_is_searched_too(text: str) -> None:
    inner = "containers[0].env[0].value"
    for obj, path in (
        ({"spec": {"serveConfigV2": text}}, f"spec.serveConfigV2.{inner}"),
        (pod(env=[{"name": "CONFIG", "value": text}]), f"{PLACE}.env[0].value.{inner}"),
        (pod(args=[text]), f"{PLACE}.args[0].{inner}"),
        ({"spec": {"env_vars": {"CONFIG": text}}}, f"spec.env_vars.CONFIG.{inner}"),
    ):
        assert found(obj) == [("env", "inner", "DB_PASSWORD", path, "name")]


def test_a_document_within_a_document_is_searched() -> None:
    text = json.dumps({"a": json.dumps({"b": json.dumps(DOCUMENT)})})
    ((_, _, _, path, _),) = found({"spec": text})
    assert path == "spec.a.b.containers[0].env[0].value"


def test_deeper_documents_are_searched_as_text() -> None:
    text = TOKEN
    for _ in range(6):
        text = json.dumps({"a": text})
    ((kind, _, _, path, reason),) = found({"spec": text})
    assert (kind, path, reason) == ("text", "spec.a.a.a.a", "value")


@pytest.mark.parametrize(
    "text",
    [
        f"{{not json {TOKEN}",
        f"- \n: {TOKEN}",
        f"'a: \n {TOKEN}'",
        f"a: b\n# {TOKEN}\n",
        f"a: &x 1\nb: *x\nc: {TOKEN}\n",
        f"[\ud800 {TOKEN}",
    ],
)
def test_what_is_no_document_is_searched_as_text(text: str) -> None:
    assert found({"spec": text}) == [("text", None, None, "spec", "value")]


def test_a_text_too_long_for_a_document_is_searched_as_text() -> None:
    text = "a: b\n" * 60_000 + TOKEN
    assert found({"spec": text}) == [("text", None, None, "spec", "value")]


def test_keys_of_a_config_map_count_by_their_name() -> None:
    obj = {
        "kind": "ConfigMap",
        "data": {"password": "hunter2", "token": TOKEN, "ok": "x", "password-file": "/x"},
        "other": {"password": "hunter2"},
    }
    assert found(obj) == [
        ("text", None, "password", "data.password", "name"),
        ("text", None, None, "data.token", "value"),
    ]


def test_findings_are_in_the_order_of_the_object_and_end_somewhere() -> None:
    obj = {"b": TOKEN, "a": [TOKEN, {"c": TOKEN}], "n": {str(index): TOKEN for index in range(500)}}
    paths = [path for _, _, _, path, _ in found(obj)]
    assert paths[:4] == ["b", "a[0]", "a[1].c", "n.0"]
    assert len(paths) == 200


def test_nesting_without_end_is_walked() -> None:
    obj: Any = TOKEN
    for _ in range(5000):
        obj = {"a": obj}
    assert len(found(obj)) == 1


@pytest.mark.parametrize("obj", [None, 5, True, "text", [], {}, [None]])
def test_a_value_without_text_holds_none(obj: Any) -> None:
    assert found(obj) == []


def test_places_of_a_card_count_from_the_card() -> None:
    card = {"model": {"name": "m"}, "notes": [f"use {TOKEN}"], "metadata": {"managedFields": TOKEN}}
    assert scan_text_places(card) == [("notes[0]", "value"), ("metadata.managedFields", "value")]


@pytest.mark.parametrize(
    ("items", "masked"),
    [
        (["serve", "--port", "80"], ["serve", "--port", "80"]),
        ([f"--key={TOKEN}"], ["--key=***"]),
        (["--api-key", "hunter2"], ["--api-key", "***"]),
        (["--api-key=hunter2"], ["--api-key=***"]),
        (["serve --token hunter2 --port 80"], ["serve --token *** --port 80"]),
        (["serve --token 'hunter two' --port 80"], ["serve --token *** --port 80"]),
        (["A_TOKEN=hunter2 B_PASSWORD=hunter3 serve"], ["A_TOKEN=*** B_PASSWORD=*** serve"]),
        ([f"--token {TOKEN} --password hunter2"], ["--token *** --password ***"]),
        (["curl https://u:word@h/m"], ["curl https://u:***@h/m"]),
        ([json.dumps(DOCUMENT)], ["***"]),
        ([f"--x={TOKEN}", yaml.safe_dump(DOCUMENT)], ["--x=***", "***"]),
        ([], []),
    ],
)
def test_a_command_line_is_shown_without_its_credentials(items: list[str], masked: list[str]) -> None:
    assert mask_arguments(tuple(items)) == tuple(masked)


@pytest.mark.parametrize("where", ["env", "args", "command"])
@pytest.mark.parametrize("text", [TOKEN, f"--model={TOKEN}", json.dumps(DOCUMENT), f"https://u:{RANDOM}@h/m"])
def test_no_credential_reaches_the_form_policy_sees(read: Read, pod_of: Make, where: str, text: str) -> None:
    value: Any = [{"name": "MODEL_URI", "value": text}] if where == "env" else [text, "--api-key", RANDOM]
    obj = pod_of(**{"image": "vllm/vllm-openai:v1", where: value})
    extraction = read(obj)
    assert extraction.credentials
    assert extraction.workload is not None
    told = json.dumps([extraction.workload.wire(), [item.wire() for item in extraction.credentials]])
    assert not [secret for secret in (TOKEN, RANDOM, "hunter2") if secret in told]


def test_entries_of_a_config_map_are_told_by_key_and_reason_alone() -> None:
    token = "hf_" + "a1B2" * 10
    data = {
        "password": "hunter2hunter2",
        "config.yaml": f"server:\n  env:\n  - name: TOKEN\n    value: {token}\n",
        "url": "postgres://u:pw1234@db/x",
        "mode": "fast",
        "number": 5,
        "token": None,
    }

    found = scan_entries(data)

    assert found == [("password", "name"), ("config.yaml", "value"), ("url", "uriPassword")]
    assert token not in str(found)


def test_an_entry_of_a_config_map_that_is_no_text_is_searched_like_anything() -> None:
    data = {"list": ["x", TOKEN], "plain": "x"}
    found = scan({"apiVersion": "v1", "kind": "ConfigMap", "data": data})
    assert [(entry.path, entry.reason) for entry in found] == [("data.list[1]", "value")]


def test_a_map_of_nothing_but_a_value_is_a_variable_called_as_its_field() -> None:
    given = {"redisPassword": {"value": "correct-horse"}, "other": {"value": "correct-horse"}}
    found = scan({"spec": {**given, "token": {"valueFrom": {"secretKeyRef": {"name": "s", "key": TOKEN}}}}})
    assert [(entry.kind, entry.name, entry.path) for entry in found] == [
        ("env", "redisPassword", "spec.redisPassword.value"),
        ("text", None, "spec.token.valueFrom.secretKeyRef.key"),
    ]


def test_variables_of_real_servers_are_told_apart() -> None:
    env = {
        "MINIO_ACCESS_KEY": "minio",
        "MINIO_SECRET_KEY": "minio123",
        "SELDON_TOKENIZER_TYPE": "basic",
        "ALLOW_EMPTY_PASSWORD": "yes",
        "RAY_ENABLE_K8S_TOKEN_AUTH": "true",
        "HF_TOKEN": "$HF_TOKEN",
        "NGC_API_KEY": "${NGC_API_KEY}",
        "MAX_TOTAL_TOKENS": "4096",
        "MODEL_ID": "acme-labs/Drafts-4-Harbour-17B-128E-Instruct-FP8",
    }
    container = {"name": "app", "env": [{"name": name, "value": value} for name, value in env.items()]}

    found = scan({"kind": "Pod", "spec": {"containers": [container]}})

    assert [hit.name for hit in found] == ["MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"]
