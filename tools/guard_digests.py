"""Recompute the list of guards mlgate knows: `python tools/guard_digests.py [--check]`.

The digests of the shipped policies are added to those of earlier releases, because a cluster whose guards are
a release behind is guarded all the same. Digests are never taken away by this script.
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
FILES = {"SignOff": "signoffs.yaml", "Waiver": "waivers.yaml"}
HEAD = """\
# Digests (SHA-256 over RFC 8785 JSON of spec) of the guards of this and earlier releases, oldest first.
# Written by tools/guard_digests.py from charts/mlgate/files/guards.
"""


def current() -> dict[str, dict[str, Any]]:
    """The known guards, with the shipped ones added."""
    known: dict[str, dict[str, Any]] = yaml.safe_load(LIST.read_text()) if LIST.exists() else {}
    for kind, name in FILES.items():
        policy, binding = yaml.safe_load_all((GUARDS / name).read_text())
        entry = known.setdefault(kind, {"name": policy["metadata"]["name"], "policies": [], "bindings": []})
        for key, document in (("policies", policy), ("bindings", binding)):
            digest = canonical_digest(document["spec"])
            if digest not in entry[key]:
                entry[key].append(digest)
    return known


def main() -> int:
    """Write the list, or with --check say whether it is current."""
    text = HEAD + yaml.safe_dump(current(), sort_keys=False)
    if "--check" in sys.argv[1:]:
        if LIST.read_text() == text:
            return 0
        print("guards.yaml is not current: run tools/guard_digests.py", file=sys.stderr)
        return 1
    LIST.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
