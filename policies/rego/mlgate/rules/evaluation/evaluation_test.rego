package mlgate.rules.evaluation_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.evaluation

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in evaluation.deny with input as document
	finding.code == code
}

reference := "modelcard/visit-triage-4.0.2"

codes := {sprintf("evaluation.%s", [name]) |
	some name in [
		"metrics_missing", "threshold_missing", "population_shift_missing",
		"leakage_test_not_passed", "drift_test_not_passed",
	]
}

test_the_passing_document_has_no_finding if {
	evaluation.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_without_models[note] if {
	some note, workload in [null, {}]
	evaluation.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

test_a_card_of_a_wrong_kind_shows_no_quality[note] if {
	some note, wrong in fixtures.wrong_values
	{finding.code | some finding in evaluation.deny with input as fixtures.with_patch(["cards", 0, "card"], wrong)} == codes
}

test_a_card_without_content_shows_no_quality if {
	{finding.code | some finding in evaluation.deny with input as fixtures.without(["cards", 0, "card"])} == codes
}

test_every_model_of_a_card_has_its_finding[code] if {
	some code in codes
	document := json.patch(fixtures.passing, [
		{"op": "add", "path": "/workload/models/-", "value": object.union(fixtures.model, {"id": "worker"})},
		{"op": "add", "path": "/cards/0/models/-", "value": "worker"},
		{"op": "replace", "path": "/cards/0/card", "value": {}},
	])
	{finding.model | some finding in found(code, document)} == {"predictor", "worker"}
	{finding.term | some finding in found(code, document)} == {reference}
}

# What is observed when a value below the evaluation is another.
unmeasured(path, value) := {finding.observed |
	some finding in found("evaluation.metrics_missing", fixtures.with_card_patch(array.concat(["evaluation"], path), value))
}

test_an_only_metric_needs_a_value[note] if {
	some note, wrong in [null, true, "0.9", "", [], {}]
	unmeasured(["metrics"], [{"name": "rocAuc", "value": wrong}]) == {"no value of rocAuc"}
}

test_a_card_without_evaluation_is_found if {
	found("evaluation.metrics_missing", fixtures.without_card(["evaluation"])) == {{
		"code": "evaluation.metrics_missing",
		"path": "card.evaluation",
		"term": reference,
		"model": "predictor",
		"observed": "no metric, no date",
		"required": "measured metrics, dated after training",
		"values": {"card": reference},
	}}
}

test_an_evaluation_of_a_wrong_kind_is_none[note] if {
	some note, wrong in fixtures.wrong_values
	unmeasured([], wrong) == {"no metric, no date"}
}

test_metrics_of_a_wrong_kind_are_none[note] if {
	some note, wrong in [null, true, 7, "", "rocAuc 0.91", [], {}, {"rocAuc": 0.91}]
	unmeasured(["metrics"], wrong) == {"no metric"}
}

test_each_part_of_the_evaluation_is_needed[key] if {
	some key, observed in {"metrics": "no metric", "date": "no date"}
	document := fixtures.without_card(["evaluation", key])
	{finding.observed | some finding in found("evaluation.metrics_missing", document)} == {observed}
}

test_a_metric_needs_a_value_that_is_a_number[note] if {
	some note, wrong in [null, true, "", "0.91", [], [0.91], {}]
	unmeasured(["metrics", 1, "value"], wrong) == {"no value of expectedCalibrationError"}
}

test_nought_is_a_value if unmeasured(["metrics", 1, "value"], 0) == set()

test_every_metric_needs_a_value if {
	metrics := [{"name": "a", "value": 1}, {"name": "b", "slice": "night"}, {"name": 7}, {"name": " ", "slice": []}, {}, null, [], "c"]
	unmeasured(["metrics"], metrics) == {concat(", ", [
		"no value of b (night)", "no value of (unnamed)", "no value of (unnamed)", "no value of (unnamed)",
		"no value of (unnamed)", "no value of (unnamed)", "no value of (unnamed)",
	])}
}

test_the_evaluation_is_of_a_day_after_training[note] if {
	some note, tc in {
		"no date": {"date": null, "observed": {"no date"}},
		"number": {"date": 7, "observed": {"no date"}},
		"impossible": {"date": "2027-02-30T00:00:00Z", "observed": {"no date"}},
		"day of training": {"date": "2027-02-14T00:00:00Z", "observed": set()},
		"before": {
			"date": "2027-02-13T23:59:59Z",
			"observed": {"too old (before training ended on 2027-02-14)"},
		},
		"today": {"date": "2027-03-10T23:59:59Z", "observed": set()},
		"tomorrow": {"date": "2027-03-11T00:00:00Z", "observed": {"dated in the future"}},
	}
	unmeasured(["date"], tc.date) == tc.observed
}

test_without_an_end_of_training_any_past_day_will_do[note] if {
	some note, absent in [null, "", " ", [], {}]
	document := fixtures.with_card_patches([
		[["evaluation", "date"], "2020-01-01T00:00:00Z"],
		[["training", "completedAt"], absent],
	])
	found("evaluation.metrics_missing", document) == set()
}

test_an_end_of_training_that_cannot_be_read_is_held_against_it[note] if {
	some note, wrong in [true, 7, "last week", [null]]
	document := fixtures.with_card_patch(["training", "completedAt"], wrong)
	{finding.observed | some finding in found("evaluation.metrics_missing", document)} == {"too old (before training ended on a day that cannot be read)"}
}

test_an_unsaid_difference_from_production_is_found if {
	document := fixtures.without_card(["evaluation", "populationShift"])
	found("evaluation.population_shift_missing", document) == {{
		"code": "evaluation.population_shift_missing",
		"path": "card.evaluation.populationShift",
		"term": reference,
		"model": "predictor",
		"observed": "no answer in words",
		"required": "how the test population differs from production",
		"values": {"card": reference},
	}}
}

test_the_difference_must_be_said_in_words[note] if {
	some note, wrong in [null, true, 7, "", "none", "19 characters long.", "[more information needed]", [], [null], {}]
	count(found("evaluation.population_shift_missing", fixtures.with_card_patch(["evaluation", "populationShift"], wrong))) == 1
}

test_twenty_characters_are_words if {
	found("evaluation.population_shift_missing", fixtures.with_card_patch(["evaluation", "populationShift"], "20 characters long..")) == set()
}

test_metrics_of_which_none_was_measured_are_found_each[note] if {
	some note, wrong in [null, true, "0.9", [], {}]
	unmeasured(["metrics"], [{"name": "a", "value": wrong}, {"name": "b", "value": null}]) == {"no value of a, no value of b"}
}
