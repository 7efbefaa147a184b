"""The tables that ship with the reader, each beside the modules that give it types."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The tables are long: the parser in C takes a third of the time, on every start."""


def shipped_table(package: str, name: str) -> dict[str, Any]:
    """The table of this file name in a package."""
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.load(text, Loader=_LOADER)  # noqa: S506 - it is the safe one
    return table
