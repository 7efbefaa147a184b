# METADATA
# title: Environments
# description: Which profile a namespace declares, whether it may, and what keeps environments apart.
# schemas:
# - input: schema.input
package mlgate.rules.environment

import data.mlgate.lib.facts
import data.mlgate.lib.levels
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: The profile exists
# description: The namespace label mlgate.dev/profile names a profile there is not.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.31
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 6.5.3
# - ref: https://www.cisecurity.org/benchmark/kubernetes
#   description: CIS Kubernetes Benchmark 5.7.1 and 5.7.4
# custom:
#   code: environment.profile_unknown
#   controls: [C89]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving, training, runtime, route]}
#   per: request
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   message: "namespace {namespace} has profile {observed}, which does not exist; it is treated as {profile}."
#   fix: "Set label mlgate.dev/profile of the namespace to sandbox, development, staging or production."
deny contains finding if {
	declared := input.cluster.namespace.labels[profile_key]
	not declared in levels.profiles
	present.is_present(declared)
	finding := result.candidate(rego.metadata.rule(), {
		"path": profile_path,
		"observed": show.text(declared),
		"required": "sandbox, development, staging or production",
	})
}

# METADATA
# scope: rule
# title: The namespace may use its profile
# description: |
#   The namespace declares a profile with weaker rules, but its name matches none of the patterns the policy
#   has for that profile.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.31
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 6.5.3
# - ref: https://www.cisecurity.org/benchmark/kubernetes
#   description: CIS Kubernetes Benchmark 5.7.1 and 5.7.4
# custom:
#   code: environment.profile_not_permitted
#   controls: [C89]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving, training, runtime, route]}
#   per: request
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   settings: [environment.relaxedNamespaces]
#   message: "namespace {namespace} may not use profile {observed}; it is treated as {profile}."
#   fix: "Use a namespace meant for {observed}, or have the name added to setting environment.relaxedNamespaces."
deny contains finding if {
	declared := input.cluster.namespace.labels[profile_key]
	patterns := settings.value.environment.relaxedNamespaces[declared]
	not facts.profile_permitted
	finding := result.candidate(rego.metadata.rule(), {
		"path": profile_path,
		"observed": declared,
		"required": permitted_names(patterns),
	})
}

profile_key := "mlgate.dev/profile"

profile_path := sprintf("Namespace/%s.metadata.labels[%s]", [show.text(facts.namespace), profile_key])

permitted_names([]) := "production, because no namespace may use this profile"

permitted_names(patterns) := sprintf("a namespace named like %s", [show.list(patterns)]) if count(patterns) > 0

# METADATA
# scope: rule
# title: No deployment to the default namespace
# description: The workload is in the namespace default, which nobody owns.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.31
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 6.5.3
# - ref: https://www.cisecurity.org/benchmark/kubernetes
#   description: CIS Kubernetes Benchmark 5.7.1 and 5.7.4
# custom:
#   code: environment.default_namespace
#   controls: [C89]
#   severity: medium
#   priority: 1
#   appliesWhen: {objects: [serving, training], profiles: [staging, production]}
#   per: request
#   enforcement: {sandbox: "off", development: "off", staging: warn, production: deny}
#   message: "{document} is deployed to namespace default, which is shared by everything."
#   fix: "Deploy it to a namespace of its own with label mlgate.dev/profile."
deny contains finding if {
	input.workload.namespace == "default"
	finding := result.candidate(rego.metadata.rule(), {
		"path": "metadata.namespace",
		"observed": "default",
		"required": "a namespace of its own",
	})
}
