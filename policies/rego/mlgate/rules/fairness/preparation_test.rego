package mlgate.rules.fairness_test

import data.mlgate.lib.fixtures_test as fixtures

disagreement(path, value) := {finding.observed |
	some finding in found("fairness.metrics_not_agreed", fixtures.with_card_patch(array.concat(["fairness"], path), value))
}

test_metrics_agreed_after_the_test_are_found if {
	document := fixtures.with_card_patch(["fairness", "agreement", "date"], "2027-02-21T00:00:00Z")
	found("fairness.metrics_not_agreed", document) == {{
		"code": "fairness.metrics_not_agreed",
		"path": "card.fairness.agreement",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "agreed on 2027-02-21, tested on 2027-02-20",
		"required": "an agreement with named stakeholders, not after the tests",
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}}
}

test_metrics_agreed_on_the_day_of_the_test_are_agreed_before_it if {
	disagreement(["agreement", "date"], "2027-02-20T23:00:00Z") == set()
}

test_one_judged_test_before_the_agreement_is_enough if {
	tests := [fixtures.fairness.evaluations[1], changed({"date": "2027-01-11T00:00:00Z"})]
	disagreement(["evaluations"], tests) == {"agreed on 2027-01-12, tested on 2027-01-11"}
}

test_tests_that_are_not_judged_may_be_older_than_the_agreement if {
	tests := [changed({}), changed({"date": "2026-01-11T00:00:00Z"}), changed({"date": "2026-01-11T00:00:00Z", "modelVersion": "3.9"})]
	disagreement(["evaluations"], tests) == set()
}

test_an_agreement_without_a_possible_date_is_none[note] if {
	some note, wrong in [null, "", "2027-02-30T00:00:00Z", "in January", 7, true, [], {}]
	disagreement(["agreement", "date"], wrong) == {"no date is given"}
}

test_an_agreement_with_nobody_is_none[note] if {
	some note, wrong in [null, "", "ines.moreau@example.org", 7, true, [], {}, [""], [" "], ["tbd"], [null], [7]]
	disagreement(["agreement", "by"], wrong) == {"nobody is named"}
}

test_no_agreement_at_all_is_found[note] if {
	some note, wrong in fixtures.wrong_values
	disagreement(["agreement"], wrong) == {"nobody is named and no date is given"}
}

test_a_card_without_the_key_agreement_is_found if {
	count(found("fairness.metrics_not_agreed", fixtures.without_card(["fairness", "agreement"]))) == 1
}

imbalance(path, value) := {[finding.term, finding.observed] |
	some finding in found("fairness.class_imbalance_undocumented", fixtures.with_card_patch(array.concat(["datasets", 0], path), value))
}

test_a_dataset_without_the_share_of_its_rarest_label_is_found if {
	document := fixtures.with_card_patch(["datasets", 0, "classBalance"], {})
	found("fairness.class_imbalance_undocumented", document) == {{
		"code": "fairness.class_imbalance_undocumented",
		"path": "card.datasets[0].classBalance",
		"term": "visits-2020-2026",
		"model": "predictor",
		"observed": "no minorityShare",
		"required": "0.2",
		"values": {"dataset": "visits-2020-2026"},
	}}
}

test_a_share_that_is_none_counts_as_not_given[note] if {
	some note, wrong in [null, "0.3", true, [], {}, -0.1, 1.1, 7]
	imbalance(["classBalance", "minorityShare"], wrong) == {["visits-2020-2026", "no minorityShare"]}
	imbalance(["classBalance"], wrong) == {["visits-2020-2026", "no minorityShare"]}
}

test_a_small_share_needs_a_note[note] if {
	some note, wrong in [null, "", "rare", "more information needed", 7, true, [], {}]
	imbalance(["classBalance", "note"], wrong) == {["visits-2020-2026", "minorityShare 0.14 without a note"]}
}

test_a_share_at_the_limit_needs_none[share] if {
	some share in [0.2, 0.35, 0.5]
	imbalance(["classBalance"], {"minorityShare": share}) == set()
}

test_a_share_just_below_the_limit_is_shown_with_all_its_digits if {
	imbalance(["classBalance"], {"minorityShare": 0.19999}) == {["visits-2020-2026", "minorityShare 0.19999 without a note"]}
}

test_a_dataset_counts_as_training_unless_it_says_otherwise[note] if {
	some note, role in [null, "", "training", "tuning", 7, [], "other"]
	changes := [[["datasets", 1, "role"], role], [["datasets", 1, "classBalance"], null]]
	document := fixtures.with_card_patches(changes)
	{finding.term | some finding in found("fairness.class_imbalance_undocumented", document)} == {"visits-holdout-2026"}
}

test_datasets_for_validation_and_test_are_left_alone[role] if {
	some role in ["validation", "test"]
	changes := [[["datasets", 1, "role"], role], [["datasets", 1, "classBalance"], null]]
	found("fairness.class_imbalance_undocumented", fixtures.with_card_patches(changes)) == set()
}

test_other_tasks_have_no_labels_to_balance if {
	changes := [[["model", "task"], "regression"], [["datasets", 0, "classBalance"], null]]
	found("fairness.class_imbalance_undocumented", fixtures.with_card_patches(changes)) == set()
}

test_datasets_of_a_wrong_kind_are_read_without_error[note] if {
	some note, tc in {
		"null": {"datasets": null, "terms": set()},
		"word": {"datasets": "visits", "terms": set()},
		"object": {"datasets": {"a": 1}, "terms": set()},
		"list of null": {"datasets": [null], "terms": {"(unnamed)"}},
		"no name": {"datasets": [{"name": 7}], "terms": {"(unnamed)"}},
	}
	document := fixtures.with_card_patch(["datasets"], tc.datasets)
	{finding.term | some finding in found("fairness.class_imbalance_undocumented", document)} == tc.terms
}
