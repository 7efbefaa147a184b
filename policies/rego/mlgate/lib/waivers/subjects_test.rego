package mlgate.lib.waivers_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.lib.waivers

modelless := {"code": "rollback.too_slow", "term": null, "model": null}

of_workload := {"kind": "InferenceService", "name": "visit-triage"}

with_subject(subject) := object.union(object.remove(waiver, ["subject"]), {"subject": subject})

matches(subject, found) if {
	waivers.subject_matches(subject, found) with input as fixtures.passing
}

test_each_sufficient_subject_matches[note] if {
	some note, subject in {
		"workload": {"workload": of_workload},
		"digest": {"digest": fixtures.model_digest},
		"model and version": {"model": "visit-triage", "version": "4.0.2"},
		"nulls beside it": {"model": null, "version": null, "digest": fixtures.model_digest, "workload": null},
		"version beside a digest": {"version": "4.0.2", "digest": fixtures.model_digest},
	}
	matches(subject, finding)
	count(lifted_by([with_subject(subject)], finding)) == 1
}

test_a_subject_that_is_not_sufficient_matches_nothing[note] if {
	some note, subject in {
		"empty": {},
		"null": null,
		"a word": "visit-triage",
		"a list": [of_workload],
		"nulls": {"model": null, "version": null, "digest": null, "workload": null},
		"model alone": {"model": "visit-triage"},
		"version alone": {"version": "4.0.2"},
		"kind alone": {"workload": {"kind": "InferenceService"}},
		"name alone": {"workload": {"name": "visit-triage"}},
		"blank digest": {"digest": " "},
		"blank model": {"model": "", "version": "4.0.2"},
		"empty workload": {"workload": {}},
		"numbers": {"model": 1, "version": 4, "digest": 7, "workload": {"kind": 1, "name": 2}},
	}
	not waivers.sufficient(subject)
	not matches(subject, finding)
	not matches(subject, modelless)
	lifted_by([with_subject(subject)], finding) == []
	not waivers.hindrance(with_subject(subject), finding) with input as fixtures.passing
}

test_one_part_that_differs_is_enough_to_miss[note] if {
	some note, part in {
		"model": {"model": "visit-triage-2"},
		"version": {"version": "4.0.1"},
		"digest": {"digest": fixtures.card_digest},
		"kind": {"workload": {"kind": "Deployment", "name": "visit-triage"}},
		"name": {"workload": {"kind": "InferenceService", "name": "visit-triage-2"}},
		"model as a number": {"model": 7},
		"digest as a list": {"digest": [fixtures.model_digest]},
		"workload as a word": {"workload": "InferenceService/visit-triage"},
	}
	not matches(object.union(waiver.subject, part), finding)
	lifted_by([changed({"subject": part})], finding) == []
}

test_a_workload_can_be_limited_to_its_namespace if {
	here := object.union(of_workload, {"namespace": fixtures.passing.request.namespace})
	matches({"workload": here}, finding)
	matches({"workload": object.union(of_workload, {"namespace": null})}, finding)
}

test_a_workload_of_another_namespace_is_missed[note] if {
	some note, namespace in {"another": "elsewhere", "a number": 7, "a list": ["clinic"], "empty": ""}
	subject := {"workload": object.union(of_workload, {"namespace": namespace})}
	not matches(subject, finding)
	lifted_by([with_subject(subject)], finding) == []
}

test_a_finding_about_no_model_needs_the_workload if {
	not matches({"digest": fixtures.model_digest}, modelless)
	not matches({"model": "visit-triage", "version": "4.0.2"}, modelless)
	matches({"workload": of_workload}, modelless)
	matches(waiver.subject, modelless)
}

test_a_finding_about_no_model_is_missed_once_another_version_runs if {
	given := fixtures.with_card_patch(["model", "version"], "4.1.0")
	not waivers.subject_matches(waiver.subject, modelless) with input as given
	waivers.subject_matches({"workload": of_workload}, modelless) with input as given
}

test_without_a_card_only_the_workload_matches if {
	given := fixtures.with_patch(["cards"], [])
	waivers.subject_matches({"workload": of_workload}, finding) with input as given
	not waivers.subject_matches(waiver.subject, finding) with input as given
	not waivers.subject_matches({"digest": fixtures.model_digest}, finding) with input as given
	not waivers.subject_matches({"model": "visit-triage", "version": "4.0.2"}, finding) with input as given
}

