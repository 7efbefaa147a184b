package mlgate.rules.runtime_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.runtime

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in runtime.deny with input as document
	finding.code == code
}

of_pods(list) := fixtures.with_patch(["workload", "pods"], list)

pod(keys) := object.union(fixtures.pod, keys)

reached(list) := {[finding.path, finding.observed] | some finding in found("runtime.host_access", of_pods(list))}

test_the_passing_document_has_no_finding if {
	runtime.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_that_starts_no_model if {
	runtime.deny == set() with input as fixtures.with_patch(["workload"], null)
}

test_a_pod_that_reaches_the_host_is_found if {
	found("runtime.host_access", of_pods([pod({"hostNetwork": true, "hostPorts": [8080, 9090]})])) == {{
		"code": "runtime.host_access",
		"path": "spec.predictor",
		"term": "spec.predictor",
		"model": null,
		"observed": "hostNetwork, host port 8080, host port 9090",
		"required": "nothing of the host",
		"values": {"location": "spec.predictor"},
	}}
}

test_each_way_to_the_host_is_found[observed] if {
	some observed, keys in {
		"hostNetwork": {"hostNetwork": true},
		"hostPID": {"hostPID": true},
		"hostIPC": {"hostIPC": true},
		"host port 80": {"hostPorts": [80]},
	}
	reached([pod(keys)]) == {["spec.predictor", observed]}
}

test_what_is_not_known_not_to_reach_the_host_is_found[note] if {
	some note, wrong in [null, "false", 0, 1, "", [], {}]
	reached([pod({"hostNetwork": wrong})]) == {["spec.predictor", "hostNetwork"]}
	reached([pod({"hostPID": wrong})]) == {["spec.predictor", "hostPID"]}
	reached([pod({"hostIPC": wrong})]) == {["spec.predictor", "hostIPC"]}
}

test_host_ports_that_are_no_list_are_found[note] if {
	some note, wrong in [null, true, 80, "80", {}]
	reached([pod({"hostPorts": wrong})]) == {["spec.predictor", "unknown host ports"]}
}

test_what_is_not_stated_is_found[key] if {
	some key, observed in {
		"hostNetwork": "hostNetwork", "hostPID": "hostPID", "hostIPC": "hostIPC",
		"hostPorts": "unknown host ports",
	}
	reached([object.remove(fixtures.pod, [key])]) == {["spec.predictor", observed]}
}

test_every_pod_is_asked if {
	reached([fixtures.pod, pod({"path": "spec.transformer", "hostIPC": true})]) == {["spec.transformer", "hostIPC"]}
}

volume(kind) := {"name": "weights", "kind": kind, "path": "spec.predictor.volumes[0]"}

test_a_path_of_the_host_is_found if {
	found("runtime.host_access", fixtures.with_patch(["workload", "volumes"], [volume("hostPath")])) == {{
		"code": "runtime.host_access",
		"path": "spec.predictor.volumes[0]",
		"term": "spec.predictor.volumes[0]",
		"model": null,
		"observed": "hostPath volume weights",
		"required": "nothing of the host",
		"values": {"location": "spec.predictor.volumes[0]"},
	}}
}

test_other_volumes_are_not[kind] if {
	some kind in ["pvc", "emptyDir", "csi", "nfs", "image", "secret", "configMap", "ephemeral", "other"]
	found("runtime.host_access", fixtures.with_patch(["workload", "volumes"], [volume(kind)])) == set()
}

test_pods_and_volumes_of_a_wrong_kind_are_read_without_error[note] if {
	some note, wrong in [null, true, 7, "x", [], {}]
	found("runtime.host_access", of_pods(wrong)) == set()
	found("runtime.host_access", fixtures.with_patch(["workload", "volumes"], wrong)) == set()
}

confidential(keys, pods) := json.patch(of_pods(pods), [{
	"op": "replace",
	"path": "/workload/features/confidential",
	"value": object.union({"enabled": false, "resourceId": null, "path": null}, keys),
}])

open_to(keys, pods) := {[finding.path, finding.observed] |
	some finding in found("runtime.confidential_computing_missing", confidential(keys, pods))
}

test_restricted_data_outside_a_trusted_environment_is_found if {
	found("runtime.confidential_computing_missing", confidential({}, [pod({"runtimeClassName": null})])) == {{
		"code": "runtime.confidential_computing_missing",
		"path": "spec.predictor",
		"term": null,
		"model": null,
		"observed": "no runtimeClassName",
		"required": "kata-qemu-snp, kata-qemu-tdx, kata-qemu-nvidia-gpu-snp, kata-qemu-nvidia-gpu-tdx, kata-cc-isolation",
		"values": {},
	}}
}

test_either_protection_is_enough if {
	open_to({"enabled": true}, [pod({"runtimeClassName": null})]) == set()
	open_to({}, [pod({"runtimeClassName": "kata-cc-isolation"})]) == set()
}

test_confidential_loading_must_be_on[note] if {
	some note, wrong in [null, false, "true", 1, [], {}]
	count(open_to({"enabled": wrong}, [pod({"runtimeClassName": null})])) == 1
}

test_without_the_setting_it_is_off if {
	document := json.patch(confidential({}, [pod({"runtimeClassName": null})]), [{"op": "remove", "path": "/workload/features/confidential"}])
	count(found("runtime.confidential_computing_missing", document)) == 1
}

test_another_class_is_no_trusted_environment[class] if {
	some class in ["runc", "gvisor", "kata", "kata-qemu-snp2", "KATA-QEMU-SNP"]
	open_to({}, [pod({"runtimeClassName": class})]) == {["spec.predictor", sprintf("runtimeClassName %s", [class])]}
}

test_a_class_that_is_none_is_no_trusted_environment[note] if {
	some note, wrong in [null, 7, "", " ", [], {}]
	open_to({}, [pod({"runtimeClassName": wrong})]) == {["spec.predictor", "no runtimeClassName"]}
}

test_a_pod_without_class_is_open if {
	open_to({}, [object.remove(fixtures.pod, ["runtimeClassName"])]) == {["spec.predictor", "no runtimeClassName"]}
}

test_every_pod_must_be_trusted if {
	other := pod({"path": "spec.transformer", "runtimeClassName": "runc"})
	open_to({}, [fixtures.pod, other, pod({"runtimeClassName": null})]) == {["spec.transformer", "no runtimeClassName, runtimeClassName runc"]}
}

test_without_pods_nothing_is_trusted[note] if {
	some note, wrong in [null, true, 7, "x", [], {}]
	open_to({}, wrong) == {["spec", "no pod template"]}
}

test_only_restricted_data_asks_for_it if {
	document := json.patch(confidential({}, []), [
		{"op": "replace", "path": ["workload", "labels", "mlgate.dev/data-classification"], "value": "confidential"},
		{"op": "replace", "path": "/cards", "value": []},
	])
	found("runtime.confidential_computing_missing", document) == set()
}
