"""Markdown in which no text is more than text: what METADATA says may come from anybody's package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_CODE = re.compile(r"`([^`]+)`")
_SPECIAL = re.compile(r"[\\`*\[\]~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
_OPENING = re.compile(r"\A(\d*)([-+#=:.)])")
"""What starts a list, a heading or an underline at the start of a paragraph."""


def inline(text: str) -> str:
    """One line of text; what stands between backticks becomes code."""
    parts = _CODE.split(" ".join(text.split()))
    return "".join(code(part) if index % 2 else _plain(part) for index, part in enumerate(parts))


def paragraphs(text: str) -> list[str]:
    """Each paragraph as one line, and an empty line after it."""
    found = (inline(part) for part in re.split(r"\n\s*\n", text) if part.strip())
    return [line for paragraph in found for line in (_OPENING.sub(r"\1\\\2", paragraph), "")]


def code(text: str) -> str:
    """Text in the type of code."""
    shown = " ".join(text.split())
    if not shown or set("|`") & set(shown):
        return f"<code>{_plain(shown)}</code>"
    return f"`{shown}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table of cells that are Markdown already, and an empty line after it."""
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows), ""]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    escaped = _SPECIAL.sub(lambda found: "\\" + found[0], text)
    return "".join(_ENTITIES.get(character, character) for character in escaped)
