"""The serving runtime KServe picks for a model that names none: by format, protocol and priority."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import ResolvedReference, RuntimeChoice
from mlgate.domain.lookups import ObjectReference, place_of
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.looked import entries, field
from mlgate.evidence.times import created_at, metadata, name_of

_PROTOCOLS = ("v1", "v2", "grpc-v1", "grpc-v2")
"""In the order KServe prefers them."""


async def picked(
    reference: ObjectReference,
    choice: RuntimeChoice,
    namespace: str | None,
    cluster: Cluster,
    deadline: Deadline,
) -> ResolvedReference:
    """The runtime that is picked; `missing` if none is fit. Raises EvidenceUnavailable.

    Those of the namespace come before all of the cluster, whatever their priorities.
    """
    places = [(version, kind, place_of(where, namespace)) for version, kind, where in reference.kinds]
    listed = await asyncio.gather(
        *(cluster.list(version, kind, place, deadline=deadline) for version, kind, place in places)
    )
    for (version, kind, place), stored in zip(places, listed, strict=True):
        best = first(stored, choice)
        if best is not None:
            return ResolvedReference(
                api_version=version,
                kind=kind,
                namespace=place,
                name=name_of(best),
                status="found",
                object=best,
                choice=choice,
            )
    version, kind, place = places[0]
    return ResolvedReference(
        api_version=version, kind=kind, namespace=place, name="", status="missing", choice=choice
    )


def first(runtimes: Iterable[dict[str, Any]], choice: RuntimeChoice) -> dict[str, Any] | None:
    """The one that is picked of those of one place.

    By priority; then by the protocol it prefers, the newest first, and by name.
    """
    fit = [entry for entry in sorted(runtimes, key=name_of) if _is_fit(_spec(entry), choice)]
    fit.sort(key=lambda entry: created_at(entry) or "", reverse=True)
    fit.sort(key=lambda entry: _protocol(_spec(entry)))
    fit.sort(key=lambda entry: _priority(_spec(entry), choice), reverse=True)
    return next(iter(fit), None)


def _spec(stored: dict[str, Any]) -> dict[str, Any]:
    spec = stored.get("spec")
    return spec if isinstance(spec, dict) and metadata(stored) else {}


def _is_fit(spec: dict[str, Any], choice: RuntimeChoice) -> bool:
    protocols = spec.get("protocolVersions")
    return (
        spec.get("disabled") is not True
        and spec.get("multiModel") is not True
        and (spec.get("workerSpec") is not None) == choice.multi_node
        and (not isinstance(protocols, list) or not protocols or choice.protocol in protocols)
        and any(_supports(entry, choice) for entry in entries(spec.get("supportedModelFormats")))
    )


def _supports(entry: Any, choice: RuntimeChoice) -> bool:
    if field(entry, "autoSelect") is not True or field(entry, "name") != choice.format:
        return False
    return choice.version is None or field(entry, "version") == choice.version


def _protocol(spec: dict[str, Any]) -> int:
    given = spec.get("protocolVersions")
    known = (
        [_PROTOCOLS.index(entry) for entry in given if entry in _PROTOCOLS] if isinstance(given, list) else []
    )
    return min(known, default=len(_PROTOCOLS))


def _priority(spec: dict[str, Any], choice: RuntimeChoice) -> float:
    """That of the first entry of the format; one without comes behind all that have one."""
    formats = entries(spec.get("supportedModelFormats"))
    named = (entry for entry in formats if field(entry, "name") == choice.format)
    priority = field(next(named, None), "priority")
    return float(priority) if isinstance(priority, int) else float("-inf")
