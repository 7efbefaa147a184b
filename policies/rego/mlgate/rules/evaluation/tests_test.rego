package mlgate.rules.evaluation_test

import data.mlgate.lib.fixtures_test as fixtures

# By code, the kind of test asked for, how old it may be, and the first day that is too old.
asked := {
	"evaluation.leakage_test_not_passed": {"kind": "dataLeakage", "days": 365, "late": "2026-03-09", "age": 366},
	"evaluation.drift_test_not_passed": {"kind": "drift", "days": 90, "late": "2026-12-09", "age": 91},
}

with_test(kind, keys) := fixtures.with_card_patches([
	[["training", "completedAt"], null],
	[["tests"], [object.union(fixtures.passed_test(kind), keys)]],
])

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
	findings := found(code, with_test(test.kind, {"date": sprintf("%sT23:59:59Z", [test.late])}))
	{finding.observed | some finding in findings} == {sprintf("too old (of %s, %d days ago)", [test.late, test.age])}
	next := {"2026-03-09": "2026-03-10", "2026-12-09": "2026-12-10"}[test.late]
	found(code, with_test(test.kind, {"date": sprintf("%sT00:00:00Z", [next])})) == set()
}

test_a_test_before_training_is_too_old[code] if {
	some code, test in asked
	document := fixtures.with_card_patch(["training", "completedAt"], "2027-02-26T00:00:00Z")
	{finding.observed | some finding in found(code, document)} == {"too old (before training ended on 2027-02-26)"}
}

test_a_card_that_hides_its_version_is_still_asked[code] if {
	some code, _ in asked
	document := fixtures.with_card_patch(["model", "version"], null)
	{[finding.observed, finding.values.version] | some finding in found(code, document)} == {["other version", "(none)"]}
}
