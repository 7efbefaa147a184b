package mlgate.rules.robustness_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.robustness

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in robustness.deny with input as document
	finding.code == code
}

reference := "modelcard/visit-triage-4.0.2"

# By code, the kind of test asked for, how old it may be, the last day that will do and the one before.
asked := {
	"robustness.adversarial_test_not_passed": {"kind": "adversarial", "days": 365, "last": "2026-03-10", "late": "2026-03-09"},
	"robustness.vulnerability_scan_not_passed": {"kind": "vulnerabilityScan", "days": 30, "last": "2027-02-08", "late": "2027-02-07"},
}

with_test(kind, keys) := fixtures.with_card_patches([
	[["training", "completedAt"], null],
	[["tests"], [object.union(fixtures.passed_test(kind), keys)]],
])

test_the_passing_document_has_no_finding if {
	robustness.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_without_models[note] if {
	some note, workload in [null, {}]
	robustness.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

test_a_card_of_a_wrong_kind_shows_no_test[note] if {
	some note, wrong in fixtures.wrong_values
	findings := robustness.deny with input as fixtures.with_patch(["cards", 0, "card"], wrong)
	count({finding.code | some finding in findings}) == 4
}

test_every_model_of_a_card_has_its_finding if {
	document := json.patch(fixtures.passing, [
		{"op": "add", "path": "/workload/models/-", "value": object.union(fixtures.model, {"id": "worker"})},
		{"op": "add", "path": "/cards/0/models/-", "value": "worker"},
		{"op": "replace", "path": "/cards/0/card", "value": {}},
	])
	findings := robustness.deny with input as document
	count({[finding.code, finding.model] | some finding in findings}) == 8
	{finding.term | some finding in findings} == {reference}
}

test_a_card_without_the_test_is_found[code] if {
	some code, test in asked
	found(code, with_test("other", {})) == {{
		"code": code,
		"path": "card.tests",
		"term": reference,
		"model": "predictor",
		"observed": "absent",
		"required": sprintf("a passed test of kind %s within %d days", [test.kind, test.days]),
		"values": {"card": reference, "version": "4.0.2"},
	}}
}

test_a_test_that_failed_is_found_where_it_stands[code] if {
	some code, test in asked
	findings := found(code, with_test(test.kind, {"result": "failed"}))
	{[finding.path, finding.observed] | some finding in findings} == {["card.tests[0]", "failed"]}
}

test_a_test_may_be_as_old_as_the_policy_says[code] if {
	some code, test in asked
	found(code, with_test(test.kind, {"date": sprintf("%sT00:00:00Z", [test.last])})) == set()
	findings := found(code, with_test(test.kind, {"date": sprintf("%sT23:59:59Z", [test.late])}))
	{finding.observed | some finding in findings} == {sprintf("too old (of %s, %d days ago)", [test.late, test.days + 1])}
}

test_a_test_before_training_is_too_old[code] if {
	some code, _ in asked
	document := fixtures.with_card_patch(["training", "completedAt"], "2027-02-26T00:00:00Z")
	{finding.observed | some finding in found(code, document)} == {"too old (before training ended on 2027-02-26)"}
}

test_a_pass_of_the_last_version_is_none[code] if {
	some code, test in asked
	findings := found(code, with_test(test.kind, {"modelVersion": "4.0.1"}))
	{finding.observed | some finding in findings} == {"other version"}
}

test_a_scan_that_left_critical_findings_open_is_found[note] if {
	some note, tc in {
		"one": {"open": 1, "observed": "1 critical findings open"},
		"not counted": {"open": null, "observed": "critical findings not counted"},
	}
	findings := found("robustness.vulnerability_scan_not_passed", with_test("vulnerabilityScan", {"openCritical": tc.open}))
	{[finding.path, finding.observed] | some finding in findings} == {["card.tests[0]", tc.observed]}
}

test_an_adversarial_test_counts_no_critical_findings if {
	found("robustness.adversarial_test_not_passed", with_test("adversarial", {"openCritical": null})) == set()
}
