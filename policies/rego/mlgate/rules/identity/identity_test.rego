package mlgate.rules.identity_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.identity

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in identity.deny with input as document
	finding.code == code
}

with_pods(pods) := fixtures.with_patch(["workload", "pods"], pods)

test_the_passing_document_has_no_finding if identity.deny == set() with input as fixtures.passing

test_nothing_is_said_of_an_object_that_starts_no_model if {
	identity.deny == set() with input as fixtures.with_patch(["workload"], null)
}

test_a_pod_under_the_default_account_is_found if {
	other := object.union(fixtures.pod, {"path": "spec.transformer", "serviceAccountName": "default"})
	found("identity.default_service_account", with_pods([fixtures.pod, other])) == {{
		"code": "identity.default_service_account",
		"path": "spec.transformer",
		"term": "spec.transformer",
		"model": null,
		"observed": "service account default",
		"required": "a service account of its own",
		"values": {"location": "spec.transformer"},
	}}
}

test_a_pod_that_names_no_account_runs_under_the_default_one[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["visit-triage"], {}]
	pod := object.union(fixtures.pod, {"serviceAccountName": wrong})
	count(found("identity.default_service_account", with_pods([pod]))) == 1
	count(found("identity.default_service_account", with_pods([object.remove(pod, ["serviceAccountName"])]))) == 1
}

test_a_pod_that_is_none_is_found_at_the_spec[note] if {
	some note, wrong in fixtures.wrong_values
	every code in ["identity.default_service_account", "identity.token_automounted"] {
		{[finding.path, finding.term, finding.values.location] | some finding in found(code, with_pods([wrong]))} == {["spec", "spec", "spec"]}
	}
}

test_pods_of_a_wrong_kind_are_none[note] if {
	some note, wrong in [null, true, 7, "pods", [], {}]
	identity.deny == set() with input as with_pods(wrong)
}

# The passing document with these values of the pod and of its account for the mounting of a token.
mounting(in_pod, in_account) := json.patch(with_pods([object.union(fixtures.pod, in_pod)]), [{
	"op": "replace", "path": "/cluster/serviceAccounts/visit-triage",
	"value": object.union({"rules": []}, in_account),
}])

mounts(in_pod, in_account) := count(found("identity.token_automounted", mounting(in_pod, in_account))) == 1

key := "automountServiceAccountToken"

test_a_token_that_is_mounted_is_found if {
	found("identity.token_automounted", mounting({key: true}, {key: false})) == {{
		"code": "identity.token_automounted",
		"path": "spec.predictor",
		"term": "spec.predictor",
		"model": null,
		"observed": "automountServiceAccountToken is not false",
		"required": "automountServiceAccountToken: false",
		"values": {"location": "spec.predictor"},
	}}
}

test_the_pod_decides_and_then_the_account if {
	not mounts({key: false}, {key: true})
	not mounts({key: false}, {})
	not mounts({key: null}, {key: false})
	mounts({key: null}, {key: true})
	mounts({key: null}, {key: null})
	mounts({key: null}, {})
}

test_a_pod_without_the_key_leaves_it_to_the_account if {
	document := json.patch(mounting({}, {key: false}), [{"op": "remove", "path": "/workload/pods/0/automountServiceAccountToken"}])
	found("identity.token_automounted", document) == set()
}

test_what_is_not_false_mounts[note] if {
	some note, wrong in array.slice(fixtures.wrong_values, 1, 10)
	mounts({key: wrong}, {key: false})
	mounts({key: null}, {key: wrong})
}

test_an_account_that_is_not_known_mounts[note] if {
	some note, wrong in fixtures.wrong_values
	document := with_pods([object.union(fixtures.pod, {key: null})])
	count(found("identity.token_automounted", json.patch(document, [{"op": "replace", "path": "/cluster/serviceAccounts", "value": wrong}]))) == 1
}

test_a_pod_without_account_gets_what_the_default_one_says if {
	document := json.patch(with_pods([object.union(fixtures.pod, {key: null, "serviceAccountName": null})]), [{
		"op": "replace", "path": "/cluster/serviceAccounts", "value": {"default": {key: false, "rules": []}},
	}])
	found("identity.token_automounted", document) == set()
}

of_kind(api_version, kind) := json.patch(mounting({key: true}, {}), [
	{"op": "replace", "path": "/workload/apiVersion", "value": api_version},
	{"op": "replace", "path": "/workload/kind", "value": kind},
])

test_a_kind_that_calls_the_api_may_mount_a_token if {
	found("identity.token_automounted", of_kind("ray.io/v1", "RayService")) == set()
}

test_a_kind_of_another_group_may_not[note] if {
	some note, kind in [["example.org/v1", "RayService"], ["v1", "RayService"], ["ray.io/v1", "Pod"], [null, "RayService"], ["ray.io/v1", null]]
	count(found("identity.token_automounted", of_kind(kind[0], kind[1]))) == 1
}
