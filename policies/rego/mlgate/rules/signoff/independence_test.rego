package mlgate.rules.signoff_test

import data.mlgate.lib.fixtures_test as fixtures

test_an_author_who_approves_is_told if {
	spoken("signoff.approver_not_independent", owner_says({"approver": "ken.abara@example.org"})) == {{
		"code": "signoff.approver_not_independent",
		"path": "SignOff/vt-402-businessowner.spec.approver",
		"term": "clinic-prod/vt-402-businessowner",
		"model": "predictor",
		"observed": concat(" and ", [
			"ken.abara@example.org is in spec.model.authors",
			"the one in spec.training.initiatedBy",
		]),
		"required": "an approver who did not build or deploy this version",
		"values": object.union(owner_values, {"approver": "ken.abara@example.org"}),
	}}
}

test_the_requester_who_approves_is_told_however_the_name_is_written[name] if {
	some name in ["deploy-bot@example.org", "DEPLOY-bot@Example.org", "  deploy-bot@example.org  "]
	document := owner_says({"approver": name})
	codes(document) == {"signoff.approver_not_independent", "signoff.approval_missing"}
}

test_a_gated_owner_lets_the_requester_approve_and_no_other_does[gated] if {
	some gated in [true, false, null, "true"]
	document := json.patch(owner_says({"approver": "deploy-bot@example.org"}), [{
		"op": "replace", "path": "/workload/owner",
		"value": {"kind": "InferenceService", "name": "visit-triage", "gated": gated, "podSettingsEqual": true},
	}])
	count(spoken("signoff.approver_not_independent", document)) == {true: 0, false: 1, null: 1, "true": 1}[gated]
}

test_an_unknown_requester_is_nobody if {
	codes(fixtures.with_patch(["request", "userInfo"], null)) == set()
}

test_without_authors_every_approval_is_told[authors] if {
	some authors in [null, [], [" "], [7], "mira.solano@example.org", {}]
	document := fixtures.with_card_patch(["model", "authors"], authors)
	found := spoken("signoff.approver_not_independent", document)
	count(found) == 5
	{candidate.path | some candidate in found} == {"card.model.authors"}
	{candidate.observed | some candidate in found} == {
		"spec.model.authors names nobody, so nobody can be shown to be independent",
	}
}

test_missing_authors_are_told if {
	count(spoken("signoff.approver_not_independent", fixtures.without_card(["model", "authors"]))) == 5
}

test_a_supplied_model_needs_no_authors if {
	document := fixtures.with_card_patches([
		[["model", "authors"], null],
		[["model", "supplier"], "triage-works"],
	])
	codes(document) == set()
}

test_an_author_who_approved_another_version_is_not_told if {
	document := owner_says({"approver": "ken.abara@example.org", "subject": {"version": "4.0.1"}})
	codes(document) == {"signoff.not_bound", "signoff.approval_missing"}
}

test_a_service_account_approves_nothing_unless_a_setting_names_it[note] if {
	robot := "system:serviceaccount:ci:approver"
	document := owner_says({"approver": robot})
	some note, case in {
		"nobody": {"listed": [], "codes": {"signoff.approver_not_independent", "signoff.approval_missing"}},
		"another": {
			"listed": ["system:serviceaccount:ci:another"],
			"codes": {"signoff.approver_not_independent", "signoff.approval_missing"},
		},
		"named": {"listed": [robot], "codes": set()},
	}
	codes(document) == case.codes with data.mlgate.settings.signOff.serviceAccounts as case.listed
}

test_a_service_account_that_approves_is_told if {
	robot := "system:serviceaccount:ci:approver"
	told := spoken("signoff.approver_not_independent", owner_says({"approver": robot}))
	{candidate.observed | some candidate in told} == {concat(" ", [
		robot, "is a service account that setting signOff.serviceAccounts does not name",
	])}
}

test_an_approval_of_nobody_does_not_count[name] if {
	some name in [null, "", " ", 7, [], {}]
	codes(owner_says({"approver": name})) == {"signoff.approval_missing"}
}
