"""Read what a person sees: the text of a refusal, and who it comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cluster.kubectl import Answer

_FAILURE = re.compile(r"^\s*✗ (?P<code>[a-z_]+\.[a-z_]+): (?P<message>.*)$", re.MULTILINE)
_FIX = re.compile(r"^\s*\d+ (?P<fix>\S.*)$", re.MULTILINE)
_BY_GATE = re.compile(r'admission webhook "[a-z]+\.mlgate\.dev" denied the request: ')


@dataclass(frozen=True)
class Refusal:
    """The parts of a refusal that people act on."""

    failures: tuple[tuple[str, str], ...]
    """(code, message) per line."""
    fixes: tuple[str, ...]

    @property
    def codes(self) -> list[str]:
        """Code per failure, sorted."""
        return sorted(code for code, _ in self.failures)


def refusal(text: str) -> Refusal:
    """The refusal in a text: kubectl's or helm's standard error, or a review's message."""
    failures, _, fixes = text.partition("How to fix")
    return Refusal(
        tuple((found["code"], found["message"]) for found in _FAILURE.finditer(failures)),
        tuple(found["fix"] for found in _FIX.finditer(fixes)),
    )


def refused_by_gate(answer: Answer) -> bool:
    """Whether mlgate itself, and not the API server or a guard, refused."""
    return not answer.ok and _BY_GATE.search(answer.errors) is not None


def refused_by_guard(answer: Answer) -> bool:
    """Whether a ValidatingAdmissionPolicy refused, inside the API server."""
    return not answer.ok and "ValidatingAdmissionPolicy" in answer.errors
