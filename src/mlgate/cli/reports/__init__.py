"""Reports of `check`: for people, for programs, for code scanning, test runners and pull requests."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from mlgate.cli.console import json_text
from mlgate.cli.reports.github import github_report
from mlgate.cli.reports.junit import junit_report
from mlgate.cli.reports.sarif import sarif_report
from mlgate.cli.reports.text import text_report
from mlgate.cli.results import Results


class Report(StrEnum):
    """The forms a result can be printed in."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"


def json_report(results: Results) -> str:
    """The results for programs; the shape is stable."""
    return json_text(results.wire())


REPORTS: dict[Report, Callable[[Results], str]] = {
    Report.TEXT: text_report,
    Report.JSON: json_report,
    Report.SARIF: sarif_report,
    Report.JUNIT: junit_report,
    Report.GITHUB: github_report,
}
