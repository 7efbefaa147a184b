package mlgate.rules.fairness_test

import data.mlgate.lib.fixtures_test as fixtures

exceeded(keys) := {[finding.term, finding.observed, finding.required] |
	some finding in with_tests("fairness.limit_exceeded", [changed(keys)])
}

# Selection rates 0.5 and 0.3, recalls 0.8 and 0.5.
unequal := [group("female", [80, 20, 80, 20]), group("male", [50, 10, 90, 50])]

# What rests on stated rates alone.
stated(rates) := [object.union({"group": name, "count": 900}, row) | some name, row in rates]

test_a_computed_metric_outside_its_limit_is_found if {
	document := fixtures.with_card_patch(["fairness", "evaluations", 0, "groups"], unequal)
	[ratio] := [one |
		some one in found("fairness.limit_exceeded", document)
		one.term == "sex/demographicParityRatio"
	]
	ratio == {
		"code": "fairness.limit_exceeded",
		"path": "card.fairness.evaluations[0].groups",
		"term": "sex/demographicParityRatio",
		"model": "predictor",
		"observed": "0.6",
		"required": "at least 0.9",
		"values": {
			"card": "modelcard/visit-triage-4.0.2",
			"attribute": "sex", "metric": "demographicParityRatio",
		},
	}
}

test_a_good_stated_value_does_not_help if {
	metrics := [
		{"name": "demographicParityRatio", "value": 0.99},
		{"name": "equalOpportunityDifference", "value": 0.01},
	]
	exceeded({"groups": unequal, "metrics": metrics}) == {
		["sex/demographicParityRatio", "0.6", "at least 0.8"],
		["sex/equalOpportunityDifference", "0.3", "at most 0.1"],
	}
}

test_metrics_of_the_policy_are_computed_whether_listed_or_not[note] if {
	some note, metrics in [null, [], {}, "none", [null], [{"name": "accuracyDifference"}]]
	{["sex/demographicParityRatio", "0.6", "at least 0.8"]} - exceeded({"groups": unequal, "metrics": metrics}) == set()
}

test_a_large_limit_of_the_author_loosens_nothing if {
	metrics := [
		{"name": "demographicParityRatio", "limit": 0},
		{"name": "equalOpportunityDifference", "limit": 1000000000},
		{"name": "mine", "measure": "recall", "aggregation": "difference", "limit": 1},
	]
	exceeded({"groups": unequal, "metrics": metrics}) == {
		["sex/demographicParityRatio", "0.6", "at least 0.8"],
		["sex/equalOpportunityDifference", "0.3", "at most 0.1"],
		["sex/mine", "0.3", "at most 0.1"],
	}
}

test_a_small_limit_of_the_author_counts if {
	metrics := [{"name": "demographicParityRatio", "limit": 0.99}]
	exceeded({"metrics": metrics}) == {["sex/demographicParityRatio", "0.98", "at least 0.99"]}
}

test_a_limit_of_a_wrong_type_leaves_that_of_the_policy[note] if {
	some note, wrong in [null, "0.1", true, [], {}]
	metrics := [{"name": "demographicParityRatio", "limit": wrong}]
	["sex/demographicParityRatio", "0.6", "at least 0.8"] in exceeded({"groups": unequal, "metrics": metrics})
}

test_counts_decide_over_rates_stated_beside_them if {
	lying := [object.union(row, {"selectionRate": 0.5, "recall": 0.8}) | some row in unequal]
	["sex/demographicParityRatio", "0.6", "at least 0.8"] in exceeded({"groups": lying, "metrics": []})
}

test_rates_are_judged_where_no_counts_are_given if {
	groups := stated({"female": {"selectionRate": 0.2}, "male": {"selectionRate": 0.4}})
	exceeded({"groups": groups}) == {["sex/demographicParityRatio", "0.5", "at least 0.9"]}
}

test_a_small_group_is_never_left_out if {
	groups := array.concat(changed({}).groups, [group("other", [1, 0, 4, 0])])
	["sex/demographicParityRatio", "0.4", "at least 0.9"] in exceeded({"groups": groups})
}

test_a_limit_that_is_just_met_is_met if {
	groups := stated({"female": {"selectionRate": 0.4, "recall": 0.9}, "male": {"selectionRate": 0.5, "recall": 0.8}})
	exceeded({"groups": groups, "metrics": []}) == set()
}

test_a_limit_that_is_missed_by_little_is_shown_with_all_its_digits if {
	groups := stated({"female": {"selectionRate": 0.39998}, "male": {"selectionRate": 0.5}})
	exceeded({"groups": groups, "metrics": []}) == {["sex/demographicParityRatio", "0.79996", "at least 0.8"]}
}

