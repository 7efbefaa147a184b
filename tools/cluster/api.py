"""The API server over plain HTTP, for what kubectl is too slow for."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MERGE = "application/merge-patch+json"
_SECONDS = 10.0


class ApiError(Exception):
    """The API server did not do what was asked; the status is its HTTP one."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


@dataclass(frozen=True)
class Api:
    """Calls as one person."""

    url: str
    authority: Path
    token: str

    def get(self, path: str) -> dict[str, Any]:
        """An object, or a list of them."""
        return self.call("GET", path)

    def patch(self, path: str, change: dict[str, Any]) -> dict[str, Any]:
        """Merge a change into an object."""
        return self.call("PATCH", path, change, _MERGE)

    def call(
        self, method: str, path: str, body: dict[str, Any] | None = None, kind: str = "application/json"
    ) -> dict[str, Any]:
        """The answer to one call.

        Raises:
            ApiError: it was refused.
            OSError: nobody answered.
        """
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.url}{path}", data, method=method)  # noqa: S310 - our own
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", kind)
        context = ssl.create_default_context(cafile=self.authority)
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS, context=context) as answer:  # noqa: S310
                found: dict[str, Any] = json.loads(answer.read())
                return found
        except urllib.error.HTTPError as refusal:
            raise ApiError(refusal.code, refusal.read().decode(errors="replace")) from refusal
