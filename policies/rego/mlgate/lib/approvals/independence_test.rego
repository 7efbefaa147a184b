package mlgate.lib.approvals_test

import data.mlgate.lib.approvals
import data.mlgate.lib.fixtures_test as fixtures

ties(document, approver) := found if {
	found := approvals.ties(document.cards[0], {"approver": approver}) with input as document
}

card_with(model) := document.cards[0] if {
	bare := object.remove(fixtures.card.model, ["supplier", "authors"])
	document := fixtures.with_card_patch(["model"], object.union(bare, model))
}

owned(gated) := forged(gated, true)

# An object with an owner that names its model, or does not.
forged(gated, named) := json.patch(
	fixtures.with_patch(["workload", "owner"], {
		"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "name": "visit-triage",
		"uid": "u1", "gated": gated, "podSettingsEqual": true,
	}),
	[{"op": "replace", "path": "/workload/models/0/inOwner", "value": named}],
)

test_an_author_is_tied_however_the_name_is_written[name] if {
	some name in ["mira.solano@example.org", "Mira.Solano@Example.ORG", "  mira.solano@example.org\t"]
	ties(fixtures.passing, name) == {"in spec.model.authors"}
}

test_who_started_the_training_is_tied if {
	document := fixtures.with_card_patch(["training", "initiatedBy"], "noor.haddad@example.org")
	ties(document, "NOOR.haddad@example.org") == {"the one in spec.training.initiatedBy"}
}

test_who_deploys_is_tied_however_the_name_is_written[name] if {
	some name in ["deploy-bot@example.org", "Deploy-Bot@example.org", " deploy-bot@example.org "]
	ties(fixtures.passing, name) == {"the one who deploys it"}
}

test_who_deploys_does_not_matter_under_a_gated_owner if {
	ties(owned(true), "deploy-bot@example.org") == set()
}

test_who_deploys_matters_under_an_owner_that_is_not_really_gated[gated] if {
	some gated in [false, null, "true", 1]
	ties(owned(gated), "deploy-bot@example.org") == {"the one who deploys it"}
}

test_who_adds_a_model_to_what_an_owner_holds_deploys_it if {
	ties(forged(true, false), "deploy-bot@example.org") == {"the one who deploys it"}
}

test_a_gated_owner_excuses_no_author if {
	ties(owned(true), "mira.solano@example.org") == {"in spec.model.authors"}
}

test_an_unknown_requester_ties_nobody if {
	ties(fixtures.with_patch(["request", "userInfo"], null), "deploy-bot@example.org") == set()
}

test_nobody_has_no_ties[name] if {
	some name in [null, "", 7, []]
	ties(fixtures.with_card_patch(["model", "authors"], [name]), name) == set()
}

test_authors_that_cannot_be_read_tie_nobody_and_prove_nothing[authors] if {
	some authors in [null, "mira.solano@example.org", 7, {}, [], [null], [" "], [7]]
	entry := card_with({"authors": authors})
	approvals.ties(entry, {"approver": "mira.solano@example.org"}) == set() with input as fixtures.passing
	not approvals.provable(entry) with input as fixtures.passing
}

test_without_authors_nobody_is_independent_of_the_organisations_own_model[note] if {
	some note, model in {
		"no supplier": {},
		"null": {"supplier": null},
		"blank": {"supplier": " "},
		"a number": {"supplier": 7},
		"internal": {"supplier": "internal"},
		"another spelling": {"supplier": " Internal "},
	}
	not approvals.provable(card_with(model)) with input as fixtures.passing
	not "independent" in approvals.held(card_with(model), good) with input as fixtures.passing
}

test_independence_can_be_shown[note] if {
	some note, case in {
		"authors": {"model": {"authors": ["mira.solano@example.org"]}, "tier": "high"},
		"another supplier": {"model": {"supplier": "triage-works"}, "tier": "limited"},
		"minimal tier": {"model": {}, "tier": "minimal"},
	}
	approvals.provable(card_with(case.model)) with input as fixtures.passing
		with data.mlgate.lib.facts.tier as case.tier
}

test_who_is_tied_is_not_independent[name] if {
	some name in ["mira.solano@example.org", "deploy-bot@example.org"]
	approvals.failing(fixtures.card_entry, changed({"approver": name})) == {"independent"} with input as fixtures.passing
}

test_a_service_account_is_tied_unless_it_is_listed if {
	robot := "system:serviceaccount:ci:approver"
	told := "a service account that setting signOff.serviceAccounts does not name"
	ties(fixtures.passing, robot) == {told}
	approvals.failing(fixtures.card_entry, changed({"approver": robot})) == {"independent"} with input as fixtures.passing
	ties(fixtures.passing, robot) == set() with data.mlgate.settings.signOff.serviceAccounts as [robot]
	approvals.failing(fixtures.card_entry, changed({"approver": robot})) == set() with input as fixtures.passing
		with data.mlgate.settings.signOff.serviceAccounts as [robot]
}

test_a_listed_service_account_that_deploys_is_tied if {
	robot := "system:serviceaccount:ci:approver"
	document := fixtures.with_patch(["request", "userInfo", "username"], robot)
	ties(document, robot) == {"the one who deploys it"} with data.mlgate.settings.signOff.serviceAccounts as [robot]
}

test_the_prefix_of_an_identity_provider_makes_nobody_independent[approver] if {
	some approver in ["oidc:Mira.Solano@example.org", "https://login.example.org#mira.solano@example.org"]
	sign_off := fixtures.sign_off("businessOwner", approver)
	approvals.failing(fixtures.card_entry, sign_off) == {"independent"} with input as fixtures.passing
	given := fixtures.with_patch(["signOffs"], [sign_off])
	approvals.valid(fixtures.card_entry) == set() with input as given
	count(approvals.ties(fixtures.card_entry, sign_off)) == 1 with input as fixtures.passing
}

test_one_person_of_two_identity_providers_counts_once if {
	given := fixtures.with_patch(["signOffs"], [
		fixtures.sign_off("businessOwner", "ines.moreau@example.org"),
		fixtures.sign_off("privacy", "oidc:ines.moreau@example.org"),
	])
	approvals.distinct_approvers(fixtures.card_entry) == {"ines.moreau@example.org"} with input as given
}
