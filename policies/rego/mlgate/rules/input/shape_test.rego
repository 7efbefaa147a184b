package mlgate.rules.input_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.input as rules

volume := {
	"name": "weights", "kind": "pvc", "claimName": "weights", "storageClassName": "fast", "secretName": null,
	"tokenExpirationSeconds": null, "holdsModel": true, "path": "spec.volumes[0]", "inOwner": false,
}

# The passing document with one entry in every list.
full := json.patch(fixtures.passing, [
	{"op": "replace", "path": "/workload/volumes", "value": [volume]},
	{"op": "replace", "path": "/workload/datasets", "value": [{"uri": "s3://a/b", "scheme": "s3", "path": "spec.data"}]},
	{"op": "replace", "path": "/workload/references", "value": [{
		"apiVersion": "serving.kserve.io/v1alpha1", "kind": "ServingRuntime", "namespace": "clinic-prod",
		"name": "onnx", "status": "found", "path": "spec.predictor.model.runtime",
	}]},
	{"op": "replace", "path": "/workload/owner", "value": {
		"apiVersion": "apps/v1", "kind": "Deployment", "name": "visit-triage", "uid": "1",
		"gated": false, "podSettingsEqual": false,
	}},
	{"op": "replace", "path": "/waivers", "value": [{
		"assurance": "authenticated", "name": "w", "namespace": "clinic-prod", "codes": ["encryption.insecure_uri"],
		"terms": [], "subject": {"model": null, "version": null, "digest": null, "workload": null}, "reason": "r",
		"ticket": "t", "requestedBy": "a", "approvedBy": "b", "createdAt": null, "expiresAt": null, "problems": [],
	}]},
])

workload_parts := {
	"labels", "annotations", "exposure", "exposure/scope", "exposure/tls", "features", "features/confidential",
	"features/confidential/enabled", "owner", "owner/kind", "owner/name", "owner/gated", "owner/podSettingsEqual",
	"models/0", "models/0/id", "models/0/uri", "models/0/scheme", "models/0/role", "models/0/path",
	"models/0/inOwner", "models/0/digest", "volumes", "volumes/0/name", "volumes/0/kind", "volumes/0/path",
	"volumes/0/holdsModel", "volumes/0/inOwner", "containers", "containers/0/name", "containers/0/path",
	"containers/0/inOwner", "containers/0/image", "endpoints", "endpoints/0/uri", "endpoints/0/scheme",
	"endpoints/0/path", "endpoints/0/tls", "datasets", "datasets/0/uri", "datasets/0/scheme", "datasets/0/path",
	"references", "references/0/kind", "references/0/name", "references/0/status", "references/0/path",
	"apiVersion", "kind",
}

evidence_parts := {
	"cards/0/source", "cards/0/source/reference", "cards/0/status", "cards/0/problems", "cards/0/models",
	"cards/0/card", "cards/0/digest", "cards/0/pinnedDigest", "signOffs/0/assurance", "signOffs/0/source",
	"signOffs/0/source/type", "signOffs/0/source/reference", "signOffs/0/problems", "signOffs/0/subject",
	"waivers/0/assurance", "waivers/0/namespace", "waivers/0/name", "waivers/0/problems", "waivers/0/terms",
	"waivers/0/subject", "unavailable/0/lookup", "unavailable/0/reason", "cluster", "cluster/namespace",
	"cluster/namespace/name", "cluster/namespace/labels",
}

# By path from the root: what is said when it is missing or of another type. An entry of a list cannot be missing.
told := object.union(
	{concat("/", ["workload", part]): "workload is neither null nor complete" | some part in workload_parts},
	{part: "the evidence is not complete" | some part in evidence_parts},
)

fields := {path | some path, _ in told; not regex.match(`/[0-9]+$`, path)}

test_a_full_document_is_sound if rules.deny == set() with input as full

test_a_missing_part_is_told[path] if {
	some path in fields
	observed(json.patch(full, [{"op": "remove", "path": concat("", ["/", path])}])) == [told[path]]
}

test_a_part_of_another_type_is_told[path] if {
	some path, problem in told
	observed(json.patch(full, [{"op": "replace", "path": concat("", ["/", path]), "value": 7}])) == [problem]
}

test_what_may_be_null_is_sound_then[path] if {
	some path in [
		"workload/owner", "workload/models/0/digest", "workload/exposure/tls", "workload/endpoints/0/tls",
		"cards/0/digest", "cards/0/pinnedDigest", "cluster/namespace",
	]
	rules.deny == set() with input as json.patch(full, [{"op": "replace", "path": concat("", ["/", path]), "value": null}])
}

test_a_card_that_is_not_found_needs_no_content[status] if {
	some status in ["missing", "invalid", "unavailable"]
	entry := object.union(fixtures.card_entry, {"status": status, "card": null, "digest": null})
	rules.deny == set() with input as fixtures.with_patch(["cards"], [entry])
}

test_a_card_of_an_unknown_status_is_told if {
	observed(fixtures.with_patch(["cards", 0, "status"], "ok")) == ["the evidence is not complete"]
}

test_a_found_card_without_content_is_told if {
	observed(fixtures.with_patch(["cards", 0, "card"], null)) == ["the evidence is not complete"]
}

test_two_models_of_one_slot_are_told if {
	document := fixtures.with_patch(["workload", "models"], [fixtures.model, object.union(fixtures.model, {"uri": "s3://a/b"})])
	observed(document) == ["workload is neither null nor complete"]
}

test_a_card_that_is_not_found_is_complete_all_the_same[note] if {
	some note, change in {
		"reference": {"source": {"type": "modelcard", "reference": null}},
		"no reference": {"source": null},
		"problems": {"problems": null},
		"models": {"models": null},
	}
	entry := object.union(object.union(fixtures.card_entry, {"status": "missing", "card": null, "digest": null}), change)
	observed(fixtures.with_patch(["cards"], [entry])) == ["the evidence is not complete"]
}

test_ids_of_another_type_are_told[status] if {
	some status in ["found", "missing"]
	every models in [[null], [7], ["predictor", null], [["predictor"]], [{}]] {
		entry := object.union(fixtures.card_entry, {"status": status, "models": models})
		observed(fixtures.with_patch(["cards"], [entry])) == ["the evidence is not complete"]
	}
}