test_an_older_or_other_version_does_not_count_for_better_or_worse if {
	tests := [
		changed({"groups": unequal, "date": "2027-02-16T00:00:00Z"}),
		changed({"groups": unequal, "modelVersion": "4.0.1", "date": "2027-03-01T00:00:00Z"}),
		changed({}),
	]
	with_tests("fairness.limit_exceeded", tests) == set()
	better := [changed({"groups": unequal}), changed({"date": "2027-02-16T00:00:00Z"}), changed({"modelVersion": "4.0.3"})]
	{finding.path | some finding in with_tests("fairness.limit_exceeded", better)} == {"card.fairness.evaluations[0].groups"}
}

test_a_bad_and_a_good_test_of_one_day_are_both_judged if {
	tests := [changed({"date": "2027-02-20T22:00:00Z"}), changed({"groups": unequal})]
	{finding.path | some finding in with_tests("fairness.limit_exceeded", tests)} == {"card.fairness.evaluations[1].groups"}
}

test_a_metric_of_values_is_judged_by_the_limit_of_the_author if {
	groups := [
		object.union(changed({}).groups[0], {"values": {"wait": 30}}),
		object.union(changed({}).groups[1], {"values": {"wait": 42}}),
	]
	metric := {"name": "waitGap", "measure": "wait", "aggregation": "difference", "limit": 10}
	exceeded({"groups": groups, "metrics": [metric]}) == {["sex/waitGap", "12", "at most 10"]}
	exceeded({"groups": groups, "metrics": [object.union(metric, {"limit": 12})]}) == set()
}

test_an_evaluation_without_attribute_is_judged_all_the_same if {
	["(unnamed)/demographicParityRatio", "0.6", "at least 0.9"] in exceeded({"attribute": null, "groups": unequal})
}

obstacles(keys) := {[finding.term, finding.observed, finding.required] |
	some finding in with_tests("fairness.metric_not_computable", [changed(keys)])
}

test_a_metric_that_cannot_be_computed_is_found if {
	document := fixtures.with_card_patch(["fairness", "evaluations", 0, "groups", 0, "truePositives"], null)
	found("fairness.metric_not_computable", document) == {
		{
			"code": "fairness.metric_not_computable",
			"path": "card.fairness.evaluations[0].groups",
			"term": "sex/demographicParityRatio",
			"model": "predictor",
			"observed": "no selectionRate for some group",
			"required": "selectionRate of every group",
			"values": {
				"card": "modelcard/visit-triage-4.0.2",
				"attribute": "sex", "metric": "demographicParityRatio",
			},
		},
		{
			"code": "fairness.metric_not_computable",
			"path": "card.fairness.evaluations[0].groups",
			"term": "sex/equalOpportunityDifference",
			"model": "predictor",
			"observed": "no recall for some group",
			"required": "recall of every group",
			"values": {
				"card": "modelcard/visit-triage-4.0.2",
				"attribute": "sex", "metric": "equalOpportunityDifference",
			},
		},
	}
}

test_a_stated_value_alone_is_not_accepted if {
	metrics := [{"name": "equalizedOddsRatio", "value": 0.97, "limit": 0.8}]
	groups := stated({"female": {"selectionRate": 0.4, "recall": 0.8}, "male": {"selectionRate": 0.4, "recall": 0.8}})
	obstacles({"groups": groups, "metrics": metrics}) == {[
		"sex/equalizedOddsRatio",
		"no falsePositiveRate for some group", "falsePositiveRate of every group",
	]}
}

test_fewer_than_two_groups_leave_nothing_to_compute[note] if {
	some note, groups in {
		"none": [], "null": null, "one": [group("all", [4, 1, 4, 1])],
		"one twice": [group("all", [4, 1, 4, 1]), group("all", [4, 1, 4, 1])],
	}
	{row[1] | some row in obstacles({"groups": groups})} == {"there are fewer than two groups"}
}

test_a_ratio_without_any_selection_is_not_computable if {
	groups := [group("female", [0, 0, 50, 50]), group("male", [0, 0, 50, 50])]
	obstacles({"groups": groups}) == {[
		"sex/demographicParityRatio", "no ratio of selectionRate can be formed",
		"selectionRate above zero in some group and below it in none",
	]}
}

test_a_group_without_rows_makes_metrics_not_computable if {
	groups := array.concat(changed({}).groups, [group("other", [0, 0, 0, 0])])
	{row[0] | some row in obstacles({"groups": groups})} == {"sex/demographicParityRatio", "sex/equalOpportunityDifference"}
}

