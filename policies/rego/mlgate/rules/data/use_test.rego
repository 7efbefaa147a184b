package mlgate.rules.data_test

import data.mlgate.lib.fixtures_test as fixtures

purpose_path := ["workload", "annotations", "mlgate.dev/purpose"]

purposes(document) := {[finding.observed, finding.required] |
	some finding in found("data.purpose_not_permitted", document)
}

test_a_purpose_the_card_does_not_know_is_found if {
	document := fixtures.with_patch(purpose_path, "staff-planning")
	found("data.purpose_not_permitted", document) == {{
		"code": "data.purpose_not_permitted",
		"path": "metadata.annotations[mlgate.dev/purpose]",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "staff-planning",
		"required": "visit-urgency",
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}}
}

test_a_workload_without_purpose_is_found[note] if {
	some note, wrong in [null, "", " ", 7, true, [], ["visit-urgency"], {}]
	purposes(fixtures.with_patch(purpose_path, wrong)) == {["(none)", "visit-urgency"]}
	purposes(fixtures.without(purpose_path)) == {["(none)", "visit-urgency"]}
	purposes(fixtures.with_patch(["workload", "annotations"], wrong)) == {["(none)", "visit-urgency"]}
}

test_purposes_of_a_wrong_kind_permit_nothing[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, [["visit-urgency"], [{"id": null}]])
	purposes(fixtures.with_card_patch(["intendedUse", "purposes"], wrong)) == {["visit-urgency", "none"]}
	purposes(fixtures.with_card_patch(["intendedUse"], wrong)) == {["visit-urgency", "none"]}
}

test_every_personal_dataset_has_to_permit_the_purpose[index] if {
	some index in [0, 1]
	every wrong in array.concat(fixtures.wrong_values, ["visit-urgency", ["staff-planning"]]) {
		purposes(fixtures.with_card_patch(["datasets", index, "permittedPurposes"], wrong)) == {["visit-urgency", "none"]}
	}
}

test_a_purpose_in_an_object_is_permitted_by_nobody if {
	wrong := {"first": "visit-urgency"}
	purposes(fixtures.with_card_patch(["datasets", 0, "permittedPurposes"], wrong)) == {["visit-urgency", "none"]}
}

test_data_about_nobody_may_serve_any_purpose if {
	changes := [[["datasets", 0, "personalData"], "none"], [["datasets", 0, "permittedPurposes"], null]]
	purposes(fixtures.with_card_patches(changes)) == set()
	other := json.patch(fixtures.with_card_patches(changes), [{"op": "replace", "path": purpose_path, "value": "other"}])
	purposes(other) == {["other", "visit-urgency"]}
}

test_a_purpose_that_the_data_alone_permits_is_found if {
	document := json.patch(
		fixtures.with_card_patches([
			[["datasets", 0, "permittedPurposes"], ["staff-planning", "visit-urgency"]],
			[["datasets", 1, "permittedPurposes"], ["staff-planning", "visit-urgency"]],
		]),
		[{"op": "replace", "path": purpose_path, "value": "staff-planning"}],
	)
	purposes(document) == {["staff-planning", "visit-urgency"]}
}

test_no_purpose_is_permitted_by_lists_of_nothing if {
	document := json.patch(
		fixtures.with_card_patches([
			[["intendedUse", "purposes"], [{"id": " "}]],
			[["datasets", 0, "permittedPurposes"], [" "]],
			[["datasets", 1, "permittedPurposes"], [" "]],
		]),
		[{"op": "replace", "path": purpose_path, "value": " "}],
	)
	purposes(document) == {["(none)", "none"]}
}

