package mlgate.rules.fairness_test

import data.mlgate.lib.fixtures_test as fixtures

mitigated(tests, mitigations) := {[finding.term, finding.observed] |
	document := fixtures.with_card_patches([
		[["fairness", "evaluations"], tests],
		[["fairness", "mitigations"], mitigations],
	])
	some finding in found("fairness.mitigation_missing", document)
}

remedy := {"attribute": "sex", "method": "reweighting", "description": "Rows are weighted by label frequency."}

# Selection rates 0.5 and 0.3, recalls 0.8 and 0.5, accuracies 0.8 and 0.7.
worse := [group("female", [80, 20, 80, 20]), group("male", [50, 10, 90, 50])]

test_a_disparity_without_mitigation_is_found if {
	tests := [changed({"groups": worse, "metrics": []})]
	document := fixtures.with_card_patches([[["fairness", "evaluations"], tests], [["fairness", "mitigations"], []]])
	[finding] := [one | some one in found("fairness.mitigation_missing", document)]
	finding == {
		"code": "fairness.mitigation_missing",
		"path": "card.fairness.mitigations",
		"term": "sex",
		"model": "predictor",
		"observed": "demographicParityRatio 0.6, equalOpportunityDifference 0.3, recall gap 0.3",
		"required": "a mitigation described for sex",
		"values": {"card": "modelcard/visit-triage-4.0.2", "attribute": "sex"},
	}
}

test_a_described_mitigation_of_the_attribute_is_enough if {
	mitigated([changed({"groups": worse})], [remedy]) == set()
}

test_a_disparity_in_a_test_of_any_version_needs_a_mitigation[note] if {
	some note, keys in {
		"older version": {"modelVersion": "3.9", "groups": worse},
		"no version": {"modelVersion": null, "groups": worse},
		"no date": {"date": null, "groups": worse},
		"older date": {"date": "2026-01-01T00:00:00Z", "groups": worse},
	}
	{row[0] | some row in mitigated([changed({}), changed(keys)], [])} == {"sex"}
}

test_a_gap_alone_is_a_disparity if {
	groups := [{"group": "a", "accuracy": 0.9}, {"group": "b", "accuracy": 0.7}]
	mitigated([changed({"groups": groups})], []) == {["sex", "accuracy gap 0.2"]}
}

test_without_disparity_no_mitigation_is_needed if {
	mitigated(fixtures.fairness.evaluations, []) == set()
}

test_mitigations_of_a_wrong_kind_are_none[note] if {
	some note, wrong in [null, true, 7, "we reweighted", [], {}, {"a": remedy}, [null], ["sex"], [[]]]
	count(mitigated([changed({"groups": worse})], wrong)) == 1
}

test_a_mitigation_must_name_the_attribute_and_be_described[note] if {
	some note, keys in {
		"other attribute": {"attribute": "ageBand"},
		"no attribute": {"attribute": null},
		"number": {"attribute": 7},
		"no description": {"description": null},
		"short": {"description": "reweighted"},
		"placeholder": {"description": "more information needed"},
		"no text": {"description": 7},
	}
	count(mitigated([changed({"groups": worse})], [object.union(remedy, keys)])) == 1
}

test_a_mitigation_without_the_keys_does_not_count[key] if {
	some key in ["attribute", "description"]
	count(mitigated([changed({"groups": worse})], [object.remove(remedy, [key])])) == 1
}

removal(mitigations) := {finding.term |
	some finding in found("fairness.mitigation_only_removal", fixtures.with_card_patch(["fairness", "mitigations"], mitigations))
}

test_removing_the_attribute_alone_is_found if {
	document := fixtures.with_card_patch(["fairness", "mitigations", 0, "method"], "removeAttribute")
	found("fairness.mitigation_only_removal", document) == {{
		"code": "fairness.mitigation_only_removal",
		"path": "card.fairness.mitigations",
		"term": "ageBand",
		"model": "predictor",
		"observed": "only removeAttribute or no method",
		"required": "a mitigation that changes outcomes",
		"values": {"card": "modelcard/visit-triage-4.0.2", "attribute": "ageBand"},
	}}
}

test_a_mitigation_without_method_is_not_enough[note] if {
	some note, wrong in [null, "", " ", 7, true, [], {}]
	removal([object.union(remedy, {"method": wrong})]) == {"sex"}
	removal([object.remove(remedy, ["method"])]) == {"sex"}
}

test_another_mitigation_of_the_same_attribute_is_enough if {
	removed := object.union(remedy, {"method": "removeAttribute"})
	removal([removed, remedy]) == set()
	removal([removed, object.union(remedy, {"attribute": "ageBand"})]) == {"sex"}
}

test_an_attribute_without_mitigation_is_not_spoken_of[note] if {
	some note, wrong in [null, true, 7, "x", [], {}, [null], [{"attribute": null}], [{"attribute": 7}], [{}]]
	removal(wrong) == set()
}
