package mlgate.rules.explainability_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.explainability

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in explainability.deny with input as document
	finding.code == code
}

# What is observed of one code when a value below explainability is another.
observed(code, path, value) := {finding.observed |
	some finding in found(code, fixtures.with_card_patch(array.concat(["explainability"], path), value))
}

reference := "modelcard/visit-triage-4.0.2"

codes := {sprintf("explainability.%s", [name]) | some name in ["missing", "not_stored", "not_validated"]}

test_the_passing_document_has_no_finding if {
	explainability.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_without_models[note] if {
	some note, workload in [null, {}]
	explainability.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

test_a_card_of_a_wrong_kind_explains_nothing[note] if {
	some note, wrong in fixtures.wrong_values
	findings := explainability.deny with input as fixtures.with_patch(["cards", 0, "card"], wrong)
	{finding.code | some finding in findings} == codes
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

test_a_model_that_affects_nobody_need_not_explain_itself if {
	document := fixtures.with_card_patches([
		[["explainability"], null], [["tests"], []],
		[["intendedUse", "affectsPeople"], false],
	])
	explainability.deny == set() with input as document
}

test_only_a_card_that_denies_it_affects_nobody[code] if {
	some code in codes
	every wrong in [null, true, 0, "false", "", [], {}] {
		document := fixtures.with_card_patches([
			[["explainability"], null], [["tests"], []],
			[["intendedUse", "affectsPeople"], wrong],
		])
		count(found(code, document)) == 1
	}
}

test_a_card_without_explanations_is_found if {
	found("explainability.missing", fixtures.without_card(["explainability"])) == {{
		"code": "explainability.missing",
		"path": "card.explainability",
		"term": reference,
		"model": "predictor",
		"observed": "no method and no explanation per prediction",
		"required": "a method, and perPrediction true or an explainer in the deployment",
		"values": {"card": reference},
	}}
}

test_an_explainability_of_a_wrong_kind_is_none[note] if {
	some note, wrong in fixtures.wrong_values
	observed("explainability.missing", [], wrong) == {"no method and no explanation per prediction"}
}

test_a_method_is_a_word[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["shap"], {}, {"a": null}]
	observed("explainability.missing", ["method"], wrong) == {"no method"}
}

test_every_prediction_must_be_explained[note] if {
	some note, wrong in [null, false, 1, "true", "", [], [true], {}]
	observed("explainability.missing", ["perPrediction"], wrong) == {"no explanation per prediction"}
}

test_a_missing_key_is_as_bad_as_a_wrong_value[key] if {
	some key, words in {"method": "no method", "perPrediction": "no explanation per prediction"}
	document := fixtures.without_card(["explainability", key])
	{finding.observed | some finding in found("explainability.missing", document)} == {words}
}

# The passing document whose model does not explain itself, with this as the deployment's explainer.
beside(explainer) := json.patch(fixtures.with_card_patch(["explainability", "perPrediction"], false), [{
	"op": "replace",
	"path": "/workload/features/explainer",
	"value": explainer,
}])

test_an_explainer_beside_the_model_will_do if found("explainability.missing", beside(true)) == set()

test_an_explainer_is_there_or_not[note] if {
	some note, wrong in [null, false, 1, "true", [], {}]
	count(found("explainability.missing", beside(wrong))) == 1
}

test_an_explainer_needs_a_method_all_the_same if {
	document := json.patch(beside(true), [{"op": "remove", "path": "/cards/0/card/explainability/method"}])
	{finding.observed | some finding in found("explainability.missing", document)} == {"no method"}
}

test_a_document_without_features_has_no_explainer if {
	document := json.patch(beside(true), [{"op": "remove", "path": "/workload/features"}])
	{finding.observed | some finding in found("explainability.missing", document)} == {"no explanation per prediction"}
}

test_explanations_that_are_not_kept_are_found if {
	document := fixtures.without_card(["explainability", "storedWithPredictions"])
	found("explainability.not_stored", document) == {{
		"code": "explainability.not_stored",
		"path": "card.explainability.storedWithPredictions",
		"term": reference,
		"model": "predictor",
		"observed": "not stated",
		"required": "true",
		"values": {"card": reference},
	}}
}

test_only_true_says_that_they_are_kept[note] if {
	some note, tc in {
		"null": {"value": null, "observed": "not stated"},
		"blank": {"value": " ", "observed": "not stated"},
		"false": {"value": false, "observed": "false"},
		"number": {"value": 1, "observed": "1"},
		"word": {"value": "true", "observed": "true"},
		"list": {"value": [true], "observed": "[true]"},
	}
	observed("explainability.not_stored", ["storedWithPredictions"], tc.value) == {tc.observed}
}

required := "a passed test of kind explanationFidelity within 365 days and users who tried the explanations"

with_fidelity(keys) := fixtures.with_card_patches([
	[["training", "completedAt"], null],
	[["tests"], [object.union(fixtures.passed_test("explanationFidelity"), keys)]],
])

test_explanations_that_nobody_checked_are_found if {
	changes := [[["tests"], []], [["explainability", "reviewedWith"], []]]
	found("explainability.not_validated", fixtures.with_card_patches(changes)) == {{
		"code": "explainability.not_validated",
		"path": "card.tests",
		"term": reference,
		"model": "predictor",
		"observed": "test of fidelity absent and tried by no user",
		"required": required,
		"values": {"card": reference},
	}}
}

test_a_test_of_fidelity_alone_is_not_enough if {
	findings := found("explainability.not_validated", fixtures.without_card(["explainability", "reviewedWith"]))
	{[finding.path, finding.observed] | some finding in findings} == {["card.explainability.reviewedWith", "tried by no user"]}
}

test_users_are_named_in_a_list[note] if {
	some note, wrong in [null, true, 7, "", "Panel of nurses", [], {}, {"a": "b"}, [""], ["tbd"], [7], [null]]
	observed("explainability.not_validated", ["reviewedWith"], wrong) == {"tried by no user"}
}

test_users_alone_are_not_enough if {
	findings := found("explainability.not_validated", with_fidelity({"result": "failed"}))
	{[finding.path, finding.observed] | some finding in findings} == {["card.tests[0]", "test of fidelity failed"]}
}

test_a_test_may_be_as_old_as_the_policy_says if {
	found("explainability.not_validated", with_fidelity({"date": "2026-03-10T00:00:00Z"})) == set()
	findings := found("explainability.not_validated", with_fidelity({"date": "2026-03-09T23:59:59Z"}))
	{finding.observed | some finding in findings} == {"test of fidelity too old (of 2026-03-09, 366 days ago)"}
}
