package mlgate.lib.approvals_test

import data.mlgate.lib.approvals
import data.mlgate.lib.fixtures_test as fixtures

good := fixtures.sign_off("businessOwner", "ines.moreau@example.org")

# The sign-off with some of its fields changed.
changed(fields) := object.union(good, fields)

# What fails of a sign-off in the passing document.
failing(sign_off) := parts if {
	parts := approvals.failing(fixtures.card_entry, sign_off) with input as fixtures.passing
}

rejection(fields) := object.union_n([good, {"decision": "rejected", "issuedAt": "2027-03-09T00:00:00Z"}, fields])

# What fails of the good sign-off while others stand beside it.
failing_beside(others) := parts if {
	given := fixtures.with_patch(["signOffs"], array.concat([good], others))
	parts := approvals.failing(fixtures.card_entry, good) with input as given
}

test_a_good_sign_off_is_valid if {
	failing(good) == set()
	counting := approvals.valid(fixtures.card_entry) with input as fixtures.passing
	good.source.reference in {sign_off.source.reference | some sign_off in counting}
}

test_every_valid_sign_off_of_the_passing_document_counts if {
	count(approvals.valid(fixtures.card_entry)) == 5 with input as fixtures.passing
}

test_each_part_fails_alone[note] if {
	some note, case in {
		"claimed": {"fields": {"assurance": "claimed"}, "fails": {"assured"}},
		"no assurance": {"fields": {"assurance": null}, "fails": {"assured"}},
		"problems": {"fields": {"problems": [{"path": "spec", "message": "odd"}]}, "fails": {"sound"}},
		"problems are no list": {"fields": {"problems": null}, "fails": {"sound"}},
		"nobody": {"fields": {"approver": null}, "fails": {"named"}},
		"a blank name": {"fields": {"approver": " "}, "fails": {"named"}},
		"a number as name": {"fields": {"approver": 7}, "fails": {"named"}},
		"other version": {"fields": {"subject": {"version": "4.0.1"}}, "fails": {"version"}},
		"no version": {"fields": {"subject": {"version": null}}, "fails": {"version"}},
		"version as a number": {"fields": {"subject": {"version": 4}}, "fails": {"version"}},
		"other artifact": {"fields": {"subject": {"digest": fixtures.card_digest}}, "fails": {"digest"}},
		"no artifact": {"fields": {"subject": {"digest": null}}, "fails": {"digest"}},
		"other card": {"fields": {"subject": {"cardDigest": fixtures.model_digest}}, "fails": {"cardDigest"}},
		"no card": {"fields": {"subject": {"cardDigest": null}}, "fails": {"cardDigest"}},
		"too old": {"fields": {"issuedAt": "2026-09-10T00:00:00Z"}, "fails": {"recent"}},
		"of tomorrow": {"fields": {"issuedAt": "2027-03-11T00:00:00Z"}, "fails": {"recent"}},
		"undated": {"fields": {"issuedAt": null}, "fails": {"recent"}},
		"impossible date": {"fields": {"issuedAt": "2027-02-30T00:00:00Z"}, "fails": {"recent"}},
		"ended": {"fields": {"expiresAt": "2027-03-10T08:00:00Z"}, "fails": {"lasting"}},
		"impossible end": {"fields": {"expiresAt": "2027-13-01T00:00:00Z"}, "fails": {"lasting"}},
		"end as a number": {"fields": {"expiresAt": 2100}, "fails": {"lasting"}},
		"unknown signer": {"fields": {"assurance": "signed"}, "fails": {"signer"}},
	}
	failing(changed(case.fields)) == case.fails
}

# The good sign-off is the only one, about this entry.
counted(entry, sign_off) := found if {
	found := approvals.valid(entry) with input as fixtures.with_patch(["signOffs"], [sign_off])
}

test_a_sign_off_in_which_a_part_fails_does_not_count[note] if {
	some note, fields in {
		"claimed": {"assurance": "claimed"},
		"problems": {"problems": [{"path": "spec", "message": "odd"}]},
		"nobody": {"approver": null},
		"an author": {"approver": "mira.solano@example.org"},
		"who deploys it": {"approver": "Deploy-Bot@example.org"},
		"other version": {"subject": {"version": "4.0.1"}},
		"other artifact": {"subject": {"digest": fixtures.card_digest}},
		"no artifact": {"subject": {"digest": null}},
		"other card": {"subject": {"cardDigest": fixtures.model_digest}},
		"no card": {"subject": {"cardDigest": null}},
		"too old": {"issuedAt": "2026-09-10T00:00:00Z"},
		"undated": {"issuedAt": null},
		"ended": {"expiresAt": "2027-03-10T08:00:00Z"},
		"unknown signer": {"assurance": "signed"},
		"a rejection": {"decision": "rejected"},
	}
	counted(fixtures.card_entry, changed(fields)) == set()
	count(counted(fixtures.card_entry, good)) == 1
}

