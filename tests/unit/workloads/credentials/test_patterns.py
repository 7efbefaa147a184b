"""One string: does it look like a credential, and for which reason?"""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from mlgate.workloads.credentials.patterns import shipped

TOKEN = "hf_" + "a1B2" * 9
RANDOM = "q7Rz2LmX9vKp4TwY8bNc3HdJ"
VALUES = [
    "AKIA" + "A1B2C3D4E5F6G7H8",
    "ASIA" + "A1B2C3D4E5F6G7H8",
    TOKEN,
    *(f"gh{letter}_" + "a1B2" * 9 for letter in "pousr"),
    "github_pat_" + "a1B2" * 15,
    "glpat-" + "a1B2" * 5,
    "sk-" + "a1B2" * 8,
    *(f"xox{letter}-" + "1234567890" for letter in "abprs"),
    "nvapi-" + "a1B2" * 10,
    "AIza" + "a1B2" * 8 + "xyz",
    "eyJ" + "a" * 10 + ".eyJ" + "b" * 10 + "." + "c" * 10,
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY-----",
]


@pytest.mark.parametrize("value", VALUES)
def test_a_known_form_is_a_credential_wherever_it_stands(value: str) -> None:
    for text in (value, f"key={value}", f"a {value} b", f'{{"k": "{value}"}}', f"é{value}", f"a/{value}"):
        assert shipped().reason_of_text(text) == "value"
        assert shipped().reason_of_variable("HARMLESS", text) == "value"


@pytest.mark.parametrize("value", VALUES)
def test_a_known_form_is_masked(value: str) -> None:
    masked = shipped().mask(f"--key={value} --port 80")
    assert value not in masked
    assert "***" in masked
    assert shipped().reason_of_text(masked) is None


def test_every_needle_begins_what_its_pattern_matches() -> None:
    """A text is only searched where a needle stands, so a match without one would be missed."""
    for row in shipped().values:
        matched = [value for value in VALUES if row.pattern.search(value)]
        assert matched
        assert all(any(value.startswith(needle) for needle in row.needles) for value in matched)


@pytest.mark.parametrize(
    "text",
    ["", "hf_short", "xhf_" + "a" * 40, "task-" + "a" * 40, "eyJ.eyJ.x", "BEGIN PRIVATE KEY", "AKIA123"],
)
def test_what_only_resembles_one_is_none(text: str) -> None:
    assert shipped().reason_of_text(text) is None
    assert shipped().mask(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("https://user:word@h/m", "https://user:***@h/m"),
        ("redis://:word@h", "redis://:***@h"),
        ("s3://key:word@bucket and more", "s3://key:***@bucket and more"),
        ("https://user:w@rd@h/m", "https://user:***@h/m"),
        ("https://user:w:rd@h/m", "https://user:***@h/m"),
        (f"https://{'u' * 300}:word@h", f"https://{'u' * 300}:***@h"),
        (f"https://u:{'w' * 2000}@h", "https://u:***@h"),
        ("a http://x:1@y b http://u:2@z", "a http://x:***@y b http://u:***@z"),
    ],
)
def test_a_password_in_an_address_is_a_credential(text: str, masked: str) -> None:
    assert shipped().reason_of_text(text) == "uriPassword"
    assert shipped().mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "https://user@h/m",
        "https://user:@h/m",
        "https://h:80/a@b",
        "https://u:$(PASSWORD)@h",
        "https://u:${PASSWORD}@h",
        "https://u:$PASSWORD@h",
        "https://u:***@h",
        "user:word@h",
        "http://h:80 mail a:b@c",
        '["http://h:80","a@b"]',
    ],
)
def test_a_reference_or_nothing_is_no_password(text: str) -> None:
    assert shipped().reason_of_text(text) is None


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD",
        "DB_PASSWORD",
        "passwd",
        "pwd",
        "passphrase",
        "client_secret",
        "HF_TOKEN",
        "api-key",
        "--api-key",
        "APIKEY",
        "OPENAI_API_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "private_key",
        "CREDENTIALS",
        "BASIC_AUTH",
        "CONNECTION_STRING",
        "conn_str",
        "hftoken",
        "mySecret",
        "X" * 300 + "_PASSWORD",
    ],
)
def test_a_name_of_a_credential_makes_its_value_one(name: str) -> None:
    assert shipped().reason_of_variable(name, "hunter2") == "name"


