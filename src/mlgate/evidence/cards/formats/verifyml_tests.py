"""What the tests of a VerifyML card come to: their numbers count, and `passed` never against them."""

from __future__ import annotations

from typing import Any

from mlgate.evidence.cards.formats.node import Node
from mlgate.evidence.cards.formats.numbers import number_in
from mlgate.evidence.cards.formats.thresholds import Side, holds, wanted_of

_NUMBERS = ("threshold", "result")
_FAILED = "what failed must not look as if it passed"


def limits(metric: Node) -> dict[str, Any]:
    """The strictest threshold of the tests of a metric: they must all hold.

    Whether a threshold is floor or ceiling the format does not say: the name of the metric does, or else an
    outcome that fits a floor. Of a metric with a test of which neither can be told there is no limit.
    """
    side, value = wanted_of(metric.get("type").text() or ""), metric.get("value").number()
    tests = metric.get("tests").each()
    found = [_threshold(node, value, side) for node in tests if not _is_bare(node)]
    stated = [threshold for threshold in found if threshold is not None]
    if not stated or len(stated) < len(found):
        return {}
    return {"max": min(stated)} if side == "max" else {"min": max(stated)}


def _is_bare(test: Node) -> bool:
    """Whether a test has no threshold, so that nobody can judge it again."""
    if test.get("threshold"):
        return False
    if test.get("passed").flag() is False:
        test.get("passed").complain(f"has no threshold to judge it again; {_FAILED}")
    else:
        test.get("passed").lose("there is no threshold to judge it again")
    return True


def _threshold(test: Node, value: float | None, side: Side | None) -> float | None:
    """The threshold of a test that may be made a limit; None where none may be, and that is told."""
    place, passed, result = test.get("threshold"), test.get("passed"), test.get("result")
    threshold, said, found = place.number(), passed.flag(), result.number()
    outcome = value if found is None else found
    if threshold is None:
        return None
    if side is None and (said is None or outcome is None):
        place.lose(
            "neither the name of the metric nor an outcome says whether at least or at most it is wanted"
        )
        return None
    wanted = side or "min"
    if said is not None and outcome is not None and said is not holds(outcome, threshold, wanted):
        _contradicts(passed, wanted, named=side is not None)
        return None
    kept = [number is None or holds(number, threshold, wanted) for number in (value, outcome)]
    if kept == [True, False] and value is not None:
        result.complain(f"misses the threshold, and the value of the metric keeps it; {_FAILED}")
        return None
    return threshold


def _contradicts(passed: Node, wanted: Side, *, named: bool) -> None:
    side = "at least" if wanted == "min" else "at most"
    why = "as the name suggests" if named else "as of most metrics"
    told = f"contradicts the numbers, if {side} the threshold is wanted {why}; nothing is made of it"
    if passed.flag():
        passed.lose(told)
    else:
        passed.complain(f"{told}, and {_FAILED}")


def explained(report: Node) -> list[dict[str, Any]]:
    """The test of explanations that a report is; none where it is not known how it came out."""
    tests = report.get("tests").each()
    outcomes = [_outcome(node, report.get("type").text() or "") for node in tests]
    if False in outcomes:
        return [{"kind": "explanationFidelity", "result": "failed"}]
    return [{"kind": "explanationFidelity", "result": "passed"}] if outcomes and all(outcomes) else []


def _outcome(test: Node, kind: str) -> bool | None:
    """Whether a test of explanations passed; None, and why, where it is not known."""
    passed, said = test.get("passed"), test.get("passed").flag()
    stated = [node for node in map(test.get, _NUMBERS) if _is_comparable(node)]
    numbers = [node.number() for node in stated]
    if said is None:
        test.lose("it does not say whether it passed, so that no test of explanations is made of its report")
    if said and None in numbers:
        return None  # what cannot be read may be what it failed by
    for node in stated:
        node.lose("of a test of explanations only the outcome is kept")
    if not said or len(numbers) < len(_NUMBERS):
        return said
    threshold, result = (number or 0 for number in numbers)
    side = wanted_of(f"{kind} {test.get('name').value or ''}")
    if holds(result, threshold, side or "min"):
        return True
    _contradicts(passed, side or "min", named=side is not None)
    return None


def _is_comparable(node: Node) -> bool:
    """Whether there is something to compare; a test of explanations may well state a table instead."""
    if isinstance(node.value, str) and number_in(node.value) is None:
        node.lose("it is no number to compare")
        node.take()
        return False
    return bool(node)
