package mlgate.rules.signoff_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.signoff

# Candidates of a code for a document.
spoken(code, document) := found if {
	all := signoff.deny with input as document
	found := {candidate | some candidate in all; candidate.code == code}
}

# Codes about approvals. Those about a SignOff under review speak as well, and the entrypoint leaves them out.
codes(document) := found if {
	all := signoff.deny with input as document
	found := {candidate.code | some candidate in all} - record_codes
}

record_codes := {"signoff.approver_not_requester", "signoff.role_not_held", "signoff.spec_changed"}

observed(code, document) := {candidate.observed | some candidate in spoken(code, document)}

# The passing document with the business owner's approval changed.
owner_says(fields) := fixtures.with_patch(["signOffs", 0], object.union(fixtures.sign_offs[0], fields))

with_sign_offs(list) := fixtures.with_patch(["signOffs"], list)

model_text := "predictor (oci://registry.example.org/models/visit-triage@sha256:2c7f9a41d0b8)"

owner_values := {
	"card": "modelcard/visit-triage-4.0.2",
	"model": model_text,
	"version": "4.0.2",
	"signoff": "clinic-prod/vt-402-businessowner",
	"approver": "ines.moreau@example.org",
	"role": "businessOwner",
}

test_the_passing_document_violates_nothing if codes(fixtures.passing) == set()

test_a_missing_approval_is_told if {
	spoken("signoff.approval_missing", with_sign_offs(array.slice(fixtures.sign_offs, 1, 5))) == {{
		"code": "signoff.approval_missing",
		"path": "metadata.name",
		"term": "businessOwner",
		"model": "predictor",
		"observed": "0 of 1 valid approval as businessOwner",
		"required": "1 of businessOwner",
		"values": {"card": "modelcard/visit-triage-4.0.2", "model": model_text, "version": "4.0.2"},
	}}
}

test_without_any_sign_off_all_is_told if {
	observed("signoff.approval_missing", with_sign_offs([])) == {
		"0 of 1 valid approval as businessOwner",
		"0 of 2 valid approvals as modelRisk or compliance or legal or privacy or security",
		"0 of 1 valid approval as privacy",
		"0 of 1 valid approval as legal or product",
		"0 different approvers",
	}
}

test_sign_offs_that_cannot_be_read_are_none[list] if {
	some list in [null, {}, "approved", 7, [null], ["approved"], [{}]]
	count(spoken("signoff.approval_missing", with_sign_offs(list))) == 5
}

test_missing_sign_offs_are_none if count(spoken("signoff.approval_missing", fixtures.without(["signOffs"]))) == 5

test_one_person_in_three_roles_is_too_few_people if {
	document := with_sign_offs([
		fixtures.sign_off("businessOwner", "noor.haddad@example.org"),
		fixtures.sign_off("privacy", "Noor.Haddad@example.org"),
		fixtures.sign_off("legal", " noor.haddad@example.org"),
		fixtures.sign_off("modelRisk", "oskar.lindh@example.org"),
	])
	spoken("signoff.approval_missing", document) == {{
		"code": "signoff.approval_missing",
		"path": "metadata.name",
		"term": "distinct",
		"model": "predictor",
		"observed": "2 different approvers",
		"required": "3 different approvers",
		"values": {"card": "modelcard/visit-triage-4.0.2", "model": model_text, "version": "4.0.2"},
	}}
}

test_a_requirement_nobody_can_read_is_told if {
	found := {candidate.observed |
		some candidate in signoff.deny with input as fixtures.passing
			with data.mlgate.settings.signOff.required.high as [{"role": "businessOwner"}]
		candidate.code == "signoff.approval_missing"
	}
	found == {
		"0 of null valid approvals as roles the setting does not name",
		"2 different approvers",
	}
}

test_a_role_that_is_a_title_in_another_spelling_does_not_count if {
	codes(owner_says({"role": "BusinessOwner"})) == {"signoff.approval_missing"}
}

test_an_approval_of_another_model_does_not_count if {
	codes(owner_says({"subject": {"model": "visit-triage-2"}})) == {"signoff.approval_missing"}
}

test_a_card_whose_version_cannot_be_read_is_not_approved[version] if {
	some version in [null, 4, [], {}]
	document := fixtures.with_card_patch(["model", "version"], version)
	count(spoken("signoff.approval_missing", document)) == 5
	{candidate.values.version | some candidate in spoken("signoff.approval_missing", document)} == {"unknown"}
}

test_a_card_without_a_model_is_not_approved[path] if {
	some path in [["model"], ["model", "name"], ["model", "version"], ["model", "artifacts"]]
	count(spoken("signoff.approval_missing", fixtures.without_card(path))) == 5
}

test_every_card_of_a_model_needs_its_own_approvals if {
	second := json.patch(fixtures.card_entry, [{"op": "replace", "path": "/digest", "value": fixtures.image_digest}])
	document := fixtures.with_patch(["cards"], [fixtures.card_entry, second])
	count(spoken("signoff.approval_missing", document)) == 5
}

rejected(fields) := array.concat(fixtures.sign_offs, [object.union(
	fixtures.sign_off("security", "uma.patel@example.org"),
	object.union({"decision": "rejected"}, fields),
)])

test_a_rejection_is_told if {
	spoken("signoff.rejected", with_sign_offs(rejected({}))) == {{
		"code": "signoff.rejected",
		"path": "SignOff/vt-402-security.spec.decision",
		"term": "clinic-prod/vt-402-security",
		"model": "predictor",
		"observed": "rejected, issued on 2027-03-08",
		"required": "no rejection that stands",
		"values": {
			"card": "modelcard/visit-triage-4.0.2",
			"model": model_text,
			"version": "4.0.2",
			"signoff": "clinic-prod/vt-402-security",
			"approver": "uma.patel@example.org",
			"role": "security",
		},
	}}
}

test_a_rejection_with_gaps_is_told[note] if {
	some note, fields in {
		"nobody": {"approver": null},
		"no role": {"role": null},
		"no date": {"issuedAt": null},
		"no assurance": {"assurance": null},
		"no source": {"source": {"type": null, "reference": null}},
		"expired": {"expiresAt": "2027-03-09T00:00:00Z"},
		"problems": {"problems": [{"path": "spec", "message": "odd"}]},
	}
	codes(with_sign_offs(rejected(fields))) == {"signoff.rejected"}
}

test_an_undated_rejection_is_told_without_a_date if {
	observed("signoff.rejected", with_sign_offs(rejected({"issuedAt": null}))) == {"rejected, without a date"}
}

test_a_rejection_that_was_taken_back_is_not_told if {
	later := object.union(
		fixtures.sign_off("security", "Uma.Patel@example.org"),
		{"issuedAt": "2027-03-09T00:00:00Z"},
	)
	codes(with_sign_offs(array.concat(rejected({}), [later]))) == set()
}

test_who_rejects_after_approving_is_not_counted_as_approving[time] if {
	some time in ["2027-03-08T10:20:00Z", "2027-03-09T00:00:00Z"]
	change := object.union(
		fixtures.sign_off("businessOwner", "INES.moreau@example.org"),
		{"decision": "rejected", "issuedAt": time},
	)
	codes(with_sign_offs(array.concat(fixtures.sign_offs, [change]))) == {
		"signoff.rejected",
		"signoff.approval_missing",
	}
}
