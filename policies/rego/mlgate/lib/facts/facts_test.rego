package mlgate.lib.facts_test

import data.mlgate.lib.facts
import data.mlgate.lib.fixtures_test as fixtures

test_the_object_is_named_by_kind_and_name if {
	facts.document == "InferenceService/visit-triage" with input as fixtures.passing
	facts.document == "InferenceService" with input as fixtures.with_patch(["request", "name"], null)
	facts.document == "InferenceService" with input as fixtures.without(["request", "name"])
}

test_a_kind_is_told_apart_by_its_group[version] if {
	some version, name in {
		"serving.kserve.io/v1beta1": "InferenceService.serving.kserve.io",
		"v1": "InferenceService.",
		"": "InferenceService.",
	}
	facts.kind_with_group == name with input as fixtures.with_patch(["workload", "apiVersion"], version)
}

test_a_kind_that_is_not_known_has_no_name[note] if {
	some note, wrong in [null, 7, true, [], {}]
	not facts.kind_with_group with input as fixtures.with_patch(["workload", "apiVersion"], wrong)
	not facts.kind_with_group with input as fixtures.with_patch(["workload", "kind"], wrong)
	not facts.kind_with_group with input as fixtures.with_patch(["workload"], wrong)
	not facts.kind_with_group with input as fixtures.with_patch(["workload", "apiVersion"], "a/b/c")
}

test_namespace_and_requester_are_null_when_unknown if {
	facts.namespace == "clinic-prod" with input as fixtures.passing
	facts.namespace == null with input as fixtures.without(["request", "namespace"])
	facts.requester == "deploy-bot@example.org" with input as fixtures.passing
	facts.requester == null with input as fixtures.with_patch(["request", "userInfo"], null)
}

test_only_a_true_flag_makes_an_owner_gated[sprintf("%v", [value])] if {
	some value in [null, false, "true", 1, {}]
	facts.owner_gated == false with input as fixtures.with_patch(["workload", "owner"], {"gated": value})
}

test_an_owner_is_gated_when_the_gate_judges_it if {
	facts.owner_gated with input as fixtures.with_patch(["workload", "owner"], {"gated": true})
	facts.owner_gated == false with input as fixtures.passing
	facts.owner_gated == false with input as fixtures.with_patch(["workload"], null)
}

test_an_owner_makes_nothing_that_names_a_model_of_its_own[sprintf("%v", [value])] if {
	some value in [false, null, "true", 1]
	owned := fixtures.with_patch(["workload", "owner"], {"gated": true})
	named := json.patch(owned, [{"op": "replace", "path": "/workload/models/0/inOwner", "value": value}])
	facts.made_by_owner == false with input as named
}

test_an_owner_makes_what_names_no_model_but_its_own if {
	owned := fixtures.with_patch(["workload", "owner"], {"gated": true})
	facts.made_by_owner with input as json.patch(owned, [{"op": "replace", "path": "/workload/models/0/inOwner", "value": true}])
	facts.made_by_owner with input as json.patch(owned, [{"op": "replace", "path": "/workload/models", "value": []}])
	facts.made_by_owner == false with input as fixtures.passing
}

test_the_kinds_of_object_follow_the_flags[flag] if {
	some flag, word in {
		"servesModel": "serving", "trainsModel": "training",
		"isRuntime": "runtime", "isRoute": "route",
	}
	none := {"servesModel": false, "trainsModel": false, "isRuntime": false, "isRoute": false}
	document := object.union(fixtures.passing, {"workload": object.union(none, {flag: true})})
	facts.objects == {"any", word} with input as document
	facts.objects == {"any"} with input as object.union(document, {"workload": {flag: "true"}})
}

test_records_are_known_by_group_and_kind[kind] if {
	some kind, word in {"ModelCard": "modelCard", "SignOff": "signOff", "Waiver": "waiver"}
	facts.objects == {"any", word} with input as record("mlgate.dev", kind)
	facts.objects == {"any"} with input as record("example.org", kind)
}

test_namespaces_and_cloud_policies_are_known if {
	facts.objects == {"any", "namespace"} with input as record("", "Namespace")
	facts.objects == {"any"} with input as record("example.org", "Namespace")
	facts.objects == {"any", "cloudIam"} with input as record("iam.services.k8s.aws", "Policy")
}

record(group, kind) := object.union(
	fixtures.with_patch(["workload"], null),
	{"request": {"kind": {"group": group, "kind": kind}}},
)

test_a_model_whose_role_needs_no_card_is_not_covered if {
	ids := [model.id | some model in facts.covered_models] with input as fixtures.with_patch(
		["workload", "models", 0, "role"],
		"tokenizer",
	)
	ids == []
}

