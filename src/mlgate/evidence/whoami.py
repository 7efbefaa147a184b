"""The name under which the API server knows its caller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from mlgate.evidence.looked import field

WHO_AM_I = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
_QUESTION = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}


class Reviews(Protocol):
    """The part of a transport that asks about the caller."""

    def review(self, path: str, question: Mapping[str, Any], timeout: float) -> dict[str, Any]:
        """Post a question and return the answer. Raises EvidenceUnavailable."""
        ...


def caller(api: Reviews, timeout: float) -> str | None:
    """The name; None where the answer has none. Raises EvidenceUnavailable."""
    name = field(api.review(WHO_AM_I, _QUESTION, timeout), "status", "userInfo", "username")
    return name if isinstance(name, str) and name else None
