"""Workflow commands of GitHub Actions: annotations on the lines of a pull request."""

from __future__ import annotations

from mlgate.admission.refusal import escape
from mlgate.cli.results import Result, Results
from mlgate.domain.decision import Finding

_COMMANDS = {"violations": "error", "warnings": "warning", "audited": "notice"}


def github_report(results: Results) -> str:
    """One annotation a finding, one for each document that could not be judged, and a count."""
    lines = [f"::notice title=mlgate::{_data(escape(note))}" for note in results.notes]
    for result in results.results:
        if result.word == "error":
            lines.append(_command("error", result, "mlgate could not judge", escape(result.reason)))
        for name, command in _COMMANDS.items():
            lines.extend(_command(command, result, item.code, _text(item)) for item in result.findings(name))
    counts = ", ".join(f"{number} {word}" for word, number in results.summary().items())
    lines.append(_data(f"mlgate: {counts} (policy {results.revision})"))
    return "\n".join(lines)


def _text(finding: Finding) -> str:
    """What an annotation says."""
    return f"{escape(finding.message)}\nHow to fix: {escape(finding.fix)}"


def _command(command: str, result: Result, title: str, text: str) -> str:
    """One workflow command. Values are escaped, so that no manifest can write a command of its own."""
    document = result.document
    line = document.error.line if document.error and document.error.line else document.line
    place = f"file={_property(escape(document.file))},line={max(1, line)},title={_property(title)}"
    return f"::{command} {place}::{_data(f'{escape(result.title)}: {text}')}"


def _data(text: str) -> str:
    """Text of a command: percent signs and line ends as GitHub's runner decodes them."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped if not escaped.startswith("::") else f" {escaped}"


def _property(text: str) -> str:
    """A property of a command, where colon and comma are special too."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
