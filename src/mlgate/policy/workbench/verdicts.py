"""What became of one code for one document, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlgate.domain.base import Json
from mlgate.policy.overrides import RANK
from mlgate.policy.workbench.enforcement import Enforced
from mlgate.policy.workbench.library import Library
from mlgate.policy.workbench.why import Reason

SKIPS = {
    "offline": "{detail} is not looked up here; --context or --evidence gives it",
    "disabled": "this installation does not look up {detail}",
    "notConfigured": "the site leaves {detail} empty",
    "coveredByOwner": "the object belongs to {detail}, which was judged, and adds nothing to it",
    "invalidInput": "the input document itself is not sound ({detail})",
}
REASONS = 20
"""Most reasons that are told."""
LISTS = {"violations": "denied", "warnings": "warned of", "audited": "recorded"}

Finding = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What became of a code."""

    state: str
    """undecided, skipped, notApplicable, fired, suppressed, off, leftToOwner or silent."""
    words: str
    findings: tuple[dict[str, Any], ...] = ()
    reasons: tuple[Reason, ...] = ()
    """Why it did not fire, or for what else it did not; at most so many as a person reads."""
    more: int = 0
    """How many reasons are left out."""

    def because(self, reasons: Iterable[Reason]) -> Answer:
        """The answer with its reasons."""
        every = tuple(reasons)
        return replace(self, reasons=every[:REASONS], more=max(0, len(every) - REASONS))

    def wire(self) -> dict[str, Any]:
        """As `--output json` prints it."""
        return {
            "state": self.state,
            "words": self.words,
            "findings": list(self.findings),
            "reasons": [reason.wire() for reason in self.reasons],
            "reasonsLeftOut": self.more,
        }


@dataclass(frozen=True)
class Facts:
    """What the policy makes of a document, as far as it concerns one code."""

    code: str
    told: Mapping[str, Any]

    def one(self, name: str) -> Json:
        """A value; null where it is undefined."""
        return next(iter(self.told[name]), None)

    @property
    def decision(self) -> Mapping[str, Any]:
        """The decision; empty where there is none."""
        return self.one("decision") or {}

    def findings(self) -> Iterator[tuple[str, Finding]]:
        """The findings of the code, each with the list that it stands in."""
        for name in (*LISTS, "waived"):
            for finding in self.decision.get(name, ()):
                if finding["code"] == self.code:
                    yield name, finding

    def skipped(self) -> Mapping[str, str] | None:
        """Why the code was not decided."""
        return next((entry for entry in self.decision.get("skipped", ()) if entry["code"] == self.code), None)


def answer(policy: Library, facts: Facts, reasons: Iterable[Reason]) -> Answer:
    """What became of a code, the first that holds of: undecided, skipped, not applicable, found, not found.

    Args:
        policy: the policy.
        facts: what it makes of the document.
        reasons: what failed in the rule; asked for only where that matters.
    """
    skipped, findings = facts.skipped(), list(facts.findings())
    if not facts.decision:
        return Answer("undecided", "policy gives no decision about this document")
    if skipped is not None:
        words = SKIPS.get(skipped["reason"], "{detail}").format(detail=skipped["detail"])
        return Answer("skipped", f"was skipped ({skipped['reason']}): {words}")
    if findings:
        told = tuple(_finding(policy, facts, name, finding) for name, finding in findings)
        return Answer("fired", f"fired: {_counted(told, 'finding')}", told).because(reasons)
    if not facts.told["applies"]:
        return Answer("notApplicable", f"does not apply: {'; '.join(_not_applicable(policy, facts))}")
    return _without_finding(facts, reasons)


def _without_finding(facts: Facts, reasons: Iterable[Reason]) -> Answer:
    hidden, candidates = facts.told["hidden"], facts.told["candidates"]
    if hidden:
        words = "the message that a card is missing stands for it, as it does for all that the card would say"
        return Answer("suppressed", f"has {_counted(hidden, 'finding')} that {words}")
    if candidates and facts.one("enforcement") == "off":
        words = f"fired ({_counted(candidates, 'candidate')}), but is off in profile {facts.one('profile')}"
        return Answer("off", words).because(reasons)
    if candidates and len(facts.told["inherited"]) == len(candidates):
        words = (
            f"fired ({_counted(candidates, 'candidate')}) about parts of the owner, which answers for them"
        )
        return Answer("leftToOwner", words)
    return Answer("silent", "was evaluated and did not fire").because(reasons)


def _not_applicable(policy: Library, facts: Facts) -> Iterator[str]:
    """The words of `appliesWhen` that do not hold."""
    entry = policy.entry(facts.code)
    when, objects = entry["appliesWhen"], [word for word in facts.told["objects"] if word != "any"]
    if not set(when["objects"]) & set(facts.told["objects"]):
        found = _or(objects) if objects else "none of that"
        yield f"it is about {_or(when['objects'])}, and the object is {found}"
    for key, word in (("tiers", "tier"), ("classifications", "classification"), ("profiles", "profile")):
        if key in when and facts.one(word) not in when[key]:
            yield f"it is about {word} {_or(when[key])}, and here it is {facts.one(word) or 'none'}"
    if facts.one("ownerGated") and entry.get("topLevelOnly"):
        yield "a controller made the object, and its own object is judged"


def _finding(policy: Library, facts: Facts, name: str, finding: Finding) -> dict[str, Any]:
    """A finding, and how it came to be enforced as it is."""
    kept = ("path", "term", "model", "observed", "required", "message", "fix", "enforcement")
    applied = finding.get("waiver") or {}
    waived = "waived by {namespace}/{name} until {expiresAt}"
    how = LISTS.get(name) or waived.format_map(applied)
    steps = [*_steps(policy.enforced(facts.code).get(facts.one("profile")), facts, finding["enforcement"])]
    told = f"{how} ({'; '.join(steps)})" if steps else how
    return {**{key: finding[key] for key in kept}, "result": told, "waiver": applied or None}


def _steps(chosen: Enforced | None, facts: Facts, action: str) -> Iterator[str]:
    """From what METADATA and the site say to what holds."""
    if chosen is None:
        return
    by = ", by the site" if chosen.action != chosen.shipped else ""
    yield f"{chosen.action} in profile {facts.one('profile')}{by}"
    highest = chosen.action
    for entry in chosen.raises:
        fits = (not entry.tiers or facts.one("tier") in entry.tiers) and (
            not entry.classifications or facts.one("classification") in entry.classifications
        )
        if fits and RANK[entry.action] > RANK[highest]:
            highest = entry.action
            yield f"raised to {highest} for {entry.case}"
    if RANK[action] < RANK[highest]:
        yield f"lowered to {action}, because {_lowered(facts)}"


def _lowered(facts: Facts) -> str:
    """Why a finding counts less than its code says."""
    if facts.decision["unchanged"]:
        return "the update changes nothing that rules can see"
    if facts.decision["mode"] != "enforce":
        return f"the gate is in mode {facts.decision['mode']}"
    if "runtime" in facts.told["objects"]:
        return "the object is a template"
    return "the code is not in force yet"


def _counted(items: Sequence[Any], word: str) -> str:
    return f"{len(items)} {word}{'' if len(items) == 1 else 's'}"


def _or(words: Sequence[str]) -> str:
    return " or ".join(words)
