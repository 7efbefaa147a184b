"""The rules of the webhook configuration and of the gate's role, written from the table of kinds."""

from __future__ import annotations

from typing import Any

import yaml

from mlgate.workloads.kinds.table import reading_rules, webhook_rules

_HEAD = (
    "# What the API server sends to each webhook. Written by tools/chart_files.py from the table of kinds.\n"
)
_READING_HEAD = "# Written by tools/chart_files.py from the table of kinds.\n"


def rules_by_entry() -> dict[str, list[dict[str, Any]]]:
    """The rules of the three entries, and those about Namespaces by themselves: not every site wants them."""
    found: dict[str, list[dict[str, Any]]] = {str(entry): rules for entry, rules in webhook_rules().items()}
    records = found.pop("records")
    found["records"] = [rule for rule in records if rule["resources"][0] != "namespaces"]
    found["namespaces"] = [rule for rule in records if rule["resources"][0] == "namespaces"]
    return found


def rules_text() -> str:
    """The rules as the file holds them."""
    return _HEAD + _dumped(rules_by_entry())


def reading_text() -> str:
    """What the gate may get one by one, as the file holds it."""
    return _READING_HEAD + _dumped(reading_rules())


def _dumped(rules: Any) -> str:
    return yaml.safe_dump(rules, sort_keys=False, default_flow_style=None, width=110)
