package mlgate.rules.model_card_test

import data.mlgate.lib.fixtures_test as fixtures

problem := {"path": "card.risk.tier", "message": "not one of minimal, limited, high"}

test_a_card_with_problems_is_told if {
	spoken("model_card.invalid", fixtures.with_patch(["cards", 0, "problems"], [problem])) == {{
		"code": "model_card.invalid",
		"path": "card.risk.tier",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "card.risk.tier: not one of minimal, limited, high",
		"required": "a card without problems",
		"values": {"card": "modelcard/visit-triage-4.0.2", "kind": "modelcard"},
	}}
}

test_a_card_that_cannot_be_used_is_told if {
	document := fixtures.with_patch(["cards"], [lost("invalid")])
	codes(document) == {"model_card.invalid"}
	{candidate.path | some candidate in spoken("model_card.invalid", document)} == {"card"}
	{candidate.values.kind | some candidate in spoken("model_card.invalid", document)} == {"unknown format"}
}

test_an_unusable_card_without_a_reason_is_told if {
	card := object.union(lost("invalid"), {"problems": []})
	observed("model_card.invalid", fixtures.with_patch(["cards"], [card])) == {"status invalid"}
}

test_problems_that_cannot_be_read_are_problems[problems] if {
	some problems in [null, "none", 7, {}, [null], ["x"], [{}], [{"path": null, "message": 7}]]
	count(spoken("model_card.invalid", fixtures.with_patch(["cards", 0, "problems"], problems))) == 1
}

test_a_place_that_is_none_is_the_whole_card[note] if {
	some note, wrong in [null, 7, true, "", " ", ["card.risk"], {"a": 1}]
	document := fixtures.with_patch(["cards", 0, "problems"], [object.union(problem, {"path": wrong})])
	{candidate.path | some candidate in spoken("model_card.invalid", document)} == {"card"}
}

test_a_missing_list_of_problems_is_a_problem if {
	count(spoken("model_card.invalid", fixtures.without(["cards", 0, "problems"]))) == 1
}

test_a_second_card_that_leads_nowhere_is_told[status] if {
	some status in ["missing", "unavailable", "invalid", "odd"]
	document := fixtures.with_patch(["cards"], [fixtures.card_entry, lost(status)])
	observed("model_card.invalid", document) == {sprintf("it is %s", [status])}
	codes(document) == {"model_card.invalid"}
}

test_a_card_of_a_model_that_needs_none_is_not_judged if {
	document := json.patch(fixtures.with_patch(["workload", "models", 0, "role"], "tokenizer"), [{
		"op": "replace", "path": "/cards/0/problems", "value": [problem],
	}])
	codes(document) == set()
}

test_control_characters_of_a_card_are_escaped if {
	document := fixtures.with_patch(["cards", 0, "problems"], [{"path": "card.x", "message": "a\u001b[2Jb"}])
	observed("model_card.invalid", document) == {"card.x: a\\u001b[2Jb"}
}

test_a_card_is_not_told_for_the_model_of_another if {
	adapter := object.union(fixtures.model, {"id": "adapter:night", "role": "adapter"})
	other := object.union(fixtures.card_entry, {"models": ["adapter:night"], "problems": [problem]})
	document := json.patch(fixtures.passing, [
		{"op": "add", "path": "/workload/models/-", "value": adapter},
		{"op": "add", "path": "/cards/-", "value": other},
	])
	{candidate.model | some candidate in spoken("model_card.invalid", document)} == {"adapter:night"}
}

test_a_card_is_told_for_each_of_its_models if {
	adapter := object.union(fixtures.model, {"id": "adapter:night", "role": "adapter"})
	document := json.patch(fixtures.passing, [
		{"op": "add", "path": "/workload/models/-", "value": adapter},
		{"op": "replace", "path": "/cards/0/models", "value": ["predictor", "adapter:night"]},
		{"op": "replace", "path": "/cards/0/problems", "value": [problem]},
	])
	{candidate.model | some candidate in spoken("model_card.invalid", document)} == {"predictor", "adapter:night"}
}
