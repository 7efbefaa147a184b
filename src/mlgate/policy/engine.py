"""The port to the policy engine: one question, one complete decision, or an engine error."""

from __future__ import annotations

from typing import Protocol

from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Decision
from mlgate.domain.policy_input import PolicyInput
from mlgate.errors import EngineUnavailable


class PolicyEngine(Protocol):
    """What the gate needs of an engine. OPA is the one that ships; tests bring their own."""

    async def decide(self, question: PolicyInput, deadline: Deadline) -> Decision:
        """Answer the question before the deadline.

        Raises:
            EngineUnavailable: it cannot be reached, or has as much work as it takes.
            EngineTimeout: it did not answer in time.
            DecisionInvalid: it answered, but with no complete decision of a known policy.
        """
        ...

    async def ready(self) -> str | None:
        """Why no decision can be expected now, in one sentence; null when it can."""
        ...

    async def aclose(self) -> None:
        """Give back connections. The engine answers no more."""
        ...


class NoEngine:
    """In the place of an engine where a gate only makes questions."""

    async def decide(self, question: PolicyInput, deadline: Deadline) -> Decision:  # noqa: ARG002 - the port
        """Answers nothing.

        Raises:
            EngineUnavailable: always.
        """
        raise EngineUnavailable("there is no engine here")

    async def ready(self) -> str | None:
        """Never."""
        return "there is no engine here"

    async def aclose(self) -> None:
        """Holds nothing."""
