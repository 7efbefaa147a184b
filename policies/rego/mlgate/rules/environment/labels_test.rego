package mlgate.rules.environment_test

import data.mlgate.lib.fixtures_test as fixtures

code := "environment.label_change_not_permitted"

namespace_with(labels) := {
	"apiVersion": "v1", "kind": "Namespace",
	"metadata": {"name": "clinic-prod", "labels": labels},
}

# The passing document turned into the question whether a namespace may be stored.
about_namespace(operation, old, new) := json.patch(fixtures.passing, [
	{"op": "replace", "path": "/request/kind", "value": {"group": "", "version": "v1", "kind": "Namespace"}},
	{"op": "replace", "path": "/request/operation", "value": operation},
	{"op": "replace", "path": "/request/name", "value": "clinic-prod"},
	{"op": "replace", "path": "/object", "value": new},
	{"op": "replace", "path": "/oldObject", "value": old},
	{"op": "replace", "path": "/workload", "value": null},
])

created(labels) := about_namespace("CREATE", null, namespace_with(labels))

updated(before, after) := about_namespace("UPDATE", namespace_with(before), namespace_with(after))

# Findings where only platform teams may label namespaces.
refused(document) := findings if {
	findings := found(code, document) with data.mlgate.settings.environment.labelEditorGroups as ["platform", "security"]
}

changes(document) := {[finding.term, finding.observed] | some finding in refused(document)}

test_a_label_set_by_somebody_else_is_found if {
	refused(created({"mlgate.dev/profile": "sandbox", "team": "clinic"})) == {{
		"code": code,
		"path": "metadata.labels[mlgate.dev/profile]",
		"term": "mlgate.dev/profile",
		"model": null,
		"observed": "set to sandbox",
		"required": "platform, security",
		"values": {"key": "mlgate.dev/profile", "namespace": "clinic-prod"},
	}}
}

test_each_change_of_a_label_is_found if {
	before := {"mlgate.dev/profile": "production", "mlgate.dev/gate": "enabled", "mlgate.dev/risk-tier": "high", "team": "a"}
	after := {"mlgate.dev/profile": "sandbox", "mlgate.dev/max-classification": "restricted", "mlgate.dev/risk-tier": "high"}
	changes(updated(before, after)) == {
		["mlgate.dev/profile", "changed from production to sandbox"],
		["mlgate.dev/gate", "removed, it was enabled"],
		["mlgate.dev/max-classification", "set to restricted"],
	}
}

test_other_labels_are_free[key] if {
	some key in ["team", "profile", "x.mlgate.dev/profile", "mlgate.dev", "mlgate.devious/profile"]
	refused(created({key: "sandbox"})) == set()
}

test_what_stays_as_it_is_needs_no_group if {
	labels := {"mlgate.dev/profile": "sandbox"}
	refused(updated(labels, labels)) == set()
	refused(updated({}, {})) == set()
}

test_removing_all_labels_is_a_change[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, [{"b": "c"}])
	changes(updated({"mlgate.dev/gate": "enabled"}, wrong)) == {["mlgate.dev/gate", "removed, it was enabled"]}
	changes(updated(wrong, {"mlgate.dev/gate": "enabled"})) == {["mlgate.dev/gate", "set to enabled"]}
}

test_an_old_object_counts_for_an_update_alone[operation] if {
	some operation in ["CREATE", "CONNECT", "", null, 7]
	labels := {"mlgate.dev/profile": "sandbox"}
	document := about_namespace(operation, namespace_with(labels), namespace_with(labels))
	changes(document) == {["mlgate.dev/profile", "set to sandbox"]}
}

test_an_object_that_is_none_has_no_labels[note] if {
	some note, wrong in fixtures.wrong_values
	refused(about_namespace("CREATE", null, wrong)) == set()
	labels := {"mlgate.dev/profile": "sandbox"}
	changes(about_namespace("UPDATE", wrong, namespace_with(labels))) == {["mlgate.dev/profile", "set to sandbox"]}
}

asked_by(groups) := json.patch(created({"mlgate.dev/profile": "sandbox"}), [{
	"op": "replace", "path": "/request/userInfo/groups", "value": groups,
}])

test_a_member_of_a_permitted_group_may[group] if {
	some group in ["platform", "security"]
	refused(asked_by(["system:authenticated", group])) == set()
}

test_another_group_does_not_help[note] if {
	some note, groups in {
		"none": [], "other": ["ml-deployers"], "case": ["Platform"], "longer": ["platform-x"],
		"null": null, "word": "platform", "map": {"platform": "x"}, "nested": [["platform"]],
	}
	count(refused(asked_by(groups))) == 1
}

test_nobody_is_no_member[note] if {
	some note, wrong in fixtures.wrong_values
	document := json.patch(created({"mlgate.dev/profile": "sandbox"}), [{
		"op": "replace", "path": "/request/userInfo", "value": wrong,
	}])
	count(refused(document)) == 1
}

test_only_namespaces_are_judged[note] if {
	some note, kind in {
		"kind": {"group": "", "version": "v1", "kind": "Pod"},
		"group": {"group": "example.org", "version": "v1", "kind": "Namespace"},
	}
	document := json.patch(created({"mlgate.dev/profile": "sandbox"}), [{
		"op": "replace", "path": "/request/kind", "value": kind,
	}])
	refused(document) == set()
}

test_a_namespace_whose_name_is_not_known_yet_is_named_as_the_request_does[note] if {
	some note, wrong in [null, 7, [], {}]
	document := json.patch(created({"mlgate.dev/profile": "sandbox"}), [
		{"op": "replace", "path": "/request/name", "value": wrong},
		{"op": "replace", "path": "/request/namespace", "value": "clinic-test"},
	])
	{finding.values.namespace | some finding in refused(document)} == {"clinic-test"}
}
