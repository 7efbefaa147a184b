"""All there is to say about one code before it meets a document."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from mlgate.domain.base import Json
from mlgate.errors import PolicyError
from mlgate.policy.workbench.library import Library
from mlgate.policy.workbench.listing import described
from mlgate.policy.workbench.reads import reads
from mlgate.policy.workbench.sources import Definition, Sources

NEAREST = 5
ALIKE = 0.5
"""How much of a code a misspelt one must share with it."""


def known_code(policy: Library, code: str) -> str:
    """The code, if the policy has it.

    Raises:
        PolicyError: it has none of that name; the nearest are named.
    """
    codes = sorted(policy.catalog.codes)
    if code in policy.catalog.codes:
        return code
    near = difflib.get_close_matches(code, codes, NEAREST, ALIKE)
    near += [other for other in codes if code in other.split(".") and other not in near][:NEAREST]
    advice = f"nearest: {', '.join(near)}" if near else "`mlgate policy list` names all"
    raise PolicyError(f"there is no code {code}; {advice}")


def explained(policy: Library, code: str, sources: Sources) -> dict[str, Any]:
    """Everything that is known of a code, as `--output json` prints it.

    Raises:
        PolicyError: a file of the policy cannot be parsed.
    """
    rule = rule_of(policy, code, sources)
    found = reads(rule, sources)
    return described(policy, code) | {
        "locked": code in policy.settings.get("enforcement", {}).get("locked", ()),
        "reads": list(found.paths),
        "helpers": [
            {
                "name": helper.full_name,
                "file": policy.space.shown(helper.file),
                "line": helper.line,
                "direct": helper.full_name in found.direct,
            }
            for helper in found.helpers
        ],
        "requirements": [_requirement(policy, control) for control in policy.controls(code)],
        "settingValues": _settings(policy, code),
        "rego": rule_text(rule, sources),
    }


def rule_of(policy: Library, code: str, sources: Sources) -> Definition:
    """The rule of a code.

    Raises:
        PolicyError: its file cannot be parsed, or the rule is not where METADATA stood.
    """
    place = policy.places[code]
    for rule in sources.rules(place.name):
        if rule.line == place.line:
            return rule
    raise PolicyError(f"{place.name}:{place.line} holds no rule")


def rule_text(rule: Definition, sources: Sources) -> str:
    """The rule as it is written, without its METADATA."""
    return "\n".join(sources.lines(rule))


def _requirement(policy: Library, control: str) -> dict[str, Any]:
    """A requirement with what it refers to, and how sure that is."""
    entry = policy.requirement(control)
    frameworks = policy.requirements.get("frameworks", {})
    return {
        "id": control,
        "title": entry.get("title"),
        "statement": entry.get("statement"),
        "coveredBy": entry.get("coveredBy"),
        "references": [
            {
                **reference,
                "title": frameworks.get(reference["framework"], {}).get("title"),
                "checked": frameworks.get(reference["framework"], {}).get("checked"),
            }
            for reference in entry.get("references", [])
        ],
    }


def _settings(policy: Library, code: str) -> list[dict[str, Any]]:
    """The settings a code uses, as they were shipped and as they are."""
    entry = policy.entry(code)
    own = entry.get("settings", [])
    return [
        {
            "name": name,
            "owned": name in own,
            "shipped": _value(policy.shipped, name),
            "current": _value(policy.settings, name),
        }
        for name in [*own, *entry.get("alsoUses", [])]
    ]


def _value(settings: Mapping[str, Any], name: str) -> Json:
    group, _, key = name.partition(".")
    found = settings.get(group, {})
    return found.get(key) if isinstance(found, Mapping) else None
