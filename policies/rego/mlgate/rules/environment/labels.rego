package mlgate.rules.environment

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Few may set the labels of a namespace
# description: |
#   A label under mlgate.dev/ of a namespace is set, changed or removed by somebody who is in none of the
#   groups that may.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.31
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 6.5.3
# - ref: https://www.cisecurity.org/benchmark/kubernetes
#   description: CIS Kubernetes Benchmark 5.7.1 and 5.7.4
# custom:
#   code: environment.label_change_not_permitted
#   controls: [C89]
#   severity: critical
#   priority: 2
#   appliesWhen: {objects: [namespace]}
#   per: label
#   needs: [request.userInfo]
#   configuredBy: [environment.labelEditorGroups]
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   settings: [environment.labelEditorGroups]
#   message: "{user} may not set {key} on namespace {namespace}: it decides which rules apply."
#   fix: "Ask a member of {required} to set the label."
deny contains finding if {
	"namespace" in facts.objects
	not an_editor
	some key in (object.keys(new_labels) | object.keys(old_labels))
	startswith(key, "mlgate.dev/")
	before := object.get(old_labels, key, null)
	after := object.get(new_labels, key, null)
	before != after
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("metadata.labels[%s]", [key]),
		"term": key,
		"observed": change(before, after),
		"required": show.list(settings.value.environment.labelEditorGroups),
		"values": {"key": key, "namespace": namespace_name},
	})
}

an_editor if {
	some group in present.list(input, ["request", "userInfo", "groups"])
	group in settings.value.environment.labelEditorGroups
}

new_labels := labels(input.object)

# What is stored counts only where it is replaced.
old_labels := labels(input.oldObject) if {
	input.request.operation == "UPDATE"
} else := {}

labels(object) := found if {
	found := present.get(object, ["metadata", "labels"])
	is_object(found)
} else := {}

change(null, after) := sprintf("set to %s", [show.cut(after)])

change(before, null) := sprintf("removed, it was %s", [show.cut(before)])

change(before, after) := sprintf("changed from %s to %s", [show.cut(before), show.cut(after)]) if {
	not null in {before, after}
}

namespace_name := input.request.name if {
	is_string(input.request.name)
} else := show.text(facts.namespace)
