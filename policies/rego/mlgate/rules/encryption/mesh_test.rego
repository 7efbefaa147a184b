package mlgate.rules.encryption_test

import data.mlgate.lib.fixtures_test as fixtures

mesh(mode) := {finding.observed |
	some finding in found("encryption.mesh_not_strict", fixtures.with_patch(["cluster", "peerAuthentication", "mode"], mode))
}

test_a_mesh_that_accepts_plain_calls_is_found if {
	document := fixtures.with_patch(["cluster", "peerAuthentication", "mode"], "PERMISSIVE")
	found("encryption.mesh_not_strict", document) == {{
		"code": "encryption.mesh_not_strict",
		"path": "metadata.namespace",
		"term": null,
		"model": null,
		"observed": "PERMISSIVE",
		"required": "STRICT",
		"values": {},
	}}
}

test_only_a_strict_mesh_will_do if {
	mesh("STRICT") == set()
	mesh("UNSET") == {"UNSET"}
	mesh("DISABLE") == {"DISABLE"}
	mesh("strict") == {"strict"}
}

test_a_mode_of_a_wrong_kind_is_not_strict[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, [["STRICT"]])
	count(mesh(wrong)) == 1
	every path in [["cluster", "peerAuthentication"], ["cluster"]] {
		count(found("encryption.mesh_not_strict", fixtures.with_patch(path, wrong))) == 1
	}
}

test_a_mode_that_is_not_there_is_not_strict[note] if {
	some note, path in [["cluster", "peerAuthentication", "mode"], ["cluster", "peerAuthentication"], ["cluster"]]
	{finding.observed | some finding in found("encryption.mesh_not_strict", fixtures.without(path))} == {"null"}
}

test_without_a_workload_no_mesh_is_needed if {
	document := json.patch(fixtures.without(["cluster", "peerAuthentication"]), [{"op": "replace", "path": "/workload", "value": null}])
	found("encryption.mesh_not_strict", document) == set()
}