test_a_version_that_is_no_text_is_approved_by_nobody if {
	entry := object.union(fixtures.card_entry, {"card": {"model": {"version": 4}}})
	counted(entry, changed({"subject": {"version": 4}})) == set()
}

test_a_sign_off_that_its_approver_took_back_does_not_count if {
	given := fixtures.with_patch(["signOffs"], [good, rejection({})])
	approvals.valid(fixtures.card_entry) == set() with input as given
	earlier := fixtures.with_patch(["signOffs"], [good, rejection({"issuedAt": "2027-03-01T00:00:00Z"})])
	count(approvals.valid(fixtures.card_entry)) == 1 with input as earlier
}

test_nobody_is_independent_of_a_version_whose_makers_are_not_named if {
	bare := json.patch(fixtures.card_entry, [
		{"op": "remove", "path": "/card/model/authors"},
		{"op": "replace", "path": "/card/model/supplier", "value": "internal"},
	])
	counted(bare, good) == set()
}

test_who_deploys_may_approve_under_a_gated_owner if {
	own := changed({"approver": "deploy-bot@example.org"})
	given := json.patch(owned(true), [{"op": "replace", "path": "/signOffs", "value": [own]}])
	count(approvals.valid(fixtures.card_entry)) == 1 with input as given
}

test_a_missing_field_is_not_good_enough[field] if {
	some field in ["assurance", "approver", "subject", "issuedAt", "problems"]
	count(failing(object.remove(good, [field]))) > 0
}

test_a_last_day_and_an_end_ahead_still_count if {
	failing(changed({"issuedAt": "2026-09-11T00:00:00Z", "expiresAt": "2027-03-10T08:00:01Z"})) == set()
}

test_a_blank_end_is_no_end if failing(changed({"expiresAt": ""})) == set()

test_only_approvals_are_valid[decision] if {
	some decision in ["rejected", "Approved", null, true, ["approved"]]
	sign_off := changed({"decision": decision})
	approvals.valid(fixtures.card_entry) == set() with input as fixtures.with_patch(["signOffs"], [sign_off])
}

test_a_sign_off_of_another_model_is_not_relevant[name] if {
	some name in ["visit-triage-2", "Visit-Triage", null, 7, ["visit-triage"]]
	sign_off := changed({"subject": {"model": name}})
	approvals.relevant(fixtures.card_entry) == set() with input as fixtures.with_patch(["signOffs"], [sign_off])
}

test_a_card_without_a_name_has_no_relevant_sign_off[name] if {
	some name in [null, 7, ["visit-triage"]]
	entry := object.union(fixtures.card_entry, {"card": {"model": {"name": name}}})
	sign_off := changed({"subject": {"model": name}})
	approvals.relevant(entry) == set() with input as fixtures.with_patch(["signOffs"], [sign_off])
}

test_a_rejection_of_the_same_approver_supersedes[note] if {
	some note, fields in {
		"later": {},
		"at the same time": {"issuedAt": good.issuedAt},
		"without a date": {"issuedAt": null},
		"with an impossible date": {"issuedAt": "yesterday"},
		"claimed": {"assurance": "claimed"},
		"in another spelling": {"approver": " Ines.Moreau@EXAMPLE.org "},
		"of another card": {"subject": {"cardDigest": null, "digest": null}},
	}
	failing_beside([rejection(fields)]) == {"standing"}
}

test_a_rejection_that_is_another_case_does_not_supersede[note] if {
	some note, fields in {
		"earlier": {"issuedAt": "2027-03-08T10:19:59Z"},
		"of somebody else": {"approver": "oskar.lindh@example.org"},
		"of nobody": {"approver": null},
		"in another role": {"role": "legal"},
		"of another version": {"subject": {"version": "4.0.1"}},
		"of another model": {"subject": {"model": "visit-triage-2"}},
	}
	failing_beside([rejection(fields)]) == set()
}

test_an_undated_approval_is_superseded_by_any_rejection if {
	undated := changed({"issuedAt": null})
	given := fixtures.with_patch(["signOffs"], [undated, rejection({})])
	approvals.failing(fixtures.card_entry, undated) == {"recent", "standing"} with input as given
}

