"""Image references taken apart as container runtimes do."""

from __future__ import annotations

import re
from functools import lru_cache

from mlgate.domain.workload import Image

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*")
_REGISTRY = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_DOCKER_HUB = {"docker.io", "index.docker.io", "registry-1.docker.io"}
_MAX_LENGTH = 1024


@lru_cache(maxsize=4096)
def parse_image(raw: str) -> Image:
    """The parts of a reference; only `raw` is set when it is none a runtime would accept."""
    text, _, digest = raw.partition("@")
    if len(raw) > _MAX_LENGTH or ("@" in raw and not _DIGEST.fullmatch(digest)):
        return Image(raw=raw)
    name, tag = _split_tag(text)
    registry, repository = _split_registry(name)
    sound = _REPOSITORY.fullmatch(repository) and _REGISTRY.fullmatch(registry)
    if not sound or (tag is not None and not _TAG.fullmatch(tag)):
        return Image(raw=raw)
    return Image(raw=raw, registry=registry, repository=repository, tag=tag, digest=digest or None)


def retagged(raw: str, tag: str | None) -> str:
    """The image under another tag; one with a digest stays what it is."""
    if not tag or "@" in raw:
        return raw
    return f"{_split_tag(raw)[0]}:{tag}"


def _split_tag(text: str) -> tuple[str, str | None]:
    """A colon after the last slash begins the tag; one before it belongs to the registry's port."""
    head, slash, last = text.rpartition("/")
    name, colon, tag = last.partition(":")
    return f"{head}{slash}{name}", tag if colon else None


def _split_registry(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    is_host = "." in first or ":" in first or first == "localhost" or first != first.lower()
    if not slash or not is_host:
        first, rest = "docker.io", name
    registry = first.lower()
    if registry in _DOCKER_HUB:
        registry = "docker.io"
        rest = rest if "/" in rest else f"library/{rest}"
    return registry, rest
