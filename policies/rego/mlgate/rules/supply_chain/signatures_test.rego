package mlgate.rules.supply_chain_test

import data.mlgate.lib.fixtures_test as fixtures

model_signature(keys) := object.union(
	{"model": "predictor", "status": "verified", "digest": fixtures.model_digest, "identity": null, "issuer": null, "keyId": "sha256:aa"},
	keys,
)

of_models(list, keys) := demanded("supply_chain.model_signature_not_verified", json.patch(of_model(keys), [{
	"op": "replace", "path": "/evidence/modelSignatures", "value": list,
}]))

observed_of_models(list) := [finding.observed | some finding in of_models(list, {})]

test_a_model_without_signature_is_found if {
	of_models([], {}) == {{
		"code": "supply_chain.model_signature_not_verified",
		"path": "spec.predictor.model.storageUri",
		"term": "predictor",
		"model": "predictor",
		"observed": "no signature",
		"required": "a verified signature of a trusted signer",
		"values": {},
	}}
}

test_a_model_signed_by_a_trusted_signer_passes if {
	of_models([model_signature({"status": "missing"}), model_signature({})], {}) == set()
}

test_a_model_without_digest_is_covered_by_what_was_found_for_it[note] if {
	some note, nothing in [null, "", " "]
	of_models([model_signature({"digest": "sha256:00"})], {"digest": nothing}) == set()
}

test_a_model_without_the_key_of_its_digest_is_covered if {
	document := json.patch(without_model_key("digest"), [{
		"op": "replace", "path": "/evidence/modelSignatures", "value": [model_signature({})],
	}])
	demanded("supply_chain.model_signature_not_verified", document) == set()
}

test_a_signature_over_other_bytes_does_not_count[note] if {
	some note, digest in ["sha256:00", null, "", 7, upper(fixtures.model_digest)]
	observed_of_models([model_signature({"digest": digest})]) == ["the signature is over other bytes"]
}

test_a_signature_without_digest_does_not_count if {
	observed_of_models([object.remove(model_signature({}), ["digest"])]) == ["the signature is over other bytes"]
}

test_a_model_signature_that_does_not_count_is_named if {
	observed_of_models([model_signature({"status": "missing"})]) == ["signature missing"]
	observed_of_models([model_signature({"status": true})]) == ["signature true"]
	observed_of_models([model_signature({"keyId": "sha256:ab"})]) == ["signed by key sha256:ab"]
	observed_of_models([model_signature({"keyId": null})]) == ["signed by nobody known"]
	observed_of_models([model_signature({"keyId": "sha256:ab", "digest": "sha256:00"})]) == ["signed by key sha256:ab"]
	observed_of_models([model_signature({"status": "invalid", "digest": "sha256:00"})]) == ["signature invalid"]
	observed_of_models([model_signature({"model": "canary[0]"})]) == ["no signature"]
}

test_model_signatures_of_a_wrong_kind_are_none[note] if {
	some note, wrong in fixtures.wrong_values
	observed_of_models(wrong) == ["no signature"]
}

test_without_trusted_signers_no_model_is_asked_for if {
	found("supply_chain.model_signature_not_verified", fixtures.passing) == set()
}
