"""Write the chart's generated files, or check those that are checked in.

Usage: python tools/chart_files.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from chart.rules import reading_text, rules_text
from chart.schema import schema_text
from chart.table import with_table
from chart.values import CHART, entries


def files() -> dict[Path, str]:
    """Each generated file with the text it should have."""
    values = entries((CHART / "values.yaml").read_text(encoding="utf-8"))
    readme = CHART / "README.md"
    return {
        CHART / "files" / "webhook-rules.yaml": rules_text(),
        CHART / "files" / "reading-rules.yaml": reading_text(),
        CHART / "values.schema.json": schema_text(values),
        readme: with_table(readme.read_text(encoding="utf-8"), values),
    }


def main() -> int:
    """Write them, or with --check say which are not current."""
    parser = argparse.ArgumentParser(description="The generated files of the chart.")
    parser.add_argument("--check", action="store_true", help="only tell whether they are current")
    stale = {path: text for path, text in files().items() if not path.exists() or path.read_text() != text}
    if parser.parse_args().check:
        for path in stale:
            print(f"{path.relative_to(CHART)} is not current: run `make generate`", file=sys.stderr)
        return 1 if stale else 0
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
