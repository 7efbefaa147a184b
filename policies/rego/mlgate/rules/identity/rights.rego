package mlgate.rules.identity

import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: No wildcard in the rights of a workload
# description: |
#   A role bound to the service account of a pod template allows every verb, every resource or the resources
#   of every API group, or the service account is not known.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.2 and A.8.3
# - ref: https://www.cisecurity.org/benchmark/kubernetes
#   description: CIS Kubernetes Benchmark 5.1.1 and 5.1.3
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 7.2.2
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.3
# custom:
#   code: identity.rbac_wildcard
#   controls: [C49]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving, training]}
#   per: rule
#   needs: [cluster.serviceAccounts]
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   message: "service account {name} of {document} holds wildcard rights through {observed}."
#   fix: "Create the service account first if it is not there, and replace the wildcard in its role by the verbs and resources the workload uses; most model servers need none."
deny contains finding if {
	some name in accounts
	some flaw in flaws(name)
	finding := result.candidate(rego.metadata.rule(), {
		"path": flaw.path,
		"term": flaw.term,
		"observed": flaw.observed,
		"required": "named verbs, resources and API groups",
		"values": {"name": name},
	})
}

accounts contains account(pod) if some pod in input.workload.pods

flaws(name) := [flaw |
	some rule in rules(name)
	not limited(rule)
	role := show.text(present.get(rule, "role"))
	flaw := {
		"path": sprintf("%s.rules", [role]),
		"term": role,
		"observed": sprintf("%s (%s)", [role, wildcards(rule)]),
	}
] if {
	is_array(rules(name))
} else := [{"path": sprintf("ServiceAccount/%s", [name]), "term": null, "observed": "unknown service account"}]

rules(name) := present.get(input, ["cluster", "serviceAccounts", name, "rules"])

limited(rule) if {
	no_wildcard(present.get(rule, "verbs"))
	no_wildcard(present.get(rule, "resources"))
	groups_limited(rule)
}

# A rule without resources is about addresses outside the API groups.
groups_limited(rule) if present.get(rule, "resources") == []

groups_limited(rule) if no_wildcard(present.get(rule, "apiGroups"))

no_wildcard(words) if {
	is_array(words)
	not "*" in words
}

wildcards(rule) := concat(", ", found) if {
	found := [sprintf("%s *", [key]) |
		some key in ["verbs", "resources", "apiGroups"]
		"*" in present.list(rule, key)
	]
	count(found) > 0
} else := "unreadable"
