package mlgate.lib.judgement_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.lib.judgement

owner := {
	"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "name": "visit-triage", "uid": "1",
	"gated": true, "podSettingsEqual": true,
}

volume := {"name": "weights", "kind": "pvc", "path": "spec.volumes[0]", "inOwner": true}

owned := object.union(fixtures.passing, {"workload": {
	"kind": "Pod", "owner": owner, "models": [object.union(fixtures.model, {"inOwner": true})],
	"containers": [object.union(fixtures.container, {"inOwner": true})], "volumes": [volume],
}})

proxy := object.union(fixtures.container, {
	"path": "spec.containers[1]",
	"image": {"raw": "istio/proxyv2:1.30", "registry": "docker.io", "repository": "istio/proxyv2", "digest": null},
})

patched_owned(path, value) := json.patch(owned, [{"op": "add", "path": path, "value": value}])

test_an_object_that_adds_nothing_to_its_owner_is_covered if {
	judgement.covered_by_owner with input as owned
	judgement.evaluated == ["input.invalid", "workload.unreadable"] with input as owned
	skipped := judgement.skipped with input as owned
	skipped["model_card.missing"] == {
		"code": "model_card.missing", "reason": "coveredByOwner", "detail": "InferenceService/visit-triage",
	}
}

test_what_the_platform_injects_adds_nothing if {
	judgement.covered_by_owner with input as patched_owned(["workload", "containers", "-"], proxy)
}

test_what_adds_something_is_not_covered[note] if {
	some note, patch in {
		"owner not gated": [["workload", "owner", "gated"], false],
		"owner unknown": [["workload", "owner"], null],
		"other pod settings": [["workload", "owner", "podSettingsEqual"], false],
		"pod settings unknown": [["workload", "owner", "podSettingsEqual"], null],
		"another model": [["workload", "models", 0, "inOwner"], false],
		"model unknown": [["workload", "models", 0, "inOwner"], null],
		"models no list": [["workload", "models"], null],
		"another volume": [["workload", "volumes", 0, "inOwner"], false],
		"volume unknown": [["workload", "volumes", 0, "inOwner"], "true"],
		"volumes no list": [["workload", "volumes"], null],
		"another container": [["workload", "containers", "-"], fixtures.container],
		"containers no list": [["workload", "containers"], null],
		"an image that only looks like the platform's": [
			["workload", "containers", "-"],
			object.union(proxy, {"image": {"repository": "istio/proxyv2-miner"}}),
		],
		"an image of the platform with a command": [
			["workload", "containers", "-"],
			object.union(proxy, {"command": ["sh", "-c", "fetch"]}),
		],
		"an image of the platform without a known command": [
			["workload", "containers", "-"],
			object.union(proxy, {"command": null}),
		],
		"a privileged image of the platform": [
			["workload", "containers", "-"],
			object.union(proxy, {"securityContext": object.union(proxy.securityContext, {"privileged": true})}),
		],
		"an image nobody knows": [
			["workload", "containers", "-"],
			object.union(proxy, {"image": {"registry": null, "repository": null}}),
		],
	}
	judgement.covered_by_owner == false with input as patched_owned(patch[0], patch[1])
}

# The same container twice: once as the owner has it, once added by whoever wrote the pod.
extended := patched_owned(
	["workload", "containers", "-"],
	object.union(fixtures.container, {"name": "extra", "path": "spec.containers[1]", "inOwner": false}),
)

candidate(fields) := object.union(
	{"code": "encryption.insecure_uri", "path": "spec.x", "term": null, "model": null, "observed": "", "required": "", "values": {}},
	fields,
)

test_what_stands_in_the_owner_is_left_to_it[note] if {
	some note, fields in {
		"container": {"path": "spec.predictor.containers[0].env[0]"},
		"volume": {"path": "spec.volumes[0]"},
		"model": {"path": "card.fairness", "model": "predictor"},
	}
	judgement.inherited(candidate(fields)) with input as extended
}

test_what_was_added_is_judged[note] if {
	some note, fields in {
		"container": {"path": "spec.containers[1].env[0]"},
		"container with an inherited model": {"path": "spec.containers[1].args[0]", "model": "predictor"},
		"elsewhere": {"path": "spec.hostNetwork"},
		"a path that only begins alike": {"path": "spec.predictor.containers[01]"},
		"another model": {"path": "card.fairness", "model": "canary[0]"},
		"unreadable": {"code": "workload.unreadable", "path": "spec.volumes[0]"},
		"the question": {"code": "input.invalid", "path": "spec.volumes[0]"},
	}
	not judgement.inherited(candidate(fields)) with input as extended
}

test_a_model_that_was_added_is_judged[note] if {
	some note, owned_too in [false, null, "true"]
	document := patched_owned(["workload", "models", "-"], object.union(fixtures.model, {"id": "extra", "inOwner": owned_too}))
	not judgement.inherited(candidate({"path": "card.fairness", "model": "extra"})) with input as document
}

test_without_a_gated_owner_nothing_is_inherited if {
	document := json.patch(extended, [{"op": "replace", "path": ["workload", "owner", "gated"], "value": false}])
	not judgement.inherited(candidate({"path": "spec.volumes[0]"})) with input as document
}
