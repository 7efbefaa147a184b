package mlgate.rules.input_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.input as rules

observed(document) := [finding.observed | some finding in denied; finding.code == "input.invalid"] if {
	denied := rules.deny with input as document
}

test_the_passing_document_is_sound if rules.deny == set() with input as fixtures.passing

test_a_document_without_a_workload_is_sound if {
	rules.deny == set() with input as fixtures.with_patch(["workload"], null)
}

# By path: what is said, and the wrong values the path survives.
expected := {
	"schemaVersion": "unknown schemaVersion",
	"evaluatedAt": "evaluatedAt is no time",
	"origin": "unknown origin",
	"request/operation": "unknown operation",
	"request/kind/group": "no kind",
	"request/kind/kind": "no kind",
	"cards": "cards, signOffs, waivers or unavailable is no list",
	"signOffs": "cards, signOffs, waivers or unavailable is no list",
	"waivers": "cards, signOffs, waivers or unavailable is no list",
	"unavailable": "cards, signOffs, waivers or unavailable is no list",
	"workload/servesModel": "workload is neither null nor complete",
	"workload/trainsModel": "workload is neither null nor complete",
	"workload/isRuntime": "workload is neither null nor complete",
	"workload/isRoute": "workload is neither null nor complete",
	"workload/models": "workload is neither null nor complete",
	"workload/problems": "workload is neither null nor complete",
}

test_a_missing_field_is_told[path] if {
	some path, problem in expected
	observed(fixtures.without(split(path, "/"))) == [problem]
}

test_a_field_of_another_type_is_told[sprintf("%s %v", [path, value])] if {
	some path, problem in expected
	some value in [null, 7, {}, {"a": 1}]
	observed(fixtures.with_patch(split(path, "/"), value)) == [problem]
}

test_a_word_outside_its_list_is_told[path] if {
	some path, value in {
		"schemaVersion": "mlgate.dev/input/v2", "evaluatedAt": "2027-02-30T00:00:00Z", "origin": "webhook",
		"request/operation": "DELETE",
	}
	observed(fixtures.with_patch(split(path, "/"), value)) == [expected[path]]
}

test_every_origin_and_operation_is_known if {
	every origin in ["admission", "check", "scan"] {
		rules.deny == set() with input as fixtures.with_patch(["origin"], origin)
	}
	rules.deny == set() with input as fixtures.with_patch(["request", "operation"], "UPDATE")
}

test_a_workload_of_another_type_is_told[sprintf("%v", [value])] if {
	some value in [true, 7, "x", [], {}]
	observed(fixtures.with_patch(["workload"], value)) == ["workload is neither null nor complete"]
}

test_a_workload_that_is_missing_is_told if {
	observed(fixtures.without(["workload"])) == ["workload is neither null nor complete"]
}

test_everything_wrong_is_told_at_once if {
	some text in observed({})
	every problem in expected {
		contains(text, problem)
	}
}

test_a_question_that_is_no_object_is_unsound[sprintf("%v", [value])] if {
	some value in [null, [], "x", 7]
	count(rules.deny) == 1 with input as value
}
