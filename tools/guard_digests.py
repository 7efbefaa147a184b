"""Recompute the list of guards mlgate knows: `python tools/guard_digests.py [--check]`.

What lies in the chart is added to the list under its name. A name that is listed never gets another content:
replicas of the last release would not know it, and the API server would keep the old one's age. So a guard
that changes gets a new name, and the last one stays in the chart, as PLURAL-previous.yaml, for one release
(docs/adr/0013-guards-that-change.md).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from mlgate.evidence.digest import canonical_digest

ROOT = Path(__file__).resolve().parents[1]
GUARDS = ROOT / "charts" / "mlgate" / "files" / "guards"
LIST = ROOT / "src" / "mlgate" / "evidence" / "guards.yaml"
FILES = {"SignOff": "signoffs", "Waiver": "waivers"}
HEAD = """\
# The guards of this and the last release, oldest first: name, and digests (SHA-256 over RFC 8785 JSON) of the
# spec of policy and binding. Written by tools/guard_digests.py from charts/mlgate/files/guards.
"""
Listed = dict[str, list[dict[str, Any]]]


class NameTaken(Exception):
    """A guard was changed and kept its name."""


def current(known: Listed, folder: Path = GUARDS) -> Listed:
    """The known guards, with those of the chart added, the current ones last.

    Raises:
        NameTaken: a guard of the chart is not what is known by its name.
    """
    listed = {kind: list(known.get(kind, ())) for kind in FILES}
    for kind, plural in FILES.items():
        for file in (folder / f"{plural}-previous.yaml", folder / f"{plural}.yaml"):
            if file.exists():
                _add(listed[kind], _entry(file))
    return listed


def _entry(file: Path) -> dict[str, Any]:
    policy, binding = yaml.safe_load_all(file.read_text())
    return {
        "name": policy["metadata"]["name"],
        "policy": canonical_digest(policy["spec"]),
        "binding": canonical_digest(binding["spec"]),
    }


def _add(listed: list[dict[str, Any]], entry: dict[str, Any]) -> None:
    taken = [one for one in listed if one["name"] == entry["name"]]
    if not taken:
        listed.append(entry)
    elif taken != [entry]:
        raise NameTaken(f"{entry['name']} was changed: give it a new name, and keep the last one beside it")


def main() -> int:
    """Write the list, or with --check say whether it is current."""
    known: Listed = yaml.safe_load(LIST.read_text()) if LIST.exists() else {}
    try:
        text = HEAD + yaml.safe_dump(current(known), sort_keys=False)
    except NameTaken as taken:
        print(f"guards.yaml: {taken}", file=sys.stderr)
        return 1
    if "--check" in sys.argv[1:]:
        if LIST.read_text() == text:
            return 0
        print("guards.yaml is not current: run tools/guard_digests.py", file=sys.stderr)
        return 1
    LIST.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
