package mlgate.rules.identity

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Credentials run out
# description: |
#   A projected service account token lives longer than the policy allows, or a credential in the card has no
#   date on which it expires.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.17 and A.5.18
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.3
# custom:
#   code: identity.credential_not_time_bound
#   controls: [C56]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving, training], classifications: [confidential, restricted]}
#   per: credential
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [identity.maxTokenSeconds]
#   message: "{credential} does not expire in time: {observed}; required is {required}."
#   fix: "Use a projected token with expirationSeconds of at most {required}, or a credential with an expiry date named in spec.credentials[].expiresAt."
deny contains finding if {
	some credential in lasting
	finding := result.candidate(rego.metadata.rule(), {
		"path": credential.path,
		"term": credential.name,
		"model": credential.model,
		"observed": credential.observed,
		"required": credential.required,
		"values": {"credential": credential.name},
	})
}

lasting contains {
	"path": show.place(volume, "spec"),
	"name": show.text(present.get(volume, "name")),
	"model": null,
	"observed": sprintf("it lives %s seconds", [show.text(lifetime(volume))]),
	"required": longest,
} if {
	some volume in input.workload.volumes
	volume.kind == "serviceAccountToken"
	not brief(lifetime(volume))
}

lasting contains {
	"path": sprintf("card.credentials[%d].expiresAt", [index]),
	"name": show.text(present.get(credential, "name")),
	"model": model.id,
	"observed": "no expiresAt",
	"required": sprintf("%s or an expiry date", [longest]),
} if {
	some entry in facts.covering_cards
	some index, credential in present.list(entry.card, "credentials")
	not dates.valid(present.get(credential, "expiresAt"))
	some model in entry.models
}

longest := sprintf("%d seconds", [settings.value.identity.maxTokenSeconds])

# Kubernetes gives a token an hour where the volume does not say.
lifetime(volume) := 3600 if {
	present.absent(present.get(volume, "tokenExpirationSeconds"))
} else := present.get(volume, "tokenExpirationSeconds")

brief(seconds) if {
	is_number(seconds)
	seconds <= settings.value.identity.maxTokenSeconds
}
