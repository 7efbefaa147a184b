package mlgate.rules.model_card_test

import data.mlgate.lib.fixtures_test as fixtures

adapter := object.union(fixtures.model, {
	"id": "adapter:night", "role": "adapter", "digest": null, "uri": "s3://clinic/night",
})

# A second card that covers the given models, beside the good one of the only model.
beside(changes) := fixtures.with_patch(
	["cards"],
	[fixtures.card_entry, object.union(
		fixtures.card_entry,
		object.union({"source": {"type": "modelcard", "reference": "modelcard/other"}, "models": []}, changes),
	)],
)

with_adapter(document) := json.patch(document, [{"op": "add", "path": "/workload/models/-", "value": adapter}])

owned(document) := json.patch(document, [{"op": "add", "path": "/workload/owner", "value": {"gated": true}}])

test_a_card_of_no_model_is_told if {
	spoken("model_card.artifact_mismatch", beside({})) == {{
		"code": "model_card.artifact_mismatch",
		"path": "metadata.annotations[mlgate.dev/model-card]",
		"term": "modelcard/other",
		"model": null,
		"observed": "sha256:2c7f9a41d0b8",
		"required": "sha256:2c7f9a41d0b8",
		"values": {"card": "modelcard/other", "model": "each of predictor"},
	}}
}

test_a_reference_that_names_no_model_of_the_workload_is_told if {
	[finding] := [finding | some finding in spoken("model_card.artifact_mismatch", with_adapter(beside({"models": ["canary"]})))]
	finding.required == "only canary, which is no model of the workload"
	finding.observed == "sha256:2c7f9a41d0b8, s3://clinic/night"
	finding.values.model == "each of predictor, adapter:night"
}

test_a_card_of_no_model_is_told_whatever_its_status[status] if {
	some status in ["missing", "unavailable", "invalid", null, 7]
	strays := spoken("model_card.artifact_mismatch", beside({"status": status, "card": null, "models": ["canary"]}))
	{finding.term | some finding in strays} == {"modelcard/other"}
	not "model_card.invalid" in codes(beside({"status": status, "card": null, "models": ["canary"]}))
}

test_models_of_a_card_that_cannot_be_read_are_none[note] if {
	some note, wrong in [null, 7, "predictor", {}, {"a": "b"}, [], [null], [["predictor"]]]
	codes(beside({"models": wrong})) == {"model_card.artifact_mismatch"}
}

test_each_card_of_no_model_is_told if {
	third := object.union(fixtures.card_entry, {"source": {"reference": "modelcard/third"}, "models": []})
	document := json.patch(beside({}), [{"op": "add", "path": "/cards/-", "value": third}])
	{finding.term | some finding in spoken("model_card.artifact_mismatch", document)} == {"modelcard/other", "modelcard/third"}
}

test_a_card_of_a_model_that_needs_none_is_not_astray if {
	tokenizer := object.union(fixtures.model, {"id": "tokenizer", "role": "tokenizer"})
	document := json.patch(beside({"models": ["tokenizer"]}), [{"op": "add", "path": "/workload/models/-", "value": tokenizer}])
	codes(document) == set()
}

test_a_part_of_a_gated_owner_is_not_asked_for_cards_of_its_other_parts if {
	codes(owned(beside({}))) == set()
	codes(beside({})) == {"model_card.artifact_mismatch"}
}

test_where_no_model_was_found_no_card_is_astray[models] if {
	some models in [[], null, {}, 7]
	codes(fixtures.with_patch(["workload", "models"], models)) == {"model_card.missing"}
}

test_a_model_that_cannot_be_read_hides_no_stray_card[note] if {
	some note, wrong in [null, 7, "x", [], {"id": null, "uri": 7, "digest": []}]
	document := json.patch(beside({}), [{"op": "add", "path": "/workload/models/-", "value": wrong}])
	strays := spoken("model_card.artifact_mismatch", document)
	"modelcard/other" in {finding.term | some finding in strays}
}

test_of_two_cards_of_one_model_each_must_describe_it if {
	second := json.patch(fixtures.card_entry, [
		{"op": "replace", "path": "/source/reference", "value": "modelcard/other"},
		{"op": "replace", "path": "/card/model/artifacts/0/digest", "value": fixtures.image_digest},
	])
	document := fixtures.with_patch(["cards"], [fixtures.card_entry, second])
	observed("model_card.artifact_mismatch", document) == {"sha256:2c7f9a41d0b8"}
	{finding.values.card | some finding in spoken("model_card.artifact_mismatch", document)} == {"modelcard/other"}
}

test_a_card_named_twice_is_judged_once if {
	document := fixtures.with_patch(["cards"], [fixtures.card_entry, fixtures.card_entry])
	codes(document) == set()
	other := json.patch(fixtures.card_entry, [{"op": "replace", "path": "/models", "value": []}])
	twice := fixtures.with_patch(["cards"], [fixtures.card_entry, other, other])
	count(spoken("model_card.artifact_mismatch", twice)) == 1
}
