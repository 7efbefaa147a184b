"""Builds the document OPA is asked about (its fields: `domain/policy_input.py`)."""

from __future__ import annotations

from collections.abc import Sequence

from mlgate.domain.base import Credential
from mlgate.domain.evidence import Card, Evidence
from mlgate.domain.policy_input import InputRequest, PolicyInput
from mlgate.domain.request import Request
from mlgate.domain.workload import Change, Workload
from mlgate.errors import PolicyError


def build_input(
    request: Request,
    *,
    workload: Workload | None,
    old_workload: Workload | None,
    change: Change,
    cards: Sequence[Card],
    credentials: Sequence[Credential],
    evidence: Evidence,
    evaluated_at: str,
) -> PolicyInput:
    """One question, complete.

    Nothing is judged here and nothing is left out. A scan is always a CREATE and knows no
    requester, and the old object is part of an UPDATE alone.

    Args:
        request: what is asked, and by whom.
        workload: the object in one form; null for objects that start no model.
        old_workload: the same for the stored object.
        change: what an update moved.
        cards: the cards the object names, bound to its models.
        credentials: places in the object that look like a credential.
        evidence: everything that was looked up.
        evaluated_at: the time of the question, RFC 3339 in UTC ending in `Z`.

    Raises:
        PolicyError: the operation is none that policy is asked about.
    """
    updating = _operation(request) == "UPDATE"
    return PolicyInput(
        evaluated_at=evaluated_at,
        origin=request.origin,
        request=_asked(request),
        object=request.object,
        old_object=request.old_object if updating else None,
        credentials=tuple(credentials),
        workload=workload,
        old_workload=old_workload if updating else None,
        change=change if updating and workload is not None else Change(),
        cards=tuple(cards),
        sign_offs=evidence.sign_offs,
        waivers=evidence.waivers,
        cluster=evidence.cluster,
        evidence=evidence.verified,
        unavailable=evidence.unavailable,
    )


def _operation(request: Request) -> str:
    return "CREATE" if request.origin == "scan" else request.operation


def _asked(request: Request) -> InputRequest:
    operation = _operation(request)
    if operation not in {"CREATE", "UPDATE"}:
        raise PolicyError(f"policy is not asked about {operation}")
    return InputRequest(
        uid=request.uid if request.origin == "admission" else None,
        operation="UPDATE" if operation == "UPDATE" else "CREATE",
        dry_run=request.dry_run,
        kind=request.kind,
        namespace=request.namespace,
        name=request.name,
        sub_resource=request.sub_resource,
        user_info=None if request.origin == "scan" else request.user_info,
    )
