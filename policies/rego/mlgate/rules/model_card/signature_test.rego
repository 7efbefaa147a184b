package mlgate.rules.model_card_test

import data.mlgate.lib.fixtures_test as fixtures

signature(keys) := object.union(
	{"status": "verified", "method": "key", "identity": null, "issuer": null, "keyId": "sha256:aa", "signedAt": null},
	keys,
)

# What is found where the site trusts signers of cards.
signed_so(value) := findings if {
	document := fixtures.with_patch(["cards", 0, "signature"], value)
	findings := spoken("model_card.signature_not_verified", document) with data.mlgate.settings.modelCard.trustedSigners as [
		{"keyId": "sha256:aa"}, {"issuer": "https://login.example.org", "identity": "office@example.org"},
	]
}

observed_so(value) := [finding.observed | some finding in signed_so(value)]

test_a_card_without_signature_is_told if {
	signed_so(null) == {{
		"code": "model_card.signature_not_verified",
		"path": "metadata.annotations[mlgate.dev/model-card]",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "no signature",
		"required": "a verified signature of a trusted signer",
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}}
}

test_a_card_signed_by_a_trusted_signer_passes if {
	signed_so(signature({})) == set()
	signed_so(signature({"keyId": null, "issuer": "https://login.example.org", "identity": "office@example.org"})) == set()
}

test_a_card_signature_that_does_not_count_is_named if {
	observed_so(signature({"status": "invalid"})) == ["signature invalid"]
	observed_so(signature({"status": "invalid", "reason": "was altered"})) == ["signature invalid, it was altered"]
	observed_so(signature({"status": null})) == ["signature null"]
	observed_so(object.remove(signature({}), ["status"])) == ["signature null"]
	observed_so(signature({"keyId": "sha256:ab"})) == ["signed by key sha256:ab"]
	observed_so(signature({"keyId": null, "identity": "office@example.org"})) == ["signed by office@example.org"]
}

test_of_several_signatures_one_of_a_trusted_signer_will_do if {
	others := [signature({"keyId": "sha256:ac"}), signature({})]
	document := fixtures.with_patch(["cards", 0, "signature"], signature({"keyId": "sha256:ab"}))
	also(object.union(document, {"cards": [object.union(document.cards[0], {"otherSignatures": others})]})) == set()
	told := also(object.union(document, {"cards": [object.union(document.cards[0], {"otherSignatures": [others[0]]})]}))
	{finding.observed | some finding in told} == {"signed by key sha256:ab, signed by key sha256:ac"}
	invalid := [signature({"status": "invalid"})]
	count(also(object.union(document, {"cards": [object.union(document.cards[0], {"otherSignatures": invalid})]}))) == 1
}

test_further_signatures_of_a_wrong_kind_do_not_count[note] if {
	some note, wrong in fixtures.wrong_values
	card := object.union(fixtures.passing.cards[0], {"otherSignatures": wrong})
	count(also(object.union(fixtures.passing, {"cards": [card]}))) == 1
}

also(document) := findings if {
	findings := spoken("model_card.signature_not_verified", document) with data.mlgate.settings.modelCard.trustedSigners as [{"keyId": "sha256:aa"}]
}

test_a_signature_of_a_wrong_kind_does_not_count[note] if {
	some note, wrong in fixtures.wrong_values
	count(signed_so(wrong)) == 1
}

test_without_trusted_signers_no_card_is_asked_for if {
	spoken("model_card.signature_not_verified", fixtures.passing) == set()
}

test_the_key_of_a_signature_may_be_missing if {
	document := fixtures.without(["cards", 0, "signature"])
	findings := spoken("model_card.signature_not_verified", document) with data.mlgate.settings.modelCard.trustedSigners as [{"keyId": "sha256:aa"}]
	count(findings) == 1
}
