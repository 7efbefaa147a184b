package mlgate.lib.fairness_test

import data.mlgate.lib.fairness
import data.mlgate.lib.fixtures_test as fixtures

# Two groups whose columns are easy to compare.
rows := [
	{"group": "a", "selectionRate": 0.4, "accuracy": 0.9, "precision": 0.8, "recall": 0.6, "falsePositiveRate": 0.1},
	{"group": "b", "selectionRate": 0.5, "accuracy": 0.6, "precision": 1, "recall": 0.8, "falsePositiveRate": 0.4},
]

measured(entry, table) := fairness.metric(0, entry, fairness.table_extremes(groups)) if {
	groups := [fairness.group(index, row) | some index, row in table]
}

near(a, b) if abs(a - b) < 0.000000001

test_each_metric_compares_its_columns[name] if {
	some name, value in {
		"demographicParityDifference": 0.1, "demographicParityRatio": 0.8,
		"equalOpportunityDifference": 0.2, "equalOpportunityRatio": 0.75,
		"equalizedOddsDifference": 0.3, "equalizedOddsRatio": 0.25,
		"predictiveParityDifference": 0.2, "predictiveParityRatio": 0.8,
		"falsePositiveRateDifference": 0.3, "falsePositiveRateRatio": 0.25,
		"accuracyDifference": 0.3, "accuracyRatio": 0.666666666666,
	}
	near(measured({"name": name}, rows).value, value) with input as fixtures.passing
	near(measured({"name": name}, [rows[1], rows[0]]).value, value) with input as fixtures.passing
}

test_every_metric_of_the_table_is_tested if {
	count(fairness.known_metrics) == 12
}

test_what_the_author_says_of_a_known_metric_does_not_change_it if {
	entry := {"name": "demographicParityRatio", "measure": "precision", "aggregation": "difference", "value": 1}
	row := measured(entry, rows) with input as fixtures.passing
	row.aggregation == "ratio"
	near(row.value, 0.8)
	row.stated == 1
}

test_the_worst_of_all_groups_is_compared if {
	table := array.concat(rows, [{"group": "c", "selectionRate": 0.1}, {"group": "d", "selectionRate": 0.3}])
	near(measured({"name": "demographicParityRatio"}, table).value, 0.2) with input as fixtures.passing
}

test_a_metric_is_not_computable[note] if {
	some note, table in {
		"no groups": [],
		"one group": [rows[0]],
		"one group twice": [rows[0], rows[0]],
		"one group has no name": [rows[0], object.remove(rows[1], ["group"])],
		"a group lacks the column": array.concat(rows, [{"group": "c"}]),
		"a group has no rows": array.concat(rows, [{
			"group": "c", "truePositives": 0, "falsePositives": 0,
			"trueNegatives": 0, "falseNegatives": 0,
		}]),
		"a row is no row": array.concat(rows, [null]),
	}
	every name in ["demographicParityRatio", "equalizedOddsDifference", "equalizedOddsRatio", "accuracyDifference"] {
		measured({"name": name}, table).value == null with input as fixtures.passing
	}
}

test_a_column_missing_of_two_is_not_computable[name] if {
	some name in ["equalizedOddsDifference", "equalizedOddsRatio"]
	table := [object.remove(row, ["falsePositiveRate"]) | some row in rows]
	measured({"name": name}, table).value == null with input as fixtures.passing
}

test_a_ratio_needs_a_largest_value_above_zero if {
	table := [{"group": "a", "selectionRate": 0}, {"group": "b", "selectionRate": 0}]
	measured({"name": "demographicParityRatio"}, table).value == null with input as fixtures.passing
	measured({"name": "demographicParityDifference"}, table).value == 0 with input as fixtures.passing
}

test_a_ratio_with_a_group_at_zero_is_zero if {
	table := [{"group": "a", "selectionRate": 0}, {"group": "b", "selectionRate": 0.2}]
	measured({"name": "demographicParityRatio"}, table).value == 0 with input as fixtures.passing
}

test_a_metric_of_the_author_compares_a_column_or_a_value[note] if {
	table := [
		{"group": "a", "accuracy": 0.9, "count": 10, "values": {"rmse": 4}},
		{"group": "b", "accuracy": 0.6, "count": 40, "values": {"rmse": 5}},
	]
	some note, tc in {
		"column": {"entry": {"measure": "accuracy", "aggregation": "difference"}, "value": 0.3, "limit": 0.1},
		"rows": {"entry": {"measure": "count", "aggregation": "ratio"}, "value": 0.25, "limit": 0.8},
		"value": {"entry": {"measure": "rmse", "aggregation": "ratio"}, "value": 0.8, "limit": 0.8},
		"value with limit": {
			"entry": {"measure": "rmse", "aggregation": "difference", "limit": 2},
			"value": 1, "limit": 2,
		},
		"value without limit": {"entry": {"measure": "rmse", "aggregation": "difference"}, "value": 1, "limit": null},
	}
	row := measured(object.union(tc.entry, {"name": "ours"}), table) with input as fixtures.passing
	near(row.value, tc.value)
	row.limit == tc.limit
	row.name == "ours"
}

