package mlgate.rules.registry_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.registry

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in registry.deny with input as document
	finding.code == code
}

of_model(keys) := fixtures.with_patch(["workload", "models"], [object.union(fixtures.model, keys)])

in_staging(document) := json.patch(document, [{
	"op": "replace", "path": ["cluster", "namespace", "labels", "mlgate.dev/profile"], "value": "staging",
}])

test_the_passing_document_has_no_finding if {
	registry.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_that_starts_no_model[note] if {
	some note, workload in [null, {}]
	registry.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

test_models_of_a_wrong_kind_are_read_without_error[note] if {
	some note, wrong in [null, true, 7, "", "x", [], {}]
	registry.deny == set() with input as fixtures.with_patch(["workload", "models"], wrong)
}

test_a_model_of_a_staging_place_is_found if {
	found("registry.staging_source", of_model({"uri": "oci://registry.example.org/staging/triage@sha256:2c7f9a41d0b8e6354f1a9c0d7e2b5860934a1f6c8d7e0b2a5c4d3e1f60798a2b"})) == {{
		"code": "registry.staging_source",
		"path": "spec.predictor.model.storageUri",
		"term": "predictor",
		"model": "predictor",
		"observed": "oci://registry.example.org/staging/triage@sha256:2c7f9a41d0b8e6354f1a9c0d7e2b5860934a1f6c8d7e0b2a5c4d3e1f60798a2b",
		"required": "a production location",
		"values": {
			"uri": "oci://registry.example.org/staging/triage@sha256:2c7f9a41d0b8",
			"location": "spec.predictor.model.storageUri",
		},
	}}
}

test_places_of_work_in_progress_are_found[uri] if {
	some uri in [
		"s3://models-staging/triage", "s3://bucket/SandBox/triage", "s3://bucket/my.scratch", "hf://org/triage:staging",
		"s3://staging", "pvc://claim/dev/triage", "s3://bucket/tmp", "s3://bucket/stage/x", "models:/staging", "staging/model",
		"https://h.example.org/st%61ging/x",
	]
	[finding] := [one | some one in found("registry.staging_source", of_model({"uri": uri}))]
	finding.observed == uri
}

test_other_places_are_not[uri] if {
	some uri in [
		"s3://models/triage", "s3://backstaging/x", "s3://bucket/stages/x", "s3://bucket/developer/x", "s3://bucket/tmp.1", "staging://bucket/x",
		"s3://bucket/x@sha256:de5", "hf://org/dev-model", "s3://bucket/%", "",
	]
	found("registry.staging_source", of_model({"uri": uri})) == set()
}

test_the_record_of_a_model_counts_too if {
	[finding] := [one | some one in found("registry.staging_source", of_model({"registryUri": "models:/triage/staging"}))]
	finding.observed == "models:/triage/staging"
	both := of_model({"registryUri": "models:/triage/staging", "uri": "s3://scratch/x"})
	[one.observed | some one in found("registry.staging_source", both)] == ["s3://scratch/x"]
}

test_an_address_of_a_wrong_kind_is_read_without_error[note] if {
	some note, wrong in fixtures.wrong_values
	found("registry.staging_source", of_model({"uri": wrong, "registryUri": wrong})) == set()
}

test_an_address_with_a_user_is_shown_without if {
	[finding] := [one | some one in found("registry.staging_source", of_model({"uri": "https://me:word@h.example.org/dev/m"}))]
	finding.observed == "https://h.example.org/dev/m"
	finding.values.uri == "https://h.example.org/dev/m"
}

test_the_patterns_are_a_setting if {
	document := of_model({"uri": "s3://quarantine/x"})
	count(found("registry.staging_source", document)) == 1 with data.mlgate.settings.registry.stagingUriPatterns as ["(", "quarantine"]
	found("registry.staging_source", of_model({"uri": "s3://staging/x"})) == set() with data.mlgate.settings.registry.stagingUriPatterns as ["("]
}

test_only_production_asks_for_it if {
	found("registry.staging_source", in_staging(of_model({"uri": "s3://staging/x"}))) == set()
	found("registry.not_promoted", in_staging(recorded([record({"status": "missing"})]))) == set()
}

record(keys) := object.union(
	{"model": "predictor", "system": "mlflow", "status": "found", "name": "triage", "version": "7", "stage": null, "aliases": [], "tags": {}},
	keys,
)

recorded(list) := fixtures.with_patch(["evidence", "registry"], list)

unpromoted(list) := {[finding.observed, finding.required] | some finding in found("registry.not_promoted", recorded(list))}

test_a_version_that_was_not_promoted_is_found if {
	found("registry.not_promoted", recorded([record({"stage": "Staging", "aliases": ["candidate"]})])) == {{
		"code": "registry.not_promoted",
		"path": "spec.predictor.model.storageUri",
		"term": "predictor",
		"model": "predictor",
		"observed": "stage Staging, aliases candidate",
		"required": "stage production or live or alias champion or production or live",
		"values": {},
	}}
}

test_a_promoted_version_passes[note] if {
	some note, keys in [
		{"stage": "Production"}, {"stage": "LIVE"}, {"aliases": ["candidate", "champion"]},
		{"stage": "archived", "aliases": ["live"]},
	]
	unpromoted([record(keys)]) == set()
}

test_what_promotes_must_be_it[note] if {
	some note, keys in [
		{"stage": "pre-production"}, {"stage": ["production"]}, {"stage": 7}, {"aliases": ["Champion"]}, {"aliases": "champion"},
		{"aliases": null}, {"aliases": [null]}, {"tags": {"stage": "production"}},
	]
	count(unpromoted([record(keys)])) == 1
}

test_a_record_without_stage_and_aliases_promotes_nothing if {
	unpromoted([object.remove(record({}), ["stage", "aliases"])]) == {["stage none, aliases none", "stage production or live or alias champion or production or live"]}
}

test_a_record_must_be_found[note] if {
	some note, status in ["missing", "unavailable", null, 7, "", [], {}]
	found_so := unpromoted([record({"status": status, "stage": "production"})])
	{row[1] | some row in found_so} == {"a record in a registry"}
}

test_the_status_of_a_record_is_told if {
	unpromoted([record({"status": "missing"})]) == {["its record is missing", "a record in a registry"]}
	unpromoted([object.remove(record({"stage": "production"}), ["status"])]) == {["its record is null", "a record in a registry"]}
}

test_every_record_must_be_promoted if {
	rows := unpromoted([record({"stage": "production"}), record({"status": "missing"}), record({"stage": "none"})])
	{row[0] | some row in rows} == {"its record is missing, stage none, aliases none"}
}

test_without_a_record_the_card_decides[note] if {
	some note, list in [[], [record({"model": "worker", "status": "missing"})], null, 7, "x", {}]
	unpromoted(list) == set()
}

staged(stage) := {[finding.path, finding.observed, finding.required] |
	some finding in found("registry.not_promoted", fixtures.with_card_patch(["model", "stage"], stage))
}

test_a_card_may_say_that_the_version_is_not_for_production[stage] if {
	some stage in ["staging", "archived", "Archived", " staging "]
	staged(stage) == {["card.model.stage", sprintf("the card says %s", [stage]), "stage production in the card"]}
}

test_other_stages_of_the_card_say_nothing_against_it[note] if {
	some note, stage in ["production", "development", "", null, 7, true, [], {}]
	staged(stage) == set()
}

test_a_record_goes_before_the_card if {
	document := json.patch(recorded([record({"stage": "production"})]), [{"op": "replace", "path": "/cards/0/card/model/stage", "value": "staging"}])
	found("registry.not_promoted", document) == set()
}

test_the_card_of_another_model_says_nothing_of_this_one if {
	second := object.union(fixtures.card_entry, {"models": ["worker"], "card": {"model": {"stage": "archived"}}})
	document := json.patch(fixtures.passing, [
		{"op": "add", "path": "/cards/-", "value": second},
		{"op": "add", "path": "/workload/models/-", "value": object.union(fixtures.model, {"id": "worker"})},
	])
	{finding.term | some finding in found("registry.not_promoted", document)} == {"worker"}
}

test_a_record_can_be_demanded if {
	[finding] := [one | some one in demanding([])]
	finding.observed == "no record in a registry"
	finding.required == "a record in a registry"
	finding.path == "spec.predictor.model.storageUri"
	demanding([record({"stage": "production"})]) == set()
}

demanding(list) := findings if {
	findings := found("registry.not_promoted", recorded(list)) with data.mlgate.settings.registry.recordRequired as true
}

test_a_tokenizer_needs_no_record if {
	document := json.patch(of_model({"role": "tokenizer"}), [{"op": "replace", "path": "/evidence/registry", "value": [record({"status": "missing"})]}])
	found("registry.not_promoted", document) == set()
}