training := object.union(fixtures.workload, {
	"servesModel": false,
	"trainsModel": true,
	"models": [object.union(fixtures.model, {"uri": "s3://raw/base/", "path": "spec.base"})],
	"datasets": [
		{"uri": "s3://raw/visits/2026.parquet", "scheme": "s3", "path": "spec.data[0]"},
		{"uri": "s3://raw-masked/visits/", "scheme": "s3", "path": "spec.data[1]"},
	],
	"volumes": [
		{"name": "raw", "kind": "pvc", "claimName": "ward-export", "path": "spec.volumes[0]"},
		{"name": "free", "kind": "pvc", "claimName": "masked", "path": "spec.volumes[1]"},
	],
})

raw_settings := {"data": {"rawDataPrefixes": ["s3://raw"], "rawDataClaims": ["clinic-prod/ward-export"]}}

reached(document) := {[finding.path, finding.observed] |
	some finding in found("data.raw_data_accessed", document) with data.mlgate.overrides as raw_settings
}

all_raw := {
	["spec.base", "s3://raw/base/"],
	["spec.data[0]", "s3://raw/visits/2026.parquet"],
	["spec.volumes[0]", "clinic-prod/ward-export"],
}

test_training_on_raw_data_is_found if {
	reached(fixtures.with_patch(["workload"], training)) == all_raw
	document := fixtures.with_patch(["workload"], object.union(training, {"models": [], "volumes": []}))
	findings := found("data.raw_data_accessed", document) with data.mlgate.overrides as raw_settings
	findings == {{
		"code": "data.raw_data_accessed",
		"path": "spec.data[0]",
		"term": "spec.data[0]",
		"model": null,
		"observed": "s3://raw/visits/2026.parquet",
		"required": "a masked or tokenised copy",
		"values": {"location": "spec.data[0]", "uri": "s3://raw/visits/2026.parquet"},
	}}
}

test_serving_raw_data_is_for_production_alone if {
	serving := object.union(training, {"servesModel": true, "trainsModel": false})
	reached(fixtures.with_patch(["workload"], serving)) == set()
	elsewhere := json.patch(fixtures.with_patch(["workload"], serving), [{
		"op": "replace",
		"path": "/cluster/namespace/labels/mlgate.dev~1profile",
		"value": "sandbox",
	}])
	open := object.union(raw_settings, {"environment": {"relaxedNamespaces": {"sandbox": ["*"]}}})
	places := {finding.path | some finding in found("data.raw_data_accessed", elsewhere)} with data.mlgate.overrides as open
	places == {"spec.base", "spec.data[0]", "spec.volumes[0]"}
}

test_nothing_is_raw_without_settings if {
	found("data.raw_data_accessed", fixtures.with_patch(["workload"], training)) == set()
}

test_prefixes_and_claims_are_set_apart if {
	document := fixtures.with_patch(["workload"], training)
	prefixes := found("data.raw_data_accessed", document) with data.mlgate.overrides as {"data": {"rawDataPrefixes": ["s3://raw"]}}
	{finding.path | some finding in prefixes} == {"spec.base", "spec.data[0]"}
	claims := found("data.raw_data_accessed", document) with data.mlgate.overrides as {"data": {"rawDataClaims": ["clinic-prod/ward-export"]}}
	{finding.path | some finding in claims} == {"spec.volumes[0]"}
}

test_a_claim_of_the_same_name_elsewhere_is_another_one if {
	other := object.union(training, {"namespace": "clinic-lab"})
	reached(fixtures.with_patch(["workload"], other)) == {[path, uri] | some [path, uri] in all_raw; path != "spec.volumes[0]"}
}

test_parts_of_a_wrong_kind_reach_nothing[note] if {
	some note, wrong in fixtures.wrong_values
	broken := object.union(training, {
		"namespace": "clinic-prod",
		"models": [{"uri": wrong, "path": "spec.base"}],
		"datasets": [{"uri": wrong, "path": "spec.data[0]"}],
		"volumes": [{"claimName": wrong, "path": "spec.volumes[0]"}],
	})
	reached(fixtures.with_patch(["workload"], broken)) == set()
	nameless := object.union(training, {"namespace": wrong, "models": [], "datasets": []})
	reached(fixtures.with_patch(["workload"], nameless)) == set()
}
