"""Every report says the same of the same results, and none can be forged by a manifest."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

from mlgate.cli.reports import REPORTS, Report
from mlgate.cli.results import Results


def test_text_shows_the_refusal_the_warnings_and_the_count(results: Results) -> None:
    text = REPORTS[Report.TEXT](results)

    assert "✗ a.yaml#0 InferenceService/credit: denied (profile production, tier high)" in text
    assert "✗ model_card.missing" in text
    assert "How to fix" in text
    assert "! waiver.expiring" in text
    assert "~ encryption.at_rest_missing" in text
    assert "! b.yaml#1 document 1: error (line 12, column 3: duplicate key image)" in text
    assert text.startswith("note: a note\n")
    assert text.endswith("1 allowed, 1 denied, 1 skipped, 2 errors (policy v0.1.0+abc1234, 2 codes)")


def test_text_names_what_evidence_would_decide_and_counts_what_the_site_left_out(
    results: Results,
) -> None:
    text = REPORTS[Report.TEXT](results)

    assert "    not decided here: 2 not configured, 1 for lack of evidence: b.two\n" in text
    assert text.count("not decided here") == 1


def test_json_has_the_documented_shape(results: Results) -> None:
    found = json.loads(REPORTS[Report.JSON](results))

    assert found["policy"] == {"revision": "v0.1.0+abc1234", "codes": 2}
    assert found["summary"] == {"allowed": 1, "denied": 1, "skipped": 1, "errors": 2}
    first = found["results"][0]
    assert (first["source"], first["verdict"], first["profile"]) == (
        {"file": "a.yaml", "document": 0},
        "denied",
        "production",
    )
    assert first["violations"][0]["code"] == "model_card.missing"
    assert first["waived"][0]["waiver"]["ticket"] == "T-1"
    assert found["results"][4]["error"] == {"message": "duplicate key image", "line": 12, "column": 3}


def test_sarif_locates_each_finding_and_reports_what_could_not_be_judged(results: Results) -> None:
    run = json.loads(REPORTS[Report.SARIF](results))["runs"][0]

    assert [item["ruleId"] for item in run["results"]] == ["model_card.missing", "waiver.expiring"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["model_card.missing", "waiver.expiring"]
    invocation = run["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert len(invocation["toolExecutionNotifications"]) == 2


def test_junit_counts_failures_errors_and_skips(results: Results) -> None:
    suite = ET.fromstring(REPORTS[Report.JUNIT](results))

    counted = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": "5", "failures": "1", "errors": "2", "skipped": "1"}
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert "model_card.missing" in (failure.text or "")


def test_github_annotations_escape_what_a_manifest_wrote(results: Results) -> None:
    note, *lines = REPORTS[Report.GITHUB](results).splitlines()

    assert note == "::notice title=mlgate::a note"
    assert len(lines) == 5
    place = "file=a.yaml,line=1,title=model_card.missing"
    assert lines[0].startswith(f"::error {place}::InferenceService/credit: ")
    assert "100%25" in lines[0]
    assert not any(line.startswith("::error::forged") for line in lines)
    assert lines[3].startswith("::error file=b.yaml,line=12,")


def test_the_exit_code_is_that_of_the_worst_document(results: Results) -> None:
    readable = Results(results.revision, 2, results.results[:3])
    allowed = Results(results.revision, 2, results.results[1:3])

    assert (results.exit_code, readable.exit_code, allowed.exit_code) == (2, 1, 0)