test_a_ratio_of_values_below_zero_is_not_computable if {
	table := [{"group": "a", "values": {"lift": -4}}, {"group": "b", "values": {"lift": 5}}]
	ours := {"name": "ours", "measure": "lift"}
	measured(object.union(ours, {"aggregation": "ratio"}), table).value == null with input as fixtures.passing
	measured(object.union(ours, {"aggregation": "difference"}), table).value == 9 with input as fixtures.passing
}

test_a_value_that_one_group_lacks_is_not_computable if {
	table := [{"group": "a", "values": {"rmse": 4}}, {"group": "b", "values": {"rmse": null}}, {"group": "c"}]
	entry := {"name": "ours", "measure": "rmse", "aggregation": "difference", "limit": 1}
	measured(entry, table).value == null with input as fixtures.passing
}

test_a_value_that_is_no_number_in_one_group_is_not_computable[note] if {
	some note, wrong in [null, true, "4", [], {}]
	table := [{"group": "a", "values": {"rmse": 4}}, {"group": "b", "values": {"rmse": wrong}}]
	entry := {"name": "ours", "measure": "rmse", "aggregation": "difference", "limit": 1}
	measured(entry, table).value == null with input as fixtures.passing
}

test_values_under_the_name_of_a_column_are_not_taken_for_it if {
	table := [{"group": "a", "values": {"recall": 0.9}}, {"group": "b", "values": {"recall": 0.9}}]
	measured({"name": "equalOpportunityRatio"}, table).value == null with input as fixtures.passing
	entry := {"name": "ours", "measure": "recall", "aggregation": "ratio"}
	measured(entry, table).value == null with input as fixtures.passing
}

test_a_metric_without_meaning_has_no_value[note] if {
	some note, entry in {
		"unknown name": {"name": "theilIndex", "value": 0.01, "limit": 0.1},
		"known name in other letters": {"name": "DemographicParityRatio"},
		"no aggregation": {"name": "ours", "measure": "accuracy"},
		"other aggregation": {"name": "ours", "measure": "accuracy", "aggregation": "mean"},
		"no measure": {"name": "ours", "aggregation": "ratio"},
		"blank measure": {"name": "ours", "measure": " ", "aggregation": "ratio"},
		"measure is a number": {"name": "ours", "measure": 0, "aggregation": "ratio"},
		"measure is a list": {"name": "ours", "measure": ["accuracy"], "aggregation": "ratio"},
		"no name": {},
		"name is a number": {"name": 7},
		"no entry": null,
		"a word": "demographicParityRatio",
	}
	row := measured(entry, rows) with input as fixtures.passing
	row.aggregation == null
	row.value == null
	row.limit == null
}

test_the_author_tightens_a_limit_and_never_loosens_it[note] if {
	some note, tc in {
		"ratio, none": {"name": "demographicParityRatio", "limit": null, "want": 0.8},
		"ratio, tighter": {"name": "demographicParityRatio", "limit": 0.9, "want": 0.9},
		"ratio, looser": {"name": "demographicParityRatio", "limit": 0.1, "want": 0.8},
		"ratio, above one": {"name": "demographicParityRatio", "limit": 1.25, "want": 1.25},
		"ratio, no number": {"name": "demographicParityRatio", "limit": "0.1", "want": 0.8},
		"difference, none": {"name": "accuracyDifference", "limit": null, "want": 0.1},
		"difference, tighter": {"name": "accuracyDifference", "limit": 0.02, "want": 0.02},
		"difference, huge": {"name": "accuracyDifference", "limit": 1000000, "want": 0.1},
		"difference, no number": {"name": "accuracyDifference", "limit": [5], "want": 0.1},
	}
	measured({"name": tc.name, "limit": tc.limit}, rows).limit == tc.want with input as fixtures.passing
}

test_without_a_limit_in_the_settings_the_authors_is_left if {
	table := [{"group": "a", "accuracy": 0.9}, {"group": "b", "accuracy": 0.6}]
	tight := measured({"name": "accuracyDifference", "limit": 0.3}, table) with input as fixtures.passing
		with data.mlgate.lib.settings.value as json.patch(data.mlgate.settings, [{
			"op": "replace", "path": ["fairness", "maxDifference"], "value": {},
		}])
	tight.limit == 0.3
}

test_outside_is_below_a_ratio_and_above_a_difference if {
	fairness.outside(0, {"aggregation": "ratio", "value": 0.79, "limit": 0.8})
	not fairness.outside(0, {"aggregation": "ratio", "value": 0.8, "limit": 0.8})
	not fairness.outside(0, {"aggregation": "ratio", "value": 0.9, "limit": 0.8})
	fairness.outside(0, {"aggregation": "difference", "value": 0.11, "limit": 0.1})
	not fairness.outside(0, {"aggregation": "difference", "value": 0.1, "limit": 0.1})
	not fairness.outside(0, {"aggregation": "difference", "value": 0.09, "limit": 0.1})
}

test_equal_within_a_billionth_is_inside if {
	not fairness.outside(0, {"aggregation": "ratio", "value": 0.7999999999, "limit": 0.8})
	not fairness.outside(0, {"aggregation": "difference", "value": 0.1000000001, "limit": 0.1})
}

test_what_has_no_value_or_no_limit_is_not_outside if {
	not fairness.outside(0, {"aggregation": "ratio", "value": null, "limit": 0.8})
	not fairness.outside(0, {"aggregation": "difference", "value": 0.3, "limit": null})
	not fairness.outside(0, {"aggregation": null, "value": null, "limit": null})
}
