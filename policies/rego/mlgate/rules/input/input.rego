# METADATA
# title: Soundness of the question
# description: |
#   Whether the document has the form this policy was written for. Judged before everything else, because
#   a rule passes what it cannot see.
package mlgate.rules.input

import data.mlgate.lib.dates
import data.mlgate.lib.result

# METADATA
# scope: rule
# title: The question is sound
# description: |
#   The document has the version this policy knows, says when it is asked, where it comes from and what it
#   is about, its lists are lists, and what is in them has its parts. If not, this is the only finding.
# related_resources:
# - ref: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
#   description: Kubernetes, dynamic admission control
# custom:
#   code: input.invalid
#   controls: [P01]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [any]}
#   per: request
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   message: "the gate was asked in a form it does not know: {observed}."
#   fix: "Report this as a fault of the installation: webhook and policy bundle have different versions."
deny contains finding if {
	not sound
	finding := result.candidate(rego.metadata.rule(), {
		"observed": concat(", ", sort(problems)),
		"required": "a document of version mlgate.dev/input/v1alpha1",
	})
}

sound if {
	known_version
	dated
	known_origin
	known_operation
	has_kind
	has_lists
	has_workload
	whole_evidence
}

problems contains "unknown schemaVersion" if not known_version

problems contains "evaluatedAt is no time" if not dated

problems contains "unknown origin" if not known_origin

problems contains "unknown operation" if not known_operation

problems contains "no kind" if not has_kind

problems contains "cards, signOffs, waivers or unavailable is no list" if not has_lists

problems contains "the evidence is not complete" if {
	has_lists
	not whole_evidence
}

problems contains "workload is neither null nor complete" if not has_workload

known_version if input.schemaVersion == "mlgate.dev/input/v1alpha1"

dated if dates.valid(input.evaluatedAt)

known_origin if input.origin in {"admission", "check", "scan"}

known_operation if input.request.operation in {"CREATE", "UPDATE"}

has_kind if {
	is_string(input.request.kind.group)
	is_string(input.request.kind.kind)
}

has_lists if {
	is_array(input.cards)
	is_array(input.signOffs)
	is_array(input.waivers)
	is_array(input.unavailable)
}

# Null says that the object starts no model; a missing key says nothing.
has_workload if is_null(input.workload)

has_workload if whole_workload
