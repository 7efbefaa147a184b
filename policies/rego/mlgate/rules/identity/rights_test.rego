package mlgate.rules.identity_test

import data.mlgate.lib.fixtures_test as fixtures

rule := {"role": "Role/reader", "apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}

with_rules(rules) := fixtures.with_patch(["cluster", "serviceAccounts", "visit-triage", "rules"], rules)

# What is told of a service account that holds the rule with these changes.
wild(changes) := {[finding.term, finding.observed] |
	some finding in found("identity.rbac_wildcard", with_rules([rule, object.union(rule, changes)]))
}

test_a_wildcard_in_a_role_is_found if {
	found("identity.rbac_wildcard", with_rules([rule, object.union(rule, {"role": "ClusterRole/all", "verbs": ["*"], "resources": ["*"]})])) == {{
		"code": "identity.rbac_wildcard",
		"path": "ClusterRole/all.rules",
		"term": "ClusterRole/all",
		"model": null,
		"observed": "ClusterRole/all (verbs *, resources *)",
		"required": "named verbs, resources and API groups",
		"values": {"name": "visit-triage"},
	}}
}

test_each_wildcard_is_found_among_others if {
	wild({}) == set()
	wild({"verbs": ["get", "*"]}) == {["Role/reader", "Role/reader (verbs *)"]}
	wild({"resources": ["pods", "*"]}) == {["Role/reader", "Role/reader (resources *)"]}
	wild({"apiGroups": ["", "*"]}) == {["Role/reader", "Role/reader (apiGroups *)"]}
}

test_an_api_group_counts_only_with_a_resource if {
	wild({"apiGroups": ["*"], "resources": []}) == set()
	wild({"apiGroups": ["*"], "resources": [], "verbs": ["*"]}) == {["Role/reader", "Role/reader (verbs *, apiGroups *)"]}
}

test_a_part_of_a_name_is_no_wildcard if wild({"resources": ["*/scale", "pods"], "verbs": ["get*"]}) == set()

test_a_rule_that_cannot_be_read_counts_as_a_wildcard[note] if {
	some note, wrong in [null, true, 7, "*", {}, {"a": "*"}]
	every part in ["verbs", "resources", "apiGroups"] {
		wild({part: wrong}) == {["Role/reader", "Role/reader (unreadable)"]}
	}
	count(found("identity.rbac_wildcard", with_rules([wrong]))) == 1
}

test_a_rule_without_role_is_still_told if wild({"role": null, "verbs": ["*"]}) == {["null", "null (verbs *)"]}

test_a_service_account_that_is_not_known_is_found if {
	found("identity.rbac_wildcard", fixtures.with_patch(["cluster", "serviceAccounts"], {"other": {"rules": []}})) == {{
		"code": "identity.rbac_wildcard",
		"path": "ServiceAccount/visit-triage",
		"term": null,
		"model": null,
		"observed": "unknown service account",
		"required": "named verbs, resources and API groups",
		"values": {"name": "visit-triage"},
	}}
}

test_a_service_account_without_rules_is_not_known[note] if {
	some note, wrong in [null, true, 7, "", {}, {"a": null}]
	observed := {finding.observed | some finding in found("identity.rbac_wildcard", with_rules(wrong))}
	observed == {"unknown service account"}
	every path in [["cluster"], ["cluster", "serviceAccounts"], ["cluster", "serviceAccounts", "visit-triage"]] {
		count(found("identity.rbac_wildcard", fixtures.with_patch(path, wrong))) == 1
	}
}

test_the_rights_of_every_pod_are_looked_at if {
	document := json.patch(with_pods([fixtures.pod, object.union(fixtures.pod, {"serviceAccountName": null})]), [{
		"op": "add", "path": "/cluster/serviceAccounts/default",
		"value": {"rules": [object.union(rule, {"verbs": ["*"]})]},
	}])
	{finding.values.name | some finding in found("identity.rbac_wildcard", document)} == {"default"}
}
