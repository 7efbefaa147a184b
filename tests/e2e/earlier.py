"""A chart as an earlier version may have been, for there has been no release yet to upgrade from.

It is the present one with a lower version, and so with other labels and another image; without the test hook,
which is new; without a value that the present templates ask for, so that an upgrade has to bring it; and
without a name of a definition.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from chart.values import CHART

VERSION = "0.0.9"


def earlier_chart(folder: Path) -> Path:
    """Write the chart into a folder."""
    chart = folder / CHART.name
    shutil.copytree(CHART, chart)
    about = chart / "Chart.yaml"
    about.write_text(re.sub(r"(?m)^((?:appV|v)ersion): .*$", rf"\1: {VERSION}", about.read_text()))
    shutil.rmtree(chart / "templates" / "tests")
    _without(chart / "values.yaml", r"  # Seconds between two looks for a new certificate.*\n  reload.*\n")
    _without(chart / "templates" / "_settings.tpl", r' "reloadSeconds" \.Values\.tls\.reloadSeconds')
    _without(chart / "files" / "crds" / "waivers.yaml", r"    shortNames: .*\n")
    (chart / "values.schema.json").unlink()
    return chart


def _without(path: Path, pattern: str) -> None:
    text, count = re.subn(pattern, "", path.read_text())
    assert count == 1, f"{path.name} no longer has {pattern}"
    path.write_text(text)
