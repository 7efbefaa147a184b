package mlgate.lib.fairness_test

import data.mlgate.lib.fairness
import data.mlgate.lib.fixtures_test as fixtures

# A card with evaluations of one attribute, as [version, date].
card_of(tests) := {
	"model": {"version": "4.0.2"},
	"fairness": {"evaluations": [{
		"attribute": "sex",
		"modelVersion": test[0],
		"date": test[1],
		"groups": rows,
	} |
		some test in tests
	]},
}

judged_of(card) := [evaluation.judged | some evaluation in fairness.evaluations(card)]

test_the_newest_day_of_the_own_version_is_judged[note] if {
	some note, tc in {
		"one": {"tests": [["4.0.2", "2027-02-01T00:00:00Z"]], "judged": [true]},
		"an older one beside": {
			"tests": [["4.0.2", "2027-01-01T00:00:00Z"], ["4.0.2", "2027-02-01T00:00:00Z"]],
			"judged": [false, true],
		},
		"a newer one of another version": {
			"tests": [["4.0.2", "2027-01-01T00:00:00Z"], ["4.0.1", "2027-02-01T00:00:00Z"]],
			"judged": [true, false],
		},
		"two of one moment": {
			"tests": [["4.0.2", "2027-02-01T00:00:00Z"], ["4.0.2", "2027-02-01T00:00:00Z"]],
			"judged": [true, true],
		},
		"two of one day": {
			"tests": [["4.0.2", "2027-02-01T08:00:00Z"], ["4.0.2", "2027-02-01T20:00:00Z"]],
			"judged": [true, true],
		},
		"one of them without date": {
			"tests": [["4.0.2", null], ["4.0.2", "2027-02-01T00:00:00Z"]],
			"judged": [false, true],
		},
		"one in the future": {
			"tests": [["4.0.2", "2027-02-01T00:00:00Z"], ["4.0.2", "2099-02-01T00:00:00Z"]],
			"judged": [false, true],
		},
	}
	judged_of(card_of(tc.tests)) == tc.judged with input as fixtures.passing
}

test_a_version_or_date_of_a_wrong_kind_is_not_judged[note] if {
	some note, wrong in [null, true, 7, "", " ", "yesterday", "2027-02-30T00:00:00Z", [], {}]
	judged_of(card_of([[wrong, "2027-02-01T00:00:00Z"]])) == [false] with input as fixtures.passing
	judged_of(card_of([["4.0.2", wrong]])) == [false] with input as fixtures.passing
}

test_a_card_without_version_has_nothing_to_judge[wrong] if {
	some wrong in [null, "", " "]
	card := {
		"model": {"version": wrong},
		"fairness": {"evaluations": [{
			"attribute": "sex",
			"modelVersion": wrong,
			"date": "2027-02-01T00:00:00Z",
		}]},
	}
	judged_of(card) == [false] with input as fixtures.passing
}

test_each_attribute_is_judged_by_itself if {
	card := {
		"model": {"version": "4.0.2"},
		"fairness": {"evaluations": [
			{"attribute": "sex", "modelVersion": "4.0.2", "date": "2027-01-01T00:00:00Z"},
			{"attribute": "sex|ageBand", "modelVersion": "4.0.2", "date": "2027-02-01T00:00:00Z"},
			{"attribute": null, "modelVersion": "4.0.2", "date": "2027-02-02T00:00:00Z"},
		]},
	}
	found := fairness.evaluations(card) with input as fixtures.passing
	[[test.index, test.attribute, test.judged] | some test in found] == [
		[0, "sex", true],
		[1, "sex|ageBand", true],
		[2, "(unnamed)", true],
	]
}

test_a_list_that_is_no_list_holds_no_evaluation[note] if {
	some note, wrong in [null, true, 7, "prose about fairness", [], {}, {"a": {"attribute": "sex"}}]
	fairness.evaluations({"fairness": {"evaluations": wrong}}) == [] with input as fixtures.passing
	fairness.evaluations({"fairness": wrong}) == [] with input as fixtures.passing
}

test_an_evaluation_that_is_none_is_still_counted[note] if {
	some note, wrong in [null, true, 7, "sex", [], {}]
	[test] := fairness.evaluations({"fairness": {"evaluations": [wrong]}}) with input as fixtures.passing
	test.attribute == "(unnamed)"
	test.judged == false
	test.groups == []
}

