"""What the chart renders is what somebody has looked at."""

from __future__ import annotations

from chart.golden import FOLDER, golden


def test_every_render_is_the_one_that_was_looked_at() -> None:
    wanted = {path.name: text for path, text in golden().items()}
    found = {path.name: path.read_text() for path in FOLDER.iterdir()}

    assert len(wanted) >= 11
    assert found == wanted, "run `python tools/chart_golden.py` and look at what changed"
