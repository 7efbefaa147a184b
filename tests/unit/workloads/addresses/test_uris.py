"""Model addresses in one form."""

from __future__ import annotations

import pytest

from mlgate.workloads.addresses.uris import (
    Address,
    host_of,
    hub,
    in_image,
    looks_like_hub_id,
    normalise,
    tagged,
    without_user,
)

DIGEST = "sha256:" + "ab" * 32
COMMIT = "0123456789" * 4


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (f"oci://r.io/m@{DIGEST}", Address(f"oci://r.io/m@{DIGEST}", "oci", None, DIGEST, immutable=True)),
        (
            f"oci://r.io/m:1@{DIGEST}",
            Address(f"oci://r.io/m:1@{DIGEST}", "oci", "1", DIGEST, immutable=True),
        ),
        ("oci+native://R.io/m:1", Address("oci+native://r.io/m:1", "oci+native", "1")),
        ("oci+fetch://r.io:5000/m", Address("oci+fetch://r.io:5000/m", "oci+fetch")),
        ("oci://r.io:5000", Address("oci://r.io:5000", "oci")),
        ("oci://r.io/m@sha256:abc", Address("oci://r.io/m@sha256:abc", "oci")),
        ("hf://o/m", Address("hf://o/m", "hf")),
        ("hf://o/m:main", Address("hf://o/m:main", "hf", "main")),
        ("hf://o/m@main", Address("hf://o/m:main", "hf", "main")),
        ("huggingface://o/m", Address("hf://o/m", "hf")),
        ("HuggingFace://o/m:main", Address("hf://o/m:main", "hf", "main")),
        ("ollama://m:2b", Address("ollama://m:2b", "ollama", "2b")),
        ("ollama://m:2b?insecure=true", Address("ollama://m:2b?insecure=true", "ollama", "2b")),
        ("ngc://o/t/m:1.0", Address("ngc://o/t/m:1.0", "ngc", "1.0")),
        ("kaito://p", Address("kaito://p", "kaito")),
        (f"hf://o/m?a:{COMMIT}", Address(f"hf://o/m?a:{COMMIT}", "hf", COMMIT)),
        (f"hf://o/m#a:{COMMIT}", Address(f"hf://o/m#a:{COMMIT}", "hf", COMMIT)),
        (f"hf://o/m:{COMMIT}", Address(f"hf://o/m:{COMMIT}", "hf", COMMIT, immutable=True)),
        ("s3://b/k?versionId=v1", Address("s3://b/k?versionId=v1", "s3", "v1", immutable=True)),
        ("s3://b/k?a=b&versionId=v", Address("s3://b/k?a=b&versionId=v", "s3", "v", immutable=True)),
        ("s3://b/k?versionId=", Address("s3://b/k?versionId=", "s3")),
        ("s3://b/k?versionid=v", Address("s3://b/k?versionid=v", "s3")),
        ("s3://b/k#?versionId=v", Address("s3://b/k#?versionId=v", "s3")),
        ("S3://Bucket/Key", Address("s3://Bucket/Key", "s3")),
        ("gs://b/k#12345", Address("gs://b/k#12345", "gs", "12345", immutable=True)),
        ("gs://b/k#latest", Address("gs://b/k#latest", "gs")),
        ("gs://b/k#٣", Address("gs://b/k#٣", "gs")),
        (
            "https://a.blob.core.windows.net/c/m?versionid=v",
            Address("https://a.blob.core.windows.net/c/m?versionid=v", "https", "v", immutable=True),
        ),
        (
            "https://evil.example/a.blob.core.windows.net/m?versionid=v",
            Address("https://evil.example/a.blob.core.windows.net/m?versionid=v", "https"),
        ),
        (
            "https://evil.example#.blob.core.windows.net?versionid=v",
            Address("https://evil.example#.blob.core.windows.net?versionid=v", "https"),
        ),
        ("HTTP://Host.Example/A", Address("http://host.example/A", "http")),
        ("hTTpS://Host:8443", Address("https://host:8443", "https")),
        ("pvc://claim/p", Address("pvc://claim/p", "pvc")),
        ("file:///m", Address("file:///m", "file")),
        ("models:/m/Production", Address("models:/m/Production", "models")),
        ("model-registry://m/1", Address("model-registry://m/1", "model-registry")),
        ("$(MODEL)", Address("$(MODEL)", "unknown")),
        ("s3://$(BUCKET)/m", Address("s3://$(BUCKET)/m", "unknown")),
        ("s3://b/{{.Name}}", Address("s3://b/{{.Name}}", "unknown")),
        ("s3://b/${X}", Address("s3://b/${X}", "unknown")),
        ("name", Address("name", "unknown")),
        ("", Address("", "unknown")),
    ],
)
def test_an_address_is_told_by_its_scheme(text: str, address: Address) -> None:
    assert normalise(text) == address


