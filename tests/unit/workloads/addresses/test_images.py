"""Image references, taken apart as runtimes do."""

from __future__ import annotations

import pytest

from mlgate.workloads.addresses.images import parse_image

DIGEST = "sha256:" + "ab" * 32
LONG_DIGEST = "sha512:" + "cd" * 64


@pytest.mark.parametrize(
    ("raw", "registry", "repository", "tag", "digest"),
    [
        ("nginx", "docker.io", "library/nginx", None, None),
        ("nginx:1.27", "docker.io", "library/nginx", "1.27", None),
        ("vllm/vllm-openai:v0.9", "docker.io", "vllm/vllm-openai", "v0.9", None),
        ("index.docker.io/nginx", "docker.io", "library/nginx", None, None),
        ("registry-1.docker.io/a/b", "docker.io", "a/b", None, None),
        ("localhost/a", "localhost", "a", None, None),
        ("registry:5000/a/b:c", "registry:5000", "a/b", "c", None),
        ("REGISTRY/a", "registry", "a", None, None),
        ("[::1]:5000/a", "[::1]:5000", "a", None, None),
        (f"ghcr.io/o/i@{DIGEST}", "ghcr.io", "o/i", None, DIGEST),
        (f"ghcr.io/o/i:1@{DIGEST}", "ghcr.io", "o/i", "1", DIGEST),
        (f"ghcr.io/o/i@{LONG_DIGEST}", "ghcr.io", "o/i", None, LONG_DIGEST),
    ],
)
def test_a_reference_has_registry_repository_tag_and_digest(
    raw: str, registry: str, repository: str, tag: str | None, digest: str | None
) -> None:
    image = parse_image(raw)
    found = (image.raw, image.registry, image.repository, image.tag, image.digest)
    assert found == (raw, registry, repository, tag, digest)


@pytest.mark.parametrize(
    "raw",
    [
        "a@sha256:abc",
        "a@",
        f"a@{DIGEST.upper()}",
        f"a@md5:{'0' * 32}",
        "a/Upper",
        "a:",
        "a:-tag",
        "a b",
        "a\n",
        "https://ghcr.io/o/i",
        "ghcr.io/",
        "/a",
        "a//b",
        "vllm\u200b/vllm-openai",
        "a" * 1025,
    ],
)
def test_what_no_runtime_would_pull_has_no_parts(raw: str) -> None:
    image = parse_image(raw)
    assert image.raw == raw
    assert (image.registry, image.repository, image.tag, image.digest) == (None, None, None, None)
