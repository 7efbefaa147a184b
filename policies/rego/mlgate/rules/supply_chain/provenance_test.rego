package mlgate.rules.supply_chain_test

import data.mlgate.lib.fixtures_test as fixtures

revision := fixtures.card.training.sourceRevision

attestation(keys) := object.union(
	{
		"subject": {"kind": "model", "id": "predictor", "digest": fixtures.model_digest},
		"predicateType": "https://slsa.dev/provenance/v1",
		"status": "verified",
		"identity": null,
		"issuer": null,
		"keyId": "sha256:aa",
		"issuedAt": "2027-02-15T00:00:00Z",
		"sourceRevision": revision,
	},
	keys,
)

of_builds(list) := demanded("supply_chain.provenance_missing", fixtures.with_patch(["evidence", "attestations"], list))

observed_of_builds(list) := [finding.observed | some finding in of_builds(list)]

test_a_model_without_provenance_is_found if {
	of_builds([]) == {{
		"code": "supply_chain.provenance_missing",
		"path": "spec.predictor.model.storageUri",
		"term": "predictor",
		"model": "predictor",
		"observed": "no attestation",
		"required": "provenance signed by a trusted signer",
		"values": {},
	}}
}

test_provenance_of_a_trusted_signer_passes[note] if {
	some note, keys in [{}, {"predicateType": "https://slsa.dev/provenance/v0.2"}, {"sourceRevision": null}, {"sourceRevision": ""}]
	of_builds([attestation({"status": "invalid"}), attestation(keys)]) == set()
}

test_a_revision_that_is_not_given_contradicts_nothing if {
	of_builds([object.remove(attestation({}), ["sourceRevision"])]) == set()
	document := json.patch(fixtures.without_card(["training", "sourceRevision"]), [{
		"op": "replace", "path": "/evidence/attestations", "value": [attestation({})],
	}])
	demanded("supply_chain.provenance_missing", document) == set()
	without_cards := json.patch(document, [{"op": "replace", "path": "/cards", "value": []}])
	demanded("supply_chain.provenance_missing", without_cards) == set()
}

test_another_revision_than_the_cards_is_found if {
	of_builds([attestation({}), attestation({"sourceRevision": "0000aaaa"})]) == {{
		"code": "supply_chain.provenance_missing",
		"path": "card.training.sourceRevision",
		"term": "predictor",
		"model": "predictor",
		"observed": sprintf("built from 0000aaaa, the card names %s", [revision]),
		"required": "the source revision of the provenance",
		"values": {},
	}}
}

test_the_card_of_another_model_says_nothing_of_this_one if {
	second := object.union(fixtures.card_entry, {"models": ["worker"], "card": object.union(fixtures.card, {"training": {"sourceRevision": "1111"}})})
	document := json.patch(fixtures.passing, [
		{"op": "add", "path": "/cards/-", "value": second},
		{"op": "add", "path": "/workload/models/-", "value": object.union(fixtures.model, {"id": "worker"})},
		{"op": "replace", "path": "/evidence/attestations", "value": [attestation({})]},
	])
	{finding.term | some finding in demanded("supply_chain.provenance_missing", document)} == {"worker"}
}

test_an_attestation_that_does_not_count_is_named[wanted] if {
	some wanted, keys in {
		"invalid attestation": {"status": "invalid"},
		"unavailable attestation, it has more than 16": {"status": "unavailable", "reason": "has more than 16"},
		"unavailable attestation": {"status": "unavailable", "reason": " "},
		"null attestation": {"status": null},
		"attestation of https://slsa.dev/verification_summary/v1": {"predicateType": "https://slsa.dev/verification_summary/v1"},
		"attestation of null": {"predicateType": null},
		"attestation signed by key sha256:ab": {"keyId": "sha256:ab"},
		"attestation of other bytes": {"subject": {"digest": "sha256:00"}},
		"no attestation": {"subject": {"kind": "image"}},
	}
	observed_of_builds([attestation(keys)]) == [wanted]
}

test_of_what_was_verified_no_reason_is_told if {
	observed_of_builds([attestation({"subject": {"digest": "sha256:00"}, "reason": "it once was not"})]) == ["attestation of other bytes"]
}

test_an_attestation_without_a_field_does_not_count[key] if {
	some key, wanted in {
		"status": "null attestation",
		"predicateType": "attestation of null",
		"subject": "no attestation",
		"keyId": "attestation signed by nobody known",
	}
	observed_of_builds([object.remove(attestation({}), [key])]) == [wanted]
}

test_an_attestation_about_another_model_is_none if {
	observed_of_builds([attestation({"subject": {"id": "worker"}})]) == ["no attestation"]
}

test_attestations_of_a_wrong_kind_are_none[note] if {
	some note, wrong in fixtures.wrong_values
	observed_of_builds(wrong) == ["no attestation"]
}

test_without_trusted_signers_no_provenance_is_asked_for if {
	found("supply_chain.provenance_missing", fixtures.passing) == set()
}

test_only_the_card_that_contradicts_is_named if {
	second := object.union(fixtures.card_entry, {"card": object.union(fixtures.card, {"training": {"sourceRevision": "1111"}})})
	document := json.patch(fixtures.passing, [
		{"op": "add", "path": "/cards/-", "value": second},
		{"op": "replace", "path": "/evidence/attestations", "value": [attestation({})]},
	])
	[finding.observed | some finding in demanded("supply_chain.provenance_missing", document)] == [sprintf("built from %s, the card names 1111", [revision])]
}
