"""Results of fairness libraries: no cards, but bias tests that go into one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlgate.domain.base import Json, Problem
from mlgate.domain.evidence import Lost
from mlgate.domain.model_card.quality import BiasTest
from mlgate.evidence.cards.bounds import lists_too_long
from mlgate.evidence.cards.formats.node import Node
from mlgate.evidence.shapes import Reader, shape_of

PLACE = "fairness.evaluations[0]"


@dataclass(frozen=True)
class BiasResult:
    """One entry for `fairness.evaluations`, read as strictly as in a card."""

    evaluation: dict[str, Any]
    problems: tuple[Problem, ...]
    lost: tuple[Lost, ...]


def result_of(document: Json) -> str | None:
    """Whose result a parsed document is: `fairlearn` or `aif360`; None when it is neither's."""
    if isinstance(document, dict) and "byGroup" in document:
        return "fairlearn"
    entries = document if isinstance(document, list) else [document]
    explained = [isinstance(entry, dict) and {"metric", "message"} <= entry.keys() for entry in entries]
    return "aif360" if explained and all(explained) else None


def finished(evaluation: dict[str, Any], root: Node, reader: Reader, reasons: dict[str, str]) -> BiasResult:
    """The result, with what does not fit a bias test named."""
    read = reader.read(shape_of(BiasTest), evaluation, PLACE)
    reader.note(lists_too_long(read, PLACE))
    return BiasResult(read, reader.problems, root.losses(reasons))


class Rows:
    """The groups of a bias test, column by column."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Any]] = {}

    def put(self, group: str, column: str, value: float | None, node: Node) -> None:
        """One value; another one for the same column is a problem, and the first stays."""
        row = self._rows.setdefault(group, {"group": group})
        if value is None:
            return
        if row.setdefault(column, value) != value:
            node.complain(f"states {column} of this group once more, and another value")

    @property
    def listed(self) -> list[dict[str, Any]]:
        """The rows in the order in which their groups came."""
        return list(self._rows.values())
