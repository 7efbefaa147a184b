package mlgate.rules.classification_test

import data.mlgate.lib.fixtures_test as fixtures

clearance_path := ["cluster", "namespace", "labels", "mlgate.dev/max-classification"]

# What is handled and what is cleared where the first is higher, in a namespace with this label.
uncleared(clearance) := {[finding.observed, finding.required] |
	some finding in found("classification.namespace_not_cleared", fixtures.with_patch(clearance_path, clearance))
}

test_a_namespace_that_is_not_cleared_is_found if {
	found("classification.namespace_not_cleared", fixtures.with_patch(clearance_path, "internal")) == {{
		"code": "classification.namespace_not_cleared",
		"path": "metadata.namespace",
		"term": null,
		"model": null,
		"observed": "restricted",
		"required": "internal",
		"values": {},
	}}
}

test_a_namespace_is_cleared_for_its_class_and_lower if {
	uncleared("restricted") == set()
	uncleared("confidential") == {["restricted", "confidential"]}
	uncleared("public") == {["restricted", "public"]}
	lower := json.patch(fixtures.with_patch(clearance_path, "confidential"), [
		{"op": "replace", "path": "/workload/labels/mlgate.dev~1data-classification", "value": "internal"},
		{"op": "replace", "path": "/cards/0/card/datasets/0/classification", "value": "confidential"},
		{"op": "replace", "path": "/cards/0/card/datasets/1/classification", "value": "public"},
	])
	found("classification.namespace_not_cleared", lower) == set()
}

test_a_clearance_that_is_no_class_is_the_one_of_the_profile[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, ["Restricted", "secret", ["restricted"]])
	uncleared(wrong) == {["restricted", "confidential"]}
}

test_a_namespace_without_clearance_has_that_of_its_profile[profile] if {
	some profile, clearance in {
		"sandbox": "internal", "development": "internal", "staging": "confidential", "production": "confidential",
	}
	document := fixtures.with_patch(["cluster", "namespace", "labels"], {"mlgate.dev/profile": profile})
	{finding.required | some finding in found("classification.namespace_not_cleared", document)} == {clearance}
}

test_the_clearance_of_a_profile_is_a_setting if {
	document := fixtures.without(clearance_path)
	count(found("classification.namespace_not_cleared", document)) == 1
	found("classification.namespace_not_cleared", document) == set() with data.mlgate.settings.classification.defaultClearance.production as "restricted"
}

test_a_namespace_that_was_not_read_is_not_cleared[note] if {
	some note, wrong in fixtures.wrong_values
	count(found("classification.namespace_not_cleared", fixtures.with_patch(["cluster", "namespace"], wrong))) == 1
}

test_what_nobody_labelled_is_told_as_such if {
	document := json.patch(fixtures.with_patch(clearance_path, "internal"), [
		{"op": "replace", "path": "/workload/labels", "value": {}},
		{"op": "replace", "path": "/cards", "value": []},
	])
	{finding.observed | some finding in found("classification.namespace_not_cleared", document)} == {"restricted (nothing is labelled)"}
}

test_a_low_label_does_not_lower_the_class_of_the_data if {
	document := json.patch(fixtures.with_patch(clearance_path, "public"), [{
		"op": "replace", "path": "/workload/labels/mlgate.dev~1data-classification", "value": "public",
	}])
	{finding.observed | some finding in found("classification.namespace_not_cleared", document)} == {"restricted"}
}

test_a_label_that_is_no_class_counts_as_the_highest if {
	document := json.patch(fixtures.with_patch(clearance_path, "public"), [
		{"op": "replace", "path": "/workload/labels/mlgate.dev~1data-classification", "value": "harmless"},
		{"op": "replace", "path": "/cards", "value": []},
	])
	{finding.observed | some finding in found("classification.namespace_not_cleared", document)} == {"restricted"}
}

pool := {"restricted": {"node.example.org/cleared": "restricted", "disk": "encrypted"}, "public": {"disk": "any"}}

# Findings about pods with these node selectors where restricted data needs cleared nodes.
loose(selectors) := findings if {
	pods := [object.union(fixtures.pod, {"path": sprintf("spec.pods[%d]", [i]), "nodeSelector": selector}) |
		some i, selector in selectors
	]
	findings := found("classification.node_not_cleared", fixtures.with_patch(["workload", "pods"], pods)) with data.mlgate.settings.classification.nodeSelectors as pool
}

test_a_pod_that_may_run_on_any_node_is_found if {
	loose([pool.restricted, {"node.example.org/cleared": "internal", "zone": "a"}]) == {{
		"code": "classification.node_not_cleared",
		"path": "spec.pods[1]",
		"term": "spec.pods[1]",
		"model": null,
		"observed": "disk=absent, node.example.org/cleared=internal",
		"required": "disk=encrypted, node.example.org/cleared=restricted",
		"values": {"location": "spec.pods[1]"},
	}}
}

test_a_pod_selects_every_label if {
	loose([object.union(pool.restricted, {"zone": "a"})]) == set()
	count(loose([{"disk": "encrypted"}, {"node.example.org/cleared": "restricted"}])) == 2
	count(loose([pool.public])) == 1
}

test_a_selector_of_a_wrong_kind_selects_nothing[note] if {
	some note, wrong in fixtures.wrong_values
	count(loose([wrong])) == 1
	count(loose([{"disk": wrong, "node.example.org/cleared": "restricted"}])) == 1
}

test_a_pod_that_is_none_is_found_at_the_spec[note] if {
	some note, wrong in fixtures.wrong_values
	document := fixtures.with_patch(["workload", "pods"], [wrong])
	findings := found("classification.node_not_cleared", document) with data.mlgate.settings.classification.nodeSelectors as pool
	{[finding.path, finding.term] | some finding in findings} == {["spec", "spec"]}
}

test_a_class_without_nodes_of_its_own_runs_anywhere if {
	document := json.patch(
		fixtures.with_card_patches([
			[["datasets", 0, "classification"], "internal"],
			[["datasets", 1, "classification"], "internal"],
		]),
		[{"op": "replace", "path": "/workload/labels/mlgate.dev~1data-classification", "value": "internal"}],
	)
	found("classification.node_not_cleared", document) == set() with data.mlgate.settings.classification.nodeSelectors as pool
}

test_pods_of_a_wrong_kind_are_none[note] if {
	some note, wrong in [null, true, 7, "x", [], {}]
	document := fixtures.with_patch(["workload", "pods"], wrong)
	found("classification.node_not_cleared", document) == set() with data.mlgate.settings.classification.nodeSelectors as pool
}
