package mlgate.lib.waivers_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.lib.waivers

finding := {"code": "rollback.too_slow", "term": "modelcard/visit-triage-4.0.2", "model": "predictor"}

waiver := {
	"assurance": "authenticated",
	"name": "slow-rollback",
	"namespace": "clinic-prod",
	"codes": ["rollback.too_slow", "rollback.test_overdue"],
	"terms": [],
	"subject": {
		"model": "visit-triage",
		"version": "4.0.2",
		"digest": fixtures.model_digest,
		"workload": {"kind": "InferenceService", "name": "visit-triage"},
	},
	"reason": "The old cluster copies images slowly until it is replaced in May.",
	"ticket": "RISK-88",
	"requestedBy": "ada.koenig@example.org",
	"approvedBy": "leo.brandt@example.org",
	"createdAt": "2027-03-01T00:00:00Z",
	"expiresAt": "2027-05-01T00:00:00Z",
	"problems": [],
}

shown := {
	"namespace": "clinic-prod",
	"name": "slow-rollback",
	"ticket": "RISK-88",
	"reason": "The old cluster copies images slowly until it is replaced in May.",
	"approvedBy": "leo.brandt@example.org",
	"expiresAt": "2027-05-01T00:00:00Z",
}

# Fields that decide whether a waiver applies.
judged_fields := [
	"assurance", "namespace", "codes", "terms", "subject",
	"requestedBy", "approvedBy", "createdAt", "expiresAt", "problems",
]

changed(fields) := object.union(waiver, fields)

with_waivers(list) := fixtures.with_patch(["waivers"], list)

lifted_by(list, found) := result if {
	result := waivers.lifting(found) with input as with_waivers(list)
}

# Why the waiver with these fields does not lift the finding.
why(fields) := text if {
	text := waivers.hindrance(changed(fields), finding) with input as fixtures.passing
}

owned(gated) := forged(gated, true)

# An object with an owner that names its model, or does not.
forged(gated, named) := json.patch(
	fixtures.with_patch(["workload", "owner"], {
		"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "name": "front-desk",
		"uid": "u1", "gated": gated, "podSettingsEqual": true,
	}),
	[{"op": "replace", "path": "/workload/models/0/inOwner", "value": named}],
)

test_a_good_waiver_lifts_the_finding if {
	lifted_by([waiver], finding) == [shown]
	not waivers.hindrance(waiver, finding) with input as fixtures.passing
}

test_waivers_are_told_in_the_order_of_the_input_and_twice_when_listed_twice if {
	second := changed({"name": "another"})
	names := [entry.name | some entry in lifted_by([second, waiver, second], finding)]
	names == ["another", "slow-rollback", "another"]
}

test_a_code_listed_twice_lifts_once if lifted_by([changed({"codes": [finding.code, finding.code]})], finding) == [shown]

claimed := "it is only claimed, for no guard has stood unedited since before it (`mlgate doctor` tells)"

test_a_hindered_waiver_lifts_nothing_and_says_why[note] if {
	some note, case in {
		"claimed": {"fields": {"assurance": "claimed"}, "why": claimed},
		"no assurance": {"fields": {"assurance": null}, "why": claimed},
		"problems": {"fields": {"problems": [{"path": "spec.expiresAt", "message": "no date"}]}, "why": "it has problems"},
		"problems are no list": {"fields": {"problems": null}, "why": "it has problems"},
		"other namespace": {
			"fields": {"namespace": "lab"},
			"why": "waivers of namespace lab do not count here",
		},
		"no namespace": {
			"fields": {"namespace": null},
			"why": "waivers of namespace null do not count here",
		},
		"of the future": {
			"fields": {"createdAt": "2027-03-10T08:00:01Z"},
			"why": "it was not created before now",
		},
		"ended": {
			"fields": {"expiresAt": "2027-03-10T08:00:00Z"},
			"why": "it ended on 2027-03-10T08:00:00Z",
		},
		"far away": {
			"fields": {"expiresAt": "2027-05-30T00:00:01Z"},
			"why": "it lasts longer than 90 days",
		},
		"asked by nobody": {
			"fields": {"requestedBy": null},
			"why": "it was not granted by somebody other than who asked",
		},
		"asked by a number": {
			"fields": {"requestedBy": 7},
			"why": "it was not granted by somebody other than who asked",
		},
		"asked by who approves": {
			"fields": {"requestedBy": " Leo.Brandt@EXAMPLE.org"},
			"why": "it was not granted by somebody other than who asked",
		},
		"approved by a service account": {
			"fields": {"approvedBy": "system:serviceaccount:ci:approver"},
			"why": "a service account granted it that setting waiver.serviceAccounts does not name",
		},
		"approved by an author": {
			"fields": {"approvedBy": "Mira.Solano@example.org "},
			"why": "its approver built or deploys the version",
		},
		"approved by who trained": {
			"fields": {"approvedBy": "ken.abara@example.org"},
			"why": "its approver built or deploys the version",
		},
		"approved by who deploys": {
			"fields": {"approvedBy": "Deploy-Bot@example.org"},
			"why": "its approver built or deploys the version",
		},
	}
	why(case.fields) == case.why
	lifted_by([changed(case.fields)], finding) == []
}

