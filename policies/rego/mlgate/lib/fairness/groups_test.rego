package mlgate.lib.fairness_test

import data.mlgate.lib.fairness
import data.mlgate.lib.fixtures_test as fixtures

counts := {"group": "a", "truePositives": 6, "falsePositives": 2, "trueNegatives": 8, "falseNegatives": 4}

nothing := {
	"count": null, "selectionRate": null, "accuracy": null,
	"precision": null, "recall": null, "falsePositiveRate": null,
}

test_four_counts_give_every_column if {
	row := fairness.group(0, counts)
	row.name == "a"
	row.columns == {
		"count": 20, "selectionRate": 0.4, "accuracy": 0.7,
		"precision": 0.75, "recall": 0.6, "falsePositiveRate": 0.2,
	}
}

test_counts_decide_over_rates_stated_beside_them if {
	row := fairness.group(0, object.union(counts, {"count": 9000, "accuracy": 1, "recall": 1, "selectionRate": 1}))
	row.columns == fairness.group(0, counts).columns
}

test_a_zero_denominator_makes_a_column_not_computable[note] if {
	some note, tc in {
		"nothing selected": {
			"row": {"truePositives": 0, "falsePositives": 0, "trueNegatives": 3, "falseNegatives": 1},
			"columns": {
				"count": 4, "selectionRate": 0, "accuracy": 0.75,
				"precision": null, "recall": 0, "falsePositiveRate": 0,
			},
		},
		"nothing favourable": {
			"row": {"truePositives": 0, "falsePositives": 1, "trueNegatives": 3, "falseNegatives": 0},
			"columns": {
				"count": 4, "selectionRate": 0.25, "accuracy": 0.75,
				"precision": 0, "recall": null, "falsePositiveRate": 0.25,
			},
		},
		"nothing unfavourable": {
			"row": {"truePositives": 3, "falsePositives": 0, "trueNegatives": 0, "falseNegatives": 1},
			"columns": {
				"count": 4, "selectionRate": 0.75, "accuracy": 0.75,
				"precision": 1, "recall": 0.75, "falsePositiveRate": null,
			},
		},
		"nobody at all": {
			"row": {"truePositives": 0, "falsePositives": 0, "trueNegatives": 0, "falseNegatives": 0},
			"columns": object.union(nothing, {"count": 0}),
		},
	}
	fairness.group(0, tc.row).columns == tc.columns
}

test_rates_count_where_a_count_is_missing[cell] if {
	some cell in fairness.cells
	stated := {"count": 50, "accuracy": 0.9, "selectionRate": 0.1}
	every missing in [object.remove(counts, [cell]), object.union(counts, {cell: null}), object.union(counts, {cell: ""})] {
		row := fairness.group(0, object.union(missing, stated))
		row.columns == object.union(nothing, stated)
	}
}

test_four_counts_of_which_one_is_no_count_are_worth_nothing[note] if {
	some cell in fairness.cells
	some wrong in [true, false, "6", -1, [6], {"n": 6}]
	note := sprintf("%s %v", [cell, wrong])
	row := fairness.group(0, object.union(counts, {cell: wrong, "count": 50, "accuracy": 0.9}))
	row.columns == nothing
}

test_a_stated_rate_outside_its_range_does_not_count[wrong] if {
	some wrong in [null, true, "0.9", [], {}, -0.1, 1.1]
	fairness.group(0, {"group": "a", "accuracy": wrong}).columns == nothing
}

test_a_stated_number_of_rows_may_be_large_but_not_negative if {
	fairness.group(0, {"count": 100000}).columns.count == 100000
	fairness.group(0, {"count": -1}).columns.count == null
	every wrong in [null, true, "50", [50], {"a": 50}] {
		fairness.group(0, {"count": wrong}).columns.count == null
	}
}

test_very_large_counts_are_computed if {
	big := 1000000000000000000000000000000000000000000000000
	row := fairness.group(0, {"truePositives": big, "falsePositives": big, "trueNegatives": big, "falseNegatives": big})
	row.columns.accuracy == 0.5
}

test_a_row_that_is_no_row_has_no_column[note] if {
	some note, row in fixtures.wrong_values
	fairness.group(0, row).name == "(unnamed)"
	fairness.group(0, row).columns == nothing
}

test_a_group_without_name_is_still_a_row[wrong] if {
	some wrong in [null, "", " ", 7, ["a"]]
	row := fairness.group(0, object.union(counts, {"group": wrong}))
	row.name == "(unnamed)"
	row.columns.count == 20
}

test_a_column_is_taken_from_the_table_and_never_from_values if {
	row := fairness.group(0, {"group": "a", "recall": 0.5, "values": {"recall": 0.9, "rmse": 3}})
	fairness.column(0, row, "recall") == 0.5
	fairness.column(0, row, "rmse") == 3
	fairness.column(0, row, "mae") == null
	fairness.column(0, row, "precision") == null
	fairness.column(0, fairness.group(0, {"values": {"recall": 0.9}}), "recall") == null
}

test_values_of_a_wrong_type_are_no_values[wrong] if {
	some wrong in [null, true, "3", [], {}]
	fairness.column(0, fairness.group(0, {"values": {"rmse": wrong}}), "rmse") == null
	fairness.column(0, fairness.group(0, {"values": wrong}), "rmse") == null
	fairness.column(0, fairness.group(0, wrong), "rmse") == null
}
