"""The catalogue: what METADATA says about every rule, as data the entrypoint and the docs read.

METADATA on the Rego rule is the only source. `data.mlgate.catalog` holds one entry per code and
`data.mlgate.indexes` what every review needs of all of them, so that a review looks at no rule it
has no finding of.

    python -m mlgate.policy.catalog --opa .tools/bin/opa
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.errors import PolicyError, RuleRefused
from mlgate.policy.metadata import check_metadata
from mlgate.policy.opa_command import inspect
from mlgate.policy.schema_export import setting_schemas
from mlgate.policy.shipped import shipped_rego

Entry = dict[str, Any]

CODE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
PLACEHOLDER = re.compile(r"\{([A-Za-z]+)\}")
KEPT = (
    "severity",
    "priority",
    "controls",
    "per",
    "appliesWhen",
    "topLevelOnly",
    "needs",
    "configuredBy",
    "pair",
    "enforcement",
    "raise",
    "effectiveOn",
    "settings",
    "alsoUses",
    "message",
    "fix",
)
ASKED_LATER = "mlgate.rules.waiver.late"
"""Rules about waivers themselves, asked once the waivers have been applied; all others are called deny."""


@dataclass(frozen=True)
class Catalog:
    """Every rule of a policy tree by its code."""

    entries: Mapping[str, Entry]

    @property
    def codes(self) -> frozenset[str]:
        """All codes."""
        return frozenset(self.entries)

    def indexes(self) -> dict[str, Any]:
        """What the entrypoint reads in every review."""
        return {
            "codes": sorted(self.entries),
            "known": dict.fromkeys(sorted(self.entries), True),
            "subjects": self._subjects(),
            "pairs": sorted(code for code, entry in self.entries.items() if entry.get("pair")),
            "needs": self._with("needs"),
            "lookups": _inverted(self._with("needs")),
            "configuredBy": self._with("configuredBy"),
            "settings": setting_schemas(),
        }

    def _subjects(self) -> dict[str, list[str]]:
        """By kind of object, the subjects that have a rule about it."""
        found: dict[str, set[str]] = {}
        for code, entry in self.entries.items():
            for word in entry["appliesWhen"]["objects"]:
                found.setdefault(word, set()).add(code.split(".")[0])
        return {word: sorted(subjects) for word, subjects in sorted(found.items())}

    def _with(self, key: str) -> dict[str, list[str]]:
        return {code: list(entry[key]) for code, entry in sorted(self.entries.items()) if entry.get(key)}


def read_catalog(tree: Path, opa: Path) -> Catalog:
    """The catalogue of a policy tree.

    Raises:
        PolicyError: OPA cannot read the tree, or a rule has no usable METADATA.
    """
    return build_catalog(inspect(tree, opa))


def build_catalog(inspection: Mapping[str, Any]) -> Catalog:
    """The catalogue out of the JSON that `opa inspect -a` gives.

    Raises:
        PolicyError: two rules have one code, a code does not belong to its package, or a key is missing.
    """
    entries: dict[str, Entry] = {}
    places: dict[str, tuple[str, int]] = {}
    for item in inspection.get("annotations") or []:
        annotation = item.get("annotations") or {}
        code = (annotation.get("custom") or {}).get("code")
        if code is None:
            continue
        file, line = place = _place(item)
        if not isinstance(code, str) or not CODE.fullmatch(code):
            raise RuleRefused(
                f"{code!r} is no code", "a code is <subject>.<short_name>", file=file, line=line
            )
        if code in entries:
            other = " ({}:{} is the other)".format(*places[code]) if places[code][0] else ""
            what = f"two rules have the code {code}{other}"
            raise RuleRefused(what, "give each a code of its own", file=file, line=line)
        try:
            entries[code], places[code] = _entry(code, item["path"], annotation), place
        except PolicyError as error:
            fix = "`mlgate policy new` writes a rule that can serve"
            raise RuleRefused(str(error), fix, file=file, line=line) from error
    return Catalog(dict(sorted(entries.items())))


def _place(item: Mapping[str, Any]) -> tuple[str, int]:
    """The file and line of a rule; none where OPA does not say it."""
    location = item.get("location") or {}
    return str(location.get("file", "")).removeprefix("./").lstrip("/"), int(location.get("row", 0))


def _entry(code: str, path: list[Mapping[str, Any]], annotation: Mapping[str, Any]) -> Entry:
    custom: Mapping[str, Any] = annotation["custom"]
    package = [str(part["value"]) for part in path][1:-1]
    if package[:2] != ["mlgate", "rules"] or package[2:] != [code.split(".", maxsplit=1)[0]]:
        raise PolicyError(f"{code} stands in package {'.'.join(package)}, which is not its subject's")
    rule = ".".join(str(part["value"]) for part in path[1:])
    if path[-1]["value"] != "deny" and rule != ASKED_LATER:
        raise PolicyError(f"{code} stands on rule {rule}, which is never asked; call the rule deny")
    check_metadata(code, annotation)
    templates = f"{custom['message']} {custom['fix']}"
    return {
        "title": annotation.get("title", ""),
        "description": annotation.get("description", ""),
        "resources": annotation.get("related_resources", []),
        **{key: custom[key] for key in KEPT if key in custom},
        "placeholders": sorted(set(PLACEHOLDER.findall(templates))),
    }


def _inverted(by_code: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Codes by lookup."""
    lookups = sorted({lookup for names in by_code.values() for lookup in names})
    return {lookup: [code for code, names in by_code.items() if lookup in names] for lookup in lookups}


def write_generated(catalog: Catalog, tree: Path) -> None:
    """Writes catalogue and indexes into a policy tree."""
    for name, content in (("catalog", dict(catalog.entries)), ("indexes", catalog.indexes())):
        folder = tree / "mlgate" / name
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
        (folder / "data.json").write_text(text + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> None:
    """Brings the committed catalogue up to date with the METADATA of the shipped rules."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--opa", type=Path, default=Path(".tools/bin/opa"))
    chosen = parser.parse_args(arguments)
    tree = shipped_rego()
    write_generated(read_catalog(tree, chosen.opa), tree)


if __name__ == "__main__":
    main()