test_a_model_of_unknown_role_is_covered[sprintf("%v", [value])] if {
	some value in [null, "", 7, []]
	count(facts.covered_models) == 1 with input as fixtures.with_patch(["workload", "models", 0, "role"], value)
}

test_a_model_and_its_usable_card_are_a_pair if {
	some pair in facts.pairs with input as fixtures.passing
	pair.model.id == "predictor"
	pair.card.source.reference == "modelcard/visit-triage-4.0.2"
	facts.unpaired_models == [] with input as fixtures.passing
}

test_without_a_usable_card_there_is_no_pair[note] if {
	some note, patch in {
		"invalid": [["cards", 0, "status"], "invalid"], "missing": [["cards", 0, "status"], "missing"],
		"null": [["cards", 0, "status"], null], "no models": [["cards", 0, "models"], []],
		"another model": [["cards", 0, "models"], ["canary[0]"]], "no cards": [["cards"], []],
	}
	document := fixtures.with_patch(patch[0], patch[1])
	count(facts.pairs) == 0 with input as document
	[model.id | some model in facts.unpaired_models] == ["predictor"] with input as document
}

test_two_cards_of_one_model_are_two_pairs if {
	second := object.union(fixtures.card_entry, {"source": {"reference": "modelcard/other"}})
	count(facts.pairs) == 2 with input as fixtures.with_patch(["cards"], [fixtures.card_entry, second])
}

test_authors_and_builders_are_strings if {
	card := {"model": {"authors": ["ann", null, 7, "bob"]}, "training": {"initiatedBy": "ci"}}
	facts.authors(card) == {"ann", "bob"}
	facts.builders(card) == {"ann", "bob", "ci"}
}

test_a_card_may_name_nobody[sprintf("%v", [card])] if {
	some card in [
		null, {}, {"model": null, "training": null}, {"model": {"authors": "ann"}, "training": {"initiatedBy": 7}},
		{"model": {"authors": {"first": "ann"}}, "training": []},
		{"model": [], "training": "x"},
	]
	facts.authors(card) == set()
	facts.builders(card) == set()
}

covering(document) := [[entry.reference, [model.id | some model in entry.models]] |
	some entry in facts.covering_cards with input as document
]

test_a_card_is_read_once_for_all_its_models if {
	second := object.union(fixtures.model, {"id": "worker"})
	document := json.patch(fixtures.passing, [
		{"op": "add", "path": "/workload/models/-", "value": second},
		{"op": "add", "path": "/cards/0/models/-", "value": "worker"},
		{"op": "add", "path": "/cards/0/models/-", "value": "of another object"},
		{"op": "add", "path": "/cards/-", "value": object.union(fixtures.card_entry, {"models": []})},
		{"op": "add", "path": "/cards/-", "value": object.union(fixtures.card_entry, {"status": "invalid"})},
	])
	covering(document) == [["modelcard/visit-triage-4.0.2", ["predictor", "worker"]]]
	[entry] := facts.covering_cards with input as document
	entry.card == fixtures.card
}

test_a_card_without_reference_is_read_all_the_same[note] if {
	some note, wrong in [null, 7, [], {}, {"reference": null}, {"reference": 7}]
	covering(fixtures.with_patch(["cards", 0, "source"], wrong)) == [["(unnamed)", ["predictor"]]]
}

test_a_card_without_content_is_read_all_the_same if {
	covering(fixtures.without(["cards", 0, "card"])) == [["modelcard/visit-triage-4.0.2", ["predictor"]]]
}

test_a_model_affects_people_unless_its_card_denies_it if {
	not facts.affects_people({"intendedUse": {"affectsPeople": false}})
	facts.affects_people({"intendedUse": {"affectsPeople": true}})
	facts.affects_people({"intendedUse": {}})
	facts.affects_people(null)
}

test_only_false_denies_it[note] if {
	some note, wrong in fixtures.wrong_values
	facts.affects_people({"intendedUse": {"affectsPeople": wrong}})
	facts.affects_people({"intendedUse": wrong})
}

test_a_model_is_made_here_unless_its_card_names_a_supplier if {
	facts.in_house({"model": {"supplier": "internal"}})
	facts.in_house({"model": {"supplier": " Internal"}})
	facts.in_house({"model": {"supplier": "internal\u200b"}})
	facts.in_house({"model": {"supplier": "\u2060"}})
	facts.in_house({"model": {}})
	facts.in_house(null)
	not facts.in_house({"model": {"supplier": "Harbour Models"}})
}

test_a_supplier_that_is_no_name_is_none[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["x"], {}, {"name": "x"}]
	facts.in_house({"model": {"supplier": wrong}})
	facts.in_house({"model": wrong})
}
