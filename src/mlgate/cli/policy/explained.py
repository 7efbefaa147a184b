"""What is known of a code, for people."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mlgate.domain.base import Json
from mlgate.policy.workbench.enforcement import Raise

WIDTH = 100
VALUE = 200
"""Most characters of a setting's value that are shown; JSON has all of it."""

Told = Mapping[str, Any]


def explained_lines(told: Told) -> Iterator[str]:
    """All of it, in paragraphs with a title."""
    yield f"{told['code']}: {_one_line(told['title'])}"
    kind = (
        f"{told['severity']}, priority {told['priority'] or '(none)'}, judged per {told['per'] or 'object'}"
    )
    yield f"  {kind}; {told['file']}:{told['line']}"
    for title, body in (
        ("What it checks", _wrapped(told["description"] or "(no description)")),
        ("When it applies", _applies(told)),
        ("What it reads", _reads(told)),
        ("Why", _why(told)),
        ("What it says", [*_wrapped(told["message"]), *_wrapped(f"fix: {told['fix']}")]),
        ("How strictly", _strictly(told)),
        ("Settings", _settings(told)),
        (f"Rego ({told['file']}:{told['line']})", _numbered(told["rego"], told["line"])),
    ):
        yield ""
        yield title
        yield from (f"  {line}" for line in body)


def _applies(told: Told) -> Iterator[str]:
    when = told["appliesWhen"]
    yield f"objects: {', '.join(when['objects'])}"
    for key in ("tiers", "classifications", "profiles"):
        if when.get(key):
            yield f"{key}: {', '.join(when[key])}"
    if when.get("when"):
        yield f"when {when['when']}"
    if told["topLevelOnly"]:
        yield "not asked about objects that a controller makes whose own object was judged"
    if told["needs"]:
        yield f"needs {', '.join(told['needs'])}: skipped where that is not looked up, a finding if it fails"
    if told["configuredBy"]:
        yield f"skipped while the site leaves {' and '.join(told['configuredBy'])} empty"
    if told["effectiveOn"]:
        yield f"at most a warning until {told['effectiveOn']}"


def _reads(told: Told) -> Iterator[str]:
    yield from told["reads"] or ["nothing of the input"]
    direct = [helper for helper in told["helpers"] if helper["direct"]]
    more = len(told["helpers"]) - len(direct)
    for helper in direct:
        yield f"through {helper['name']} ({helper['file']}:{helper['line']})"
    if more:
        yield f"and {more} more helper{'' if more == 1 else 's'} that those call"


def _why(told: Told) -> Iterator[str]:
    for requirement in told["requirements"]:
        covers = f" (through {requirement['coveredBy']})" if requirement["coveredBy"] else ""
        title = _one_line(requirement["title"] or "is no requirement of this policy")
        yield f"{requirement['id']}{covers} {title}"
        yield from (f"  {line}" for line in _wrapped(requirement["statement"] or ""))
        for reference in requirement["references"]:
            doubt = "" if reference["sure"] else " (not certain)"
            yield f"  - {_framework(reference)}: {reference['reference']}{doubt}"
    every = [reference for requirement in told["requirements"] for reference in requirement["references"]]
    for title, checked in sorted({(_framework(each), each["checked"]) for each in every}, key=str):
        yield (
            f"references to {title} were checked {checked}" if checked else f"nobody checked those to {title}"
        )
    if not told["requirements"]:
        yield "serves no requirement"


def _framework(reference: Told) -> str:
    return _one_line(reference["title"] or reference["framework"])


def _strictly(told: Told) -> Iterator[str]:
    for profile, entry in told["enforcement"].items():
        own = (
            f" (the site's choice; the policy says {entry['shipped']})"
            if entry["action"] != entry["shipped"]
            else ""
        )
        raises = "".join(f", {Raise(**each).text}" for each in entry["raises"])
        yield f"{profile:11}  {entry['action']}{own}{raises}"
    if told["locked"]:
        yield "locked: no site can lower it"


def _settings(told: Told) -> Iterator[str]:
    for setting in told["settingValues"]:
        yield f"{setting['name']} = {_value(setting['current'])}"
        if setting["current"] != setting["shipped"]:
            yield f"  shipped: {_value(setting['shipped'])}"
    if not told["settingValues"]:
        yield "none"


def _value(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= VALUE else f"{text[: VALUE - 1]}…"


def _numbered(text: str, first: int) -> Iterator[str]:
    rows = text.splitlines()
    width = len(str(first + len(rows)))
    for number, row in enumerate(rows, start=first):
        yield f"{number:{width}}  {row.expandtabs(4)}"


def _wrapped(text: str) -> Iterable[str]:
    return textwrap.wrap(_one_line(text), WIDTH)


def _one_line(text: str) -> str:
    return " ".join(text.split())
