package mlgate.lib.judgement_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.lib.judgement

codes(document) := {found.code | some found in candidates} if {
	candidates := judgement.candidates with input as document
}

test_the_passing_document_has_no_candidates if judgement.candidates == set() with input as fixtures.passing

test_a_candidate_of_a_rule_counts if {
	document := fixtures.with_patch(["workload", "problems"], [{"path": "spec.x", "message": "no"}])
	"workload.unreadable" in codes(document)
}

test_a_rule_about_other_objects_does_not_count if {
	document := fixtures.with_patch(["workload", "servesModel"], false)
	codes(json.patch(document, [{"op": "replace", "path": ["cards"], "value": []}])) == set()
}

test_a_failed_lookup_is_one_candidate_in_place_of_the_rule if {
	document := json.patch(fixtures.passing, [
		{"op": "replace", "path": ["signOffs"], "value": []},
		{"op": "replace", "path": ["unavailable"], "value": [lookup("signOffs", "error")]},
	])
	candidates := judgement.candidates with input as document
	[found | some found in candidates; found.code == "signoff.approval_missing"] == [{
		"code": "signoff.approval_missing", "path": "metadata.name", "term": null, "model": null, "lookup": "signOffs",
		"observed": "unavailable: signOffs", "required": "an answer to the lookup signOffs", "values": {},
	}]
}

test_the_first_lookup_that_failed_is_told[name] if {
	some name, entries in {
		"first": [lookup("first", "error"), lookup("second", "offline")],
		"second": [lookup("first", "error"), lookup("second", "error")],
	}
	judgement.unanswered["a.one"] == name with input as lacking(entries) with data.mlgate.indexes as index
}

test_a_failed_lookup_of_a_skipped_code_is_no_candidate if {
	document := fixtures.with_patch(["unavailable"], [lookup("request.userInfo", "error")])
	codes(document) == set()
}

test_rules_about_the_card_speak_for_a_model_without_one if {
	document := fixtures.with_patch(["cards", 0, "status"], "missing")
	candidates := judgement.candidates with input as document
	some found in candidates
	found == {
		"code": "model_card.unpinned", "path": "card", "term": null, "model": "predictor",
		"observed": "no usable card", "required": "a usable card",
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}
	skipped := judgement.skipped with input as document
	asked := {code | some code in data.mlgate.indexes.pairs; judgement.applies(code) with input as document}
	(asked - object.keys(skipped)) - codes(document) == set()
}

test_the_card_of_another_model_is_not_named if {
	other := json.patch(fixtures.card_entry, [
		{"op": "replace", "path": "/source/reference", "value": "modelcard/other"},
		{"op": "replace", "path": "/models", "value": ["another"]},
	])
	cards := [object.union(fixtures.card_entry, {"status": "missing"}), other]
	candidates := judgement.candidates with input as fixtures.with_patch(["cards"], cards)
	{found.values.card | some found in candidates; found.observed == "no usable card"} == {"modelcard/visit-triage-4.0.2"}
}

test_a_failed_lookup_is_told_once_for_a_model_without_a_card if {
	code := "signoff.approval_missing"
	document := json.patch(fixtures.with_patch(["cards"], []), [{"op": "replace", "path": "/unavailable", "value": [lookup("signOffs", "error")]}])
	candidates := judgement.candidates with input as document
	[found.observed | some found in candidates; found.code == code] == ["unavailable: signOffs"]
}

# What a rule says of a code that is not decided here.
spoken_of(candidate, document) := {found.code | some found in candidates} if {
	candidates := judgement.candidates with input as document with data.mlgate.rules.workload.deny as {candidate}
}

test_a_rule_is_not_heard_about_what_is_skipped if {
	told := object.union(whole, {"code": "signoff.approval_missing"})
	"signoff.approval_missing" in spoken_of(told, fixtures.passing)
	not "signoff.approval_missing" in spoken_of(told, fixtures.with_patch(["unavailable"], [lookup("signOffs", "disabled")]))
}

test_a_rule_is_not_heard_about_what_stands_in_the_owner if {
	document := json.patch(extended, [{"op": "add", "path": "/workload/servesModel", "value": true}])
	told := object.union(whole, {"code": "encryption.insecure_uri", "path": "spec.volumes[0]"})
	not "encryption.insecure_uri" in spoken_of(told, document)
	"encryption.insecure_uri" in spoken_of(object.union(told, {"path": "spec.elsewhere"}), document)
}

test_without_the_code_for_unsound_questions_nothing_is_complete if {
	not judgement.complete with input as fixtures.passing with data.mlgate.catalog["input.invalid"].severity as false
}

test_without_any_card_none_is_named if {
	candidates := judgement.candidates with input as fixtures.with_patch(["cards"], [])
	{found.values.card | some found in candidates; found.observed == "no usable card"} == {"(none)"}
}

test_an_inherited_model_needs_no_card_of_its_own if {
	document := json.patch(extended, [{"op": "replace", "path": ["cards"], "value": []}])
	not "model_card.unpinned" in codes(document)
}

test_the_shipped_policy_is_complete if judgement.complete with input as fixtures.passing

test_without_codes_nothing_is_complete[sprintf("%v", [list])] if {
	some list in [[], ["other.code"], null]
	not judgement.complete with input as fixtures.passing with data.mlgate.indexes.codes as list
}

test_without_indexes_nothing_is_complete if {
	not judgement.complete with input as fixtures.passing with data.mlgate.indexes as {}
}

test_a_subject_that_is_not_loaded_is_noticed if {
	subjects := object.union(data.mlgate.indexes.subjects, {"serving": ["nowhere"]})
	not judgement.complete with input as fixtures.passing with data.mlgate.indexes.subjects as subjects
}

test_a_subject_about_other_objects_is_not_missed if {
	subjects := object.union(data.mlgate.indexes.subjects, {"namespace": ["nowhere"]})
	judgement.complete with input as fixtures.passing with data.mlgate.indexes.subjects as subjects
}

whole := {
	"code": "workload.unreadable", "path": "spec", "term": null, "model": null,
	"observed": null, "required": false, "values": {},
}

said_by_a_rule(candidate) if {
	judgement.complete with input as fixtures.passing with data.mlgate.rules.workload.deny as {candidate}
}

test_a_whole_finding_is_one_whatever_it_saw if said_by_a_rule(whole)

# It would be lost, and the object let in.
test_a_finding_that_cannot_be_told_is_noticed[key] if {
	some key in ["code", "path", "term", "model", "observed", "required"]
	not said_by_a_rule(object.remove(whole, [key]))
}

test_a_finding_without_a_path_in_words_is_noticed[sprintf("%v", [wrong])] if {
	some wrong in [null, 5, ["spec"], {}, true]
	not said_by_a_rule(object.union(object.remove(whole, ["path"]), {"path": wrong}))
}

test_what_is_no_finding_is_noticed[sprintf("%v", [wrong])] if {
	some wrong in [null, 5, "text", [], {}]
	not said_by_a_rule(wrong)
}

test_a_code_the_catalogue_does_not_hold_is_noticed if {
	stray := {"code": "workload.stray", "path": "", "term": null, "model": null, "observed": "", "required": "", "values": {}}
	not judgement.complete with input as fixtures.passing with data.mlgate.rules.workload.deny as {stray}
}
