package mlgate.rules.waiver

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show
import data.mlgate.lib.waivers

# METADATA
# scope: rule
# title: A waiver ends soon enough
# description: |
#   A new Waiver names no possible end, one that has passed, or one that is too far away.
# related_resources:
# - ref: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
#   description: Kubernetes, validating admission policies
# custom:
#   code: waiver.expiry_invalid
#   controls: [P05]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [waiver], when: request.operation is CREATE}
#   per: request
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   settings: [waiver.maxDays]
#   message: "waiver {waiver} must end: expiresAt is {observed}; at most {required} days from now are allowed."
#   fix: "Set spec.expiresAt to a date within {required} days."
deny contains finding if {
	"waiver" in facts.objects
	input.request.operation == "CREATE"
	not ends_in_time
	finding := result.candidate(rego.metadata.rule(), {
		"path": "spec.expiresAt",
		"observed": stated_end,
		"required": show.cut(settings.value.waiver.maxDays),
		"values": {"waiver": waiver_name},
	})
}

ends_in_time if {
	[waiver] := input.waivers
	dates.ahead(waiver.expiresAt)
	waivers.ends_within(waiver.expiresAt, input.evaluatedAt, settings.value.waiver.maxDays)
}

stated_end := date if {
	date := dates.date(input.waivers[0].expiresAt)
} else := "not a date"