test_a_second_card_of_the_model_must_match_too if {
	second := json.patch(fixtures.card_entry, [
		{"op": "replace", "path": "/card/model/version", "value": "4.1.0"},
		{"op": "replace", "path": "/card/model/artifacts", "value": []},
	])
	given := fixtures.with_patch(["cards"], [fixtures.card_entry, second])
	not waivers.subject_matches({"model": "visit-triage", "version": "4.0.2"}, finding) with input as given
	not waivers.subject_matches({"digest": fixtures.model_digest}, finding) with input as given
}

test_a_digest_the_card_lists_beside_the_one_that_is_served_does_not_match if {
	given := json.patch(
		fixtures.with_patch(["workload", "models", "0", "digest"], fixtures.card_digest),
		[{"op": "add", "path": "/cards/0/card/model/artifacts/-", "value": {"uri": "oci://x/y", "digest": fixtures.card_digest}}],
	)
	some found in [finding, modelless]
	subject := {"digest": fixtures.model_digest, "workload": of_workload}
	not waivers.subject_matches(subject, found) with input as given
	waivers.subject_matches({"digest": fixtures.card_digest, "workload": of_workload}, found) with input as given
}

test_what_another_model_serves_does_not_count if {
	other := object.union(fixtures.model, {"id": "adapter:sql", "digest": fixtures.card_digest})
	given := json.patch(fixtures.passing, [
		{"op": "add", "path": "/workload/models/-", "value": other},
		{"op": "add", "path": "/cards/-", "value": object.union(fixtures.card_entry, {"models": ["adapter:sql"]})},
	])
	waivers.subject_matches({"digest": fixtures.model_digest}, finding) with input as given
	not waivers.subject_matches({"digest": fixtures.model_digest}, object.union(finding, {"model": "adapter:sql"})) with input as given
}

test_a_model_without_digest_serves_no_other[note] if {
	some note, nothing in {"null": null, "empty": "", "blank": " "}
	given := fixtures.with_patch(["workload", "models", "0", "digest"], nothing)
	waivers.subject_matches({"digest": fixtures.model_digest}, finding) with input as given
}

test_cards_of_another_model_do_not_count if {
	other := object.union(finding, {"model": "adapter:sql"})
	not matches({"digest": fixtures.model_digest}, other)
	waivers.cards_of(other) == set() with input as fixtures.passing
	count(waivers.cards_of(modelless)) == 1 with input as fixtures.passing
}

test_the_gated_owner_is_the_workload_too if {
	subject := {"workload": {"kind": "InferenceService", "name": "front-desk"}}
	waivers.subject_matches(subject, finding) with input as owned(true)
	not waivers.subject_matches(subject, finding) with input as owned(false)
	not waivers.subject_matches(subject, finding) with input as forged(true, false)
	other := {"workload": {"kind": "InferenceService", "name": "back-office"}}
	not waivers.subject_matches(other, finding) with input as owned(true)
}

test_a_missing_name_does_not_match_a_name_still_to_be_generated if {
	given := fixtures.with_patch(["workload", "name"], null)
	subject := {"digest": fixtures.model_digest, "workload": {"kind": "InferenceService", "name": null}}
	not waivers.subject_matches(subject, finding) with input as given
	unkind := fixtures.with_patch(["workload", "kind"], null)
	of_no_kind := {"digest": fixtures.model_digest, "workload": {"kind": null, "name": "visit-triage"}}
	not waivers.subject_matches(of_no_kind, finding) with input as unkind
}

test_terms_narrow_a_waiver if {
	narrowed := changed({"terms": ["modelcard/visit-triage-4.0.2", "x"]})
	count(lifted_by([narrowed], finding)) == 1
	lifted_by([narrowed], object.union(finding, {"term": "modelcard/other"})) == []
	lifted_by([narrowed], object.union(finding, {"term": null})) == []
	not waivers.hindrance(changed({"terms": ["x"], "assurance": "claimed"}), finding) with input as fixtures.passing
}

test_terms_that_cannot_be_read_match_nothing[terms] if {
	some terms in [null, "modelcard/visit-triage-4.0.2", 7, {}, {"a": "modelcard/visit-triage-4.0.2"}]
	lifted_by([object.union(object.remove(waiver, ["terms"]), {"terms": terms})], finding) == []
}