test_a_rejection_stands if {
	given := fixtures.with_patch(["signOffs"], [good, rejection({})])
	approvals.standing_rejections(fixtures.card_entry) == {rejection({})} with input as given
}

test_a_rejection_with_a_later_approval_does_not_stand if {
	given := fixtures.with_patch(["signOffs"], [rejection({"issuedAt": "2027-03-01T00:00:00Z"}), good])
	approvals.standing_rejections(fixtures.card_entry) == set() with input as given
}

test_a_rejection_is_not_taken_back_by_a_weaker_word[note] if {
	some note, fields in {
		"a claim in the card": {"assurance": "claimed"},
		"one of a kind that is not accepted": {"assurance": "heard"},
		"an unknown signer": {"assurance": "signed", "signature": {"keyId": "sha256:aa", "identity": null, "issuer": null}},
		"a broken one": {"problems": [{"path": "spec", "message": "odd"}]},
		"one of the same time": {"issuedAt": "2027-03-01T00:00:00Z"},
		"one without a date": {"issuedAt": null},
		"one in another role": {"role": "legal"},
		"one of another version": {"subject": {"version": "4.0.1"}},
		"one of somebody else": {"approver": "oskar.lindh@example.org"},
	}
	early := rejection({"issuedAt": "2027-03-01T00:00:00Z"})
	given := fixtures.with_patch(["signOffs"], [early, changed(fields)])
	approvals.standing_rejections(fixtures.card_entry) == {early} with input as given
}

test_a_claim_takes_no_rejection_back_even_where_claims_are_accepted if {
	early := rejection({"issuedAt": "2027-03-01T00:00:00Z"})
	given := fixtures.with_patch(["signOffs"], [early, changed({"assurance": "claimed"})])
	approvals.standing_rejections(fixtures.card_entry) == {early} with input as given
		with data.mlgate.settings.signOff.acceptedAssurance as ["claimed", "authenticated"]
}

test_a_claimed_rejection_and_one_of_another_version_do_not_stand[note] if {
	some note, fields in {
		"claimed": {"assurance": "claimed"},
		"other version": {"subject": {"version": "4.0.1"}},
		"other model": {"subject": {"model": "visit-triage-2"}},
	}
	given := fixtures.with_patch(["signOffs"], [rejection(fields)])
	approvals.standing_rejections(fixtures.card_entry) == set() with input as given
}

test_a_rejection_without_assurance_stands if {
	given := fixtures.with_patch(["signOffs"], [object.remove(rejection({}), ["assurance"])])
	count(approvals.standing_rejections(fixtures.card_entry)) == 1 with input as given
}

by_a_key := {"assurance": "signed", "signature": {"method": "key", "keyId": "sha256:aa", "identity": null, "issuer": null}}

# Whether the rejection stands beside a later approval in the same name and role.
stands(refused, approved) if {
	given := fixtures.with_patch(["signOffs"], [refused, approved])
	refused in approvals.standing_rejections(fixtures.card_entry) with input as given
		with data.mlgate.settings.signOff.trustedSigners as [
			{"keyId": "sha256:aa", "approver": good.approver, "roles": ["businessOwner"]},
			{"keyId": "sha256:ab", "approver": "oskar.lindh@example.org", "roles": ["businessOwner"]},
		]
}

test_nobody_takes_back_what_another_rejected[note] if {
	later := {"issuedAt": "2027-03-09T12:00:00Z"}
	other := json.patch(by_a_key, [{"op": "replace", "path": "/signature/keyId", "value": "sha256:ab"}])
	some note, case in {
		"in their name, by another key": [rejection({}), changed(object.union(other, later))],
		"in a name of their own": [rejection({}), changed(object.union(other, {"approver": "oskar.lindh@example.org"}))],
		"with another prefix": [rejection({"approver": "ldap:ines.moreau@example.org"}), changed(later)],
	}
	stands(case[0], case[1])
}

test_a_key_takes_nothing_back_for_a_namesake[name] if {
	some name in ["ldap:ines.moreau@example.org", "x#ines.moreau@example.org"]
	approval := changed(object.union(by_a_key, {"issuedAt": "2027-03-09T12:00:00Z", "approver": name}))
	stands(rejection({"approver": name}), approval)
}

