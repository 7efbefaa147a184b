"""Model addresses in one form, with what they say about revision, digest and immutability."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from mlgate.workloads.addresses.images import parse_image
from mlgate.workloads.credentials.patterns import shipped

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30})://")
_REFERENCE = re.compile(r"\$\(|\$\{|\{\{|\$[A-Za-z_]")
_ADDRESS = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s"'<>,;]+""")
_COMMIT = re.compile(r"[0-9a-fA-F]{40}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HUB_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_VERSION_KEYS = {"s3": "versionId", "https": "versionid"}
OBJECT_STORES = frozenset({"s3", "gs", "https"})
"""Schemes whose addresses can name the version of an object; it is for the loader to ask for it."""
_OCI = {"oci", "oci+native", "oci+fetch"}
_WITH_HOST = {"http", "https", "hdfs", "webhdfs", "ftp", "ftps", "tcp", "redis", "nfs", "kafka"} | _OCI
_SCHEMES = {"s3", "gs", "hf", "pvc", "file", "abfs", "abfss", "wasbs", "ollama", "ngc"} | _WITH_HOST
"""Schemes of addresses, which no repository is called by."""
_OTHER_NAMES = {"huggingface": "hf"}
"""Schemes that some loaders have another name for."""
_LIBRARIES = {"ollama", "ngc", "kaito"}
"""Schemes whose addresses end in a version behind a colon."""
_MORE_THAN_A_NAME = re.compile(r"[^\w.:/@%+,=-]", re.ASCII)
REGISTRY_SCHEMES = {"model-registry", "models"}
"""Addresses that a registry still has to resolve."""
_AZURE_HOST = re.compile(r"https://[^/?#]*\.(?:blob|dfs)\.core\.windows\.net(?=[/?#]|\Z)")


@dataclass(frozen=True)
class Address:
    """A model address as policy sees it."""

    uri: str
    scheme: str
    revision: str | None = None
    digest: str | None = None
    immutable: bool = False


@lru_cache(maxsize=4096)
def normalise(text: str) -> Address:
    """The address in one form: no user information, scheme and host in lower case, credentials as `***`.

    What refers to a variable or a template has the scheme `unknown`, as has what has no scheme.
    """
    text = shipped().mask(without_user(text.strip()))
    if text.startswith("models:/"):
        return Address(text, "models")
    match = _SCHEME.match(text)
    if match is None or _REFERENCE.search(text):
        return Address(text, "unknown")
    given = match.group(1)
    scheme = _OTHER_NAMES.get(given.lower(), given.lower())
    uri = scheme + text[len(given) :]
    if scheme in _WITH_HOST:
        uri = _lower_host(uri, len(scheme) + 3)
    return _read(uri, scheme)


def _read(uri: str, scheme: str) -> Address:
    """What the address says by the rules of its scheme."""
    if scheme in _OCI:
        return _oci(uri, scheme)
    if scheme == "hf":
        return hub(uri.removeprefix("hf://"), None)
    if scheme in _LIBRARIES:
        return tagged(scheme, uri.removeprefix(f"{scheme}://"))
    return _generation(uri) if scheme == "gs" else _versioned(uri, scheme)


def hub(name: str, revision: str | None) -> Address:
    """A repository of the Hugging Face Hub, `owner/name` with its revision after a colon if it has one.

    Some loaders write the revision after an at sign; no name holds either. Others drop what follows a
    question mark, with the revision that stands there: it pins nothing. An address that lacks a slash, as
    `s3:bucket`, leads to no repository.
    """
    base, _, inner = name.strip("/").replace("@", ":", 1).partition(":")
    if base.lower() in _SCHEMES:
        return Address(name, "unknown")
    revision = inner or revision
    asked = "?" in base or "#" in base
    fixed = not asked and revision is not None and _COMMIT.fullmatch(revision) is not None
    uri = f"hf://{base}:{revision}" if revision else f"hf://{base}"
    return Address(uri, "hf", revision=revision, immutable=fixed)


def in_image(raw: str) -> Address:
    """A model that is part of an image."""
    image = parse_image(raw)
    return Address(
        f"image://{raw}", "image", revision=image.tag, digest=image.digest, immutable=image.digest is not None
    )


def tagged(scheme: str, name: str) -> Address:
    """A name a server resolves in a library of its own (Ollama, NGC), with its version after a colon."""
    _, _, version = name.partition("?")[0].rpartition("/")[2].partition(":")
    return Address(f"{scheme}://{name}", scheme, revision=version or None)


def breaks_out(text: str) -> bool:
    """Whether it holds more than a name where KubeAI puts that of a model into a line of shell for Ollama."""
    reference, _, query = text.partition("?")
    names = [value for key, value in parse_qsl(query) if key == "model"]
    if reference.lower().startswith("ollama://"):
        names.append(reference)
    return any(_MORE_THAN_A_NAME.search(name) for name in names)


def is_unverified(uri: str) -> bool:
    """Whether the address itself says that it is fetched without TLS or without looking at certificates."""
    asked = parse_qsl(uri.partition("?")[2], keep_blank_values=True)
    return any(key == "insecure" and value.lower() not in {"false", "0"} for key, value in asked)


def addresses_in(text: str) -> list[str]:
    """Every address with a scheme that stands somewhere in a text."""
    return _ADDRESS.findall(text) if "://" in text else []


def looks_like_hub_id(text: str) -> bool:
    """Whether it is `owner/name`, with or without a revision, and no path or address."""
    return _HUB_ID.fullmatch(text.partition(":")[0]) is not None


def without_user(text: str) -> str:
    """The address without `user:password@`, whatever its scheme."""
    scheme, separator, rest = text.partition("://")
    end = next((i for i, character in enumerate(rest) if character in "/?#"), len(rest))
    _user, at, host = rest[:end].rpartition("@")
    is_digest = scheme.lower() in _OCI and _DIGEST.fullmatch(host) is not None
    return text if not at or is_digest else f"{scheme}{separator}{host}{rest[end:]}"


def host_of(uri: str) -> str | None:
    """Host of an address in lower case, without port; null if it has none."""
    scheme = _SCHEME.match(uri)
    if scheme is None:
        return None
    authority = re.split(r"[/?#]", without_user(uri)[scheme.end() :], maxsplit=1)[0].lower()
    if authority.startswith("["):
        return authority[1:].partition("]")[0] or None
    return authority.partition(":")[0] or None


def _lower_host(uri: str, start: int) -> str:
    end = next((i for i in range(start, len(uri)) if uri[i] in "/?#"), len(uri))
    return uri[:start] + uri[start:end].lower() + uri[end:]


def _oci(uri: str, scheme: str) -> Address:
    name, _, digest = uri.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2] or None
    if name.count("/") < 3:  # noqa: PLR2004 - scheme://host alone: what follows the colon is a port
        tag = None
    if _DIGEST.fullmatch(digest):
        return Address(uri, scheme, revision=tag, digest=digest, immutable=True)
    return Address(uri, scheme, revision=tag)


def _generation(uri: str) -> Address:
    generation = uri.partition("#")[2]
    if generation.isascii() and generation.isdigit():
        return Address(uri, "gs", revision=generation, immutable=True)
    return Address(uri, "gs")


def _versioned(uri: str, scheme: str) -> Address:
    """Object versions in the query: S3 and Azure promise that one never changes."""
    key = _VERSION_KEYS.get(scheme)
    if key is not None and (scheme == "s3" or _AZURE_HOST.match(uri)):
        query = uri.partition("#")[0].partition("?")[2]
        for part in query.split("&"):
            name, _, value = part.partition("=")
            if name == key and value:
                return Address(uri, scheme, revision=value, immutable=True)
    return Address(uri, scheme)
