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

root := "sha256:0badc0de"

oms(keys) := model_signature(object.union({"method": "oms", "digest": root}, keys))

served := {"uri": fixtures.model_uri, "digest": fixtures.model_digest}

# The model as it is, with what the card says of its artifacts, or with other keys.
with_artifacts(artifacts, keys, signature) := demanded("supply_chain.model_signature_not_verified", json.patch(of_model(keys), [
	{"op": "replace", "path": "/evidence/modelSignatures", "value": [signature]},
	{"op": "replace", "path": "/cards/0/card/model/artifacts", "value": artifacts},
]))

test_the_root_of_a_signed_model_counts_where_the_card_says_that_it_is_what_is_served if {
	with_artifacts([served, {"uri": fixtures.model_uri, "digest": root}], {}, oms({})) == set()
	with_artifacts([served, {"uri": sprintf("%s/", [fixtures.model_uri]), "digest": root}], {}, oms({})) == set()
}

test_the_root_of_another_model_does_not_count[note] if {
	some note, artifacts in {
		"no root is stated": [served],
		"another root": [served, {"uri": fixtures.model_uri, "digest": "sha256:00"}],
		"the root of what lies elsewhere": [served, {"uri": "oci://evil.example/m", "digest": root}],
		"the root of nothing named": [served, {"digest": root}],
		"what is served is no artifact of the card": [{"uri": fixtures.model_uri, "digest": root}],
		"no list": {"uri": fixtures.model_uri, "digest": root},
		"nothing": null,
	}
	{finding.observed | some finding in with_artifacts(artifacts, {}, oms({}))} == {"the signature is over other bytes"}
}

test_only_a_root_may_be_stated_by_the_card[note] if {
	artifacts := [served, {"uri": fixtures.model_uri, "digest": root}]
	some note, keys in {"cosign": {"method": "cosign"}, "no method": {"method": null}, "no digest": {"digest": null}}
	count(with_artifacts(artifacts, {}, oms(keys))) == 1
}

test_a_card_of_another_model_states_nothing if {
	document := json.patch(of_model({}), [
		{"op": "replace", "path": "/evidence/modelSignatures", "value": [oms({})]},
		{"op": "replace", "path": "/cards/0/card/model/artifacts", "value": [served, {"uri": fixtures.model_uri, "digest": root}]},
		{"op": "replace", "path": "/cards/0/models", "value": ["worker"]},
		{"op": "add", "path": "/workload/models/-", "value": object.union(fixtures.model, {"id": "worker"})},
	])
	told := demanded("supply_chain.model_signature_not_verified", document)
	"the signature is over other bytes" in {finding.observed | some finding in told; finding.model == "predictor"}
}

test_a_root_that_is_blank_is_none[note] if {
	some note, blank in {"null": null, "empty": "", "blank": " "}
	count(with_artifacts([served, {"uri": fixtures.model_uri, "digest": blank}], {}, oms({"digest": blank}))) == 1
}

test_a_model_without_digest_has_the_root_its_card_states_for_its_address[note] if {
	some note, nothing in [null, "", " "]
	at := "s3://models/triage/7/"
	artifacts := [{"uri": "s3://models/triage/7", "digest": root}]
	with_artifacts(artifacts, {"digest": nothing, "uri": at}, oms({})) == set()
	count(with_artifacts(artifacts, {"digest": nothing, "uri": at}, oms({"digest": "sha256:00"}))) == 1
	count(with_artifacts(artifacts, {"digest": nothing, "uri": "s3://models/triage/8/"}, oms({}))) == 1
	count(with_artifacts(artifacts, {"digest": nothing, "uri": at}, model_signature({"digest": root}))) == 1
	count(with_artifacts(artifacts, {"digest": nothing, "uri": at}, model_signature({"digest": nothing}))) == 1
}

test_a_model_without_the_key_of_its_digest_is_covered_by_nothing_else if {
	document := json.patch(without_model_key("digest"), [{
		"op": "replace", "path": "/evidence/modelSignatures", "value": [model_signature({}), model_signature({"digest": null})],
	}])
	count(demanded("supply_chain.model_signature_not_verified", document)) == 1
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
