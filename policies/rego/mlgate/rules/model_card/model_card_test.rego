package mlgate.rules.model_card_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.model_card

# Candidates of a code for a document.
spoken(code, document) := found if {
	all := model_card.deny with input as document
	found := {candidate | some candidate in all; candidate.code == code}
}

codes(document) := found if {
	all := model_card.deny with input as document
	found := {candidate.code | some candidate in all}
}

observed(code, document) := {candidate.observed | some candidate in spoken(code, document)}

# A card of the predictor that was not found, with its status.
lost(status) := object.union(fixtures.card_entry, {
	"status": status, "card": null, "digest": null, "format": null,
	"problems": [{"path": "", "message": sprintf("it is %s", [status])}],
})

test_the_passing_document_violates_nothing if codes(fixtures.passing) == set()

test_a_model_without_a_card_is_told if {
	spoken("model_card.missing", fixtures.with_patch(["cards"], [])) == {{
		"code": "model_card.missing",
		"path": "metadata.annotations[mlgate.dev/model-card]",
		"term": "predictor",
		"model": "predictor",
		"observed": "no card is named",
		"required": "a model card",
		"values": {"model": "predictor (oci://registry.example.org/models/visit-triage@sha256:2c7f9a41d0b8)"},
	}}
}

test_a_card_that_leads_nowhere_is_told if {
	document := fixtures.with_patch(["cards"], [lost("missing")])
	observed("model_card.missing", document) == {"modelcard/visit-triage-4.0.2 does not exist"}
	codes(document) == {"model_card.missing"}
}

test_a_card_of_another_model_is_no_card[models] if {
	some models in [[], ["adapter"], null, "predictor", {}, 7]
	document := fixtures.with_patch(["cards", 0, "models"], models)
	observed("model_card.missing", document) == {"no card is named"}
}

test_a_missing_list_of_models_is_no_card if {
	observed("model_card.missing", fixtures.without(["cards", 0, "models"])) == {"no card is named"}
}

test_a_status_that_cannot_be_read_is_no_card[note] if {
	some note, status in {"null": null, "number": 7, "word": "good", "list": ["found"]}
	document := fixtures.with_patch(["cards", 0, "status"], status)
	observed("model_card.missing", document) == {"modelcard/visit-triage-4.0.2 does not exist"}
}

test_a_reference_that_cannot_be_read_hides_nothing[reference] if {
	some reference in [null, 7, {}]
	document := fixtures.with_patch(["cards"], [object.union(lost("missing"), {"source": {"reference": reference}})])
	count(spoken("model_card.missing", document)) == 1
}

test_serving_without_a_model_is_told[models] if {
	some models in [[], null, "predictor", {}]
	found := spoken("model_card.missing", fixtures.with_patch(["workload", "models"], models))
	{candidate.term | some candidate in found} == {"unknown"}
	{candidate.values.model | some candidate in found} == {"unknown"}
	{candidate.model | some candidate in found} == {null}
}

test_a_missing_list_of_served_models_is_told if {
	count(spoken("model_card.missing", fixtures.without(["workload", "models"]))) == 1
}

test_a_role_that_needs_no_card_is_left_alone if {
	document := json.patch(fixtures.with_patch(["workload", "models", 0, "role"], "tokenizer"), [{
		"op": "replace", "path": "/cards", "value": [],
	}])
	codes(document) == set()
}

test_a_role_that_cannot_be_read_needs_a_card[role] if {
	some role in [null, 7, ["tokenizer"], "Tokenizer"]
	document := json.patch(fixtures.with_patch(["workload", "models", 0, "role"], role), [{
		"op": "replace", "path": "/cards", "value": [],
	}])
	codes(document) == {"model_card.missing"}
}

test_a_source_that_does_not_answer_is_told if {
	spoken("model_card.unavailable", fixtures.with_patch(["cards"], [lost("unavailable")])) == {{
		"code": "model_card.unavailable",
		"path": "metadata.annotations[mlgate.dev/model-card]",
		"term": "predictor",
		"model": "predictor",
		"observed": "it is unavailable",
		"required": "an answer of the card's source",
		"values": {
			"card": "modelcard/visit-triage-4.0.2",
			"model": "predictor (oci://registry.example.org/models/visit-triage@sha256:2c7f9a41d0b8)",
		},
	}}
}

test_a_silent_source_beside_a_missing_card_is_told_alone if {
	codes(fixtures.with_patch(["cards"], [lost("missing"), lost("unavailable")])) == {"model_card.unavailable"}
}

test_a_silent_source_without_a_reason_is_told[problems] if {
	some problems in [[], null, "x"]
	card := object.union(object.remove(lost("unavailable"), ["problems"]), {"problems": problems})
	observed("model_card.unavailable", fixtures.with_patch(["cards"], [card])) == {"status unavailable"}
}
