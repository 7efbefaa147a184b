package mlgate.rules.fairness_test

import data.mlgate.lib.fixtures_test as fixtures

second := group("male", [430, 60, 450, 60])

lacking(row) := {[finding.term, finding.observed, finding.required] |
	some finding in with_tests("fairness.group_metrics_missing", [changed({"groups": [row, second]})])
}

test_a_group_without_the_columns_of_the_policy_is_found if {
	document := fixtures.with_card_patch(["fairness", "evaluations", 0, "groups", 0], {"group": "female", "count": 900})
	found("fairness.group_metrics_missing", document) == {{
		"code": "fairness.group_metrics_missing",
		"path": "card.fairness.evaluations[0].groups",
		"term": "sex/female",
		"model": "predictor",
		"observed": "no accuracy, precision, recall",
		"required": "accuracy, precision, recall",
		"values": {"card": "modelcard/visit-triage-4.0.2", "attribute": "sex", "group": "female"},
	}}
}

test_each_column_is_asked_for[column] if {
	some column in ["accuracy", "precision", "recall"]
	rates := object.remove({"accuracy": 0.9, "precision": 0.9, "recall": 0.9}, [column])
	lacking(object.union({"group": "female"}, rates)) == {["sex/female", sprintf("no %s", [column]), column]}
	every wrong in [null, "0.9", true, [], {}, 2, -1] {
		row := object.union(rates, {"group": "female", column: wrong})
		count(lacking(row)) == 1
	}
}

test_stated_rates_are_enough if {
	lacking({"group": "female", "accuracy": 0.9, "precision": 0.9, "recall": 0}) == set()
}

test_a_group_without_favourable_cases_lacks_recall if {
	lacking(group("female", [0, 10, 40, 0])) == {["sex/female", "no recall", "recall"]}
}

test_a_group_without_favourable_predictions_lacks_precision if {
	lacking(group("female", [0, 0, 40, 10])) == {["sex/female", "no precision", "precision"]}
}

test_a_row_that_is_none_lacks_everything[note] if {
	some note, wrong in fixtures.wrong_values
	{row[0] | some row in lacking(wrong)} == {"sex/(unnamed)"}
}

test_columns_are_not_asked_for_in_other_tasks if {
	document := fixtures.with_card_patches([
		[["model", "task"], "ranking"],
		[["fairness", "evaluations", 0, "groups", 0], {"group": "female", "count": 900}],
	])
	found("fairness.group_metrics_missing", document) == set()
}

test_a_column_of_the_settings_may_be_one_of_values if {
	row := {"group": "female", "values": {"wait": 3}}
	findings := with_tests("fairness.group_metrics_missing", [changed({"groups": [row, second]})]) with data.mlgate.settings.fairness.groupMetrics as ["wait"]
	{finding.term | some finding in findings} == {"sex/male"}
}

test_groups_of_evaluations_that_are_not_judged_are_left_alone if {
	empty := [{"group": "a"}, {"group": "b"}]
	tests := [changed({}), changed({"date": "2027-02-16T00:00:00Z", "groups": empty, "stratified": false})]
	with_tests("fairness.group_metrics_missing", tests) == set()
	with_tests("fairness.group_too_small", tests) == set()
	with_tests("fairness.evaluation_not_stratified", tests) == set()
}

small(row) := {[finding.term, finding.observed] |
	some finding in with_tests("fairness.group_too_small", [changed({"groups": [row, second]})])
}

test_a_group_of_too_few_rows_is_found if {
	document := fixtures.with_card_patch(["fairness", "evaluations", 0, "groups", 0], group("female", [10, 5, 10, 4]))
	found("fairness.group_too_small", document) == {{
		"code": "fairness.group_too_small",
		"path": "card.fairness.evaluations[0].groups",
		"term": "sex/female",
		"model": "predictor",
		"observed": "29",
		"required": "30",
		"values": {"attribute": "sex", "group": "female"},
	}}
}

test_as_many_rows_as_needed_are_enough if {
	small(group("female", [10, 5, 10, 5])) == set()
	small({"group": "female", "count": 30}) == set()
}

test_counts_decide_how_many_rows_there_are if {
	small(object.union(group("female", [10, 5, 10, 4]), {"count": 5000})) == {["sex/female", "29"]}
}

test_a_group_of_an_unknown_number_of_rows_is_too_small[note] if {
	some note, wrong in [null, "5000", true, [], {}, -5]
	small({"group": "female", "count": wrong, "accuracy": 0.9}) == {["sex/female", "an unknown number of"]}
	small({"group": "female", "accuracy": 0.9}) == {["sex/female", "an unknown number of"]}
}

test_an_empty_group_is_too_small if {
	small(group("female", [0, 0, 0, 0])) == {["sex/female", "0"]}
}

test_a_test_that_was_not_stratified_is_found[note] if {
	some note, wrong in [null, false, "true", 1, [], {}]
	with_tests("fairness.evaluation_not_stratified", [changed({"stratified": wrong})]) == {{
		"code": "fairness.evaluation_not_stratified",
		"path": "card.fairness.evaluations[0].stratified",
		"term": "sex",
		"model": "predictor",
		"observed": "not stratified",
		"required": "true",
		"values": {"card": "modelcard/visit-triage-4.0.2", "attribute": "sex"},
	}}
}

test_a_test_that_does_not_say_whether_it_was_stratified_is_found if {
	tests := [object.remove(changed({}), ["stratified"])]
	count(with_tests("fairness.evaluation_not_stratified", tests)) == 1
}
