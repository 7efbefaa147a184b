"""The checked-in renders of the value sets: they show a reviewer what a change of the chart means for whom.

The default is there in full, but for the files that are installed as they lie in the chart, and the rules of
the webhooks, which follow the table of kinds. Of every other set the file holds the lines in which it
differs.
"""

from __future__ import annotations

import difflib
import re
import tempfile
from pathlib import Path

from chart.outcomes import ValueSet, made_secrets, outcome, upgrade_sets, value_sets
from chart.values import CHART

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "chart" / "golden"
_AS_THEY_LIE = ("# records.yaml",)
_RULES = re.compile(r"(\n    rules:)\n(?: {6}.*\n)+")
_DEFAULT = "default"


def golden() -> dict[Path, str]:
    """Every file with the text it should have."""
    sets = value_sets() | upgrade_sets(made_secrets({}))
    before = _shown(sets.pop(_DEFAULT))
    found = {FOLDER / f"{_DEFAULT}.yaml": before}
    return found | {
        FOLDER / f"{name}.diff": _difference(before, _shown(wanted)) for name, wanted in sets.items()
    }


def _shown(wanted: ValueSet) -> str:
    with tempfile.TemporaryDirectory() as folder:
        text = _RULES.sub(r"\1 <those of the table of kinds>\n", outcome(wanted, CHART, Path(folder)))
    parts = _templates(text)
    return "\n".join(part.splitlines()[0] if part.startswith(_AS_THEY_LIE) else part for part in parts) + "\n"


def _templates(text: str) -> list[str]:
    """The text of each template by itself."""
    found: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("# ") and line.endswith((".yaml", ".txt")) and " " not in line[2:]:
            found.append([])
        found[-1].append(line)
    return ["\n".join(lines) for lines in found]


def _difference(before: str, after: str) -> str:
    """Without line numbers, which would change with every line of the default."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "default", "this set", lineterm="", n=2
    )
    return "\n".join("@@" if line.startswith("@@") else line for line in lines) + "\n"
