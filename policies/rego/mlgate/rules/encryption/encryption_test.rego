package mlgate.rules.encryption_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.encryption

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in encryption.deny with input as document
	finding.code == code
}

reference := "modelcard/visit-triage-4.0.2"

# Findings of one code when these are the card's entries at rest.
at_rest(code, entries) := {[finding.observed, finding.required] |
	some finding in found(code, fixtures.with_card_patch(["encryption", "atRest"], entries))
}

entry(target, keys) := object.union(fixtures.at_rest(target), keys)

test_the_passing_document_has_no_finding if {
	encryption.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_that_starts_no_model[note] if {
	some note, workload in [null, {}]
	encryption.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

test_a_target_without_encryption_is_found if {
	document := fixtures.with_card_patch(["encryption", "atRest"], [fixtures.at_rest("model"), fixtures.at_rest("logs")])
	found("encryption.at_rest_missing", document) == {{
		"code": "encryption.at_rest_missing",
		"path": "card.encryption.atRest",
		"term": reference,
		"model": "predictor",
		"observed": "targets model, logs",
		"required": "trainingData",
		"values": {"card": reference},
	}}
}

test_entries_that_are_none_declare_nothing[note] if {
	every_target := {target: fixtures.at_rest(target) | some target in ["model", "trainingData", "logs"]}
	some note, wrong in [null, true, 7, "AES-256 everywhere", [], {}, every_target]
	at_rest("encryption.at_rest_missing", wrong) == {["no entry", "model, trainingData, logs"]}
}

test_entries_without_target_declare_nothing[note] if {
	some note, wrong in [null, 7, "model", [], {}, entry("model", {"target": null}), entry("model", {"target": ["model"]})]
	rows := at_rest("encryption.at_rest_missing", [wrong])
	{row[1] | some row in rows} == {"model, trainingData, logs"}
}

test_a_card_without_encryption_declares_nothing[note] if {
	some note, wrong in fixtures.wrong_values
	count(found("encryption.at_rest_missing", fixtures.with_card_patch(["encryption"], wrong))) == 1
}

test_a_card_without_the_key_encryption_declares_nothing if {
	count(found("encryption.at_rest_missing", fixtures.without_card(["encryption"]))) == 1
}

test_an_entry_needs_algorithm_and_key_management[note] if {
	some note, keys in {
		"algorithm null": {"algorithm": null},
		"algorithm blank": {"algorithm": " "},
		"algorithm number": {"algorithm": 256},
		"algorithm list": {"algorithm": ["AES-256"]},
		"management null": {"keyManagement": null},
		"management none": {"keyManagement": "none"},
		"management blank": {"keyManagement": ""},
		"management true": {"keyManagement": true},
		"management unknown": {"keyManagement": "None"},
	}
	entries := [entry("model", keys), fixtures.at_rest("trainingData"), fixtures.at_rest("logs")]
	at_rest("encryption.at_rest_missing", entries) == {["targets trainingData, logs; incomplete: model", "model"]}
}

test_an_entry_without_a_key_is_incomplete[key] if {
	some key in ["algorithm", "keyManagement"]
	entries := [object.remove(fixtures.at_rest("model"), [key])]
	at_rest("encryption.at_rest_missing", entries) == {["incomplete: model", "model, trainingData, logs"]}
}

test_a_complete_entry_beside_an_incomplete_one_is_enough if {
	entries := array.concat(fixtures.card.encryption.atRest, [entry("model", {"keyManagement": "none"})])
	at_rest("encryption.at_rest_missing", entries) == set()
}

test_a_key_of_the_provider_is_encryption if {
	entries := [entry(target, {"keyManagement": "providerManaged"}) | some target in ["model", "trainingData", "logs"]]
	at_rest("encryption.at_rest_missing", entries) == set()
}

test_what_is_asked_for_depends_on_the_tier if {
	document := fixtures.with_card_patches([
		[["risk", "tier"], "minimal"],
		[["encryption", "atRest"], [fixtures.at_rest("model")]],
	])
	found("encryption.at_rest_missing", document) == set()
}

test_a_weak_algorithm_is_found if {
	entries := [
		entry("model", {"algorithm": "AES-128-GCM"}),
		fixtures.at_rest("trainingData"),
		entry("logs", {"algorithm": "RC4"}),
	]
	document := fixtures.with_card_patch(["encryption", "atRest"], entries)
	[finding] := [one | some one in found("encryption.at_rest_weak", document)]
	object.remove(finding, ["required"]) == {
		"code": "encryption.at_rest_weak",
		"path": "card.encryption.atRest",
		"term": reference,
		"model": "predictor",
		"observed": "AES-128-GCM, RC4",
		"values": {"card": reference, "kind": ["model", "logs"]},
	}
	startswith(finding.required, "AES-256, AES256, ")
}

test_an_algorithm_may_be_written_with_blanks_and_underscores[algorithm] if {
	some algorithm in ["aes-256-gcm", "AES_256_GCM", "AES 256 GCM", " aes256 ", "ChaCha20-Poly1305", "aes_256-xts"]
	at_rest("encryption.at_rest_weak", [entry("model", {"algorithm": algorithm})]) == set()
}

test_anything_that_is_not_an_allowed_algorithm_is_weak[note] if {
	some note, algorithm in ["AES", "AES-128", "AES-256-ECB", "AES–256", "DES", "none", "AES-256-GCM!", 256, true, ["AES-256"], {"n": 1}]
	count(at_rest("encryption.at_rest_weak", [entry("predictions", {"algorithm": algorithm})])) == 1
}

test_an_algorithm_that_is_not_given_is_left_to_another_rule[note] if {
	some note, wrong in [null, "", " ", [], {}]
	at_rest("encryption.at_rest_weak", [entry("model", {"algorithm": wrong})]) == set()
	at_rest("encryption.at_rest_weak", wrong) == set()
	at_rest("encryption.at_rest_weak", [wrong]) == set()
}

test_an_entry_of_an_unknown_target_can_be_weak[note] if {
	some note, wrong in [null, "", 7]
	document := fixtures.with_card_patch(["encryption", "atRest"], [{"target": wrong, "algorithm": "DES"}])
	[finding.values.kind | some finding in found("encryption.at_rest_weak", document)] == [["unknown"]]
}

test_a_target_without_a_key_of_ones_own_is_found if {
	document := fixtures.with_card_patch(["encryption", "atRest", 0, "keyManagement"], "providerManaged")
	found("encryption.customer_key_missing", document) == {{
		"code": "encryption.customer_key_missing",
		"path": "card.encryption.atRest",
		"term": reference,
		"model": "predictor",
		"observed": "no customer-managed key for model",
		"required": "customerManaged with a keyReference",
		"values": {"card": reference, "kind": ["model"]},
	}}
}

test_a_key_of_ones_own_must_be_named[note] if {
	some note, keys in {
		"reference null": {"keyReference": null},
		"reference blank": {"keyReference": " "},
		"reference number": {"keyReference": 7},
		"reference list": {"keyReference": ["k"]},
		"management null": {"keyManagement": null},
		"management none": {"keyManagement": "none"},
		"management number": {"keyManagement": 7},
	}
	entries := [entry("logs", keys), fixtures.at_rest("model")]
	at_rest("encryption.customer_key_missing", entries) == {["no customer-managed key for logs", "customerManaged with a keyReference"]}
}

# Which of the rules about targets finds an entry with these keys beside those of all other targets.
beside_the_others(keys) := found_of_targets([
	entry("model", keys),
	fixtures.at_rest("trainingData"),
	fixtures.at_rest("logs"),
])

# Which of them finds these keys in the entries of all targets.
everywhere(keys) := found_of_targets([entry(target, keys) | some target in ["model", "trainingData", "logs"]])

found_of_targets(entries) := {code |
	document := fixtures.with_card_patch(["encryption", "atRest"], entries)
	some code in ["encryption.at_rest_missing", "encryption.customer_key_missing"]
	count(found(code, document)) > 0
}

test_each_rule_about_targets_asks_for_its_own[note] if {
	some note, [keys, codes] in {
		"passing": [{}, set()],
		"algorithm blank": [{"algorithm": " "}, {"encryption.at_rest_missing"}],
		"algorithm number": [{"algorithm": 256}, {"encryption.at_rest_missing"}],
		"management of the provider": [{"keyManagement": "providerManaged"}, {"encryption.customer_key_missing"}],
		"management none": [{"keyManagement": "none"}, {"encryption.at_rest_missing", "encryption.customer_key_missing"}],
		"reference blank": [{"keyReference": " "}, {"encryption.customer_key_missing"}],
		"reference number": [{"keyReference": 7}, {"encryption.customer_key_missing"}],
		"reference null": [{"keyReference": null}, {"encryption.customer_key_missing"}],
	}
	beside_the_others(keys) == codes
	everywhere(keys) == codes
}

test_a_key_of_ones_own_without_the_keys_is_found[key] if {
	some key in ["keyReference", "keyManagement"]
	count(at_rest("encryption.customer_key_missing", [object.remove(fixtures.at_rest("model"), [key])])) == 1
}

test_one_of_several_entries_with_a_key_of_ones_own_is_enough if {
	entries := [entry("model", {"keyManagement": "none"}), fixtures.at_rest("model")]
	at_rest("encryption.customer_key_missing", entries) == set()
}

test_targets_without_entry_or_not_asked_for_need_no_key[note] if {
	some note, entries in [null, 7, [], {}, [null], [{}], [entry("predictions", {"keyManagement": "none"})]]
	at_rest("encryption.customer_key_missing", entries) == set()
}

open_access(value) := {[finding.observed, finding.required] |
	some finding in found("encryption.artifact_access_open", fixtures.with_card_patch(["model", "artifacts", 0, "access"], value))
}

test_an_artifact_open_to_more_than_named_identities_is_found if {
	document := fixtures.with_card_patch(["model", "artifacts", 0, "access"], "organization")
	found("encryption.artifact_access_open", document) == {{
		"code": "encryption.artifact_access_open",
		"path": "card.model.artifacts[0].access",
		"term": fixtures.model_uri,
		"model": "predictor",
		"observed": "organization",
		"required": "restricted",
		"values": {"artifact": "oci://registry.example.org/models/visit-triage@sha256:2c7f9a41d0b8"},
	}}
}

test_access_that_is_not_stated_is_open[note] if {
	some note, wrong in [null, "", " ", [], {}]
	open_access(wrong) == {["not stated", "restricted"]}
}

test_access_of_another_kind_is_open if {
	open_access("public") == {["public", "restricted"]}
	open_access("Restricted") == {["Restricted", "restricted"]}
	open_access(7) == {["7", "restricted"]}
	open_access(true) == {["true", "restricted"]}
}

test_every_artifact_is_asked if {
	artifacts := [
		{"uri": "s3://a/b", "access": "restricted"},
		{"uri": "s3://user:word@a/c"}, null, {"uri": 7, "access": "public"},
	]
	findings := found("encryption.artifact_access_open", fixtures.with_card_patch(["model", "artifacts"], artifacts))
	{[finding.path, finding.term] | some finding in findings} == {
		["card.model.artifacts[1].access", "s3://a/c"],
		["card.model.artifacts[2].access", "unknown"],
		["card.model.artifacts[3].access", "unknown"],
	}
}

test_artifacts_that_are_no_list_are_read_without_error[note] if {
	some note, wrong in [null, 7, "s3://a", {}, {"a": {"access": "public"}}]
	found("encryption.artifact_access_open", fixtures.with_card_patch(["model", "artifacts"], wrong)) == set()
}
