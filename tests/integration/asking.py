"""How a test asks the gate: by the name of an example."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import httpx
from casebook.cases import EXAMPLES, Case, read_reference
from casebook.reviews import review

from mlgate.policy.engine import PolicyEngine


@dataclass(frozen=True)
class Ask:
    """Posts the review of an example by its case's name, and gives the response in the answer."""

    client: httpx.AsyncClient
    cases: dict[str, Case]
    engine: PolicyEngine

    async def __call__(self, name: str, wait: str = "5s") -> dict[str, Any]:
        """The response to the first object of the case; the API server would wait that long."""
        item, person = self.cases[name].manifest[0], read_reference(EXAMPLES).requester
        answer = await self.client.post(f"/validate?timeout={wait}", json=review(item, person, "u-1"))
        assert answer.status_code == 200
        response: dict[str, Any] = answer.json()["response"]
        assert response["uid"] == "u-1"
        return response


Served = Callable[..., AbstractAsyncContextManager[Ask]]
"""Starts a gate that asks the OPA at a URL, a managed one by default, and gives what asks it."""
