"""values.yaml as a person reads it: every value with its default and the comment above it.

A map whose keys have comments of their own is a group; everything else is a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).resolve().parents[2] / "charts" / "mlgate"


class UndescribedError(Exception):
    """A value has no comment; the message names it."""


@dataclass(frozen=True)
class Entry:
    """A value or a group of values: its path, what the comment says, and the default."""

    path: tuple[str, ...]
    text: str
    default: Any
    group: bool

    @property
    def name(self) -> str:
        """The path as `--set` takes it."""
        return ".".join(self.path)


def entries(text: str) -> list[Entry]:
    """Every entry of a values file, in its order.

    Raises:
        UndescribedError: a value has no comment above it.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    return list(_entries(root, text.splitlines(), ()))


def _entries(node: yaml.Node | None, lines: list[str], above: tuple[str, ...]) -> Iterator[Entry]:
    assert isinstance(node, yaml.MappingNode)  # noqa: S101 - a values file is a map of maps
    for key, value in node.value:
        path = (*above, str(key.value))
        comment = _comment(lines, key.start_mark.line)
        if not comment:
            raise UndescribedError(f"values.yaml: {'.'.join(path)} has no comment")
        group = _is_group(value, lines)
        yield Entry(path, comment, _plain(value), group)
        if group:
            yield from _entries(value, lines, path)


def _is_group(node: yaml.Node, lines: list[str]) -> bool:
    """Whether it is a map whose first key has a comment of its own."""
    if not isinstance(node, yaml.MappingNode) or not node.value:
        return False
    return bool(_comment(lines, node.value[0][0].start_mark.line))


def _comment(lines: list[str], line: int) -> str:
    """The comment lines right above a line, as one text."""
    found: list[str] = []
    while line > 0 and lines[line - 1].lstrip().startswith("#"):
        line -= 1
        found.insert(0, lines[line].lstrip().removeprefix("#").strip())
    return " ".join(found)


def _plain(node: yaml.Node) -> Any:
    return yaml.safe_load(yaml.serialize(node))
