package mlgate.lib.approvals_test

import data.mlgate.lib.approvals
import data.mlgate.lib.fixtures_test as fixtures

trusted := [
	{"keyId": "sha256:aa", "approver": "oidc:piet.devries@example.org", "roles": ["legal"]},
	{"issuer": "https://login.example.org", "identity": "piet.devries@example.org", "roles": ["legal", "product"]},
]

signed(role, signature) := object.union(
	fixtures.sign_off(role, "piet.devries@example.org"),
	{"assurance": "signed", "signature": signature},
)

by_key := {"method": "key", "keyId": "sha256:aa", "identity": null, "issuer": null}

by_name := {
	"method": "sigstore", "keyId": null,
	"identity": "piet.devries@example.org", "issuer": "https://login.example.org",
}

test_a_signer_listed_for_the_role_is_known[note] if {
	some note, case in {
		"by key": {"role": "legal", "signature": by_key},
		"by identity": {"role": "legal", "signature": by_name},
		"in the other role": {"role": "product", "signature": by_name},
	}
	approvals.signer_known(signed(case.role, case.signature)) with input as fixtures.passing
		with data.mlgate.settings.signOff.trustedSigners as trusted
}

test_any_other_signer_is_unknown[note] if {
	some note, case in {
		"key in another role": {"role": "privacy", "signature": by_key},
		"other key": {"role": "legal", "signature": object.union(by_key, {"keyId": "sha256:ab"})},
		"other issuer": {"role": "legal", "signature": object.union(by_name, {"issuer": "https://evil.example.org"})},
		"no issuer": {"role": "legal", "signature": object.union(by_name, {"issuer": null})},
		"other identity": {"role": "legal", "signature": object.union(by_name, {"identity": "x@example.org"})},
		"no signature": {"role": "legal", "signature": null},
		"a word": {"role": "legal", "signature": "sha256:aa"},
		"no role": {"role": "", "signature": by_key},
	}
	not approvals.signer_known(signed(case.role, case.signature)) with input as fixtures.passing
		with data.mlgate.settings.signOff.trustedSigners as trusted
}

test_nobody_is_trusted_by_default if {
	not approvals.signer_known(signed("legal", by_key)) with input as fixtures.passing
}

test_empty_values_match_nobody[note] if {
	some note, signature in {
		"nulls": {"keyId": null, "identity": null, "issuer": null},
		"blanks": {"keyId": "", "identity": "", "issuer": ""},
	}
	signers := [object.union(signature, {"approver": "piet.devries@example.org", "roles": ["legal"]})]
	not approvals.signer_known(signed("legal", signature)) with input as fixtures.passing
		with data.mlgate.settings.signOff.trustedSigners as signers
}

test_an_object_needs_no_signature if approvals.signer_known(fixtures.sign_off("legal", "piet.devries@example.org"))

# Whether a signature counts in a name.
in_name(signature, name, signers) if {
	sign_off := object.union(signed("legal", signature), {"approver": name})
	approvals.signer_known(sign_off) with input as fixtures.passing with data.mlgate.settings.signOff.trustedSigners as signers
}

test_a_key_signs_in_the_name_of_whose_it_is_however_that_is_written[name] if {
	some name in ["piet.devries@example.org", " Piet.deVries@EXAMPLE.org", "oidc:piet.devries@example.org"]
	in_name(by_key, name, trusted)
	in_name(by_name, name, [object.union(trusted[1], {"approver": "oidc:Piet.deVries@example.org"})])
}

test_a_signature_is_of_nobody_else[sprintf("%v", [name])] if {
	some name in [
		"nobody.real@example.org", "piet.devries@example.com", "ldap:piet.devries@example.org", "example.org",
		"oidc:", "", " ", null, 7, true, [], ["piet.devries@example.org"], {},
	]
	not in_name(by_key, name, trusted)
	not in_name(by_name, name, [object.union(trusted[1], {"approver": "oidc:piet.devries@example.org"})])
}

test_a_certificate_is_of_its_identity_and_of_no_other_name[sprintf("%v", [name])] if {
	some name in ["nobody.real@example.org", "piet.devries@example.com", "", null, 7, []]
	in_name(by_name, "Piet.deVries@example.org", trusted)
	not in_name(by_name, name, trusted)
}

test_where_the_setting_says_whose_an_identity_is_its_own_name_is_nobodys if {
	machine := [object.union(trusted[1], {"approver": "ewt"})]
	in_name(by_name, "EWT", machine)
	not in_name(by_name, "piet.devries@example.org", machine)
}

test_a_key_of_nobody_signs_for_nobody[sprintf("%v", [name])] if {
	some name in [null, "", " ", 7, true, [], {}]
	not in_name(by_key, "piet.devries@example.org", [{"keyId": "sha256:aa", "approver": name, "roles": ["legal"]}])
	not in_name(by_key, name, [{"keyId": "sha256:aa", "approver": name, "roles": ["legal"]}])
}

