"""Addresses an object speaks to: those of its fields, and the stores its models come from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from mlgate.domain.base import Json
from mlgate.domain.workload import (
    Endpoint,
    ServedModel,
)
from mlgate.workloads.addresses.uris import addresses_in, host_of, is_unverified, normalise
from mlgate.workloads.kinds.fields import Purpose
from mlgate.workloads.kinds.paths import scalars, written
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.reading import Reader

_LOCAL_ENDINGS = (".svc", ".svc.cluster.local", ".cluster.local")
_ENCRYPTED = {"https", "wss", "grpcs", "rediss", "ftps"}
_PLAIN = {"http", "ws", "ftp", "tcp", "redis", "hdfs", "webhdfs", "lm"}
STORES = {
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "S3_ENDPOINT",
    "S3_ENDPOINT_URL",
    "HF_ENDPOINT",
    "MLFLOW_TRACKING_URI",
    "MLFLOW_S3_ENDPOINT_URL",
    "NIM_REPOSITORY_OVERRIDE",
}
"""Variables that say from where a model is fetched."""
_SET_STORE = re.compile(
    rf"""\b(?:{"|".join(sorted(STORES))})=["']?([A-Za-z][A-Za-z0-9+.-]{{0,30}}://[^\s"';&|]+)"""
)
"""One that a command line sets itself."""
_MOST_ADDRESSES = 500
"""Addresses within texts of one object that are looked at."""


def endpoints(reader: Reader, parts: list[Part], slots: list[Slot]) -> Iterator[Endpoint]:
    """Addresses in fields of the components, and stores the containers fetch models from."""
    yield from (endpoint for part in parts for endpoint in _of_fields(reader, part))
    yield from stores(slots)


def stores(slots: Iterable[Slot]) -> Iterator[Endpoint]:
    """Where the containers fetch models from, as their variables say."""
    for slot in slots:
        for env in slot.env:
            if env.name in STORES and env.value and "://" in env.value:
                yield _endpoint(env.value, env.path, "other")
        for key, items in (("command", slot.command), ("args", slot.args)):
            for index, text in enumerate(items):
                for value in islice(_SET_STORE.findall(text), _MOST_ADDRESSES):
                    yield _endpoint(value, f"{slot.at(key)}[{index}]", "other")


def unverified(models: Iterable[ServedModel]) -> Iterator[Endpoint]:
    """Registries of models that are fetched without TLS because their address says so."""
    for model in models:
        if is_unverified(model.uri):
            yield _endpoint(model.uri, model.path, "other").model_copy(update={"tls": False})


def _of_fields(reader: Reader, part: Part) -> Iterator[Endpoint]:
    for pattern in part.component.loggers:
        for path, logger in part.select(reader, pattern):
            url = reader.text(reader.mapping(logger, path).get("url"), f"{path}.url")
            if url:
                yield _endpoint(url, f"{path}.url", "logger")
    for field in part.component.endpoints:
        for path, value in part.select(reader, field.path):
            if field.within:
                yield from (
                    _endpoint(text, at, field.purpose) for at, text in _addresses(reader, value, path)
                )
                continue
            text = reader.text(value, path) or ""
            for url in text.split(field.separator) if field.separator else (text,):
                if url.strip():
                    yield _endpoint(_with_scheme(url.strip(), field.scheme), path, field.purpose)


def _with_scheme(url: str, scheme: str | None) -> str:
    return url if scheme is None or "://" in url else f"{scheme}://{url}"


def _addresses(reader: Reader, value: Json, path: str) -> Iterator[tuple[str, str]]:
    """Every address in the texts below a place, with the path of its text; they are few or a problem."""
    for trail, text in scalars(value):
        for found in addresses_in(text) if isinstance(text, str) else ():
            if not reader.within("addresses", _MOST_ADDRESSES):
                return
            yield written(path, trail), found


def _endpoint(url: str, path: str, purpose: Purpose) -> Endpoint:
    address = normalise(url)
    host = host_of(address.uri)
    tls = True if address.scheme in _ENCRYPTED else False if address.scheme in _PLAIN else None
    return Endpoint(
        uri=address.uri,
        scheme=address.scheme,
        host=host,
        cluster_local=host is not None and is_cluster_local(host),
        tls=tls,
        purpose=purpose,
        path=path,
    )


def is_cluster_local(host: str) -> bool:
    """A host without a dot, or with an ending that only the cluster's own names have."""
    return ("." not in host and ":" not in host) or host.endswith(_LOCAL_ENDINGS)