# Waivers of these people, who may have approved the version.
granted_by(name, sign_offs) := [count(lifting), told] if {
	given := json.patch(with_waivers([changed({"approvedBy": name})]), [
		{"op": "replace", "path": "/signOffs", "value": sign_offs},
	])
	lifting := waivers.lifting(finding) with input as given
	told := {reason |
		reason := waivers.hindrance(given.waivers[0], finding) with input as given
	}
}

test_whoever_approved_the_version_lifts_nothing_of_it[name] if {
	some name in ["ines.moreau@example.org", " Ines.MOREAU@example.org", "oidc:ines.moreau@example.org"]
	given := [fixtures.sign_off("businessOwner", "ines.moreau@example.org")]
	granted_by(name, given) == [0, {"its approver approved the version as well"}]
}

test_whose_approval_does_not_count_may_lift[note] if {
	approval := fixtures.sign_off("businessOwner", "ines.moreau@example.org")
	some note, sign_offs in {
		"none": [],
		"null": null,
		"no list": "ines.moreau@example.org",
		"of somebody else": [fixtures.sign_off("businessOwner", "oskar.lindh@example.org")],
		"claimed": [object.union(approval, {"assurance": "claimed"})],
		"of another version": [object.union(approval, {"subject": {"version": "4.0.1"}})],
		"a rejection": [object.union(approval, {"decision": "rejected"})],
		"of nobody": [object.union(approval, {"approver": null})],
		"of a number": [object.union(approval, {"approver": 7})],
	}
	granted_by("ines.moreau@example.org", sign_offs) == [1, set()]
}

test_a_listed_service_account_may_grant[note] if {
	robot := "system:serviceaccount:ci:approver"
	some note, case in {"listed": [[robot], 1], "another": [["system:serviceaccount:ci:another"], 0]}
	given := with_waivers([changed({"approvedBy": robot})])
	count(waivers.lifting(finding)) == case[1] with input as given
		with data.mlgate.settings.waiver.serviceAccounts as case[0]
}

test_every_hindrance_is_told if {
	why({"assurance": "claimed", "expiresAt": "2027-03-09T00:00:00Z"}) == concat(", ", [
		claimed,
		"it ended on 2027-03-09T00:00:00Z",
	])
}

test_a_time_that_cannot_be_read_hinders[field] if {
	some field in ["createdAt", "expiresAt"]
	some value in [null, 7, "", "2027-02-30T00:00:00Z", []]
	lifted_by([changed({field: value})], finding) == []
	why({field: value})
}

test_a_missing_field_hinders_or_leaves_the_waiver_out[field] if {
	some field in judged_fields
	lifted_by([object.remove(waiver, [field])], finding) == []
}

test_a_field_of_another_type_lifts_nothing[field] if {
	some field in judged_fields
	every value in [null, true, 7, "", " ", {}, {"a": null}, {"a": "rollback.too_slow"}] {
		lifted_by([object.union(object.remove(waiver, [field]), {field: value})], finding) == []
	}
}

test_nobody_approves_for_nobody[name] if {
	some name in [null, "", " ", 7, {}]
	lifted_by([object.union(waiver, {"approvedBy": name})], finding) == []
	lifted_by([object.union(waiver, {"approvedBy": name, "requestedBy": name})], finding) == []
}

test_texts_that_are_missing_are_shown_empty if {
	bare := object.union(object.remove(waiver, ["reason"]), {"ticket": null})
	lifted_by([bare], finding) == [object.union(shown, {"ticket": "", "reason": ""})]
}

