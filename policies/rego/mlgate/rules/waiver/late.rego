package mlgate.rules.waiver

import data.mlgate.lib.dates
import data.mlgate.lib.judgement
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show
import data.mlgate.lib.waivers

# METADATA
# scope: rule
# title: Waivers that are meant to apply do
# description: |
#   A waiver lists the code of a finding that would be denied or warned about and its subject and terms match
#   it, and it still does not apply.
# related_resources:
# - ref: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
#   description: Kubernetes, validating admission policies
# custom:
#   code: waiver.not_applied
#   controls: [P05]
#   severity: low
#   priority: 1
#   appliesWhen: {objects: [serving, training, runtime, route]}
#   per: waiver
#   enforcement: {sandbox: warn, development: warn, staging: warn, production: warn}
#   settings: [waiver.namespaces]
#   alsoUses: [waiver.maxDays, waiver.neverWaivable, waiver.notWaivableIn]
#   message: "waiver {waiver} for {code} does not apply: {observed}."
#   fix: "Ask for a new Waiver; expired and malformed ones are not used."
late contains finding if {
	some waiver in input.waivers
	hindered := [pair |
		some judged in judgement.judged
		judged.enforcement in {"deny", "warn"}
		pair := [judged.code, waivers.hindrance(waiver, judged)]
	]
	count(hindered) > 0
	name := full_name(waiver)
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("Waiver/%s.spec", [show.cut(present.get(waiver, "name"))]),
		"term": name,
		"observed": show.list({why | some [_, why] in hindered}),
		"required": "a waiver that applies",
		"values": {"waiver": name, "code": show.list({code | some [code, _] in hindered})},
	})
}

# METADATA
# scope: rule
# title: Waivers are renewed or their cause removed in time
# description: |
#   A waiver that lifted a finding of this decision ends within the days of notice.
# related_resources:
# - ref: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
#   description: Kubernetes, validating admission policies
# custom:
#   code: waiver.expiring
#   controls: [P05]
#   severity: low
#   priority: 1
#   appliesWhen: {objects: [serving, training, runtime, route]}
#   per: waiver
#   enforcement: {sandbox: warn, development: warn, staging: warn, production: warn}
#   settings: [waiver.expiryNoticeDays]
#   message: "waiver {waiver} ends on {date}; after that {code} is enforced again."
#   fix: "Remove the cause, or have a new Waiver granted before {date}."
late contains finding if {
	some name, lifted in applied
	waiver := lifted[_].waiver
	waivers.ends_within(waiver.expiresAt, input.evaluatedAt, settings.value.waiver.expiryNoticeDays)
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("Waiver/%s.spec.expiresAt", [show.cut(waiver.name)]),
		"term": name,
		"observed": dates.date(waiver.expiresAt),
		"required": sprintf("more than %s days left", [show.cut(settings.value.waiver.expiryNoticeDays)]),
		"values": {
			"waiver": name,
			"code": show.list({entry.code | some entry in lifted}),
			"date": dates.date(waiver.expiresAt),
		},
	})
}

# By the name of the waiver: what it lifted. The first waiver that applies is the one that counts.
applied[name] contains {"code": judged.code, "waiver": waiver} if {
	waivers.given
	some judged in judgement.judged
	waiver := waivers.lifting(judged)[0]
	name := full_name(waiver)
}

full_name(waiver) := sprintf("%s/%s", [
	show.cut(present.get(waiver, "namespace")),
	show.cut(present.get(waiver, "name")),
])
