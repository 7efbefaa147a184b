"""Facts about a whole object that single fields settle: endpoints, exposure, logging, rollout, features."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from mlgate.domain.base import Json
from mlgate.domain.workload import (
    Confidential,
    Endpoint,
    Exposure,
    Features,
    RequestLogging,
    Rollout,
    Switch,
)
from mlgate.workloads.containers import PROBES, Slot
from mlgate.workloads.detect import Detection
from mlgate.workloads.kinds import Kind
from mlgate.workloads.models import Part, note_excess
from mlgate.workloads.paths import select
from mlgate.workloads.reading import Reader, dig
from mlgate.workloads.uris import host_of, normalise

_LOCAL_ENDINGS = (".svc", ".svc.cluster.local", ".cluster.local")
_ENCRYPTED = {"https", "wss", "grpcs", "rediss", "ftps"}
_PLAIN = {"http", "ws", "ftp", "tcp", "redis", "hdfs", "webhdfs"}
_STORES = {
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "S3_ENDPOINT",
    "S3_ENDPOINT_URL",
    "HF_ENDPOINT",
    "MLFLOW_TRACKING_URI",
    "MLFLOW_S3_ENDPOINT_URL",
}
"""Variables that say from where a model is fetched."""
_MODES: tuple[Literal["all", "request", "response"], ...] = ("all", "request", "response")


def endpoints(reader: Reader, parts: list[Part], slots: list[Slot]) -> Iterator[Endpoint]:
    """Loggers of the components, and stores the containers fetch models from."""
    for part in parts:
        for pattern in part.component.loggers:
            for path, logger in select(reader, part.value, pattern, part.path):
                url = reader.text(reader.mapping(logger, path).get("url"), f"{path}.url")
                if url:
                    yield _endpoint(url, f"{path}.url", "logger")
    for slot in slots:
        for env in slot.env:
            if env.name in _STORES and env.value and "://" in env.value:
                yield _endpoint(env.value, env.path, "other")


def _endpoint(url: str, path: str, purpose: Literal["logger", "other"]) -> Endpoint:
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


def request_logging(reader: Reader, parts: list[Part]) -> RequestLogging:
    """Which requests are logged: of the model components, what the one that logs least does.

    Requests to a canary without a logger would go unseen beside a predictor that has one. A transformer
    stands before the models, so that its logger does for each of them; an explainer's does for none.
    """
    found = [(part.component.role, _logging(reader, part)) for part in parts if part.component.loggers]
    before = [logging for role, logging in found if role == "transformer"]
    models = [min((own, *before), key=_narrowness) for role, own in found if role == "primary"]
    return max(models, key=_narrowness, default=RequestLogging())


def _logging(reader: Reader, part: Part) -> RequestLogging:
    """What one component logs; the platform takes a logger without a mode for one of everything."""
    found = [RequestLogging(path=part.path)]
    for pattern in part.component.loggers:
        for path, logger in select(reader, part.value, pattern, part.path):
            mode = reader.text(reader.mapping(logger, path).get("mode"), f"{path}.mode") or "all"
            known = next((name for name in _MODES if name == mode), None)
            if known is None:
                reader.problem(f"{path}.mode", "is not all, request or response")
            else:
                found.append(RequestLogging(mode=known, path=path))
    return min(found, key=_narrowness)


def _narrowness(logging: RequestLogging) -> int:
    return (*_MODES, "none").index(logging.mode)


def confidential(reader: Reader, parts: list[Part]) -> Confidential:
    """KServe confidential model loading; an enabled one before one that is off."""
    found = Confidential()
    for part in parts:
        for pattern in part.component.confidential:
            for path, value in select(reader, part.value, pattern, part.path):
                given = reader.mapping(value, path)
                enabled = reader.boolean(given.get("enabled"), f"{path}.enabled") or False
                resource = reader.text(given.get("resourceId"), f"{path}.resourceId")
                if found.path is None or (enabled and not found.enabled):
                    found = Confidential(enabled=enabled, resource_id=resource, path=path)
    return found


def features(reader: Reader, parts: list[Part], detections: list[Detection]) -> Features:
    """Settings that change what the model servers do; more models than are looked at are a problem."""
    note_excess(reader, detections)
    return Features(
        confidential=confidential(reader, parts),
        runtime_lora=_first(detection.runtime_lora for detection in detections),
        trust_remote_code=_first(detection.trust_remote_code for detection in detections),
        request_logging=request_logging(reader, parts),
        explainer=any(part.component.role == "explainer" for part in parts),
    )


def _first(switches: Iterator[Switch]) -> Switch:
    return next((switch for switch in switches if switch.enabled), Switch())


def exposure(row: Kind | None, labels: dict[str, str], parts: list[Part]) -> Exposure:
    """How callers reach the object: a label of the kind decides, or host ports.

    Whether a platform puts TLS before its services is settled in its own configuration, so that a kind
    with a label says nothing of it.
    """
    if row is not None and row.exposure is not None:
        inside = labels.get(row.exposure.label) == row.exposure.value
        return Exposure(scope="cluster" if inside else row.exposure.otherwise, path="metadata.labels")
    for part in parts:
        slots = part.pod.slots
        if part.pod.template.host_network:
            path = f"{part.pod.template.path}.hostNetwork"
            return Exposure(scope="external", tls=_tls(slots, every_port=True), path=path)
        exposed = next((slot for slot in slots if slot.host_ports), None)
        if exposed is not None:
            path = f"{exposed.path}.ports"
            return Exposure(scope="external", tls=_tls(slots, every_port=False), path=path)
    return Exposure()


def _tls(slots: tuple[Slot, ...], *, every_port: bool) -> bool | None:
    """Whether the ports of the host speak TLS, as the probes of their containers say; one without decides."""
    schemes = [scheme for slot in slots for scheme in _probed(slot, every_port=every_port)]
    return all(schemes) if schemes else None


def _probed(slot: Slot, *, every_port: bool) -> Iterator[bool]:
    listed = slot.raw.get("ports")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    on_host = [entry for entry in entries if every_port or entry.get("hostPort")]
    ports = {entry[key] for entry in on_host for key in ("containerPort", "name") if _is_port(entry.get(key))}
    for probe in PROBES:
        request = dig(slot.raw, probe, "httpGet")
        port = dig(request, "port")
        if isinstance(request, dict) and _is_port(port) and (port in ports or (every_port and not entries)):
            # The API server takes a missing scheme for plain HTTP.
            yield str(request.get("scheme") or "HTTP").upper() == "HTTPS"


def _is_port(value: Json) -> bool:
    return isinstance(value, int | str)


def rollout(reader: Reader, obj: dict[str, Json], parts: list[Part]) -> Rollout:
    """How a new version reaches traffic; a canary that names no share has none."""
    found: Rollout | None = None
    shares: dict[str, tuple[float, str]] | None = None
    for part in parts:
        share = _share(reader, part)
        if share is not None or part.component.canary:
            if share is None and shares is None:
                shares = _outer_shares(reader, obj)
            outer = part.path.rpartition(".")[0]
            percent, path = share or (shares or {}).get(outer) or (None, outer)
            current = Rollout(strategy="canary", canary_percent=percent, path=path)
            if found is None or found.canary_percent is None:
                found = current
    return found or Rollout()


def _share(reader: Reader, part: Part) -> tuple[float, str] | None:
    for pattern in part.component.canary_percent:
        for path, value in select(reader, part.value, pattern, part.path):
            percent = reader.integer(value, path)
            if percent is not None:
                return float(percent), path
    return None


def _outer_shares(reader: Reader, obj: dict[str, Json]) -> dict[str, tuple[float, str]]:
    """The share beside the component of each canary that has one, under the names in use for it."""
    found: dict[str, tuple[float, str]] = {}
    for place, entry in select(reader, obj, "spec.canary[]"):
        for key in ("canaryTrafficPercent", "trafficPercent", "traffic", "weight"):
            value = dig(entry, key)
            if isinstance(value, int | float) and not isinstance(value, bool):
                found.setdefault(place, (float(value), f"{place}.{key}"))
    return found
