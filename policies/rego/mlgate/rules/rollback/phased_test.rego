package mlgate.rules.rollback_test

import data.mlgate.lib.fixtures_test as fixtures

rollout := {"strategy": "canary", "canaryPercent": 51, "path": "spec.predictor.canaryTrafficPercent"}

# An update of the models of the passing document, with one place changed.
updated(path, value) := json.patch(fixtures.with_patch(["request", "operation"], "UPDATE"), [
	{"op": "add", "path": ["workload", "rollout"], "value": rollout},
	{"op": "add", "path": path, "value": value},
])

shown(path, value) := {[finding.path, finding.observed] |
	some finding in found("rollback.rollout_not_phased", updated(path, value))
}

test_a_first_step_that_is_too_large_is_found if {
	found("rollback.rollout_not_phased", updated(["origin"], "admission")) == {{
		"code": "rollback.rollout_not_phased",
		"path": "spec.predictor.canaryTrafficPercent",
		"term": null,
		"model": null,
		"observed": "canary of 51 percent",
		"required": "50",
		"values": {"location": "spec.predictor.canaryTrafficPercent"},
	}}
}

test_a_first_step_up_to_the_limit_will_do[percent] if {
	some percent in [0, 10, 50]
	shown(["workload", "rollout", "canaryPercent"], percent) == set()
}

test_a_first_step_of_a_wrong_kind_is_none[note] if {
	some note, wrong in [null, true, "10", "", [], [10], {}]
	shown(["workload", "rollout", "canaryPercent"], wrong) == {["spec.predictor.canaryTrafficPercent", "canary without a percentage"]}
}

test_a_negative_first_step_is_none if {
	shown(["workload", "rollout", "canaryPercent"], -1) == {["spec.predictor.canaryTrafficPercent", "canary of -1 percent"]}
}

test_a_share_without_a_strategy_is_no_first_step if {
	document := json.patch(updated(["workload", "rollout", "canaryPercent"], 10), [{"op": "replace", "path": "/workload/rollout/strategy", "value": "none"}])
	{finding.observed | some finding in found("rollback.rollout_not_phased", document)} == {"strategy none"}
}

test_a_shadow_or_a_second_colour_will_do[strategy] if {
	some strategy in ["shadow", "blueGreen"]
	shown(["workload", "rollout", "strategy"], strategy) == set()
}

test_no_strategy_sends_all_traffic_at_once[strategy] if {
	some strategy in ["none", "unknown", "Canary"]
	shown(["workload", "rollout", "strategy"], strategy) == {["spec.predictor.canaryTrafficPercent", sprintf("strategy %s", [strategy])]}
}

test_a_strategy_of_a_wrong_kind_is_none[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["shadow"], {}]
	shown(["workload", "rollout", "strategy"], wrong) == {["spec.predictor.canaryTrafficPercent", "no strategy"]}
}

test_a_rollout_of_a_wrong_kind_is_none[note] if {
	some note, wrong in fixtures.wrong_values
	shown(["workload", "rollout"], wrong) == {["spec", "no strategy"]}
}

test_a_rollout_without_a_place_is_sought_in_the_spec[note] if {
	some note, wrong in [null, true, 7, "", " ", [], {}]
	shown(["workload", "rollout", "path"], wrong) == {["spec", "canary of 51 percent"]}
}

test_a_first_version_needs_no_steps if {
	shown(["request", "operation"], "CREATE") == set()
}

test_an_update_of_something_else_needs_no_steps if {
	shown(["change", "models"], false) == set()
}

test_a_change_that_is_not_known_counts_as_one[note] if {
	some note, wrong in fixtures.wrong_values
	count(shown(["change", "models"], wrong)) == 1
	count(shown(["change"], wrong)) == 1
}

test_other_kinds_cannot_move_traffic_by_steps[version] if {
	some version in ["serving.example.org/v1beta1", "v1", "serving.knative.dev/v1"]
	shown(["workload", "apiVersion"], version) == set()
}

test_each_kind_of_the_setting_moves_traffic_by_steps[kind] if {
	some kind, version in {
		"Service": "serving.knative.dev/v1",
		"Rollout": "argoproj.io/v1alpha1",
		"SeldonDeployment": "machinelearning.seldon.io/v1",
	}
	document := json.patch(updated(["workload", "kind"], kind), [{"op": "replace", "path": "/workload/apiVersion", "value": version}])
	count(found("rollback.rollout_not_phased", document)) == 1
}