test_metrics_of_the_policy_are_computed_beside_those_of_the_author if {
	test := {"groups": rows, "metrics": [{"name": "accuracyRatio"}, {"name": "demographicParityRatio", "limit": 0.9}]}
	table := fairness.table(test, ["demographicParityRatio", "equalOpportunityDifference"]) with input as fixtures.passing
	[metric.name | some metric in table.metrics] == [
		"accuracyRatio", "demographicParityRatio", "equalOpportunityDifference",
	]
	[metric.name | some metric in table.exceeded] == [
		"accuracyRatio", "demographicParityRatio", "equalOpportunityDifference",
	]
}

test_groups_and_metrics_of_a_wrong_kind_are_none[note] if {
	some note, wrong in [null, true, 7, "x", {}]
	table := fairness.table({"groups": wrong, "metrics": wrong}, []) with input as fixtures.passing
	table == {"groups": [], "compared": false, "metrics": [], "exceeded": [], "wide": []}
}

test_the_policy_asks_for_metrics_by_tier_and_task if {
	high := fairness.required_metrics(fixtures.card) with input as fixtures.passing
	high == ["demographicParityRatio", "equalOpportunityDifference"]
	ranking := object.union(fixtures.card, {"model": {"task": "ranking"}})
	fairness.required_metrics(ranking) == [] with input as fixtures.passing
}

test_a_gap_is_measured_over_the_groups_that_have_the_value if {
	table := fairness.table({"groups": array.concat(rows, [{"group": "c"}])}, []) with input as fixtures.passing
	[gap.name | some gap in table.wide] == ["accuracy", "precision", "recall"]
	first := table.wide[0]
	[first.lowest, first.highest] == [0.6, 0.9]
	near(first.value, 0.3)
}

test_a_gap_as_large_as_allowed_is_not_too_wide if {
	test := {"groups": [{"group": "a", "accuracy": 0.9}, {"group": "b", "accuracy": 0.8}]}
	fairness.table(test, []).wide == [] with input as fixtures.passing
}

test_a_gap_is_seen_between_two_rows_of_one_name if {
	test := {"groups": [{"group": "a", "accuracy": 0.9}, {"group": "a", "accuracy": 0.5}]}
	[gap.name | some gap in fairness.table(test, []).wide] == ["accuracy"] with input as fixtures.passing
}

test_a_gap_of_another_measure_is_limited_when_the_settings_name_it if {
	test := {"groups": [{"group": "a", "values": {"rmse": 1}}, {"group": "b", "values": {"rmse": 2}}]}
	[gap.name | some gap in fairness.table(test, []).wide] == ["rmse"] with input as fixtures.passing
		with data.mlgate.settings.fairness.groupMetrics as ["rmse", "mae"]
}

test_a_gap_that_is_too_wide_by_less_than_a_billionth_is_not if {
	test := {"groups": [{"group": "a", "accuracy": 0.9}, {"group": "b", "accuracy": 0.7999999995}]}
	fairness.table(test, []).wide == [] with input as fixtures.passing
}

test_a_gap_within_the_limit_is_not_too_wide_beside_a_group_without_the_value if {
	test := {"groups": [{"group": "a", "accuracy": 0.9}, {"group": "b", "accuracy": 0.85}, {"group": "c"}]}
	fairness.table(test, []).wide == [] with input as fixtures.passing
}

# A group that gives no number hides no gap between the others.
test_a_gap_of_another_measure_is_seen_beside_what_is_no_number[note] if {
	some note, wrong in [null, true, false, "1", [], {}]
	test := {"groups": [{"group": name, "values": {"rmse": value}} | some [name, value] in [["a", 1], ["b", 2], ["c", wrong]]]}
	[gap.name | some gap in fairness.table(test, []).wide] == ["rmse"] with input as fixtures.passing
		with data.mlgate.settings.fairness.groupMetrics as ["rmse"]
}

test_a_measure_that_a_group_does_not_name_is_not_computable[note] if {
	some note, group in {"no values": {"group": "c"}, "another value": {"group": "c", "values": {"mae": 1}}}
	rows_of := array.concat([{"group": name, "values": {"rmse": 1}} | some name in ["a", "b"]], [group])
	metric := {"name": "ours", "measure": "rmse", "aggregation": "difference", "limit": 1}
	[found.value | some found in fairness.table({"groups": rows_of, "metrics": [metric]}, []).metrics] == [null] with input as fixtures.passing
}

test_values_of_a_wrong_kind_are_none[note] if {
	some note, wrong in fixtures.wrong_values
	metric := {"name": "ours", "measure": "rmse", "aggregation": "difference", "limit": 1}
	test := {"groups": [{"group": name, "values": wrong} | some name in ["a", "b"]], "metrics": [metric]}
	[found.value | some found in fairness.table(test, []).metrics] == [null] with input as fixtures.passing
}
