package mlgate.rules.signoff_test

import data.mlgate.lib.fixtures_test as fixtures

by_key := {"method": "key", "keyId": "sha256:aa", "identity": null, "issuer": null}

# The business owner's approval as a signed statement of the card.
statement(fields) := owner_says(object.union(
	{
		"assurance": "signed",
		"source": {"type": "cardStatement", "reference": "modelcard/visit-triage-4.0.2#0"},
		"signature": by_key,
	},
	fields,
))

untrusted(document) := findings if {
	findings := spoken("signoff.signer_not_trusted", document) with data.mlgate.settings.signOff.trustedSigners as [
		{"keyId": "sha256:aa", "approver": "ines.moreau@example.org", "roles": ["businessOwner"]},
		{"keyId": "sha256:bb", "approver": "ines.moreau@example.org", "roles": ["legal"]},
		{"issuer": "https://login.example.org", "identity": "ines.moreau@example.org", "roles": ["businessOwner"]},
	]
}

test_an_approval_signed_by_a_stranger_is_told if {
	untrusted(statement({"signature": {"keyId": "sha256:cc"}})) == {{
		"code": "signoff.signer_not_trusted",
		"path": "card.signOffs[0].approver",
		"term": "modelcard/visit-triage-4.0.2#0",
		"model": "predictor",
		"observed": "key sha256:cc",
		"required": "a signer trusted as businessOwner",
		"values": object.union(owner_values, {"signoff": "modelcard/visit-triage-4.0.2#0"}),
	}}
}

test_an_approval_of_a_trusted_signer_is_not_told if {
	untrusted(statement({})) == set()
	by_name := {"keyId": null, "issuer": "https://login.example.org", "identity": "ines.moreau@example.org"}
	untrusted(statement({"signature": by_name})) == set()
}

test_a_signer_is_trusted_in_listed_roles_only if {
	[finding] := [one | some one in untrusted(statement({"signature": {"keyId": "sha256:bb"}}))]
	finding.observed == "key sha256:bb"
}

test_a_signature_in_another_name_is_told_with_both[note] if {
	some note, case in {
		"another": {"approver": "somebody.else@example.org", "said": "somebody.else@example.org"},
		"null": {"approver": null, "said": "unknown"},
		"a number": {"approver": 7, "said": "unknown"},
	}
	[finding] := [one | some one in untrusted(statement({"approver": case.approver}))]
	finding.observed == sprintf("ines.moreau@example.org (key sha256:aa) in the name of %s", [case.said])
	finding.required == "the own name of one person, whose it is"
}

test_a_certificate_in_another_name_is_told if {
	by_name := {"keyId": null, "issuer": "https://login.example.org", "identity": "ines.moreau@example.org"}
	[finding] := [one | some one in untrusted(statement({"approver": "x@example.org", "signature": by_name}))]
	finding.observed == "ines.moreau@example.org (ines.moreau@example.org) in the name of x@example.org"
}

test_a_signature_that_names_nobody_is_told[note] if {
	some note, wrong in fixtures.wrong_values
	[finding] := [one | some one in untrusted(owner_says({"assurance": "signed", "signature": wrong}))]
	finding.observed == "nobody known"
}

test_without_trusted_signers_nobody_is_trusted if {
	count(spoken("signoff.signer_not_trusted", statement({}))) == 1
}

test_only_signed_approvals_are_asked_who_signed[note] if {
	some note, assurance in ["claimed", "authenticated", null]
	untrusted(statement({"assurance": assurance, "signature": null, "role": "businessOwner"})) == set()
}

test_a_signature_in_a_role_nobody_waits_for_is_not_told if {
	signed := object.union(fixtures.sign_offs[0], {"assurance": "signed", "signature": {"keyId": "sha256:cc"}})
	untrusted(with_sign_offs(array.concat(fixtures.sign_offs, [signed]))) == set()
}

test_a_rejection_is_not_asked_who_signed if {
	untrusted(statement({"decision": "rejected", "signature": {"keyId": "sha256:cc"}})) == set()
}

left(document, names) := findings if {
	findings := spoken("signoff.approver_inactive", document) with data.mlgate.settings.signOff.inactiveApprovers as names
}

test_an_approver_who_left_is_told if {
	left(fixtures.passing, ["x@example.org", "Ines.Moreau@example.org "]) == {{
		"code": "signoff.approver_inactive",
		"path": "SignOff/vt-402-businessowner.spec.approver",
		"term": "clinic-prod/vt-402-businessowner",
		"model": "predictor",
		"observed": "no longer active",
		"required": "an approver who is still active",
		"values": owner_values,
	}}
}

test_approvers_who_are_there_are_not_told if {
	left(fixtures.passing, ["ines.moreau@example.net", ""]) == set()
	left(fixtures.passing, []) == set()
}

test_only_approvals_of_this_version_are_asked[note] if {
	some note, fields in {
		"rejection": {"decision": "rejected"},
		"no decision": {"decision": null},
		"other version": {"subject": {"version": "4.0.1"}},
		"other model": {"subject": {"model": "other"}},
		"nobody": {"approver": ""},
		"no name": {"approver": null},
	}
	left(owner_says(fields), ["ines.moreau@example.org", ""]) == set()
}

test_a_name_with_unseen_letters_is_the_same_person if {
	count(left(owner_says({"approver": "ines.\u200bmoreau@example.org"}), ["ines.moreau@example.org"])) == 1
}

test_an_approval_that_does_not_count_is_told_too if {
	count(left(owner_says({"assurance": "claimed"}), ["ines.moreau@example.org"])) == 1
}