test_a_key_takes_nothing_back_in_a_role_it_is_not_trusted_in[role] if {
	refused := rejection({})
	given := fixtures.with_patch(["signOffs"], [refused, changed(object.union(by_a_key, {"issuedAt": "2027-03-09T12:00:00Z"}))])
	some role, standing in {"legal": {refused}, "businessOwner": set()}
	approvals.standing_rejections(fixtures.card_entry) == standing with input as given
		with data.mlgate.settings.signOff.trustedSigners as [{"keyId": "sha256:aa", "approver": good.approver, "roles": [role]}]
}

test_who_rejected_takes_it_back[note] if {
	later := {"issuedAt": "2027-03-09T12:00:00Z"}
	other := json.patch(by_a_key, [{"op": "replace", "path": "/signature/keyId", "value": "sha256:ab"}])
	some note, case in {
		"as objects": [rejection({}), changed(later)],
		"with the same key": [rejection(by_a_key), changed(object.union(by_a_key, later))],
		"with a key, then as an object": [rejection(by_a_key), changed(later)],
		"as an object, then with a key": [rejection({}), changed(object.union(by_a_key, later))],
		"what another key wrote in their name": [rejection(other), changed(later)],
	}
	not stands(case[0], case[1])
}

test_a_signed_approval_is_revoked_by_a_later_rejection_of_its_signer[note] if {
	signed_one := changed(by_a_key)
	keys := [{"keyId": "sha256:aa", "approver": good.approver, "roles": ["businessOwner"]}]
	some note, later in {
		"as an object": rejection({}),
		"as an object, with what the API server puts before the name": rejection({"approver": concat("", ["oidc:", good.approver])}),
		"signed": rejection(by_a_key),
	}
	given := fixtures.with_patch(["signOffs"], [signed_one, later])
	approvals.failing(fixtures.card_entry, signed_one) == {"standing"} with input as given
		with data.mlgate.settings.signOff.trustedSigners as keys
	approvals.valid(fixtures.card_entry) == set() with input as given
		with data.mlgate.settings.signOff.trustedSigners as keys
	approvals.standing_rejections(fixtures.card_entry) == {later} with input as given
		with data.mlgate.settings.signOff.trustedSigners as keys
}

test_a_signed_approval_is_revoked_with_the_trust_in_its_key if {
	signed_one := changed(by_a_key)
	given := fixtures.with_patch(["signOffs"], [signed_one])
	keys := [{"keyId": "sha256:aa", "approver": good.approver, "roles": ["businessOwner"]}]
	approvals.valid(fixtures.card_entry) == {signed_one} with input as given
		with data.mlgate.settings.signOff.trustedSigners as keys
	approvals.valid(fixtures.card_entry) == set() with input as given
}

# What fails of an approval once these have left, and whether it counts.
after_leaving(sign_off, names) := [lacking, count(counting)] if {
	given := fixtures.with_patch(["signOffs"], [sign_off])
	lacking := approvals.failing(fixtures.card_entry, sign_off) with input as given
		with data.mlgate.settings.signOff.inactiveApprovers as names
	counting := approvals.valid(fixtures.card_entry) with input as given
		with data.mlgate.settings.signOff.inactiveApprovers as names
}

test_what_somebody_approved_who_left_does_not_count[name] if {
	some name in ["ines.moreau@example.org", " Ines.Moreau@EXAMPLE.org ", "oidc:ines.moreau@example.org"]
	after_leaving(good, ["x@example.org", name]) == [{"active"}, 0]
}

test_whoever_has_not_left_is_there[sprintf("%v", [names])] if {
	some names in [[], [""], ["ines"], ["ines.moreau@example.net"], [null, 7, [], {}], null, "ines.moreau@example.org", 7, {}]
	after_leaving(good, names) == [set(), 1]
}

test_nobody_has_left_either[sprintf("%v", [name])] if {
	some name in [null, "", 7, []]
	after_leaving(changed({"approver": name}), ["", "ines.moreau@example.org"]) == [{"named"}, 0]
}

test_a_missing_approver_has_not_left if {
	after_leaving(object.remove(good, ["approver"]), ["ines.moreau@example.org"]) == [{"named", "independent"}, 0]
}

test_who_left_takes_no_rejection_back if {
	early := rejection({"issuedAt": "2027-03-01T00:00:00Z"})
	given := fixtures.with_patch(["signOffs"], [early, good])
	approvals.standing_rejections(fixtures.card_entry) == {early} with input as given
		with data.mlgate.settings.signOff.inactiveApprovers as ["ines.moreau@example.org"]
}
