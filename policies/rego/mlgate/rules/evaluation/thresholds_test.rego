package mlgate.rules.evaluation_test

import data.mlgate.lib.fixtures_test as fixtures

with_metrics(metrics) := fixtures.with_card_patch(["evaluation", "metrics"], metrics)

unset(metrics) := count(found("evaluation.threshold_missing", with_metrics(metrics)))

test_a_card_without_threshold_is_found if {
	found("evaluation.threshold_missing", with_metrics([{"name": "rocAuc", "value": 0.91}])) == {{
		"code": "evaluation.threshold_missing",
		"path": "card.evaluation.metrics",
		"term": reference,
		"model": "predictor",
		"observed": "no min or max over all of the data",
		"required": "min or max on a metric without slice",
		"values": {"card": reference},
	}}
}

test_one_threshold_is_enough[bound] if {
	some bound in ["min", "max"]
	unset([{"name": "a", "value": 1}, {"name": "b", "value": 1, bound: 1}]) == 0
	unset([{"name": "b", "value": 1, bound: 0}]) == 0
}

test_a_threshold_is_a_number[note] if {
	some note, wrong in [null, true, "", "0.9", [], [0.9], {}]
	unset([{"name": "a", "value": 1, "min": wrong, "max": wrong}]) == 1
}

test_a_threshold_of_a_slice_says_nothing_of_the_whole[note] if {
	some note, slice in ["night", 7, true, ["night"], {"a": null}]
	unset([{"name": "a", "value": 1, "min": 0, "slice": slice}]) == 1
}

test_an_empty_slice_is_all_of_the_data[note] if {
	some note, slice in [null, "", " ", [], {}]
	unset([{"name": "a", "value": 1, "min": 0, "slice": slice}]) == 0
}

test_metrics_of_a_wrong_kind_have_no_threshold[note] if {
	some note, wrong in fixtures.wrong_values
	unset(wrong) == 1
	unset([wrong]) == 1
	found("evaluation.threshold_not_met", with_metrics(wrong)) == set()
	found("evaluation.threshold_not_met", with_metrics([wrong])) == set()
}

# What is said of one metric with these keys.
unmet(keys) := {[finding.observed, finding.required] |
	some finding in found("evaluation.threshold_not_met", with_metrics([object.union({"name": "a"}, keys)]))
}

test_a_value_below_its_floor_is_found if {
	metrics := [{"name": "recall", "value": 1, "min": 0.5}, {"name": "rocAuc", "slice": "night", "value": 0.8, "min": 0.88}]
	found("evaluation.threshold_not_met", with_metrics(metrics)) == {{
		"code": "evaluation.threshold_not_met",
		"path": "card.evaluation.metrics[1]",
		"term": reference,
		"model": "predictor",
		"observed": "0.8",
		"required": "at least 0.88",
		"values": {"card": reference, "metric": "rocAuc (night)"},
	}}
}

test_every_metric_that_fails_is_found if {
	metrics := [{"name": "a", "value": 1, "min": 2}, {"name": "a", "value": 1, "min": 2}, {"name": "b", "value": 1, "max": 0}]
	{finding.path | some finding in found("evaluation.threshold_not_met", with_metrics(metrics))} == {
		"card.evaluation.metrics[0]", "card.evaluation.metrics[1]", "card.evaluation.metrics[2]",
	}
}

test_every_model_hears_of_a_threshold if {
	document := json.patch(with_metrics([{"name": "a", "value": 1, "min": 2}]), [
		{"op": "add", "path": "/workload/models/-", "value": object.union(fixtures.model, {"id": "worker"})},
		{"op": "add", "path": "/cards/0/models/-", "value": "worker"},
	])
	{finding.model | some finding in found("evaluation.threshold_not_met", document)} == {"predictor", "worker"}
}

test_a_value_at_its_limit_keeps_it[note] if {
	some note, keys in {
		"floor": {"value": 0.88, "min": 0.88},
		"ceiling": {"value": 0.04, "max": 0.04},
		"both": {"value": 1, "min": 1, "max": 1},
		"rounding below": {"value": 0.8799999999, "min": 0.88},
		"rounding above": {"value": 0.0400000001, "max": 0.04},
		"nought": {"value": 0, "min": 0, "max": 0},
		"negative": {"value": -1, "min": -2, "max": -0.5},
		"no limit": {"value": -1},
		"no limit and no value": {},
		"empty limits": {"value": 1, "min": null, "max": ""},
	}
	unmet(keys) == set()
}

test_a_value_beyond_its_limit_is_found[note] if {
	some note, tc in {
		"below": {"keys": {"value": 0.87, "min": 0.88}, "said": ["0.87", "at least 0.88"]},
		"above": {"keys": {"value": 0.05, "max": 0.04}, "said": ["0.05", "at most 0.04"]},
		"just below": {"keys": {"value": 0.87999, "min": 0.88}, "said": ["0.87999", "at least 0.88"]},
		"just below, and far from the other": {
			"keys": {"value": 0.29999, "min": 0.3, "max": 1},
			"said": ["0.29999", "at least 0.3 and at most 1"],
		},
		"below both": {"keys": {"value": 1, "min": 2, "max": 3}, "said": ["1", "at least 2 and at most 3"]},
		"above both": {"keys": {"value": 4, "min": 2, "max": 3}, "said": ["4", "at least 2 and at most 3"]},
		"floor above ceiling": {"keys": {"value": 4, "min": 5, "max": 3}, "said": ["4", "at least 5 and at most 3"]},
		"no floor to be above": {"keys": {"value": 5, "min": 5, "max": 3}, "said": ["5", "at least 5 and at most 3"]},
		"no value": {"keys": {"min": 0.5}, "said": ["not measured", "at least 0.5"]},
		"no value to cap": {"keys": {"max": 0.5}, "said": ["not measured", "at most 0.5"]},
		"null": {"keys": {"value": null, "min": 0.5}, "said": ["not measured", "at least 0.5"]},
		"word": {"keys": {"value": "0.9", "min": 0.5}, "said": ["not measured", "at least 0.5"]},
		"limit in words": {"keys": {"value": 0.9, "min": "0.5"}, "said": ["0.9", "at least 0.5"]},
		"limit is true": {"keys": {"value": 0.9, "max": true}, "said": ["0.9", "at most true"]},
		"a ceiling that is false above a floor that is kept": {
			"keys": {"value": 0.9, "min": 0.5, "max": false},
			"said": ["0.9", "at least 0.5 and at most false"],
		},
		"a floor that is false below a ceiling that is kept": {
			"keys": {"value": 0.9, "max": 1, "min": false},
			"said": ["0.9", "at least false and at most 1"],
		},
		"a word above every number": {"keys": {"value": "0.9", "min": 0.5, "max": null}, "said": ["not measured", "at least 0.5"]},
		"nothing below every number": {"keys": {"value": null, "max": 0.5}, "said": ["not measured", "at most 0.5"]},
		"a ceiling in words": {"keys": {"value": 0.9, "max": "1"}, "said": ["0.9", "at most 1"]},
		"nothing but a floor that is true": {"keys": {"value": 0.9, "min": true}, "said": ["0.9", "at least true"]},
		"limit is false": {"keys": {"value": 0.9, "max": false}, "said": ["0.9", "at most false"]},
	}
	unmet(tc.keys) == {tc.said}
}

test_a_metric_that_hides_its_name_is_judged_all_the_same if {
	document := with_metrics([{"name": null, "value": 1, "min": 2}])
	{finding.values.metric | some finding in found("evaluation.threshold_not_met", document)} == {"(unnamed)"}
}
