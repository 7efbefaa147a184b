package mlgate.rules.workload_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.workload as rules

denied(path, value) := found if {
	found := rules.deny with input as fixtures.with_patch(path, value)
}

test_the_passing_document_is_read_and_resolved if rules.deny == set() with input as fixtures.passing

test_objects_that_start_no_model_have_nothing_to_read if denied(["workload"], null) == set()

test_each_unread_place_is_told if {
	found := denied(["workload", "problems"], [
		{"path": "spec.a", "message": "no YAML"},
		{"path": "spec.b", "message": "no list"},
	])
	{[one.code, one.path, one.term, one.observed, one.values.location] | some one in found} == {
		["workload.unreadable", "spec.a", "spec.a", "no YAML", "spec.a"],
		["workload.unreadable", "spec.b", "spec.b", "no list", "spec.b"],
	}
}

test_a_problem_that_says_little_is_a_problem[sprintf("%v", [problem])] if {
	some problem in [
		{}, null, "x", 7, [], {"path": null, "message": null}, {"path": 7, "message": 7}, {"path": " ", "message": []},
	]
	{[one.path, one.observed] | some one in denied(["workload", "problems"], [problem])} == {["metadata", "no reason given"]}
}

reference := {
	"apiVersion": "serving.kserve.io/v1alpha1", "kind": "ServingRuntime", "namespace": "clinic-prod", "name": "onnx",
	"status": "missing", "path": "spec.predictor.model.runtime",
}

test_a_reference_that_leads_nowhere_is_told if {
	some found in denied(["workload", "references"], [reference])
	found.code == "workload.reference_unresolved"
	found.term == "ServingRuntime/onnx"
	found.path == "spec.predictor.model.runtime"
	found.observed == "missing"
	found.values == {"kind": "ServingRuntime", "name": "onnx", "location": "spec.predictor.model.runtime"}
}

test_a_reference_that_was_found_or_not_looked_up_is_not_told[status] if {
	some status in ["found", "unavailable"]
	denied(["workload", "references"], [object.union(reference, {"status": status})]) == set()
}

test_a_reference_of_unknown_status_leads_nowhere[sprintf("%v", [status])] if {
	some status in [null, "", "FOUND", 7, [], {}]
	count(denied(["workload", "references"], [object.union(reference, {"status": status})])) == 1
}

test_a_reference_without_a_field_is_still_told[key] if {
	some key, wanted in {
		"kind": ["unknown/onnx", "spec.predictor.model.runtime"],
		"name": ["ServingRuntime/unknown", "spec.predictor.model.runtime"],
		"path": ["ServingRuntime/onnx", "metadata"], "status": ["ServingRuntime/onnx", "spec.predictor.model.runtime"],
	}
	every value in [{}, {key: null}, {key: 7}] {
		entry := object.union(object.remove(reference, [key]), value)
		{[one.term, one.path] | some one in denied(["workload", "references"], [entry])} == {wanted}
	}
}

test_a_reference_that_is_no_object_is_told[sprintf("%v", [entry])] if {
	some entry in [null, "x", 7, []]
	{one.term | some one in denied(["workload", "references"], [entry])} == {"unknown/unknown"}
}

test_missing_lists_say_nothing[key] if {
	some key in ["problems", "references"]
	rules.deny == set() with input as fixtures.without(["workload", key])
	denied(["workload", key], null) == set()
	denied(["workload", key], "x") == set()
}
