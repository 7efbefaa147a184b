"""Settings that change what model servers do: logging, confidential loading, adapters, code of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from mlgate.domain.workload import (
    Confidential,
    Features,
    RequestLogging,
    Switch,
)
from mlgate.workloads.models.detection import Detection
from mlgate.workloads.models.loaded import note_excess
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.reading import Reader

_MODES: tuple[Literal["all", "request", "response"], ...] = ("all", "request", "response")


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
        for path, logger in part.select(reader, pattern):
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
            for path, value in part.select(reader, pattern):
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
        runtime_lora=_first([*(item.runtime_lora for item in detections), *_switches(reader, parts)]),
        trust_remote_code=_first([detection.trust_remote_code for detection in detections]),
        request_logging=request_logging(reader, parts),
        explainer=any(part.component.role == "explainer" for part in parts),
    )


def _switches(reader: Reader, parts: list[Part]) -> Iterator[Switch]:
    """Fields by which an operator lets callers load adapters; one that says anything but no does."""
    for part in parts:
        for pattern in part.component.runtime_lora:
            for path, value in part.select(reader, pattern):
                yield Switch(enabled=value not in (False, "", []), path=path)


def with_switches(own: Features, detections: Iterable[Detection]) -> Features:
    """The features with what merged containers switch on."""
    found = tuple(detections)
    lora = _first(iter([own.runtime_lora, *(detection.runtime_lora for detection in found)]))
    trust = _first(iter([own.trust_remote_code, *(detection.trust_remote_code for detection in found)]))
    return own.model_copy(update={"runtime_lora": lora, "trust_remote_code": trust})


def _first(switches: Iterable[Switch]) -> Switch:
    return next((switch for switch in switches if switch.enabled), Switch())
