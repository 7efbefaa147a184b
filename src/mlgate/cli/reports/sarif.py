"""SARIF 2.1.0 (OASIS), for code scanning: one result a finding, one rule a code."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from mlgate import __version__
from mlgate.cli.console import json_text
from mlgate.cli.results import Result, Results
from mlgate.domain.decision import Finding

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"violations": "error", "warnings": "warning", "audited": "note"}


def sarif_report(results: Results) -> str:
    """The results as one SARIF log with one run."""
    found = [_result(result, finding, level) for result, finding, level in _findings(results)]
    rules = {finding.code: _rule(finding) for _, finding, _ in _findings(results)}
    unread = [_notification(result) for result in results.results if result.word == "error"]
    driver = {
        "name": "mlgate",
        "version": __version__,
        "rules": [rules[code] for code in sorted(rules)],
        "properties": {"policyRevision": results.revision, "notes": list(results.notes)},
    }
    invocation = {
        "executionSuccessful": not unread and not results.incomplete,
        "toolExecutionNotifications": unread,
    }
    run = {"tool": {"driver": driver}, "invocations": [invocation], "results": found}
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _findings(results: Results) -> list[tuple[Result, Finding, str]]:
    """Every finding with its document and SARIF level; waived ones are no results."""
    return [
        (result, finding, level)
        for result in results.results
        for name, level in _LEVELS.items()
        for finding in result.findings(name)
    ]


def _rule(finding: Finding) -> dict[str, Any]:
    """The rule behind a finding."""
    return {
        "id": finding.code,
        "helpUri": finding.docs,
        "help": {"text": finding.fix},
        "properties": {"severity": finding.severity},
    }


def _result(result: Result, finding: Finding, level: str) -> dict[str, Any]:
    """One finding, located in its file at the line its document begins."""
    return {
        "ruleId": finding.code,
        "level": level,
        "message": {"text": f"{finding.message} How to fix: {finding.fix}"},
        "locations": [_location(result, finding.path)],
        "partialFingerprints": {"mlgate/v1": f"{result.title}/{finding.code}/{finding.term or ''}"},
    }


def _location(result: Result, path: str) -> dict[str, Any]:
    """Where a finding stands: file, line of the document, path in the object."""
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(Path(result.document.file).as_posix(), errors="replace")},
            "region": {"startLine": max(1, result.document.line)},
        },
        "logicalLocations": [{"fullyQualifiedName": f"{result.title}:{path}"}],
    }


def _notification(result: Result) -> dict[str, Any]:
    """A document that could not be judged."""
    return {
        "level": "error",
        "message": {"text": result.reason},
        "locations": [_location(result, "")],
    }
