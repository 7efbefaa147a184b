"""Render the chart's value sets anew into tests/chart/golden; look at what git shows before you commit it."""

from __future__ import annotations

import sys

from chart.golden import FOLDER, golden


def main() -> int:
    """Write every file and remove those of sets that are gone."""
    files = golden()
    FOLDER.mkdir(exist_ok=True)
    for path in set(FOLDER.iterdir()) - set(files):
        path.unlink()
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
