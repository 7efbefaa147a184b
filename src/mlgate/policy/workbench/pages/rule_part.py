"""The part of a page that is about one rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mlgate.policy.workbench.enforcement import PROFILES, Enforced
from mlgate.policy.workbench.library import Library
from mlgate.policy.workbench.pages.markdown import code as mono
from mlgate.policy.workbench.pages.markdown import inline, paragraphs, table
from mlgate.policy.workbench.words import LOOKUPS, OBJECTS, TERMS, listed


def rule_part(policy: Library, code: str, notes: Mapping[str, str], link: str) -> Iterator[str]:
    """All that METADATA says of a rule, under an anchor that is its short name.

    Args:
        policy: the policy it belongs to.
        code: the rule.
        notes: what each setting means.
        link: where its Rego is, as Markdown.
    """
    entry = policy.entry(code)
    yield from (f'<a id="{code.split(".")[1]}"></a>', "", f"## {inline(entry['title']) or mono(code)}", "")
    yield from (f"{mono(code)} · severity {entry['severity']}", "")
    yield from paragraphs(entry["description"])
    yield from _list(_facts(policy, code, link))
    yield from _enforcement(policy.enforced(code))
    yield from _settings(policy, entry, notes)
    yield from _served(policy, code)


def _list(facts: Iterator[tuple[str, str]]) -> Iterator[str]:
    yield from (f"- **{name}:** {told}" for name, told in facts)
    yield ""


def _facts(policy: Library, code: str, link: str) -> Iterator[tuple[str, str]]:
    entry = policy.entry(code)
    yield "Message", inline(entry["message"])
    yield "Fix", inline(entry["fix"])
    yield "Applies to", _applies(entry)
    if entry.get("topLevelOnly"):
        yield "Left out", "objects that the controller of another, already judged object makes"
    if entry.get("needs"):
        lookups = listed([inline(LOOKUPS.get(name, name)) for name in entry["needs"]])
        yield "Looks up", f"{lookups}; skipped where that is switched off, refused where it fails"
    if entry.get("configuredBy"):
        keys = listed([mono(key) for key in entry["configuredBy"]], "or")
        yield "Judged only with a value in", keys
    if entry.get("effectiveOn"):
        yield "Warns until", inline(str(entry["effectiveOn"]))
    yield "Waiver", _waiver(policy, code)
    yield "Rego", link


def _applies(entry: Mapping[str, Any]) -> str:
    """To which objects, and under which conditions."""
    applies = entry["appliesWhen"]
    told = listed([OBJECTS.get(word, inline(str(word))) for word in applies["objects"]])
    for key, word in (("tiers", "tier"), ("classifications", "classification"), ("profiles", "profile")):
        if applies.get(key):
            told += f", of {word} {listed([inline(str(name)) for name in applies[key]], 'or')}"
    if applies.get("when"):
        told += f", when {inline(str(applies['when']))}"
    return told + ("; once per model and card" if entry.get("pair") else "")


def _waiver(policy: Library, code: str) -> str:
    """Whether there can be one, and how narrow."""
    waivers = policy.shipped.get("waiver", {})
    if code in waivers.get("neverWaivable", ()):
        return "none: this code cannot be waived"
    barred = [profile for profile, codes in waivers.get("notWaivableIn", {}).items() if code in codes]
    word = policy.entry(code).get("per", "request")
    term = inline(TERMS.get(word, word))
    told = f"its term is {term}" if term else "it has no term; there is one finding for a request"
    return told + (f"; none in {listed([inline(profile) for profile in barred])}" if barred else "")


def _enforcement(by_profile: Mapping[str, Enforced]) -> list[str]:
    """The action by profile, and a row for each case that raises it."""
    cases = {found.case: None for enforced in by_profile.values() for found in enforced.raises}
    rows = [["otherwise" if cases else "always", *(by_profile[name].action for name in PROFILES)]]
    for case in cases:
        raised = {
            name: entry.action
            for name, enforced in by_profile.items()
            for entry in enforced.raises
            if entry.case == case
        }
        rows.append([inline(case), *(raised.get(name, by_profile[name].action) for name in PROFILES)])
    return table(["Enforced", *PROFILES], rows)


def _settings(policy: Library, entry: Mapping[str, Any], notes: Mapping[str, str]) -> list[str]:
    """The settings a rule reads, with their shipped values."""
    keys = [*entry.get("settings", ()), *entry.get("alsoUses", ())]
    if not keys:
        return []
    rows = [[mono(key), mono(_shown(policy.shipped, key)), inline(notes.get(key, ""))] for key in keys]
    return table(["Setting", "Shipped value", "Meaning"], rows)


def _shown(settings: Mapping[str, Any], key: str) -> str:
    group, _, name = key.partition(".")
    value = settings.get(group, {}).get(name)
    return json.dumps(value, ensure_ascii=False, default=str)


def _served(policy: Library, code: str) -> Iterator[str]:
    """The requirements, and what they are in the frameworks."""
    controls = policy.controls(code)
    for control in controls:
        found = policy.requirement(control)
        title, statement = inline(found.get("title", "")), inline(found.get("statement", ""))
        yield f"- **{inline(control)} {title}:** {statement}"
    if controls:
        yield ""
    frameworks = policy.requirements.get("frameworks", {})
    cells: dict[tuple[str, str], list[str]] = {}
    for each in policy.references(code):
        title = frameworks.get(each["framework"], {}).get("title", each["framework"])
        row = cells.setdefault((inline(title), "sure" if each.get("sure") else "not sure"), [])
        if (reference := inline(str(each["reference"]))) not in row:
            row.append(reference)
    if cells:
        rows = [[title, ", ".join(found), sure] for (title, sure), found in cells.items()]
        yield from table(["Framework", "References", "Mapping"], rows)
