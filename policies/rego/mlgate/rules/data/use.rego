package mlgate.rules.data

import data.mlgate.lib.addresses
import data.mlgate.lib.datasets
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Purpose limitation
# description: |
#   The workload states no purpose, one the card does not know, or one that a personal dataset of the card may not
#   serve.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 5(1)(b)
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MAP 1.1 and MAP 3.3
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 26(1)
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.9.4
# custom:
#   code: data.purpose_not_permitted
#   controls: [C69]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "{document} deploys {model} for purpose {observed}; permitted are {required}."
#   fix: "Set annotation mlgate.dev/purpose to a purpose id of {card}; a new purpose needs a new assessment and, for personal data, permission in permittedPurposes."
deny contains finding if {
	some report in datasets.reports
	not permitted(report)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("metadata.annotations[%s]", [purpose_key]),
		"term": report.reference,
		"model": model.id,
		"observed": purpose_shown,
		"required": show.list(permitted_purposes(report)),
		"values": {"card": report.reference},
	})
}

purpose_key := "mlgate.dev/purpose"

purpose := present.get(input.workload, ["annotations", purpose_key])

purpose_shown := purpose if {
	present.stated(purpose)
} else := "(none)"

permitted(report) if {
	present.stated(purpose)
	some one in present.list(report.card, ["intendedUse", "purposes"])
	one.id == purpose
	not barred(report)
}

barred(report) if {
	some dataset in report.datasets
	dataset.personal
	not permits(dataset)
}

permits(dataset) if {
	is_array(dataset.given.permittedPurposes)
	purpose in dataset.given.permittedPurposes
}

# What the card is for and every personal dataset may serve.
permitted_purposes(report) := intersection({declared} | {words(allowed) |
	some dataset in report.datasets
	dataset.personal
	allowed := present.list(dataset.given, "permittedPurposes")
}) if {
	declared := words([id | some one in present.list(report.card, ["intendedUse", "purposes"]); id := one.id])
}

words(items) := {item | some item in items; present.stated(item)}

# METADATA
# scope: rule
# title: Raw production data kept away
# description: |
#   A workload that trains, or one outside production, names data or a model under an address of raw production
#   data, or mounts a volume claim that holds it.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.3 and A.8.31
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.502(b)
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 25
# custom:
#   code: data.raw_data_accessed
#   controls: [C77]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving, training]}
#   per: location
#   configuredBy: [data.rawDataPrefixes, data.rawDataClaims]
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   settings: [data.rawDataPrefixes, data.rawDataClaims]
#   message: "{document} reaches raw production data ({uri}) at {location}."
#   fix: "Use the masked or tokenised copy of the data at {location}."
deny contains finding if {
	kept_from_raw_data
	some place in raw_places
	finding := result.candidate(rego.metadata.rule(), {
		"path": place.path,
		"term": place.path,
		"observed": place.uri,
		"required": "a masked or tokenised copy",
		"values": {"location": place.path, "uri": place.uri},
	})
}

kept_from_raw_data if input.workload.trainsModel == true

kept_from_raw_data if facts.profile != "production"

raw_places contains {"path": part.path, "uri": part.uri} if {
	some list in [input.workload.datasets, input.workload.models]
	some part in list
	addresses.under_any(part.uri, settings.value.data.rawDataPrefixes)
}

raw_places contains {"path": volume.path, "uri": claim} if {
	some volume in input.workload.volumes
	is_string(input.workload.namespace)
	is_string(volume.claimName)
	claim := concat("/", [input.workload.namespace, volume.claimName])
	claim in settings.value.data.rawDataClaims
}
