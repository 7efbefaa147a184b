# METADATA
# title: Network
# description: Who reaches the workload, and what it reaches.
# schemas:
# - input: schema.input
package mlgate.rules.network

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Callers are limited
# description: |
#   No NetworkPolicy of type Ingress selects every pod of the workload, or one that does lets everybody in.
# related_resources:
# - ref: https://www.cisecurity.org/benchmark/kubernetes
#   description: CIS Kubernetes Benchmark 5.3.2
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.20 and A.8.22
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 1.3.1 and 1.4.1
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.6
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 15(5)
# custom:
#   code: network.policy_missing
#   controls: [C86]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving, training]}
#   per: request
#   needs: [cluster.networkPolicies]
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "no NetworkPolicy in {namespace} limits who reaches {document}: {observed}."
#   fix: "Apply a NetworkPolicy of type Ingress that selects these pods and names the permitted callers."
deny contains finding if {
	facts.is_workload
	gap := looseness("Ingress", "openIngress")
	finding := result.candidate(rego.metadata.rule(), {
		"path": gap.path,
		"observed": gap.observed,
		"required": "a NetworkPolicy that names the permitted callers",
	})
}

# METADATA
# scope: rule
# title: Destinations are limited
# description: |
#   No NetworkPolicy of type Egress selects every pod of the workload, or one that does lets them reach
#   everything.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.22 and A.8.23
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 1.3.2
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0025
# custom:
#   code: network.egress_unrestricted
#   controls: [C87]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving, training]}
#   per: request
#   needs: [cluster.networkPolicies]
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "{document} can reach any destination: {observed}."
#   fix: "Apply a NetworkPolicy of type Egress that selects these pods and names the destinations: DNS, model store, log store."
deny contains finding if {
	facts.is_workload
	gap := looseness("Egress", "openEgress")
	finding := result.candidate(rego.metadata.rule(), {
		"path": gap.path,
		"observed": gap.observed,
		"required": "a NetworkPolicy that names the permitted destinations",
	})
}

# METADATA
# title: looseness
# description: |
#   Why the pods are open in one direction, and where; undefined when they are not. Policies add up, so one that
#   allows everything undoes all the others.
looseness(direction, _) := {
	"path": "metadata.namespace",
	"observed": sprintf("no policy of type %s selects its pods", [direction]),
} if {
	count(policies(direction)) == 0
}

looseness(direction, flag) := {
	"path": sprintf("NetworkPolicy/%s.spec.%s", [show.cut(first), lower(direction)]),
	"observed": sprintf("%s of %s names nobody", [lower(direction), show.list(open)]),
} if {
	open := [present.get(policy, "name") |
		some policy in policies(direction)
		not present.get(policy, flag) == false
	]
	first := open[0]
}

policies(direction) := [policy |
	some policy in present.list(input, ["cluster", "networkPolicies"])
	policy.selectsAllPods == true
	direction in present.list(policy, "policyTypes")
]

# METADATA
# scope: rule
# title: Exposed endpoints ask who calls
# description: |
#   The workload can be reached from outside the cluster, or nobody knows whether it can, and neither the
#   manifest nor a policy of the cluster makes callers prove who they are.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.5 and A.8.20
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(d)
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.6
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0040 and AML.M0019
# custom:
#   code: network.exposed_without_authentication
#   controls: [C88]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving, route]}
#   per: request
#   needs: [cluster.authorizationPolicies]
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   message: "{document} is reachable from outside the cluster without authentication ({location})."
#   fix: "Require a token (JWT) or client certificate at the gateway for these pods, or keep the endpoint inside the cluster."
deny contains finding if {
	facts.is_workload
	exposure := present.get(input.workload, "exposure")
	not present.get(exposure, "scope") in {"none", "cluster"}
	not present.get(exposure, "authentication") in {"jwt", "mtls", "other"}
	not callers_identified
	finding := result.candidate(rego.metadata.rule(), {
		"path": show.place(exposure, "spec"),
		"observed": sprintf("scope %s, authentication %s", [
			show.text(present.get(exposure, "scope")),
			show.text(present.get(exposure, "authentication")),
		]),
		"required": "authentication of every caller",
		"values": {"location": show.place(exposure, "spec")},
	})
}

callers_identified if {
	some policy in present.list(input, ["cluster", "authorizationPolicies"])
	policy.selectsAllPods == true
	policy.requiresIdentity == true
}
