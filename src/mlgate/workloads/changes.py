"""What an UPDATE moved, judged only by what stands in the objects themselves."""

from __future__ import annotations

from mlgate.domain.base import Credential
from mlgate.domain.workload import Change, Workload

_PREFIX = "mlgate.dev/"


def compare(
    new: Workload | None,
    old: Workload | None,
    credentials: tuple[Credential, ...] = (),
    old_credentials: tuple[Credential, ...] = (),
) -> Change:
    """The difference; everything counts as changed where there is nothing to compare with.

    New reading problems and new credentials count as changed containers, so that no change that a rule can
    see is taken for none.
    """
    if new is None or old is None:
        return Change()
    models = _models(new) != _models(old)
    containers = _containers(new) != _containers(old) or credentials != old_credentials
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
        workload.pods,
        workload.volumes,
        workload.features,
        workload.references,
        workload.problems,
    )


def _evidence(workload: Workload) -> tuple[dict[str, str], dict[str, str]]:
    return _ours(workload.labels), _ours(workload.annotations)


def _ours(entries: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in entries.items() if key.startswith(_PREFIX)}
