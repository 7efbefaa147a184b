"""docs/threats.md names tests that exist, and every numbered one is behind some line of it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent
NAMED = re.findall(r"`([\w/]+\.py)::(test_\w+)`", (ROOT.parent / "docs" / "threats.md").read_text())
_NUMBER = re.compile(r"test_bypass_(\d\d)_")


def _tests(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def test_every_test_that_the_page_names_exists() -> None:
    written = {path: _tests(ROOT / path) for path, _ in NAMED}
    assert [f"{path}::{name}" for path, name in NAMED if name not in written[path]] == []


def test_every_numbered_way_stands_on_the_page() -> None:
    numbered = {number for path in ROOT.rglob("test_*.py") for number in _NUMBER.findall(path.read_text())}
    on_page = {match.group(1) for _, name in NAMED if (match := _NUMBER.match(name))}
    assert on_page == numbered
    assert len(on_page) == 24
