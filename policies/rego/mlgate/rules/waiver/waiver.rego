# METADATA
# title: Waivers
# description: Exceptions to codes, who grants them, how wide they are and when they end.
package mlgate.rules.waiver

import data.mlgate.lib.facts
import data.mlgate.lib.people
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: A waiver is granted by somebody entitled who did not ask for it
# description: |
#   The approver of a new Waiver is not, letter by letter, who creates it, is in none of the groups that may
#   grant waivers, is a service account that no setting names, or is the one who asks.
# related_resources:
# - ref: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
#   description: Kubernetes, validating admission policies
# custom:
#   code: waiver.approval_not_authentic
#   controls: [P05]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [waiver], when: request.operation is CREATE}
#   needs: [request.userInfo]
#   per: request
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   settings: [waiver.approverGroups, waiver.serviceAccounts]
#   message: "{user} cannot grant this waiver: {observed}."
#   fix: "Somebody entitled ({required}) other than the one who asks creates the Waiver, with spec.approvedBy their own login name."
deny contains finding if {
	"waiver" in facts.objects
	input.request.operation == "CREATE"
	count(grant_flaws) > 0
	finding := result.candidate(rego.metadata.rule(), {
		"path": "spec.approvedBy",
		"observed": concat(", ", grant_flaws),
		"required": entitled,
	})
}

# METADATA
# scope: rule
# title: A Waiver is never changed
# description: |
#   The spec of a Waiver differs from the one that is stored, or the stored one is not known.
# related_resources:
# - ref: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
#   description: Kubernetes, validating admission policies
# custom:
#   code: waiver.spec_changed
#   controls: [P05]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [waiver], when: request.operation is UPDATE}
#   per: request
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   message: "a Waiver cannot be changed after it was granted ({document})."
#   fix: "Delete it and have a new one granted."
deny contains finding if {
	"waiver" in facts.objects
	input.request.operation == "UPDATE"
	not spec_unchanged
	finding := result.candidate(rego.metadata.rule(), {
		"path": "spec",
		"observed": "another spec",
		"required": "the spec as it was granted",
	})
}

# METADATA
# title: waiver_name
# description: Namespace and name of the Waiver under review.
waiver_name := concat("/", [show.text(part) |
	some key in ["namespace", "name"]
	part := present.get(input, ["request", key])
	is_string(part)
])

grant_flaws contains "spec.approvedBy is not who creates it" if not approver_is_requester

grant_flaws contains "spec.requestedBy names nobody" if not people.key(granted_for)

grant_flaws contains "spec.requestedBy and spec.approvedBy are the same person" if people.bare(granted_for) == people.bare(granted_by)

grant_flaws contains "who creates it is in none of the groups that may grant waivers" if not group_may_grant

grant_flaws contains "who creates it is a service account that setting waiver.serviceAccounts does not name" if {
	creator := present.get(input, ["request", "userInfo", "username"])
	not people.may_vouch(creator, present.list(settings.value, ["waiver", "serviceAccounts"]))
}

granted_by := present.get(input, ["object", "spec", "approvedBy"])

granted_for := present.get(input, ["object", "spec", "requestedBy"])

approver_is_requester if {
	people.key(granted_by)
	granted_by == present.get(input, ["request", "userInfo", "username"])
}

group_may_grant if settings.value.waiver.approverGroups == []

group_may_grant if {
	some group in settings.value.waiver.approverGroups
	group in present.list(input, ["request", "userInfo", "groups"])
}

entitled := "whoever may create Waivers" if {
	settings.value.waiver.approverGroups == []
} else := show.list(settings.value.waiver.approverGroups)

spec_unchanged if {
	is_object(input.oldObject)
	present.get(input, ["object", "spec"]) == present.get(input.oldObject, "spec")
}
