"""A bundle in a container registry: an artifact whose one layer is the bundle, as `oras push` makes it.

Asked by the OCI distribution API (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md).
A tag may name another artifact tomorrow, which is the point of it; what is signed, and that no older one is
taken, is looked at where the bundle is loaded.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from mlgate.domain.digests import digest_of
from mlgate.errors import PolicyError, SettingsError
from mlgate.policy.archive import MAX_PACKED
from mlgate.policy.remote_server import Answer, Asker, origin

_ADDRESS = re.compile(
    r"oci://(?P<host>[a-z0-9.-]+(?::[0-9]{1,5})?)/(?P<repository>[a-z0-9]+(?:[/._-]+[a-z0-9]+)*)"
    r"(?::(?P<tag>[A-Za-z0-9_][\w.-]{0,127})|@(?P<digest>sha256:[0-9a-f]{64}))",
    re.ASCII,
)
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_MOST_MANIFEST = 1 << 20
_OK, _UNAUTHORIZED = 200, 401


@dataclass(frozen=True)
class Fetched:
    """What was fetched, and the mark by which it is known again."""

    content: bytes
    tag: str | None


def is_artifact(url: str) -> bool:
    """Whether an address leads to a registry."""
    return url.startswith("oci://")


def check_artifact(url: str) -> None:
    """Go on only with an address that an artifact may be fetched from.

    Raises:
        SettingsError: it is none.
    """
    if _ADDRESS.fullmatch(url) is None:
        raise SettingsError(
            "setting policy.url: bundles are not fetched from there; write oci://HOST/REPOSITORY:TAG, or"
            " @sha256:DIGEST in place of the tag"
        )


async def fetch_artifact(asker: Asker, login: str | None, known: str | None) -> Fetched | None:
    """The bundle in the artifact; None where it is the one that is known.

    Args:
        asker: asks the registry.
        login: `user:password`, or a bearer token; none for what everybody may read.
        known: the mark of the one that is there.

    Raises:
        PolicyError: the registry does not give it, or gives something else.
    """
    found = _ADDRESS.fullmatch(asker.url)
    assert found is not None  # noqa: S101 - checked where the setting is read
    base = f"https://{found['host']}/v2/{found['repository']}"
    wanted = found["digest"] or found["tag"]
    headers = {"Accept": _MANIFEST} | _authorization(login)
    answer = await asker.get(f"{base}/manifests/{wanted}", headers, _MOST_MANIFEST)
    if answer.status == _UNAUTHORIZED:
        headers |= await _token(asker, answer, base, login)
        answer = await asker.get(f"{base}/manifests/{wanted}", headers, _MOST_MANIFEST)
    manifest = _whole(answer, found["digest"])
    layer = _only_layer(manifest)
    if layer == known:
        return None
    blob = await asker.get(f"{base}/blobs/{layer}", headers | {"Accept": "*/*"}, MAX_PACKED)
    return Fetched(_whole(blob, layer), layer)


def _authorization(login: str | None) -> dict[str, str]:
    if not login:
        return {}
    if ":" in login:
        return {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}
    return {"Authorization": f"Bearer {login}"}


async def _token(asker: Asker, refused: Answer, base: str, login: str | None) -> dict[str, str]:
    """The header with the token a registry asks for, from the registry itself and nobody else.

    Specification: https://distribution.github.io/distribution/spec/auth/token/.
    """
    asked = dict(_CHALLENGE.findall(refused.headers.get("WWW-Authenticate", "")))
    realm = asked.get("realm", "")
    if origin(realm) != origin(base):
        raise PolicyError("it asks for a token of another server, or for credentials that are not there")
    query = urlencode({key: asked[key] for key in ("service", "scope") if key in asked})
    answer = await asker.get(f"{realm}?{query}", _authorization(login), _MOST_MANIFEST)
    try:
        given = json.loads(_whole(answer, None))
        token = given.get("token") or given.get("access_token")
    except (ValueError, AttributeError, RecursionError) as error:
        raise PolicyError("it gives no token") from error
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise PolicyError("it gives no token")
    return {"Authorization": f"Bearer {token}"}


def _whole(answer: Answer, digest: str | None) -> bytes:
    """The body of a good answer, which must have the digest."""
    if answer.status != _OK:
        raise PolicyError(f"the registry answered HTTP {answer.status}")
    if digest is not None and digest_of(answer.body) != digest:
        raise PolicyError("the registry sent something else than what has the digest")
    return answer.body


def _only_layer(manifest: bytes) -> str:
    try:
        layers = json.loads(manifest)["layers"]
        (digest,) = [layer["digest"] for layer in layers]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise PolicyError("the artifact must have one layer, which is the bundle") from error
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise PolicyError("the artifact must have one layer, which is the bundle")
    return digest