@pytest.mark.parametrize(
    "name",
    [
        "TOKENIZER",
        "SELDON_TOKENIZER_TYPE",
        "MAX_NEW_TOKENS",
        "max-total-tokens",
        "NUM_TOKEN",
        "ALLOW_EMPTY_PASSWORD",
        "RAY_ENABLE_K8S_TOKEN_AUTH",
        "PASSWORD_FILE",
        "TOKEN_PATH",
        "SECRET_NAME",
        "TOKEN_URL",
        "MODEL",
        "KEYBOARD",
        "",
    ],
)
def test_other_names_do_not(name: str) -> None:
    assert shipped().reason_of_variable(name, "hunter2") is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "true",
        "FALSE",
        "Yes",
        "no",
        "on",
        "Off",
        "0",
        "123456",
        "0.5",
        ".5",
        "$(TOKEN)",
        "${TOKEN}",
        "$TOKEN",
        "/run/secrets/token",
        "./token",
    ],
)
def test_a_harmless_value_is_none_whatever_its_name(value: str) -> None:
    assert shipped().reason_of_variable("TOKEN", value) is None


@pytest.mark.parametrize("value", ["1234567", "$(A)$(B)", "${A}x", "../token", " true", "12 34"])
def test_what_only_resembles_a_harmless_value_counts(value: str) -> None:
    assert shipped().reason_of_variable("TOKEN", value) == "name"


@pytest.mark.parametrize(
    "value",
    [
        RANDOM,
        RANDOM * 200,
        RANDOM + "+/_=-",
        f"acme/{RANDOM}",
        f"acme-labs/Drafts-4-{RANDOM[:20]}",
        "acme/Quick-Brown-Fox-JUMPS-Over-17B-Lazy-DOG-Vexing-Zephyr-238-" * 6 + "x",
        "Drafts-4-Harbour-17B-128E-Instruct-FP8-xZ9",
    ],
)
def test_what_a_generator_prints_is_a_credential_whatever_its_name(value: str) -> None:
    assert shipped().reason_of_variable("SETTING", value) == "entropy"
    assert shipped().reason_of_text(value) is None


@pytest.mark.parametrize(
    "value",
    [
        RANDOM[:23],
        RANDOM.upper(),
        RANDOM.lower(),
        "abcdefghijklmnopqrstuvwxyzABCDEF",
        "Aa1" * 20,
        "/" + RANDOM,
        RANDOM + " ",
        RANDOM + ".",
        "3F2504e0-4f89-41d3-9a0c-0305e82c3301",
        "acme-labs/Drafts-4-Harbour-17B-128E-Instruct-FP8",
        "acmeAI/OLMo-2-1124-7B-Quiet-GPTQ-v3_1",
    ],
)
def test_what_is_short_regular_or_a_path_is_not_random(value: str) -> None:
    assert shipped().reason_of_variable("SETTING", value) is None


def test_a_text_made_of_beginnings_hides_nothing() -> None:
    text = "hf_ " * 600 + TOKEN
    assert shipped().reason_of_text(text) == "value"
    assert TOKEN not in shipped().mask(text)


def test_a_private_key_is_masked_as_a_whole() -> None:
    text = "-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----"
    assert shipped().mask(text) == "***"


def test_the_shipped_patterns_are_expressions_both_engines_know() -> None:
    """No look-around and no back-reference, which RE2 does not have."""
    text = files("mlgate.workloads.credentials").joinpath("credentials.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    patterns = [row["pattern"] for row in data["values"]] + data["names"] + data["otherNames"]
    assert not [
        pattern for pattern in patterns if any(part in pattern for part in ("(?=", "(?!", "(?<", "\\1"))
    ]
