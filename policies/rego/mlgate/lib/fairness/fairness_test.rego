package mlgate.lib.fairness_test

import data.mlgate.lib.fairness
import data.mlgate.lib.fixtures_test as fixtures

exempt_card := fixtures.with_card_patches([
	[["risk", "tier"], "minimal"],
	[["intendedUse", "affectsPeople"], false],
	[["fairness"], {"notApplicableReason": "It sorts log lines of machines and no person is concerned."}],
])

test_a_card_is_read_once_for_all_its_models if {
	second := object.union(fixtures.model, {"id": "adapter:night", "role": "adapter"})
	document := json.patch(fixtures.passing, [
		{"op": "add", "path": "/workload/models/1", "value": second},
		{"op": "add", "path": "/cards/0/models/1", "value": "adapter:night"},
	])
	[report] := fairness.reports with input as document
	[model.id | some model in report.models] == ["predictor", "adapter:night"]
	report.reference == "modelcard/visit-triage-4.0.2"
	report.judged == {"sex", "ageBand"}
}

test_an_attribute_of_which_no_test_is_judged_is_not_judged if {
	document := fixtures.with_card_patch(["fairness", "evaluations", 0, "modelVersion"], "4.0.1")
	[report] := fairness.reports with input as document
	report.judged == {"ageBand"}
}

test_a_card_that_covers_no_model_is_not_read if {
	fairness.reports == [] with input as fixtures.with_patch(["cards", 0, "models"], [])
}

test_a_card_that_is_not_found_is_not_read if {
	fairness.reports == [] with input as fixtures.with_patch(["cards", 0, "status"], "invalid")
}

test_a_model_that_affects_nobody_is_exempt_in_an_exempt_tier if {
	fairness.reports == [] with input as json.patch(exempt_card, [{
		"op": "replace",
		"path": "/workload/labels",
		"value": {"mlgate.dev/data-classification": "internal"},
	}])
}

test_every_condition_of_the_exemption_is_needed[note] if {
	some note, change in {
		"tier": [["risk", "tier"], "limited"],
		"tier not given": [["risk", "tier"], null],
		"affects people": [["intendedUse", "affectsPeople"], true],
		"not said whom it affects": [["intendedUse", "affectsPeople"], null],
		"false as a word": [["intendedUse", "affectsPeople"], "false"],
		"no reason": [["fairness", "notApplicableReason"], null],
		"reason too short": [["fairness", "notApplicableReason"], "not needed"],
		"placeholder": [["fairness", "notApplicableReason"], "more information needed"],
		"reason is a number": [["fairness", "notApplicableReason"], 7],
	}
	document := json.patch(exempt_card, [{
		"op": "replace",
		"path": array.concat(["cards", 0, "card"], change[0]),
		"value": change[1],
	}])
	count(fairness.reports) == 1 with input as document
}

test_no_tier_is_exempt_when_the_settings_say_so if {
	count(fairness.reports) == 1 with input as exempt_card with data.mlgate.overrides as {"fairness": {"exemptTiers": []}}
		with data.mlgate.indexes as {"settings": {"fairness.exemptTiers": {"type": "array"}}}
}

test_the_task_is_what_the_card_says if {
	fairness.task({"model": {"task": "ranking"}}) == "ranking"
}

test_a_card_that_does_not_say_its_task_counts_as_classification[given] if {
	some given in [null, "", " ", 7, [], {}]
	fairness.task({"model": {"task": given}}) == "classification"
	fairness.task({}) == "classification"
	fairness.task({"model": given}) == "classification"
}

test_the_policy_prescribes_a_table_for_the_tasks_of_the_settings if {
	fairness.tabled({"model": {"task": "classification"}})
	not fairness.tabled({"model": {"task": "generation"}})
}

test_numbers_closer_than_a_billionth_are_equal if {
	fairness.below(0.1, 0.2)
	not fairness.below(0.2, 0.1)
	not fairness.below(0.1, 0.1)
	not fairness.below(0.1, 0.1000000005)
	fairness.below(0.1, 0.100000002)
}

test_nothing_is_below_or_above_what_is_no_number[note] if {
	some note, pair in [[null, 1], [1, "2"], [false, 1], [1, []], [1, {}], ["a", "b"]]
	not fairness.below(pair[0], pair[1])
}

test_a_number_is_shown_with_as_many_decimals_as_it_takes_to_differ if {
	fairness.shown(0.6949, 0.8) == "0.695"
	fairness.shown(0.79996, 0.8) == "0.79996"
	fairness.shown(0.8, 0.79996) == "0.8"
	fairness.shown(0.1000001, 0.1) == "0.1000001"
	fairness.shown(1, 2) == "1"
	fairness.shown(1000, 1000.00002) == "1000"
	fairness.shown(1, 0.99999) == "1"
	fairness.shown(0.5, 0.5) == "0.5"
	fairness.shown(0.3333333333, 0.3333333333) == "0.333"
}

test_a_number_is_shown_beside_what_is_no_number if {
	fairness.shown(0.25, "most") == "0.25"
	fairness.shown(0.25, null) == "0.25"
}