test_the_last_moment_of_the_longest_waiver_counts if {
	lifted_by([changed({"expiresAt": "2027-05-30T00:00:00Z", "createdAt": "2027-03-01T00:00:00Z"})], finding) != []
}

test_a_longest_life_that_cannot_be_read_is_none if {
	given := with_waivers([waiver])
	waivers.lifting(finding) == [] with input as given with data.mlgate.settings.waiver.maxDays as "90"
}

test_waivers_of_the_waiver_namespaces_count_everywhere if {
	given := with_waivers([changed({"namespace": "ml-risk"})])
	waivers.lifting(finding) == [] with input as given
	count(waivers.lifting(finding)) == 1 with input as given
		with data.mlgate.settings.waiver.namespaces as ["ml-risk"]
}

test_a_namespace_matches_no_object_without_one if {
	given := json.patch(with_waivers([changed({"namespace": null})]), [{
		"op": "replace", "path": "/request/namespace", "value": null,
	}])
	waivers.lifting(finding) == [] with input as given
}

test_some_codes_are_never_lifted[code] if {
	some code in ["input.invalid", "signoff.approver_not_requester", "waiver.scope_invalid"]
	found := object.union(finding, {"code": code})
	broad := changed({"codes": [code]})
	lifted_by([broad], found) == []
	hindrance := waivers.hindrance(broad, found) with input as fixtures.passing
	hindrance == sprintf("%s cannot be waived here", [code])
}

test_some_codes_are_not_lifted_in_production_only if {
	found := object.union(finding, {"code": "secrets.embedded"})
	given := with_waivers([changed({"codes": ["secrets.embedded"]})])
	waivers.lifting(found) == [] with input as given
	count(waivers.lifting(found)) == 1 with input as given with data.mlgate.lib.facts.profile as "staging"
}

test_in_an_unknown_profile_nothing_is_waivable if {
	not waivers.waivable("rollback.too_slow") with data.mlgate.lib.facts.profile as "lab"
}

test_settings_that_cannot_be_read_make_nothing_waivable if {
	not waivers.waivable("rollback.too_slow") with data.mlgate.lib.settings.value as {"waiver": {}}
		with data.mlgate.lib.facts.profile as "staging"
}

test_a_waiver_for_another_code_is_not_meant if {
	found := object.union(finding, {"code": "rollback.procedure_missing"})
	lifted_by([waiver], found) == []
	not waivers.hindrance(changed({"assurance": "claimed"}), found) with input as fixtures.passing
}

test_who_deploys_may_approve_under_a_gated_owner_only[gated] if {
	some gated in [true, false]
	given := json.patch(owned(gated), [{
		"op": "replace", "path": "/waivers", "value": [changed({"approvedBy": "deploy-bot@example.org"})],
	}])
	lifting := waivers.lifting(finding) with input as given
	[count(lifting), gated] in [[1, true], [0, false]]
}

test_who_adds_a_model_to_what_an_owner_holds_may_not_approve if {
	given := json.patch(forged(true, false), [{
		"op": "replace", "path": "/waivers", "value": [changed({"approvedBy": "deploy-bot@example.org"})],
	}])
	waivers.lifting(finding) == [] with input as given
}

test_an_unknown_requester_hinders_nothing if {
	given := json.patch(with_waivers([waiver]), [{"op": "replace", "path": "/request/userInfo", "value": null}])
	count(waivers.lifting(finding)) == 1 with input as given
}

test_no_waiver_lifts_anything_for_a_record[code] if {
	some code in ["rollback.too_slow", "waiver.scope_invalid"]
	found := {"code": code, "term": null, "model": null}
	given := json.patch(
		with_waivers([changed({"codes": [code]})]),
		[{"op": "replace", "path": "/workload", "value": null}],
	)
	waivers.lifting(found) == [] with input as given with data.mlgate.settings.waiver.neverWaivable as []
}

test_the_prefix_of_an_identity_provider_lets_nobody_waive_for_themselves[note] if {
	some note, name in {
		"an author": "oidc:mira.solano@example.org",
		"who deploys": "corp#deploy-bot@example.org",
		"who asked": sprintf("oidc:%s", [waiver.requestedBy]),
	}
	lifted_by([changed({"approvedBy": name})], finding) == []
}
