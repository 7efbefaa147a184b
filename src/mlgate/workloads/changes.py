"""What an UPDATE moved, judged only by what stands in the objects themselves."""

from __future__ import annotations

from mlgate.domain.base import Credential, Json
from mlgate.domain.workload import Change, PodTemplate, Workload
from mlgate.workloads.kinds.paths import without
from mlgate.workloads.kinds.table import find_kind

_PREFIX = "mlgate.dev/"
_DEPLOYMENT_MODE = "serving.kserve.io/deploymentMode"
"""The one annotation of others that decides how the pods of an object are made."""
_RESTART = "kubectl.kubernetes.io/restartedAt"
"""The annotation by which `kubectl rollout restart` makes the same pods anew."""
_OUTSIDE = frozenset({"apiVersion", "kind", "metadata", "status"})
"""Top-level fields that describe no pod; what counts of the metadata is compared elsewhere."""
_RUN = "{suspend,parallelism,completions,activeDeadlineSeconds,backoffLimit,ttlSecondsAfterFinished}"
_HARMLESS = (
    "spec.{replicas,paused,minReadySeconds,revisionHistoryLimit,progressDeadlineSeconds}",
    f"spec.{_RUN}",
    f"spec.jobTemplate.spec.{_RUN}",
    "spec.{schedule,timeZone,concurrencyPolicy,startingDeadlineSeconds}",
    "spec.{successfulJobsHistoryLimit,failedJobsHistoryLimit}",
    f"spec.template.metadata.annotations.{{{_RESTART}}}",
)
"""Fields that say how many pods run and when, never what they run; a kind can have more. All others count."""
_HARMLESS_IN_POD = (
    "spec.{nodeName,tolerations,schedulingGates,activeDeadlineSeconds,terminationGracePeriodSeconds}",
)
"""Fields of a Pod that the scheduler and controllers set; in a template they are the author's."""


def compare(
    new: Workload | None,
    old: Workload | None,
    credentials: tuple[Credential, ...] = (),
    old_credentials: tuple[Credential, ...] = (),
    objects: tuple[dict[str, Json], dict[str, Json]] = ({}, {}),
) -> Change:
    """The difference; everything counts as changed where there is nothing to compare with.

    New reading problems and new credentials count as changed containers, and so does each field of the
    `objects` (the new and the old one, as written) that is not known to be harmless: what policy sees leaves
    out fields and masks values, so that it cannot tell whether what runs is the same.
    """
    if new is None or old is None:
        return Change()
    models = _models(new) != _models(old)
    containers = (
        _containers(new) != _containers(old)
        or credentials != old_credentials
        or _written(new, objects[0]) != _written(old, objects[1])
    )
    exposure = (new.exposure, new.endpoints, new.rollout) != (old.exposure, old.endpoints, old.rollout)
    evidence = _evidence(new) != _evidence(old)
    return Change(
        models=models,
        containers=containers,
        exposure=exposure,
        evidence=evidence,
        any=models or containers or exposure or evidence,
    )


def _models(workload: Workload) -> tuple[object, ...]:
    kind = (workload.serves_model, workload.trains_model, workload.is_runtime, workload.is_route)
    return workload.models, workload.datasets, kind


def _containers(workload: Workload) -> tuple[object, ...]:
    return (
        workload.containers,
        _pods(workload),
        workload.volumes,
        workload.features,
        workload.references,
        workload.problems,
        workload.annotations.get(_DEPLOYMENT_MODE),
    )


def _pods(workload: Workload) -> tuple[PodTemplate, ...]:
    """The templates, without labels of the object itself: controllers set those as they like."""
    own = workload.labels.items()
    return tuple(
        pod.model_copy(update={"labels": {} if _is_pod(workload) else dict(pod.labels.items() - own)})
        for pod in workload.pods
    )


def _is_pod(workload: Workload) -> bool:
    return (workload.api_version, workload.kind) == ("v1", "Pod")


def _written(workload: Workload, obj: dict[str, Json]) -> Json:
    """The object as written, without what is known to be harmless."""
    kept: Json = {key: value for key, value in obj.items() if key not in _OUTSIDE}
    for pattern in _HARMLESS_IN_POD if _is_pod(workload) else (*_HARMLESS, *_scale(workload)):
        kept = without(kept, pattern)
    return kept


def _scale(workload: Workload) -> tuple[str, ...]:
    row = find_kind(workload.api_version.rpartition("/")[0], workload.kind)
    return row.scale if row is not None else ()


def _evidence(workload: Workload) -> tuple[dict[str, str], dict[str, str]]:
    return _ours(workload.labels), _ours(workload.annotations)


def _ours(entries: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in entries.items() if key.startswith(_PREFIX)}
