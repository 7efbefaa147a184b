"""The table of values in the chart's README."""

from __future__ import annotations

import json

from chart.values import Entry

BEGIN = "<!-- Written by tools/chart_files.py from values.yaml. -->"
END = "<!-- End of the values. -->"


def with_table(readme: str, values: list[Entry]) -> str:
    """The README with the table between its two marks written anew.

    Raises:
        ValueError: a mark is missing.
    """
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    if not after:
        raise ValueError(f"charts/mlgate/README.md lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n\n{values_table(values)}\n{END}{after}"


def values_table(values: list[Entry]) -> str:
    """One row a value; what a group says stands in bold above its values."""
    rows = ["| Value | Default | Meaning |", "|---|---|---|"]
    for entry in values:
        if entry.group:
            rows.append(f"| **`{entry.name}`** | | **{_cell(entry.text)}** |")
        else:
            rows.append(f"| `{entry.name}` | `{_cell(json.dumps(entry.default))}` | {_cell(entry.text)} |")
    return "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
