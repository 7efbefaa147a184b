# METADATA
# title: Identity
# description: The identities a workload runs under, what they may do and how long their credentials live.
# schemas:
# - input: schema.input
package mlgate.rules.identity

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: A service account of its own
# description: |
#   A pod template names no service account, or the one named default, which every pod of the namespace gets.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.2
# - ref: https://www.cisecurity.org/benchmark/kubernetes
#   description: CIS Kubernetes Benchmark 5.1.5
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.3
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 7.2.5
# custom:
#   code: identity.default_service_account
#   controls: [C48]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving, training]}
#   per: pod
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "{document} runs under the namespace's default service account ({location})."
#   fix: "Create a service account for this workload and set serviceAccountName at {location}."
deny contains finding if {
	some pod in input.workload.pods
	account(pod) == "default"
	finding := result.candidate(rego.metadata.rule(), {
		"path": show.place(pod, "spec"),
		"term": show.place(pod, "spec"),
		"observed": "service account default",
		"required": "a service account of its own",
		"values": {"location": show.place(pod, "spec")},
	})
}

# METADATA
# scope: rule
# title: No API token without need
# description: |
#   A pod template lets a token for the Kubernetes API be mounted, by itself or because neither it nor its
#   service account says no, and its kind is not one that needs it.
# related_resources:
# - ref: https://www.cisecurity.org/benchmark/kubernetes
#   description: CIS Kubernetes Benchmark 5.1.6
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.2
# custom:
#   code: identity.token_automounted
#   controls: [C51]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving, training]}
#   per: pod
#   needs: [cluster.serviceAccounts]
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [identity.tokenAllowedKinds]
#   message: "{document} mounts an API token it does not need ({location})."
#   fix: "Set automountServiceAccountToken: false at {location}; a kind that does call the API belongs in setting identity.tokenAllowedKinds."
deny contains finding if {
	some pod in input.workload.pods
	not without_token(pod)
	not calls_the_api
	finding := result.candidate(rego.metadata.rule(), {
		"path": show.place(pod, "spec"),
		"term": show.place(pod, "spec"),
		"observed": "automountServiceAccountToken is not false",
		"required": "automountServiceAccountToken: false",
		"values": {"location": show.place(pod, "spec")},
	})
}

calls_the_api if facts.kind_with_group in settings.value.identity.tokenAllowedKinds

without_token(pod) if pod.automountServiceAccountToken == false

without_token(pod) if {
	is_null(present.get(pod, "automountServiceAccountToken"))
	present.get(input, ["cluster", "serviceAccounts", account(pod), "automountServiceAccountToken"]) == false
}

# METADATA
# title: account
# description: The service account a pod gets; Kubernetes gives it the one named default when it names none.
account(pod) := name if {
	name := present.get(pod, "serviceAccountName")
	is_string(name)
	present.is_present(name)
} else := "default"
