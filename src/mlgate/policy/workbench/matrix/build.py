"""The compliance matrix of a policy, with a site's settings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mlgate.policy.bundle import revision_of
from mlgate.policy.workbench.library import Library
from mlgate.policy.workbench.listing import subject
from mlgate.policy.workbench.matrix.cells import cells
from mlgate.policy.workbench.matrix.model import CodeRow, Framework, Mapped, Matrix, Outside, Reference
from mlgate.policy.workbench.words import LOOKUPS, listed

NO_REQUIREMENT = "Rules of no requirement"
CASES = {
    "unchangedUpdate": "an update that changes nothing the rules look at",
    "runtimeObjects": "a template that model servers are started from",
}
"""By setting, where it takes the place of a denial."""


def matrix(policy: Library, frameworks: Collection[str] = (), at: str | None = None) -> Matrix:
    """The matrix.

    Args:
        policy: the policy with the site's settings.
        frameworks: the ones to tell of; all when empty.
        at: the moment it is made for, as RFC 3339.
    """
    known: Mapping[str, Any] = policy.requirements.get("frameworks", {})
    told = [key for key in known if not frameworks or key in frameworks]
    mapped = {control: _mapped(policy, control) for control in policy.requirements.get("controls", {})}
    shown = tuple(_framework(policy, key, known[key], mapped) for key in told)
    unmapped = () if frameworks else tuple(_unmapped(policy, mapped))
    settings: Any = policy.settings
    decision = settings.get("decision", {})
    return Matrix(
        revision=revision_of(policy.space.site, policy.overrides),
        at=at,
        modes=decision.get("mode", {}),
        instead={case: decision[key] for key, case in CASES.items() if decision.get(key, "deny") != "deny"},
        changed=tuple(f"{group}.{name}" for group, names in policy.overrides.items() for name in names),
        frameworks=shown,
        codes={code: _code(policy, settings, code, at) for code in sorted(_codes_in(shown, unmapped))},
        unmapped=unmapped,
        outside=tuple(
            Outside(each["matter"], each["decidedBy"], each["shows"], tuple(each["controls"]))
            for each in policy.requirements.get("outside", ())
        ),
    )


def _mapped(policy: Library, control: str, *, sure: bool | None = None) -> Mapped:
    found = policy.requirement(control)
    names = {control, found.get("coveredBy", control)}
    return Mapped(
        control=control,
        title=found.get("title", ""),
        statement=found.get("statement", ""),
        sure=sure,
        codes=tuple(
            code
            for code, entry in sorted(policy.catalog.entries.items())
            if names & set(entry.get("controls", ()))
        ),
        decided_by=found.get("decidedBy"),
        covered_by=found.get("coveredBy"),
    )


def _framework(
    policy: Library, key: str, found: Mapping[str, Any], mapped: Mapping[str, Mapped]
) -> Framework:
    by_reference: dict[str, list[Mapped]] = {}
    for control, entry in mapped.items():
        for each in policy.requirement(control).get("references", []):
            if each["framework"] == key:
                sure = Mapped(**{**vars(entry), "sure": bool(each.get("sure"))})
                by_reference.setdefault(str(each["reference"]), []).append(sure)
    references = (Reference(name, tuple(by_reference[name])) for name in sorted(by_reference, key=_natural))
    title = str(found.get("title", key))
    return Framework(
        key=key,
        short=str(found.get("short", title)),
        title=title,
        url=str(found.get("url", "")),
        checked=str(found.get("checked", "by nobody who said so")),
        references=tuple(references),
    )


def _natural(reference: str) -> list[tuple[int, str]]:
    """An order in which 10 comes after 9."""
    parts = re.split(r"(\d+)", reference)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _unmapped(policy: Library, mapped: Mapping[str, Mapped]) -> Iterator[Mapped]:
    """Requirements that refer to no framework, and the codes that name no requirement there is."""
    for control, entry in mapped.items():
        if not policy.requirement(control).get("references"):
            yield entry
    none = tuple(
        code
        for code, entry in sorted(policy.catalog.entries.items())
        if mapped.keys().isdisjoint(entry.get("controls", ()))
    )
    if none:
        yield Mapped("", NO_REQUIREMENT, "", None, none, None, None)


def _codes_in(frameworks: tuple[Framework, ...], unmapped: tuple[Mapped, ...]) -> set[str]:
    listed_there = {code for entry in unmapped for code in entry.codes}
    return listed_there.union(*(found.codes for found in frameworks))


def _code(policy: Library, settings: Any, code: str, at: str | None) -> CodeRow:
    entry, place = policy.entry(code), policy.places[code]
    base = str(settings.get("decision", {}).get("docsBaseUrl", "")).rstrip("/")
    published = base.startswith(("https://", "http://"))
    return CodeRow(
        code=code,
        title=" ".join(str(entry["title"]).split()),
        severity=entry["severity"],
        own=not policy.space.whole and place.name in policy.space.own,
        docs=f"{base}/{subject(code)}#{code.split('.')[1]}" if published else None,
        cells=cells(policy, settings, code, at),
        notes=tuple(_notes(entry)),
    )


def _notes(entry: Mapping[str, Any]) -> Iterator[str]:
    for key, word in (("tiers", "tier"), ("classifications", "classification")):
        if entry["appliesWhen"].get(key):
            yield f"only {word} {listed([str(name) for name in entry['appliesWhen'][key]], 'or')}"
    if entry.get("configuredBy"):
        yield f"judged only with a value in {listed(list(entry['configuredBy']), 'or')}"
    if entry.get("needs"):
        lookups = listed([LOOKUPS.get(name, name) for name in entry["needs"]], "or")
        yield f"skipped where nobody looks up {lookups}"
    if entry.get("effectiveOn"):
        yield f"warns until {entry['effectiveOn']}"
