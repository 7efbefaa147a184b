"""Writes the JSON Schemas of what commands print from the types of these outputs.

python -m mlgate.cli.schemas
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from mlgate.cli.shapes import CheckReport, Inspected, Unread
from mlgate.doctor.examine import Report
from mlgate.doctor.reach import Reach
from mlgate.policy.shipped import shipped_policies

Schema = dict[str, Any]
_OUTPUTS: dict[str, tuple[Any, str]] = {
    "inspect": (list[Inspected | Unread], "What `mlgate inspect --output json` prints."),
    "check": (CheckReport, "What `mlgate check --output json` prints."),
    "doctor": (Report, "What `mlgate doctor --output json` prints."),
    "doctor-reach": (Reach, "What `mlgate doctor --reach NAMESPACE --output json` prints."),
}


def output_schema(command: str) -> Schema:
    """The schema of the JSON a command prints."""
    shape, description = _OUTPUTS[command]
    schema = TypeAdapter(shape).json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_printed(schema),
        "description": description,
    }


def _printed(node: Any) -> Any:
    """The schema of values as they are printed: every property is there, whatever its default.

    Titles only repeat names; a property may be called title.
    """
    if isinstance(node, list):
        return [_printed(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _printed(value)
        for key, value in node.items()
        if key != "default" and not (key == "title" and isinstance(value, str))
    }
    return kept | {"required": [*kept["properties"]]} if kept.get("type") == "object" else kept


def export(target: Path) -> tuple[Path, ...]:
    """Writes the schemas into a folder and says which files these are."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for command in _OUTPUTS:
        path = target / f"{command}.json"
        text = json.dumps(output_schema(command), indent=1, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")
        written.append(path)
    return tuple(written)


if __name__ == "__main__":
    export(shipped_policies() / "schema")