test_a_key_without_a_name_signs_for_nobody[note] if {
	some note, signature in {"no identity": by_key, "an identity it writes": object.union(by_key, {"issuer": "x"})}
	not in_name(signature, "piet.devries@example.org", [{"keyId": "sha256:aa", "roles": ["legal"]}])
}

test_an_approver_that_is_no_name_is_not_replaced_by_the_identity[sprintf("%v", [name])] if {
	some name in ["", " ", 7, true, [], {}]
	not in_name(by_name, "piet.devries@example.org", [object.union(trusted[1], {"approver": name})])
}

test_a_signer_without_approver_is_who_its_certificate_says[note] if {
	some note, signer in {
		"null": object.union(trusted[1], {"approver": null}),
		"none": trusted[1],
	}
	in_name(by_name, "piet.devries@example.org", [signer])
	approvals.holders(by_name) == {"piet.devries@example.org"} with data.mlgate.settings.signOff.trustedSigners as [signer]
}

test_a_key_without_a_name_has_no_holder[note] if {
	some note, signer in {
		"null": {"keyId": "sha256:aa", "approver": null, "roles": ["legal"]},
		"none": {"keyId": "sha256:aa", "roles": ["legal"]},
	}
	approvals.holders(by_key) == set() with data.mlgate.settings.signOff.trustedSigners as [signer]
}

test_a_key_of_two_people_signs_for_neither if {
	other := {"keyId": "sha256:aa", "approver": "bo@example.org", "roles": ["product"]}
	not in_name(by_key, "piet.devries@example.org", array.concat(trusted, [other]))
	not in_name(by_key, "bo@example.org", array.concat(trusted, [other]))
	one := {"keyId": "sha256:aa", "approver": "PIET.devries@example.org", "roles": ["product"]}
	in_name(by_key, "piet.devries@example.org", array.concat(trusted, [one]))
}

# The passing document with these approvals signed by one key, which is Piet's.
one_hand(names) := fixtures.with_patch(["signOffs"], array.concat(
	[fixtures.sign_off("businessOwner", "ines.moreau@example.org")],
	[object.union(fixtures.sign_off(role, name), {"assurance": "signed", "signature": by_key}) | some role, name in names],
))

every_role := [{
	"keyId": "sha256:aa",
	"approver": "piet.devries@example.org",
	"roles": ["modelRisk", "compliance", "privacy", "legal", "product"],
}]

test_the_names_that_one_key_signs_in_are_one_person_at_most if {
	given := one_hand({"modelRisk": "piet.devries@example.org", "compliance": "b@example.org", "privacy": "c@example.org"})
	people := approvals.distinct_approvers(fixtures.card_entry) with input as given
		with data.mlgate.settings.signOff.trustedSigners as every_role
	people == {"piet.devries@example.org", "ines.moreau@example.org"}
	unmet := approvals.unmet(fixtures.card_entry) with input as given
		with data.mlgate.settings.signOff.trustedSigners as every_role
	["modelRisk", "compliance", "legal", "privacy", "security"] in {requirement.roles | some requirement in unmet}
	not approvals.enough_people(fixtures.card_entry) with input as given
		with data.mlgate.settings.signOff.trustedSigners as every_role
}

test_people_who_sign_with_a_key_of_their_own_are_several if {
	other := {"keyId": "sha256:ab", "approver": "b@example.org", "roles": ["compliance"]}
	given := json.patch(one_hand({"modelRisk": "piet.devries@example.org", "compliance": "b@example.org"}), [{
		"op": "replace", "path": "/signOffs/1/signature/keyId", "value": "sha256:ab",
	}])
	people := approvals.distinct_approvers(fixtures.card_entry) with input as given
		with data.mlgate.settings.signOff.trustedSigners as array.concat(every_role, [other])
	people == {"piet.devries@example.org", "b@example.org", "ines.moreau@example.org"}
}

test_whoever_approves_by_key_and_as_an_object_is_one_person if {
	given := one_hand({"privacy": "Ines.Moreau@example.org"})
	own := [object.union(every_role[0], {"approver": "oidc:ines.moreau@example.org"})]
	people := approvals.distinct_approvers(fixtures.card_entry) with input as given
		with data.mlgate.settings.signOff.trustedSigners as own
	people == {"ines.moreau@example.org"}
}

test_an_author_who_holds_a_key_approves_in_no_name[name] if {
	some name in ["mira.solano@example.org", "nobody.real@example.org"]
	own := [object.union(every_role[0], {"approver": "mira.solano@example.org"})]
	given := fixtures.with_patch(["signOffs"], [object.union(
		fixtures.sign_off("legal", name),
		{"assurance": "signed", "signature": by_key},
	)])
	approvals.valid(fixtures.card_entry) == set() with input as given
		with data.mlgate.settings.signOff.trustedSigners as own
}
