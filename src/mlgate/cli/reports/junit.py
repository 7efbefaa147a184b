"""JUnit XML, for test runners: one test case a document, a failure for what is denied."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from mlgate.admission.response import refusal_text
from mlgate.cli.results import Result, Results

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters XML 1.0 cannot hold, not even escaped."""
_LIMIT = 1 << 20


def junit_report(results: Results) -> str:
    """The results as one test suite."""
    counts = results.summary()
    attributes = {
        "name": "mlgate",
        "tests": str(len(results.results)),
        "failures": str(counts["denied"]),
        "errors": str(counts["errors"]),
        "skipped": str(counts["skipped"]),
    }
    suite = ET.Element("testsuite", attributes)
    properties = ET.SubElement(suite, "properties")
    ET.SubElement(properties, "property", {"name": "policyRevision", "value": results.revision})
    for note in results.notes:
        ET.SubElement(properties, "property", {"name": "note", "value": _clean(note)})
    for result in results.results:
        _case(suite, result)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


def _case(suite: ET.Element, result: Result) -> None:
    """One document."""
    name = _clean(f"{result.title}#{result.document.index}")
    case = ET.SubElement(suite, "testcase", {"classname": _clean(result.document.file), "name": name})
    if result.word == "denied" and result.verdict is not None:
        failure = ET.SubElement(case, "failure", {"message": "refused"})
        failure.text = _clean(refusal_text(result.verdict, result.title, _LIMIT))
    elif result.word == "error":
        ET.SubElement(case, "error", {"message": _clean(result.reason)})
    elif result.word == "skipped":
        ET.SubElement(case, "skipped", {"message": _clean(result.reason)})
    warnings = [f"{finding.code}: {finding.message}" for finding in result.findings("warnings")]
    if warnings:
        ET.SubElement(case, "system-out").text = _clean("\n".join(warnings))


def _clean(text: str) -> str:
    """Text without the characters XML cannot hold."""
    return _NOT_XML.sub("?", text)
