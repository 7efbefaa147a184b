"""Decisions to compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.decision import Decision


def decide(suppressed: int = 0, observed: str = "x", **lists: tuple[str, ...]) -> Decision:
    """A decision with findings of these codes."""

    def found(name: str, enforcement: str) -> list[dict[str, Any]]:
        words = dict.fromkeys(("message", "required", "fix", "docs"), "x")
        words |= {"path": "card", "observed": observed}
        rest = {"severity": "low", "enforcement": enforcement, "term": None, "model": None}
        return [{"code": code, **words, **rest} for code in lists.get(name, ())]

    return Decision.model_validate(
        {
            "allow": not lists.get("deny"),
            "profile": "production",
            "tier": None,
            "classification": None,
            "mode": "enforce",
            "unchanged": False,
            "violations": found("deny", "deny"),
            "warnings": found("warn", "warn"),
            "audited": found("audit", "audit"),
            "waived": [],
            "suppressed": suppressed,
            "skipped": [],
            "evaluated": ["a.b"],
            "revision": "v1",
        }
    )


@pytest.fixture
def decision() -> Callable[..., Decision]:
    """Makes a decision."""
    return decide
