"""Finds the line of a settings file that a refusal is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from mlgate.errors import SettingRefused


@contextmanager
def placed(file: Path | None) -> Iterator[None]:
    """Refusals of settings within name file and line.

    Args:
        file: where the settings were read from; null where they come from no file.

    Raises:
        SettingRefused: the one that was raised, with its place.
    """
    try:
        yield
    except SettingRefused as refusal:
        if file is None:
            raise
        place = f"{file}:{line_of(file, refusal.keys)}: "
        raise SettingRefused(refusal.keys, refusal.what, refusal.fix, place=place) from refusal


def line_of(file: Path, keys: Sequence[str]) -> int:
    """The line of a key, or of the nearest one above it that is there. The file was read strictly before."""
    try:
        node = yaml.compose(file.read_bytes(), Loader=yaml.SafeLoader)
    except (OSError, ValueError, yaml.YAMLError):
        return 1  # it changed since
    line = 1
    for key in keys:
        found = _below(node, key)
        if found is None:
            break
        line, node = found
    return line


def _below(node: Any, key: str) -> tuple[int, Any] | None:
    """The line of a key or of an item of a list, and what it holds."""
    if isinstance(node, yaml.MappingNode):
        pairs = [(name.start_mark.line + 1, value) for name, value in node.value if name.value == key]
        return pairs[0] if pairs else None
    if isinstance(node, yaml.SequenceNode) and key.isdecimal() and int(key) < len(node.value):
        item = node.value[int(key)]
        return item.start_mark.line + 1, item
    return None
