"""How callers reach an object: labels and fields of its kind, or ports of the host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlgate.domain.base import Json
from mlgate.domain.workload import Exposure
from mlgate.workloads.kinds.paths import select
from mlgate.workloads.kinds.rows import ExposureField, Kind
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.pod import Pod
from mlgate.workloads.pods.slots import PROBES, Slot
from mlgate.workloads.reading import Reader, dig

_WIDTHS = ("none", "cluster", "unknown", "external")


def exposure(
    reader: Reader, obj: dict[str, Json], row: Kind | None, labels: dict[str, str], parts: list[Part]
) -> Exposure:
    """How callers reach the object: the widest of what a label, fields of the kind and host ports open.

    Whether a platform puts TLS before its services is settled in its own configuration, so that a kind
    with a label says nothing of it.
    """
    found = [*_by_label(row, labels), *_opened(reader, obj, row), *on_host(part.pod for part in parts)]
    reached = Exposure(scope=row.reached if row is not None else "none")
    return max(found, key=width, default=reached)


def width(exposed: Exposure) -> int:
    """How far it reaches, to be compared; what is not known reaches further than the cluster."""
    return _WIDTHS.index(exposed.scope)


def _by_label(row: Kind | None, labels: dict[str, str]) -> Iterator[Exposure]:
    if row is not None and row.exposure is not None:
        inside = labels.get(row.exposure.label) == row.exposure.value
        yield Exposure(scope="cluster" if inside else row.exposure.otherwise, path="metadata.labels")


def _opened(reader: Reader, obj: dict[str, Json], row: Kind | None) -> Iterator[Exposure]:
    for field in row.exposures if row is not None else ():
        for path, value in select(reader, obj, field.path):
            if _is_on(value, field.values):
                yield Exposure(scope=field.scope, tls=_has_tls(reader, obj, field), path=path)


def on_host(pods: Iterable[Pod]) -> Iterator[Exposure]:
    """Ports of the host that pods open, or the network of the host itself."""
    for pod in pods:
        slots = pod.slots
        if pod.template.host_network:
            path = f"{pod.template.path}.hostNetwork"
            yield Exposure(scope="external", tls=_tls(slots, every_port=True), path=path)
        exposed = next((slot for slot in slots if slot.host_ports), None)
        if exposed is not None:
            tls = _tls(slots, every_port=False)
            yield Exposure(scope="external", tls=tls, path=exposed.at("ports"))


def _has_tls(reader: Reader, obj: dict[str, Json], field: ExposureField) -> bool | None:
    if field.tls is None:
        return None
    return any(_is_on(value, ()) for _, value in select(reader, obj, field.tls))


def _is_on(value: Json, values: tuple[str, ...]) -> bool:
    """Whether a field has one of the values; without values, whether it says anything but no."""
    if values:
        return str(value).lower() in {item.lower() for item in values}
    return value not in (None, False, "", [])


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
