package mlgate.rules.model_card_test

import data.mlgate.lib.fixtures_test as fixtures

test_an_artifact_of_another_digest_is_told if {
	document := fixtures.with_card_patch(["model", "artifacts", 0, "digest"], fixtures.image_digest)
	spoken("model_card.artifact_mismatch", document) == {{
		"code": "model_card.artifact_mismatch",
		"path": "spec.predictor.model.storageUri",
		"term": "predictor",
		"model": "predictor",
		"observed": "sha256:2c7f9a41d0b8",
		"required": "sha256:6e0d1c2b3a49",
		"values": {
			"card": "modelcard/visit-triage-4.0.2",
			"model": "predictor (oci://registry.example.org/models/visit-triage@sha256:2c7f9a41d0b8)",
		},
	}}
}

test_the_address_does_not_stand_in_for_the_digest if {
	document := fixtures.with_card_patch(["model", "artifacts", 0, "digest"], null)
	codes(document) == {"model_card.artifact_mismatch"}
}

# The passing document with a model and an artifact that have no digest.
by_address(deployed, described) := json.patch(
	fixtures.with_card_patches([
		[["model", "artifacts", 0, "digest"], null],
		[["model", "artifacts", 0, "uri"], described],
	]),
	[
		{"op": "replace", "path": "/workload/models/0/digest", "value": null},
		{"op": "replace", "path": "/workload/models/0/uri", "value": deployed},
	],
)

test_without_a_digest_the_address_decides[note] if {
	some note, case in {
		"same": {"pair": ["s3://clinic/triage/4.0.2", "s3://clinic/triage/4.0.2"], "codes": set()},
		"slash in the card": {"pair": ["s3://clinic/triage/4.0.2", "s3://clinic/triage/4.0.2/"], "codes": set()},
		"slash in the manifest": {"pair": ["s3://clinic/triage/", "s3://clinic/triage"], "codes": set()},
		"below": {"pair": ["s3://clinic/triage/a", "s3://clinic/triage"], "codes": {"model_card.artifact_mismatch"}},
		"case": {"pair": ["s3://clinic/Triage", "s3://clinic/triage"], "codes": {"model_card.artifact_mismatch"}},
		"null": {"pair": ["s3://clinic/triage", null], "codes": {"model_card.artifact_mismatch"}},
	}
	codes(by_address(case.pair[0], case.pair[1])) == case.codes
}

test_an_address_that_cannot_be_read_matches_nothing[note] if {
	some note, wrong in [null, 7, true, [], {}]
	codes(by_address(wrong, "s3://clinic/triage")) == {"model_card.artifact_mismatch"}
	codes(by_address(wrong, wrong)) == {"model_card.artifact_mismatch"}
}

test_artifacts_that_cannot_be_read_match_nothing[artifacts] if {
	some artifacts in [null, [], "x", 7, {}, [null], ["x"], [{}], [{"uri": 7, "digest": 7}]]
	codes(fixtures.with_card_patch(["model", "artifacts"], artifacts)) == {"model_card.artifact_mismatch"}
}

test_a_map_of_artifacts_matches_nothing if {
	artifacts := {"first": fixtures.card.model.artifacts[0]}
	codes(fixtures.with_card_patch(["model", "artifacts"], artifacts)) == {"model_card.artifact_mismatch"}
}

test_a_card_without_artifacts_matches_nothing[path] if {
	some path in [["model", "artifacts"], ["model"]]
	codes(fixtures.without_card(path)) == {"model_card.artifact_mismatch"}
}

test_a_digest_that_cannot_be_read_matches_nothing[digest] if {
	some digest in [7, true, ["x"], {"a": 1}]
	codes(fixtures.with_patch(["workload", "models", 0, "digest"], digest)) == {"model_card.artifact_mismatch"}
}

test_a_model_without_digest_key_is_matched_by_address if {
	codes(fixtures.without(["workload", "models", 0, "digest"])) == set()
}

test_a_place_that_is_not_known_hides_nothing if {
	document := json.patch(fixtures.with_card_patch(["model", "artifacts"], []), [{
		"op": "remove", "path": "/workload/models/0/path",
	}])
	codes(document) == {"model_card.artifact_mismatch"}
}

labelled(version) := fixtures.with_patch(["workload", "labels", "mlgate.dev/model-version"], version)

test_a_label_with_another_version_is_told if {
	found := spoken("model_card.artifact_mismatch", labelled("4.0.1"))
	[candidate] := [candidate | some candidate in found]
	candidate.path == "metadata.labels[mlgate.dev/model-version]"
	candidate.observed == "version 4.0.1"
	candidate.required == "version 4.0.2"
}

test_both_differences_are_one_finding if {
	document := json.patch(labelled("4.0.1"), [{"op": "replace", "path": "/cards/0/card/model/artifacts", "value": []}])
	observed("model_card.artifact_mismatch", document) == {"sha256:2c7f9a41d0b8 and version 4.0.1"}
}

test_without_a_label_the_version_is_not_compared[version] if {
	some version in [null, "", " "]
	codes(labelled(version)) == set()
}

test_no_labels_at_all_are_no_difference[labels] if {
	some labels in [null, {}, [], "x"]
	codes(fixtures.with_patch(["workload", "labels"], labels)) == set()
}

test_a_label_of_another_type_differs if {
	codes(labelled(4)) == {"model_card.artifact_mismatch"}
}

test_a_card_without_version_differs_from_the_label if {
	codes(fixtures.without_card(["model", "version"])) == {"model_card.artifact_mismatch"}
	codes(fixtures.with_card_patch(["model", "version"], null)) == {"model_card.artifact_mismatch"}
}
