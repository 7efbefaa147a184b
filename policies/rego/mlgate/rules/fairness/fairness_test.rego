package mlgate.rules.fairness_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.fairness

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in fairness.deny with input as document
	finding.code == code
}

# Findings of one code when the card's evaluations are these.
with_tests(code, tests) := found(code, fixtures.with_card_patch(["fairness", "evaluations"], tests))

# The first evaluation of the passing card with some keys changed.
changed(keys) := object.union(fixtures.fairness.evaluations[0], keys)

group(name, counts) := fixtures.group(name, counts)

test_the_passing_document_has_no_finding if {
	fairness.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_that_starts_no_model[note] if {
	some note, workload in [null, {}]
	fairness.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

test_an_exempt_card_has_no_finding if {
	document := json.patch(
		fixtures.with_card_patches([
			[["risk", "tier"], "minimal"],
			[["intendedUse", "affectsPeople"], false],
			[["fairness"], {"notApplicableReason": "It predicts the wear of pumps and concerns no person."}],
		]),
		[{"op": "remove", "path": "/workload/labels/mlgate.dev~1data-classification"}],
	)
	fairness.deny == set() with input as document
}

test_a_card_without_evaluations_holds_no_bias_test[note] if {
	some note, wrong in [null, "we care about fairness", 7, true, [], {}, {"a": {"attribute": "sex"}}]
	[finding] := [one | some one in with_tests("fairness.bias_test_missing", wrong)]
	finding == {
		"code": "fairness.bias_test_missing",
		"path": "card.fairness.evaluations",
		"term": null,
		"model": "predictor",
		"observed": "no evaluation",
		"required": "an evaluation per sensitive attribute",
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}
}

test_a_card_without_fairness_holds_no_bias_test[note] if {
	some note, wrong in fixtures.wrong_values
	document := fixtures.with_card_patch(["fairness"], wrong)
	{finding.term | some finding in found("fairness.bias_test_missing", document)} == {null}
}

test_a_card_without_the_key_fairness_holds_no_bias_test if {
	count(found("fairness.bias_test_missing", fixtures.without_card(["fairness"]))) == 1
}

test_prose_is_no_bias_test if {
	document := fixtures.with_card_patches([
		[["fairness", "evaluations"], []],
		[["fairness", "notApplicableReason"], "The model was built to be fair to everyone, always."],
		[["intendedUse", "affectsPeople"], false],
	])
	count(found("fairness.bias_test_missing", document)) == 1
}

test_an_attribute_the_policy_names_must_be_tested if {
	findings := found("fairness.bias_test_missing", fixtures.passing) with data.mlgate.settings.fairness.requiredAttributes as {"high": ["sex", "origin"]}
	{[finding.term, finding.observed, finding.required] | some finding in findings} == {[
		"origin", "no evaluation for origin",
		"an evaluation for origin",
	]}
}

test_attributes_of_another_tier_are_not_asked_for if {
	findings := found("fairness.bias_test_missing", fixtures.passing) with data.mlgate.settings.fairness.requiredAttributes as {"limited": ["origin"]}
	findings == set()
}

test_an_attribute_written_otherwise_is_another_attribute if {
	findings := found("fairness.bias_test_missing", fixtures.passing) with data.mlgate.settings.fairness.requiredAttributes as {"high": ["Sex"]}
	{finding.term | some finding in findings} == {"Sex"}
}

test_an_evaluation_needs_two_different_groups[note] if {
	some note, groups in {
		"absent": null,
		"a word": "female, male",
		"none": [],
		"an object": {"a": 1, "b": 2},
		"one": [group("all", [450, 50, 440, 60])],
		"one twice": [group("all", [450, 50, 440, 60]), group("all", [430, 60, 450, 60])],
		"one without name": [group("all", [450, 50, 440, 60]), group("", [430, 60, 450, 60])],
		"no rows": [null, 7],
	}
	findings := with_tests("fairness.bias_test_missing", [changed({"groups": groups})])
	{[finding.path, finding.term, finding.observed, finding.required] | some finding in findings} == {[
		"card.fairness.evaluations[0].groups", "sex",
		"fewer than two groups of sex", "at least two groups",
	]}
}

test_an_older_evaluation_needs_two_groups_as_well if {
	tests := array.concat(fixtures.fairness.evaluations, [changed({"modelVersion": "3.9", "groups": []})])
	{finding.path | some finding in with_tests("fairness.bias_test_missing", tests)} == {"card.fairness.evaluations[2].groups"}
}

test_an_evaluation_must_name_its_attribute[note] if {
	some note, wrong in [null, "", " ", 7, ["sex"], {}]
	findings := with_tests("fairness.bias_test_missing", [changed({"attribute": wrong})])
	{[finding.path, finding.observed] | some finding in findings} == {["card.fairness.evaluations[0].attribute", "an evaluation without attribute"]}
}

test_an_evaluation_that_is_none_is_no_bias_test[note] if {
	some note, wrong in [null, 7, "sex", [], {}]
	count(with_tests("fairness.bias_test_missing", [wrong])) == 1
}

test_an_evaluation_of_a_task_without_prescribed_metrics_must_list_one[note] if {
	some note, metrics in [null, [], {}, "demographicParityRatio", 7]
	document := fixtures.with_card_patches([
		[["model", "task"], "ranking"],
		[["fairness", "evaluations"], [changed({"metrics": metrics})]],
	])
	{[finding.path, finding.observed] | some finding in found("fairness.bias_test_missing", document)} == {[
		"card.fairness.evaluations[0].metrics",
		"no metric for sex",
	]}
}

test_a_task_without_prescribed_metrics_passes_with_metrics_of_its_own if {
	document := fixtures.with_card_patch(["model", "task"], "ranking")
	found("fairness.bias_test_missing", document) == set()
}

test_a_classifier_need_not_list_metrics if {
	with_tests("fairness.bias_test_missing", [changed({"metrics": []})]) == set()
}

test_every_covered_model_is_spoken_of if {
	document := json.patch(fixtures.with_card_patch(["fairness"], {}), [
		{
			"op": "add", "path": "/workload/models/1",
			"value": object.union(fixtures.model, {"id": "adapter:night", "role": "adapter"}),
		},
		{"op": "add", "path": "/cards/0/models/1", "value": "adapter:night"},
	])
	{finding.model | some finding in found("fairness.bias_test_missing", document)} == {"predictor", "adapter:night"}
}

stale(keys) := {[finding.term, finding.observed, finding.required] |
	some finding in with_tests("fairness.bias_test_stale", [changed(keys)])
}

wanted := "a test of version 4.0.2 at most 90 days old and not before 2027-02-14"

test_a_test_of_another_version_is_stale[note] if {
	some note, wrong in [null, "", "4.0.1", "4.0.2 ", 4, true, [], {}]
	stale({"modelVersion": wrong}) == {["sex", "no dated test of version 4.0.2", wanted]}
}

test_a_test_without_a_possible_date_is_stale[note] if {
	some note, wrong in [null, "", "2027-02-30T00:00:00Z", "soon", 20270220, true, [], {}]
	stale({"date": wrong}) == {["sex", "no dated test of version 4.0.2", wanted]}
}

test_keys_that_are_missing_make_a_test_stale[key] if {
	some key in ["modelVersion", "date"]
	tests := [object.remove(fixtures.fairness.evaluations[0], [key])]
	count(with_tests("fairness.bias_test_stale", tests)) == 1
}

test_a_test_in_the_future_is_stale if {
	stale({"date": "2027-03-11T00:00:00Z"}) == {["sex", "dated 2027-03-11, which is in the future", wanted]}
}

test_a_test_of_today_counts if {
	stale({"date": "2027-03-10T23:59:00Z"}) == set()
}

test_a_test_before_the_end_of_training_is_stale if {
	stale({"date": "2027-02-13T00:00:00Z"}) == {[
		"sex",
		"dated 2027-02-13, before training ended on 2027-02-14T21:05:00Z", wanted,
	]}
}

test_a_test_on_the_day_training_ended_counts if {
	stale({"date": "2027-02-14T00:00:00Z"}) == set()
}

test_the_age_is_counted_in_days[note] if {
	some note, tc in {
		"as old as allowed": {"date": "2026-12-10T00:00:00Z", "stale": set()},
		"a day older": {
			"date": "2026-12-09T23:00:00Z",
			"stale": {[
				"sex", "dated 2026-12-09, 91 days ago",
				"a test of version 4.0.2 at most 90 days old",
			]},
		},
	}
	document := fixtures.with_card_patches([
		[["training"], {}],
		[["fairness", "evaluations"], [changed({"date": tc.date})]],
	])
	findings := found("fairness.bias_test_stale", document)
	{[finding.term, finding.observed, finding.required] | some finding in findings} == tc.stale
}

test_a_test_can_be_stale_for_two_reasons if {
	{row[1] | some row in stale({"date": "2026-10-01T00:00:00Z"})} == {"dated 2026-10-01, 160 days ago and before training ended on 2027-02-14T21:05:00Z"}
}

test_without_a_maximum_age_every_test_is_stale if {
	findings := found("fairness.bias_test_stale", fixtures.passing)
		with data.mlgate.lib.settings.value as json.patch(data.mlgate.settings, [{
			"op": "replace", "path": ["fairness", "maxAgeDays"], "value": {},
		}])
	{finding.term | some finding in findings} == {"sex", "ageBand"}
}

test_an_impossible_end_of_training_makes_every_test_stale[note] if {
	some note, wrong in ["last week", 7, true]
	document := fixtures.with_card_patch(["training", "completedAt"], wrong)
	count(found("fairness.bias_test_stale", document)) == 2
}

test_an_end_of_training_that_is_not_given_is_not_compared[note] if {
	some note, wrong in [null, "", " ", [], {}]
	found("fairness.bias_test_stale", fixtures.with_card_patch(["training", "completedAt"], wrong)) == set()
}

test_an_older_good_test_does_not_save_a_newer_one if {
	tests := [changed({}), changed({"date": "2027-03-20T00:00:00Z"})]
	{finding.observed | some finding in with_tests("fairness.bias_test_stale", tests)} == {"dated 2027-03-20, which is in the future"}
}

test_a_card_without_version_has_only_stale_tests if {
	findings := found("fairness.bias_test_stale", fixtures.with_card_patch(["model", "version"], null))
	{finding.term | some finding in findings} == {"sex", "ageBand"}
}

test_the_values_of_the_message_are_given if {
	[finding] := [one | some one in with_tests("fairness.bias_test_stale", [changed({"date": null})])]
	finding.values == {"card": "modelcard/visit-triage-4.0.2", "attribute": "sex", "version": "4.0.2"}
	finding.path == "card.fairness.evaluations"
}
