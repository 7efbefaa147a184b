package mlgate.rules.classification_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.classification

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in classification.deny with input as document
	finding.code == code
}

label_path := ["workload", "labels", "mlgate.dev/data-classification"]

reference := "modelcard/visit-triage-4.0.2"

test_the_passing_document_has_no_finding if classification.deny == set() with input as fixtures.passing

test_nothing_is_said_of_an_object_that_starts_no_model if {
	classification.deny == set() with input as fixtures.with_patch(["workload"], null)
}

test_a_workload_without_label_is_found if {
	found("classification.label_missing", fixtures.without(label_path)) == {{
		"code": "classification.label_missing",
		"path": "metadata.labels[mlgate.dev/data-classification]",
		"term": null,
		"model": null,
		"observed": "absent",
		"required": "public, internal, confidential or restricted",
		"values": {"key": "mlgate.dev/data-classification"},
	}}
}

unlabelled(value) := {finding.observed | some finding in found("classification.label_missing", fixtures.with_patch(label_path, value))}

test_every_class_is_a_label[class] if {
	some class in ["public", "internal", "confidential", "restricted"]
	unlabelled(class) == set()
}

test_a_label_that_is_no_class_is_found[value] if {
	some value in ["Restricted", "restricted ", "secret", "public,restricted", "restrict\u0435d"]
	unlabelled(value) == {value}
}

test_a_label_of_a_wrong_kind_is_found[note] if {
	some note, wrong in fixtures.wrong_values
	count(unlabelled(wrong)) == 1
}

test_a_label_that_says_nothing_is_absent[note] if {
	some note, wrong in [null, "", " ", [], {}]
	unlabelled(wrong) == {"absent"}
}

test_labels_of_a_wrong_kind_hold_no_class[note] if {
	some note, wrong in fixtures.wrong_values
	count(found("classification.label_missing", fixtures.with_patch(["workload", "labels"], wrong))) == 1
}

test_a_workload_without_labels_is_found if {
	count(found("classification.label_missing", fixtures.without(["workload", "labels"]))) == 1
}

test_a_dataset_without_class_is_found if {
	found("classification.dataset_missing", fixtures.without_card(["datasets", 1, "classification"])) == {{
		"code": "classification.dataset_missing",
		"path": "card.datasets[1].classification",
		"term": "visits-holdout-2026",
		"model": "predictor",
		"observed": "absent",
		"required": "public, internal, confidential or restricted",
		"values": {"dataset": "visits-holdout-2026", "card": reference},
	}}
}

unclassified(path, value) := {[finding.term, finding.observed] |
	some finding in found("classification.dataset_missing", fixtures.with_card_patch(array.concat(["datasets"], path), value))
}

test_every_class_will_do_for_a_dataset[class] if {
	some class in ["public", "internal", "confidential", "restricted"]
	unclassified([0, "classification"], class) == set()
}

test_a_class_that_does_not_exist_is_found[class] if {
	some class in ["Public", "none", "public "]
	unclassified([0, "classification"], class) == {["visits-2020-2026", class]}
}

test_a_class_of_a_wrong_kind_is_found[note] if {
	some note, wrong in fixtures.wrong_values
	count(unclassified([0, "classification"], wrong)) == 1
}

test_a_dataset_that_is_none_has_no_class[note] if {
	some note, wrong in fixtures.wrong_values
	unclassified([], [wrong]) == {["(unnamed)", "absent"]}
}

test_datasets_of_a_wrong_kind_are_none[note] if {
	some note, wrong in [null, true, 7, "visits", [], {}, {"a": {"name": "visits"}}]
	classification.deny == set() with input as fixtures.with_card_patch(["datasets"], wrong)
}

test_a_label_lower_than_a_dataset_is_found if {
	document := json.patch(fixtures.with_patch(label_path, "internal"), [{
		"op": "replace", "path": "/cards/0/card/datasets/1/classification", "value": "internal",
	}])
	found("classification.understated", document) == {{
		"code": "classification.understated",
		"path": "metadata.labels[mlgate.dev/data-classification]",
		"term": "visits-2020-2026",
		"model": "predictor",
		"observed": "internal",
		"required": "restricted",
		"values": {"dataset": "visits-2020-2026"},
	}}
}

# Datasets of these classes that stand above a workload so labelled.
understated(label, classes) := {finding.required |
	document := json.patch(fixtures.with_patch(label_path, label), [{
		"op": "replace", "path": "/cards/0/card/datasets",
		"value": [{"name": "d", "classification": class} | some class in classes],
	}])
	some finding in found("classification.understated", document)
}

all_classes := ["public", "internal", "confidential", "restricted"]

test_classes_are_compared_in_their_order if {
	understated("public", all_classes) == {"internal", "confidential", "restricted"}
	understated("internal", all_classes) == {"confidential", "restricted"}
	understated("confidential", all_classes) == {"restricted"}
	understated("restricted", all_classes) == set()
}

test_without_two_classes_there_is_nothing_to_compare[note] if {
	some note, wrong in fixtures.wrong_values
	understated(wrong, all_classes) == set()
	understated("public", [wrong]) == set()
}

test_an_anonymised_dataset_is_no_exception if {
	document := json.patch(fixtures.with_patch(label_path, "public"), [{
		"op": "add", "path": "/cards/0/card/datasets",
		"value": [{"name": "d", "classification": "internal", "personalData": "anonymized", "synthetic": true}],
	}])
	count(found("classification.understated", document)) == 1
}

test_cards_that_cover_no_model_are_not_read if {
	document := json.patch(fixtures.with_patch(label_path, "public"), [
		{"op": "replace", "path": "/cards/0/models", "value": []},
		{"op": "remove", "path": "/cards/0/card/datasets/0/classification"},
	])
	classification.deny == set() with input as document
}
