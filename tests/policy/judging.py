"""All examples through the real gate and a real OPA, as they are on some day."""

from __future__ import annotations

import json
from datetime import date

from casebook.cases import EXAMPLES, Expectation, read_reference
from casebook.documents import Object, read_all
from casebook.outcome import LISTS, Outcome, differences, in_files
from casebook.reviews import review
from casebook.shift import parse_day
from casebook.twins import cases_on

from mlgate.admission.review import read_review
from mlgate.assembly import CheckFrom, Running, assemble_check
from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Verdict

REFERENCE_DAY = parse_day(read_reference(EXAMPLES).reference_day)


async def differences_on(day: date) -> dict[str, list[str]]:
    """By case and object, every way in which a verdict on that day is not the expected one.

    The examples are dated by that day and the clock stands at its noon.
    """
    cases = cases_on(day, EXAMPLES)
    evidence = [*read_all(EXAMPLES / "cluster.yaml"), *(item for case in cases for item in case.evidence)]
    source = CheckFrom(
        objects=tuple(evidence), namespace="default", at=f"{day}T12:00:00Z", assume_authenticated=True
    )
    found: dict[str, list[str]] = {}
    async with assemble_check(source) as running:
        for case in cases:
            for item, expectation in zip(case.manifest, case.expected.objects, strict=True):
                outcome = outcome_of(await _verdict(running, item, expectation))
                wrong = differences(in_files(expectation), outcome)
                found |= {f"{case.name}: {expectation.object}": wrong} if wrong else {}
    return found


async def _verdict(running: Running, item: Object, expectation: Expectation) -> Verdict:
    """The verdict on one object, asked for as the API server would."""
    requester = expectation.user or read_reference(EXAMPLES).requester
    body = json.dumps(review(item, requester, "b7b1f1d2-3c5e-4d7a-9a55-0c6a1f4be0d1")).encode()
    _, request = read_review(body)
    judgement = await running.gate.judge(request, Deadline.after(10))
    return judgement.verdict


def outcome_of(verdict: Verdict) -> Outcome:
    """A verdict in the words of expected.yaml."""
    if verdict.failure is not None:
        return Outcome(f"failed: {verdict.failure.message}")
    decision = verdict.decision
    if decision is None:
        return Outcome("skipped")
    codes = {name: tuple(finding.code for finding in getattr(decision, name)) for name in LISTS}
    skipped = tuple(entry.code for entry in decision.skipped)
    word = "allowed" if verdict.allowed else "denied"
    return Outcome(word, decision.profile, decision.tier, **codes, skipped=skipped)
