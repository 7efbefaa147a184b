"""Asks the API server to try what mlgate has to refuse in every mode: is the gate called, and does it judge?

The doctor reads what the webhook configuration says; this shows that the way it describes is there, from the
API server through Service, certificate and policy to the answer. Nothing is stored.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Literal, Protocol

from mlgate.domain.base import Frozen
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.resources import KNOWN
from mlgate.evidence.whoami import Reviews, caller

Answer = Literal["refused", "passed", "unreachable", "unjudged", "other"]
_ENTRY = 'admission webhook "records.mlgate.dev" denied the request'
_FAILED = 'failed calling webhook "records.mlgate.dev"'
_CODE = "waiver.expiry_invalid"
_CREATED = 201
_LONGEST = 2000
"""Characters of an answer that are told."""
_EXIT_CODES: dict[Answer, int] = {"refused": 0, "passed": 1, "unreachable": 1, "unjudged": 1, "other": 2}
_MEANS: dict[Answer, str] = {
    "refused": "the API server asked mlgate, and mlgate refused what it has to refuse",
    "passed": "nobody refused it: the webhook is not there or not called for it, or its answer lets it pass",
    "unreachable": "the API server did not reach mlgate",
    "unjudged": "mlgate refused it, and not for what is wrong with it: it cannot judge",
    "other": "the API server did not get so far as to ask mlgate",
}


class Tries(Reviews, Protocol):
    """A way to an API server by which nothing can be stored."""

    def dry_run(self, path: str, value: Mapping[str, Any], timeout: float) -> tuple[int, dict[str, Any]]:
        """Status and body of a create that is only tried. Raises EvidenceUnavailable."""
        ...


class Reach(Frozen):
    """What became of one attempt."""

    namespace: str
    """Where it was made."""
    answer: Answer
    means: str
    told: str
    """The API server's own words; empty where it would have stored the object."""

    @property
    def exit_code(self) -> int:
        """0 where mlgate answered as it must; 1 where it did not; 2 where nobody can tell."""
        return _EXIT_CODES[self.answer]


def reach(api: Tries, namespace: str, timeout: float) -> Reach:
    """Try to create a Waiver that ended long ago; in every mode that is refused.

    Args:
        api: the way to the API server; the caller needs the right to create Waivers in the namespace.
        namespace: one the webhook is called for: not that of mlgate, kube-system or kube-node-lease.
        timeout: seconds for one call.

    Raises:
        EvidenceUnavailable: no namespace has such a name, or the API server did not answer with an object.
    """
    path = KNOWN[("mlgate.dev/v1alpha1", "Waiver")].path(namespace)
    if path is None:
        raise EvidenceUnavailable(f"no namespace is called {namespace!r}")
    status, found = api.dry_run(path, _ended(caller(api, timeout) or ""), timeout)
    told = str(found.get("message", "")) if status != _CREATED else ""
    answer = _answer(status, told)
    return Reach(namespace=namespace, answer=answer, means=_MEANS[answer], told=told[:_LONGEST])


def _answer(status: int, told: str) -> Answer:
    if status == _CREATED:
        return "passed"
    if _FAILED in told:
        return "unreachable"
    if _ENTRY in told:
        return "refused" if _CODE in told else "unjudged"
    return "other"


def _ended(user: str) -> dict[str, Any]:
    """A Waiver that the guards in the API server let pass, so that mlgate is asked: only its end is wrong."""
    return {
        "apiVersion": "mlgate.dev/v1alpha1",
        "kind": "Waiver",
        "metadata": {"name": f"mlgate-reach-{secrets.token_hex(4)}"},
        "spec": {
            "codes": ["fairness.group_too_small"],
            "subject": {"workload": {"kind": "InferenceService", "name": "mlgate-reach"}},
            "reason": "A trial of mlgate itself, which must refuse this: it ended before it began.",
            "ticket": "none",
            "requestedBy": "mlgate:reach",
            "approvedBy": user,
            "expiresAt": "2020-01-01",
        },
    }
