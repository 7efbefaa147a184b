# METADATA
# title: Completeness of the reading
# description: What the gate could not read, or could not find, it does not let through.
package mlgate.rules.workload

import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: The manifest was read completely
# description: |
#   Nothing in the manifest was left unread: nested YAML and JSON parse, versions are known, fields have
#   their type. Each place that could not be read is one finding.
# related_resources:
# - ref: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
#   description: Kubernetes, dynamic admission control
# custom:
#   code: workload.unreadable
#   controls: [P03]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving, training, runtime, route]}
#   per: location
#   enforcement: {sandbox: warn, development: deny, staging: deny, production: deny}
#   message: "{location} of {document} could not be read: {observed}."
#   fix: "Correct the value at {location}; what is hidden there cannot be judged."
deny contains finding if {
	some problem in input.workload.problems
	path := location(problem)
	finding := result.candidate(rego.metadata.rule(), {
		"path": path,
		"term": path,
		"observed": reason(problem),
		"required": "a value the gate can read",
		"values": {"location": path},
	})
}

# METADATA
# scope: rule
# title: Referenced objects exist
# description: |
#   Every object the pods are taken from (serving runtime, configuration, workload reference) was found;
#   without it nobody knows which containers would run.
# related_resources:
# - ref: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
#   description: Kubernetes, dynamic admission control
# custom:
#   code: workload.reference_unresolved
#   controls: [P03]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving, training]}
#   needs: [cluster.references]
#   per: reference
#   enforcement: {sandbox: warn, development: warn, staging: deny, production: deny}
#   message: "{document} takes its pod from {kind} {name}, which does not exist ({location})."
#   fix: "Create {kind} {name} first, or correct the name at {location}."
deny contains finding if {
	some reference in input.workload.references
	not reference.status == "found"
	not reference.status == "unavailable"
	kind := named(reference, "kind")
	name := named(reference, "name")
	finding := result.candidate(rego.metadata.rule(), {
		"path": location(reference),
		"term": concat("/", [kind, name]),
		"observed": "missing",
		"required": sprintf("an existing %s %s", [kind, name]),
		"values": {"kind": kind, "name": name, "location": location(reference)},
	})
}

# `unavailable` is told by the lookup that failed, under `needs`.
location(entry) := show.place(entry, "metadata")

reason(problem) := found if {
	found := present.get(problem, "message")
	is_string(found)
} else := "no reason given"

named(reference, key) := found if {
	found := present.get(reference, key)
	is_string(found)
} else := "unknown"
