package mlgate.rules.supply_chain_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.supply_chain

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in supply_chain.deny with input as document
	finding.code == code
}

# The passing document whose model has other values in some fields.
of_model(keys) := fixtures.with_patch(["workload", "models"], [object.union(fixtures.model, keys)])

without_model_key(key) := fixtures.without(["workload", "models", 0, key])

hub := {"uri": "hf://org/model:main", "scheme": "hf", "revision": "main", "digest": null, "immutable": false}

test_the_passing_document_has_no_finding if {
	supply_chain.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_that_starts_no_model[note] if {
	some note, workload in [null, {}]
	supply_chain.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

test_models_of_a_wrong_kind_are_read_without_error[note] if {
	some note, wrong in [null, true, 7, "", "x", [], {}]
	supply_chain.deny == set() with input as fixtures.with_patch(["workload", "models"], wrong)
		with data.mlgate.settings.supplyChain.trustedSigners as [{"keyId": "sha256:aa"}]
		with data.mlgate.settings.supplyChain.trustedModelSources as ["oci://r"]
		with input.workload.containers as []
}

test_a_model_that_can_change_is_found if {
	found("supply_chain.model_not_pinned", of_model(hub)) == {{
		"code": "supply_chain.model_not_pinned",
		"path": "spec.predictor.model.storageUri",
		"term": "predictor",
		"model": "predictor",
		"observed": "revision main can move",
		"required": "an address that always means the same bytes",
		"values": {"location": "spec.predictor.model.storageUri"},
	}}
}

test_a_version_the_loader_ignores_is_told_so[note] if {
	some note, scheme in ["s3", "gs", "https"]
	[finding] := [one | some one in found("supply_chain.model_not_pinned", of_model({"immutable": false, "scheme": scheme, "revision": "v7"}))]
	finding.observed == "its loader ignores version v7"
}

test_an_address_without_revision_is_told_so[sprintf("%d of %s", [note, scheme])] if {
	some note, wrong in [null, 7, "", " ", [], {}]
	some scheme in ["s3", "oci"]
	keys := {"immutable": false, "scheme": scheme, "revision": wrong}
	[finding] := [one | some one in found("supply_chain.model_not_pinned", of_model(keys))]
	finding.observed == "no digest, commit or version"
}

test_a_model_without_revision_key_is_told_so if {
	document := json.patch(of_model({"immutable": false}), [{"op": "remove", "path": "/workload/models/0/revision"}])
	[finding] := [one | some one in found("supply_chain.model_not_pinned", document)]
	finding.observed == "no digest, commit or version"
}

test_anything_but_true_leaves_a_model_unpinned[note] if {
	some note, wrong in [null, false, 1, "true", [], {}]
	count(found("supply_chain.model_not_pinned", of_model({"immutable": wrong}))) == 1
}

test_a_model_nobody_calls_immutable_is_not if {
	count(found("supply_chain.model_not_pinned", without_model_key("immutable"))) == 1
}

pinned_below(uri) if {
	found("supply_chain.model_not_pinned", of_model({"immutable": false, "uri": uri})) == set() with data.mlgate.settings.supplyChain.immutablePrefixes as ["s3://frozen/models"]
}

test_a_write_once_place_needs_no_pin if {
	pinned_below("s3://frozen/models/triage")
	pinned_below("s3://frozen/models")
}

test_a_place_that_only_looks_write_once_is_found[note] if {
	some note, uri in ["s3://frozen/models-of-mine/x", "s3://other/frozen/models", "s3://frozen/models/../mine/x", "S3://frozen/models/x", null, 7]
	not pinned_below(uri)
}

test_every_model_is_asked if {
	models := [fixtures.model, object.union(fixtures.model, {"id": "adapter:sql", "immutable": false, "role": "tokenizer"})]
	findings := found("supply_chain.model_not_pinned", fixtures.with_patch(["workload", "models"], models))
	{finding.term | some finding in findings} == {"adapter:sql"}
}

test_a_model_of_a_public_hub_is_found if {
	found("supply_chain.model_source_not_trusted", of_model(hub)) == {{
		"code": "supply_chain.model_source_not_trusted",
		"path": "spec.predictor.model.storageUri",
		"term": "predictor",
		"model": "predictor",
		"observed": "hf://org/model:main",
		"required": "no public hub and no plain download",
		"values": {"uri": "hf://org/model:main"},
	}}
}

untrusted(keys) := found("supply_chain.model_source_not_trusted", of_model(keys))

test_without_listed_sources_the_scheme_decides[scheme] if {
	some scheme, wanted in {
		"oci": 0, "s3": 0, "pvc": 0, "image": 0, "unknown": 0,
		"hf": 1, "ngc": 1, "ms": 1, "ollama": 1, "kaito": 1, "http": 1, "https": 1, "ftp": 1,
	}
	count(untrusted({"scheme": scheme})) == wanted
}

test_a_scheme_that_is_not_known_is_not_trusted[note] if {
	some note, wrong in [null, 7, true, [], {}]
	count(untrusted({"scheme": wrong})) == 1
}

test_a_model_without_scheme_is_not_trusted if {
	count(found("supply_chain.model_source_not_trusted", without_model_key("scheme"))) == 1
}

among(prefixes, keys) := findings if {
	findings := found("supply_chain.model_source_not_trusted", of_model(keys)) with data.mlgate.settings.supplyChain.trustedModelSources as prefixes
}

test_with_listed_sources_the_address_decides if {
	among(["oci://other.example.org", "oci://registry.example.org/models"], {}) == set()
	among(["hf://org"], {"uri": "hf://org/model", "scheme": "hf"}) == set()
	[finding] := [one | some one in among(["oci://a.example.org", "s3://b"], {})]
	finding.required == "oci://a.example.org, s3://b"
	finding.values.uri == "oci://registry.example.org/models/visit-triage@sha256:2c7f9a41d0b8"
}

test_an_address_that_only_looks_like_a_listed_source_is_found[note] if {
	some note, uri in [
		"oci://registry.example.org.evil.org/m", "oci://registry.example.orgx/m", "https://registry.example.org/../x",
		"oci://evil.org/registry.example.org/m", null, 7,
	]
	sources := ["oci://registry.example.org", "https://registry.example.org"]
	count(among(sources, {"uri": uri})) == 1
}

test_an_address_with_a_user_is_shown_without if {
	[finding] := [one | some one in untrusted({"uri": "https://me:word@host.example.org/m", "scheme": "https"})]
	finding.observed == "https://host.example.org/m"
	finding.values.uri == "https://host.example.org/m"
}

test_a_model_without_address_is_shown_as_unknown if {
	document := json.patch(of_model({"scheme": "hf"}), [{"op": "remove", "path": "/workload/models/0/uri"}])
	[finding] := [one | some one in found("supply_chain.model_source_not_trusted", document)]
	finding.observed == "unknown"
}