test_a_metric_of_unknown_name_needs_measure_and_aggregation[note] if {
	some note, entry in {
		"neither": {"name": "theilIndex", "value": 0.02, "limit": 0.1},
		"no measure": {"name": "theilIndex", "aggregation": "ratio"},
		"no aggregation": {"name": "theilIndex", "measure": "accuracy"},
		"null": {"name": "theilIndex", "measure": null, "aggregation": null},
		"a number": {"name": "theilIndex", "measure": 7, "aggregation": 7},
	}
	obstacles({"metrics": [entry]}) == {[
		"sex/theilIndex", "its name is not known and measure or aggregation is missing",
		"measure and aggregation",
	]}
}

test_a_metric_that_is_none_is_not_computable[note] if {
	some note, entry in [null, 7, "demographicParityRatio", [], {}, {"name": null}, {"name": 7}]
	{row[0] | some row in obstacles({"metrics": [entry]})} == {"sex/(unnamed)"}
}

test_a_difference_of_values_needs_a_limit_of_the_author[note] if {
	some note, wrong in [null, "10", true, [], {}]
	groups := [object.union(row, {"values": {"wait": 30}}) | some row in changed({}).groups]
	metric := {"name": "waitGap", "measure": "wait", "aggregation": "difference", "limit": wrong}
	obstacles({"groups": groups, "metrics": [metric]}) == {["sex/waitGap", "no limit is set for it", "a limit for this metric"]}
}

test_a_measure_that_is_nowhere_in_the_table_is_not_computable if {
	metric := {"name": "waitGap", "measure": "wait", "aggregation": "difference", "limit": 10}
	obstacles({"metrics": [metric]}) == {["sex/waitGap", "no wait for some group", "wait of every group"]}
}

test_metrics_of_evaluations_that_are_not_judged_are_left_alone if {
	tests := [changed({}), changed({"date": "2027-02-16T00:00:00Z", "groups": []}), changed({"modelVersion": "3", "groups": []})]
	with_tests("fairness.metric_not_computable", tests) == set()
}

wide(keys) := {[finding.term, finding.observed, finding.required, finding.values.value] |
	some finding in with_tests("fairness.subgroup_gap_exceeded", [changed(keys)])
}

test_too_wide_a_gap_between_groups_is_found if {
	[finding] := [one |
		some one in with_tests("fairness.subgroup_gap_exceeded", [changed({"groups": unequal})])
		one.term == "sex/recall"
	]
	finding == {
		"code": "fairness.subgroup_gap_exceeded",
		"path": "card.fairness.evaluations[0].groups",
		"term": "sex/recall",
		"model": "predictor",
		"observed": "0.3",
		"required": "0.1",
		"values": {"attribute": "sex", "metric": "recall", "value": "male: 0.5, female: 0.8"},
	}
}

test_each_column_of_the_policy_is_compared[column] if {
	some column in ["accuracy", "precision", "recall"]
	groups := stated({"female": {column: 0.95}, "male": {column: 0.8}})
	wide({"groups": groups}) == {[sprintf("sex/%s", [column]), "0.15", "0.1", "male: 0.8, female: 0.95"]}
}

test_a_gap_as_wide_as_allowed_is_allowed if {
	wide({"groups": stated({"female": {"accuracy": 0.9}, "male": {"accuracy": 0.8}})}) == set()
}

test_a_gap_is_taken_over_the_groups_whose_value_is_known if {
	groups := stated({"female": {"accuracy": 0.9}, "male": {"accuracy": 0.7}, "other": {"accuracy": null}})
	{row[0] | some row in wide({"groups": groups})} == {"sex/accuracy"}
	wide({"groups": stated({"female": {"accuracy": 0.9}, "male": {}})}) == set()
}

test_the_column_of_the_settings_may_be_one_of_values if {
	groups := [object.union(row, {"values": {"wait": index}}) | some index, row in changed({}).groups]
	findings := with_tests("fairness.subgroup_gap_exceeded", [changed({"groups": groups})]) with data.mlgate.settings.fairness.groupMetrics as ["wait"]
	{finding.values.value | some finding in findings} == {"female: 0, male: 1"}
}

test_gaps_of_evaluations_that_are_not_judged_are_left_alone if {
	tests := [changed({}), changed({"date": "2027-02-16T00:00:00Z", "groups": unequal})]
	with_tests("fairness.subgroup_gap_exceeded", tests) == set()
}
