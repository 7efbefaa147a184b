package mlgate.lib.approvals_test

import data.mlgate.lib.approvals
import data.mlgate.lib.fixtures_test as fixtures

trusted := [
	{"keyId": "sha256:aa", "roles": ["legal"]},
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
	signers := [object.union(signature, {"roles": ["legal"]})]
	not approvals.signer_known(signed("legal", signature)) with input as fixtures.passing
		with data.mlgate.settings.signOff.trustedSigners as signers
}

test_an_object_needs_no_signature if approvals.signer_known(fixtures.sign_off("legal", "piet.devries@example.org"))

# The passing document with these approvals signed by one key, each in the name of somebody else.
one_hand(names) := fixtures.with_patch(["signOffs"], array.concat(
	[fixtures.sign_off("businessOwner", "ines.moreau@example.org")],
	[object.union(fixtures.sign_off(role, name), {"assurance": "signed", "signature": by_key}) | some role, name in names],
))

every_role := [{"keyId": "sha256:aa", "roles": ["modelRisk", "compliance", "privacy", "legal", "product"]}]

test_the_names_that_one_key_signs_in_are_one_person if {
	given := one_hand({"modelRisk": "a@example.org", "compliance": "b@example.org", "privacy": "c@example.org"})
	people := approvals.distinct_approvers(fixtures.card_entry) with input as given
		with data.mlgate.settings.signOff.trustedSigners as every_role
	people == {"a@example.org", "ines.moreau@example.org"}
	unmet := approvals.unmet(fixtures.card_entry) with input as given
		with data.mlgate.settings.signOff.trustedSigners as every_role
	["modelRisk", "compliance", "legal", "privacy", "security"] in {requirement.roles | some requirement in unmet}
	not approvals.enough_people(fixtures.card_entry) with input as given
		with data.mlgate.settings.signOff.trustedSigners as every_role
}

test_people_who_sign_with_a_key_of_their_own_are_several if {
	other := {"keyId": "sha256:ab", "roles": ["compliance"]}
	given := json.patch(one_hand({"modelRisk": "a@example.org", "compliance": "b@example.org"}), [{
		"op": "replace", "path": "/signOffs/1/signature/keyId", "value": "sha256:ab",
	}])
	people := approvals.distinct_approvers(fixtures.card_entry) with input as given
		with data.mlgate.settings.signOff.trustedSigners as array.concat(every_role, [other])
	people == {"a@example.org", "b@example.org", "ines.moreau@example.org"}
}

test_whoever_approves_by_key_and_as_an_object_is_one_person if {
	given := one_hand({"privacy": "Ines.Moreau@example.org"})
	people := approvals.distinct_approvers(fixtures.card_entry) with input as given
		with data.mlgate.settings.signOff.trustedSigners as every_role
	people == {"ines.moreau@example.org"}
}