@pytest.mark.parametrize(
    "text", [" s3://b/m", "s3://b/m\n", "\ts3://b/m ", "\u00a0s3://b/m\u2003", "\r\ns3://b/m"]
)
def test_white_space_around_an_address_does_not_hide_its_scheme(text: str) -> None:
    assert normalise(text) == Address("s3://b/m", "s3")


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("https://user:word@h.example/m", "https://h.example/m"),
        ("https://user@h.example", "https://h.example"),
        ("s3://key:word@bucket/m?a=b@c", "s3://bucket/m?a=b@c"),
        ("https://a@b@h.example/x@y", "https://h.example/x@y"),
        ("HTTPS://user:word@H.example/m", "https://h.example/m"),
        ("hf://user:word@o/m", "hf://o/m"),
        ("https://user:word@sha256:80/m", "https://sha256:80/m"),
        (f"https://user:word@{DIGEST}", f"https://{DIGEST}"),
        (f"{'a' * 40}://user:word@h/m", f"{'a' * 40}://h/m"),
        ("\uff48ttps://user:word@h/m", "\uff48ttps://h/m"),
    ],
)
def test_user_information_is_no_part_of_an_address(text: str, uri: str) -> None:
    assert normalise(text).uri == uri


def test_user_information_is_left_out_where_a_variable_is_meant_too() -> None:
    assert normalise("https://user:word@h/$(M)") == Address("https://h/$(M)", "unknown")


def test_a_credential_in_an_address_is_not_repeated() -> None:
    token = "hf_" + "a1B2" * 9
    assert normalise(f"https://h/m?token={token}").uri == "https://h/m?token=***"
    assert normalise(f"$(HOST)/m?token={token}").uri == "$(HOST)/m?token=***"


@pytest.mark.parametrize("text", ["user:word@h", "s3://b/k@v", f"oci://host@{DIGEST}"])
def test_without_user_information_nothing_is_removed(text: str) -> None:
    assert without_user(text) == text


def test_a_repository_takes_the_revision_of_its_address_before_that_of_a_flag() -> None:
    assert hub("o/m:v1", "v2").uri == "hf://o/m:v1"
    assert hub("/o/m/", "v2").uri == "hf://o/m:v2"
    assert hub("o/m", None).revision is None


@pytest.mark.parametrize("revision", [COMMIT[:-1], COMMIT + "0", "g" * 40, COMMIT + "\n"])
def test_only_forty_hexadecimal_digits_are_a_commit(revision: str) -> None:
    assert not hub("o/m", revision).immutable


def test_a_model_in_an_image_is_as_fixed_as_the_image() -> None:
    assert in_image(f"r.io/i:1@{DIGEST}") == Address(
        f"image://r.io/i:1@{DIGEST}", "image", "1", DIGEST, immutable=True
    )
    assert in_image("r.io/i:1") == Address("image://r.io/i:1", "image", "1")


def test_a_name_of_a_library_holds_its_version() -> None:
    assert tagged("ollama", "llama3:8b") == Address("ollama://llama3:8b", "ollama", "8b")
    assert tagged("ngc", "o/m") == Address("ngc://o/m", "ngc")


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("o/m", True),
        ("o/m:rev", True),
        ("meta-llama/Llama-3.1-8B", True),
        ("m", False),
        ("/o/m", False),
        ("o/m/x", False),
        ("s3://o/m", False),
        ("o/m n", False),
    ],
)
def test_a_repository_of_the_hub_is_an_owner_and_a_name(text: str, *, looks: bool) -> None:
    assert looks_like_hub_id(text) is looks


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("http://Svc.Ns.svc:80/p", "svc.ns.svc"),
        ("http://u:p@h", "h"),
        ("http://[::1]:80/", "::1"),
        ("http://[]", None),
        ("http://", None),
        ("http:///p", None),
        ("no scheme", None),
        ("http://h?x", "h"),
        ("http://h#x", "h"),
    ],
)
def test_a_host_is_lower_case_without_port(uri: str, host: str | None) -> None:
    assert host_of(uri) == host
