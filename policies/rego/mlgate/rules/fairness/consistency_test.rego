package mlgate.rules.fairness_test

import data.mlgate.lib.fixtures_test as fixtures

contradictions(keys) := {[finding.term, finding.observed, finding.required] |
	some finding in with_tests("fairness.value_inconsistent", [changed(keys)])
}

stating(name, value) := contradictions({"metrics": [{"name": name, "value": value}]})

test_a_stated_metric_that_the_table_does_not_give_is_found if {
	document := fixtures.with_card_patch(["fairness", "evaluations", 0, "metrics", 0, "value"], 0.99)
	found("fairness.value_inconsistent", document) == {{
		"code": "fairness.value_inconsistent",
		"path": "card.fairness.evaluations[0].metrics",
		"term": "sex/demographicParityRatio",
		"model": "predictor",
		"observed": "0.99",
		"required": "0.98",
		"values": {
			"card": "modelcard/visit-triage-4.0.2",
			"attribute": "sex", "metric": "demographicParityRatio",
		},
	}}
}

test_a_difference_within_rounding_is_no_contradiction[value] if {
	some value in [0.98, 0.975, 0.985, 0.9801]
	stating("demographicParityRatio", value) == set()
}

test_a_difference_beyond_rounding_is_one[value] if {
	some value in [0.9749, 0.9851, 0, 0.5, -0.5]
	count(stating("demographicParityRatio", value)) == 1
}

test_a_ratio_above_one_is_turned_over if {
	stating("demographicParityRatio", 1.0204) == set()
	stating("demographicParityRatio", -1.0204) == set()
	count(stating("demographicParityRatio", 1.2)) == 1
	count(stating("demographicParityRatio", 1000000000000)) == 1
}

test_a_signed_difference_is_compared_by_its_magnitude if {
	stating("equalOpportunityDifference", -0.005) == set()
	stating("equalOpportunityDifference", 0.005) == set()
	count(stating("equalOpportunityDifference", -0.05)) == 1
	count(stating("equalOpportunityDifference", 1.005)) == 1
	count(stating("equalOpportunityDifference", 200)) == 1
}

test_a_metric_of_the_author_is_recomputed_as_well if {
	metric := {"name": "mine", "measure": "accuracy", "aggregation": "difference", "value": 0.05}
	contradictions({"metrics": [metric]}) == {["sex/mine", "0.05", "0.01"]}
}

test_a_value_that_is_not_stated_contradicts_nothing[note] if {
	some note, wrong in [null, "", " ", [], {}]
	stating("demographicParityRatio", wrong) == set()
}

test_a_value_that_is_no_number_contradicts_the_table[note] if {
	some note, tc in {
		"word": {"value": "0.98", "shown": "0.98"},
		"true": {"value": true, "shown": "true"},
		"list": {"value": [0.98], "shown": "[0.98]"},
	}
	stating("demographicParityRatio", tc.value) == {["sex/demographicParityRatio", tc.shown, "0.98"]}
}

test_what_cannot_be_computed_is_left_to_another_rule if {
	stating("theilIndex", 0.4) == set()
	contradictions({"groups": [], "metrics": [{"name": "demographicParityRatio", "value": 0.4}]}) == set()
}

row_with(keys) := contradictions({"groups": [
	object.union(group("female", [450, 50, 440, 60]), keys),
	group("male", [430, 60, 450, 60]),
]})

test_a_rate_stated_beside_counts_must_follow_from_them[name] if {
	some name, own in {
		"selectionRate": "0.5", "accuracy": "0.89",
		"precision": "0.9", "recall": "0.882", "falsePositiveRate": "0.102",
	}
	row_with({name: 0.7}) == {[sprintf("sex/%s", [name]), "0.7", own]}
	row_with({name: to_number(own)}) == set()
}

test_the_group_of_a_contradicting_rate_is_named if {
	groups := [object.union(group("female", [450, 50, 440, 60]), {"accuracy": 0.99}), group("male", [430, 60, 450, 60])]
	[finding] := [one | some one in with_tests("fairness.value_inconsistent", [changed({"groups": groups})])]
	finding.values.metric == "accuracy of group female"
	finding.path == "card.fairness.evaluations[0].groups"
}

test_the_number_of_rows_must_be_the_sum_of_the_counts if {
	row_with({"count": 1001}) == {["sex/count", "1001", "1000"]}
	row_with({"count": 1000}) == set()
	row_with({"count": 1000.00002}) == {["sex/count", "1000.00002", "1000"]}
	row_with({"count": null}) == set()
	row_with({"count": "1000"}) == {["sex/count", "1000", "1000"]}
}

test_rates_without_counts_contradict_nothing if {
	contradictions({
		"metrics": [],
		"groups": [
			{"group": "a", "count": 5, "accuracy": 0.9, "truePositives": 1},
			{"group": "b", "count": 5, "accuracy": 0.9, "recall": 0.2},
		],
	}) == set()
}

test_a_rate_that_the_counts_cannot_give_is_left_to_another_rule if {
	groups := [object.union(group("a", [0, 0, 50, 50]), {"precision": 1}), group("b", [40, 10, 40, 10])]
	contradictions({"groups": groups, "metrics": []}) == set()
}

test_the_tolerance_is_a_setting if {
	document := fixtures.with_card_patch(["fairness", "evaluations", 0, "metrics", 0, "value"], 0.9)
	found("fairness.value_inconsistent", document) == set() with data.mlgate.settings.fairness.tolerance as 0.1
}

test_contradictions_in_evaluations_that_are_not_judged_are_left_alone if {
	wrong := [{"name": "demographicParityRatio", "value": 0.1}]
	tests := [changed({}), changed({"date": "2027-02-16T00:00:00Z", "metrics": wrong})]
	with_tests("fairness.value_inconsistent", tests) == set()
}
