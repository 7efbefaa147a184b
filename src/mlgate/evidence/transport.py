"""How bytes come from the API server; the kubernetes package implements it in `cluster`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Protocol

from mlgate.errors import EvidenceUnavailable

Form = Literal["whole", "metadata", "metadata list"]
"""How much of an object, or of each in a list, the API server is asked for."""


class ResourceGone(EvidenceUnavailable):
    """The API server no longer knows the version asked for (410): list again."""


class NotServed(EvidenceUnavailable):
    """The API server does not serve the kind: its CustomResourceDefinition is not installed."""


class Stream(Protocol):
    """An open watch."""

    def lines(self) -> Iterator[bytes]:
        """One event a line, until the API server ends the watch. Raises EvidenceUnavailable."""
        ...

    def close(self) -> None:
        """End it, also from another thread while `lines` waits."""
        ...


class Transport(Protocol):
    """Blocking calls to one API server that change nothing in it. All times are seconds."""

    def read(
        self, path: str, query: Mapping[str, str], timeout: float, form: Form = "whole"
    ) -> dict[str, Any] | None:
        """The JSON object at a path, in the form asked for; None for 404.

        Raises ResourceGone for 410 and EvidenceUnavailable for every other failure.
        """
        ...

    def watch(self, path: str, query: Mapping[str, str], timeout: float, form: Form = "whole") -> Stream:
        """Open a watch; silence for longer than `timeout` ends it with EvidenceUnavailable.

        Raises NotServed for 404, ResourceGone for 410, EvidenceUnavailable for every other failure.
        """
        ...

    def review(self, path: str, question: Mapping[str, Any], timeout: float) -> dict[str, Any]:
        """Post a question about the caller (a review that stores nothing) and return the answer.

        Raises EvidenceUnavailable for every failure.
        """
        ...

    def close(self) -> None:
        """Close all connections."""
        ...
