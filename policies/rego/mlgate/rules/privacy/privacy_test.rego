package mlgate.rules.privacy_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.privacy

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in privacy.deny with input as document
	finding.code == code
}

reference := "modelcard/visit-triage-4.0.2"

# Datasets of which one code speaks when this stands at a path below `datasets` of the card.
speaks_of(code, path, value) := {finding.term |
	some finding in found(code, fixtures.with_card_patch(array.concat(["datasets"], path), value))
}

test_the_passing_document_has_no_finding if {
	privacy.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_that_starts_no_model[note] if {
	some note, workload in [null, {}]
	privacy.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

test_every_model_of_a_card_is_named if {
	second := object.union(fixtures.model, {"id": "canary[0]"})
	document := json.patch(
		fixtures.with_card_patches([
			[["tests"], []], [["reviews"], []], [["privacy"], null],
			[["datasets", 0, "legalBasis"], null], [["datasets", 0, "anonymization"], null],
			[["datasets", 0, "synthetic"], true],
		]),
		[
			{"op": "add", "path": "/workload/models/1", "value": second},
			{"op": "add", "path": "/cards/0/models/1", "value": "canary[0]"},
		],
	)
	findings := privacy.deny with input as document
	count({finding.code | some finding in findings; finding.model == "canary[0]"}) == 8
	count({finding.code | some finding in findings; finding.model == "predictor"}) == 8
}

test_a_personal_dataset_without_legal_basis_is_found if {
	document := fixtures.with_card_patch(["datasets", 1, "legalBasis"], {"reference": "https://records.example.org/17"})
	found("privacy.legal_basis_missing", document) == {{
		"code": "privacy.legal_basis_missing",
		"path": "card.datasets[1].legalBasis",
		"term": "visits-holdout-2026",
		"model": "predictor",
		"observed": "no basis",
		"required": "a legal basis and a reference that shows it",
		"values": {"card": reference, "dataset": "visits-holdout-2026"},
	}}
}

test_basis_and_reference_are_words[sprintf("%s %d", [field, note])] if {
	some note, wrong in [null, true, 7, "", " ", [], ["consent"], {}, {"basis": "consent"}]
	some field in ["basis", "reference"]
	document := fixtures.with_card_patch(["datasets", 0, "legalBasis", field], wrong)
	[finding] := [one | some one in found("privacy.legal_basis_missing", document)]
	finding.observed == sprintf("no %s", [field])
}

test_a_legal_basis_of_a_wrong_kind_is_none[note] if {
	some note, wrong in [null, true, 7, "", "consent", [], ["consent"], {}, {"a": null}]
	document := fixtures.with_card_patch(["datasets", 0, "legalBasis"], wrong)
	{finding.observed | some finding in found("privacy.legal_basis_missing", document)} == {"no basis and no reference"}
}

test_a_dataset_without_the_keys_of_a_legal_basis_is_found[key] if {
	some key in ["basis", "reference"]
	count(found("privacy.legal_basis_missing", fixtures.without_card(["datasets", 0, "legalBasis", key]))) == 1
	count(found("privacy.legal_basis_missing", fixtures.without_card(["datasets", 0, "legalBasis"]))) == 1
}

unfounded(personal_data) := speaks_of("privacy.legal_basis_missing", [0], object.union(
	fixtures.dataset("visits-2020-2026", "training"),
	{"personalData": personal_data, "legalBasis": null},
))

test_only_data_about_nobody_needs_no_legal_basis[personal_data] if {
	some personal_data, terms in {
		"none": set(), "anonymized": set(), "pseudonymized": {"visits-2020-2026"},
		"personal": {"visits-2020-2026"}, "special": {"visits-2020-2026"}, "None": {"visits-2020-2026"},
	}
	unfounded(personal_data) == terms
}

test_data_of_which_nothing_is_said_needs_a_legal_basis[note] if {
	some note, wrong in fixtures.wrong_values
	unfounded(wrong) == {"visits-2020-2026"}
}

test_a_dataset_that_is_none_needs_a_legal_basis[note] if {
	some note, wrong in [null, true, 7, "visits", [], {}]
	speaks_of("privacy.legal_basis_missing", [1], wrong) == {"(unnamed)"}
}

test_a_dataset_named_to_look_like_another_is_found_for_itself if {
	twin := object.remove(fixtures.dataset("visits-2020-2026", "training"), ["legalBasis"])
	document := fixtures.with_card_patch(["datasets", 1], twin)
	{finding.path | some finding in found("privacy.legal_basis_missing", document)} == {"card.datasets[1].legalBasis"}
}

attacks(changes) := {[finding.observed, finding.path] |
	some finding in found("privacy.attack_test_not_passed", fixtures.with_card_patches(changes))
}

# Places of the two attacks among the tests of the passing card.
membership := [index | some index, test in fixtures.card.tests; test.kind == "membershipInference"][0]

attribute := [index | some index, test in fixtures.card.tests; test.kind == "attributeInference"][0]

test_an_attack_that_was_not_withstood_is_found if {
	document := fixtures.with_card_patch(["tests", membership, "result"], "failed")
	found("privacy.attack_test_not_passed", document) == {{
		"code": "privacy.attack_test_not_passed",
		"path": sprintf("card.tests[%d]", [membership]),
		"term": reference,
		"model": "predictor",
		"observed": "membershipInference failed",
		"required": "passed tests of this version, at most 365 days old",
		"values": {"card": reference, "kind": ["membershipInference"], "version": "4.0.2"},
	}}
}

test_both_attacks_are_asked_for if {
	attacks([[["tests"], []]]) == {["attributeInference absent, membershipInference absent", "card.tests"]}
	attacks([[["tests", attribute, "kind"], "drift"]]) == {["attributeInference absent", "card.tests"]}
}

test_an_attack_is_tried_on_this_version_and_reported[note] if {
	some note, tc in {
		"other version": {"field": "modelVersion", "value": "3.9", "word": "other version"},
		"no report": {"field": "report", "value": null, "word": "no report"},
		"before training": {"field": "date", "value": "2027-02-13T00:00:00Z", "word": "too old"},
		"future": {"field": "date", "value": "2027-03-11T00:00:00Z", "word": "future"},
		"no result": {"field": "result", "value": null, "word": "failed"},
	}
	[row] := [row | some row in attacks([[["tests", membership, tc.field], tc.value]])]
	startswith(row[0], "membershipInference ")
	contains(row[0], tc.word)
}

test_an_attack_of_a_year_ago_still_counts if {
	untrained := [["training", "completedAt"], null]
	attacks([untrained, [["tests", membership, "date"], "2026-03-10T00:00:00Z"]]) == set()
	count(attacks([untrained, [["tests", membership, "date"], "2026-03-09T00:00:00Z"]])) == 1
}

test_tests_of_a_wrong_kind_are_none[note] if {
	some note, wrong in fixtures.wrong_values
	attacks([[["tests"], wrong]]) == {["attributeInference absent, membershipInference absent", "card.tests"]}
}

test_a_site_may_ask_for_other_attacks_and_more_often[note] if {
	some note, tc in {
		"none": {"settings": {"requiredAttackTests": []}, "observed": set()},
		"another": {"settings": {"requiredAttackTests": ["inversion"]}, "observed": {"inversion absent"}},
	}
	findings := found("privacy.attack_test_not_passed", fixtures.passing) with data.mlgate.overrides as {"privacy": tc.settings}
	{finding.observed | some finding in findings} == tc.observed
}

test_a_site_may_ask_for_attacks_more_often if {
	findings := found("privacy.attack_test_not_passed", fixtures.passing) with data.mlgate.overrides as {"privacy": {"attackTestMaxAgeDays": 12}}
	{finding.required | some finding in findings} == {"passed tests of this version, at most 12 days old"}
}

test_a_dataset_called_pseudonymized_without_method_is_found if {
	document := fixtures.without_card(["datasets", 0, "anonymization"])
	found("privacy.anonymization_undocumented", document) == {{
		"code": "privacy.anonymization_undocumented",
		"path": "card.datasets[0].anonymization",
		"term": "visits-2020-2026",
		"model": "predictor",
		"observed": "pseudonymized",
		"required": "at least one method",
		"values": {"dataset": "visits-2020-2026"},
	}}
}

test_a_method_is_a_word_in_a_list[note] if {
	some note, wrong in [null, true, 7, "", "masking", [], [null], [7], [""], ["tbd"], [["masking"]], {}, {"a": "masking"}]
	speaks_of("privacy.anonymization_undocumented", [0, "anonymization"], wrong) == {"visits-2020-2026"}
	speaks_of("privacy.anonymization_undocumented", [0, "anonymization"], [wrong, "masking"]) == set()
}

test_only_data_called_hidden_needs_a_method[note] if {
	some note, personal_data in ["none", "personal", "special", "Anonymized", null, 7, "", [], ["anonymized"], {}]
	dataset := object.union(fixtures.dataset("a", "training"), {"personalData": personal_data, "anonymization": []})
	speaks_of("privacy.anonymization_undocumented", [0], dataset) == set()
}

test_anonymized_data_needs_a_method if {
	dataset := object.union(fixtures.dataset("a", "training"), {"personalData": "anonymized", "anonymization": []})
	speaks_of("privacy.anonymization_undocumented", [0], dataset) == {"a"}
}
