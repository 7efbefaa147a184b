package mlgate.rules.data_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.data as rules

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in rules.deny with input as document
	finding.code == code
}

# What is observed when one place below the datasets of the card holds another value.
observed(code, path, value) := {[finding.term, finding.observed] |
	some finding in found(code, fixtures.with_card_patch(array.concat(["datasets"], path), value))
}

test_the_passing_document_has_no_finding if {
	rules.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_that_starts_no_model[note] if {
	some note, workload in [null, {}]
	rules.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

test_a_card_without_training_data_is_found if {
	document := fixtures.with_card_patch(["datasets", 0, "role"], "test")
	found("data.training_data_missing", document) == {{
		"code": "data.training_data_missing",
		"path": "card.datasets",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "no training dataset",
		"required": "every training dataset with its source",
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}}
}

test_datasets_of_a_wrong_kind_name_no_training_data[note] if {
	some note, wrong in [null, true, 7, "", "visits", [], {}, {"0": fixtures.card.datasets[0]}]
	observed("data.training_data_missing", [], wrong) == {["modelcard/visit-triage-4.0.2", "no training dataset"]}
}

test_a_card_without_the_key_datasets_names_no_training_data if {
	count(found("data.training_data_missing", fixtures.without_card(["datasets"]))) == 1
}

test_a_training_dataset_without_source_is_found if {
	document := fixtures.with_card_patch(["datasets", 0, "source"], " ")
	[finding] := [finding | some finding in found("data.training_data_missing", document)]
	finding.path == "card.datasets[0].source"
	finding.observed == "no source of visits-2020-2026"
}

test_a_source_of_a_wrong_kind_is_none[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["s3://clinic"], {}, {"a": null}]
	observed("data.training_data_missing", [0, "source"], wrong) == {["modelcard/visit-triage-4.0.2", "no source of visits-2020-2026"]}
}

test_items_that_are_no_datasets_have_no_source if {
	observed("data.training_data_missing", [], [null, 7]) == {["modelcard/visit-triage-4.0.2", "no source of (unnamed), (unnamed)"]}
}

test_one_source_does_not_make_up_for_another if {
	changes := [[["datasets", 1, "role"], "tuning"], [["datasets", 1, "source"], null]]
	[finding] := [finding | some finding in found("data.training_data_missing", fixtures.with_card_patches(changes))]
	finding.observed == "no source of visits-holdout-2026"
	finding.path == "card.datasets[1].source"
}

test_only_training_data_is_named_for_its_source if {
	changes := [[["datasets", 0, "source"], null], [["datasets", 1, "source"], null]]
	[finding] := [finding | some finding in found("data.training_data_missing", fixtures.with_card_patches(changes))]
	finding.observed == "no source of visits-2020-2026"
}

test_the_source_of_test_data_is_not_asked_for if {
	observed("data.training_data_missing", [1, "source"], null) == set()
}

test_a_dataset_without_lineage_is_found if {
	document := fixtures.without_card(["datasets", 0, "lineage"])
	found("data.lineage_missing", document) == {{
		"code": "data.lineage_missing",
		"path": "card.datasets[0].lineage",
		"term": "visits-2020-2026",
		"model": "predictor",
		"observed": "no sources and no transformations",
		"required": "sources and transformations",
		"values": {"dataset": "visits-2020-2026"},
	}}
}

test_each_list_of_the_lineage_is_asked_for[part] if {
	some part in ["sources", "transformations"]
	every wrong in [null, true, 7, "ward-system", [], [null], [" "], [7], {}, {"a": "ward-system"}] {
		observed("data.lineage_missing", [0, "lineage", part], wrong) == {["visits-2020-2026", sprintf("no %s", [part])]}
	}
}

test_a_lineage_of_a_wrong_kind_is_none[note] if {
	some note, wrong in fixtures.wrong_values
	observed("data.lineage_missing", [0, "lineage"], wrong) == {["visits-2020-2026", "no sources and no transformations"]}
}

test_nothing_transformed_is_an_answer if {
	observed("data.lineage_missing", [0, "lineage", "transformations"], ["none"]) == set()
}

test_the_lineage_and_digest_of_test_data_are_not_asked_for if {
	observed("data.lineage_missing", [1, "lineage"], null) == set()
	observed("data.integrity_unproven", [1, "digest"], null) == set()
}

test_a_dataset_without_digest_is_found if {
	document := fixtures.without_card(["datasets", 0, "digest"])
	found("data.integrity_unproven", document) == {{
		"code": "data.integrity_unproven",
		"path": "card.datasets[0].digest",
		"term": "visits-2020-2026",
		"model": "predictor",
		"observed": "no digest",
		"required": "the digest of the dataset or of its signed manifest",
		"values": {"dataset": "visits-2020-2026"},
	}}
}

test_a_digest_of_a_wrong_kind_is_none[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["sha256:0f"], {}, {"a": null}]
	observed("data.integrity_unproven", [0, "digest"], wrong) == {["visits-2020-2026", "no digest"]}
}

# Codes a document gets whose training dataset has no lineage and no digest, by who supplied the model.
asked_of_supplier(supplier) := {finding.code |
	changes := [
		[["model", "supplier"], supplier],
		[["datasets", 0, "lineage"], null],
		[["datasets", 0, "digest"], null],
	]
	some finding in rules.deny with input as fixtures.with_card_patches(changes)
	finding.code in {"data.lineage_missing", "data.integrity_unproven"}
}

test_lineage_and_digest_are_asked_of_models_made_in_house[note] if {
	some note, supplier in [null, "", " ", "internal", " internal ", "Internal", "internal\u200b", "\u200b", 7, true, [], ["acme"], {}]
	asked_of_supplier(supplier) == {"data.lineage_missing", "data.integrity_unproven"}
}

test_lineage_and_digest_of_a_model_of_somebody_else_are_theirs if {
	asked_of_supplier("acme") == set()
}

test_a_supplier_invented_to_avoid_the_questions_is_asked_for_terms if {
	document := fixtures.with_card_patch(["model", "supplier"], "Internal")
	{finding.observed | some finding in found("data.supplier_terms_missing", document)} == {"no entry"}
}
