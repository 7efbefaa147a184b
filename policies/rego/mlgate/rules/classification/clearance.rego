package mlgate.rules.classification

import data.mlgate.lib.facts
import data.mlgate.lib.levels
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: The namespace is cleared for the data
# description: |
#   The data class is higher than the namespace label mlgate.dev/max-classification allows. Without that
#   label, or with one that is no class, the clearance is that of the profile.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.12 and A.8.3
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.1
# custom:
#   code: classification.namespace_not_cleared
#   controls: [C64]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving, training]}
#   per: request
#   needs: [cluster.namespace]
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   settings: [classification.defaultClearance]
#   message: "namespace {namespace} is cleared for {required} data; {document} handles {observed} data."
#   fix: "Set label mlgate.dev/data-classification if it is missing; otherwise deploy to a namespace cleared for this class, or have the platform team clear this one (label mlgate.dev/max-classification)."
deny contains finding if {
	facts.is_workload
	not cleared
	finding := result.candidate(rego.metadata.rule(), {
		"path": "metadata.namespace",
		"observed": handled,
		"required": clearance,
	})
}

cleared if levels.classification_rank[facts.classification] <= levels.classification_rank[clearance]

clearance := label if {
	label := input.cluster.namespace.labels["mlgate.dev/max-classification"]
	label in levels.classifications
} else := settings.value.classification.defaultClearance[facts.profile]

handled := sprintf("%s (nothing is labelled)", [facts.classification]) if {
	count(facts.stated_classifications) == 0
} else := facts.classification

# METADATA
# scope: rule
# title: The nodes are cleared for the data
# description: |
#   The policy names node labels for the data class, and a pod template does not select one of them.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.12 and A.8.3
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.1
# custom:
#   code: classification.node_not_cleared
#   controls: [C64]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving, training]}
#   per: pod
#   configuredBy: [classification.nodeSelectors]
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [classification.nodeSelectors]
#   message: "{document} handles {classification} data and may run on any node ({location})."
#   fix: "Set nodeSelector {required} at {location}."
deny contains finding if {
	wanted := settings.value.classification.nodeSelectors[facts.classification]
	some pod in input.workload.pods
	not selects(pod, wanted)
	finding := result.candidate(rego.metadata.rule(), {
		"path": show.place(pod, "spec"),
		"term": show.place(pod, "spec"),
		"observed": show.list([pick |
			some key, _ in wanted
			pick := sprintf("%s=%s", [key, given(present.get(pod, ["nodeSelector", key]))])
		]),
		"required": show.list([sprintf("%s=%s", [key, value]) | some key, value in wanted]),
		"values": {"location": show.place(pod, "spec")},
	})
}

selects(pod, wanted) if {
	every key, value in wanted {
		present.get(pod, ["nodeSelector", key]) == value
	}
}
