package mlgate.rules.logging

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Logs are kept long enough
# description: |
#   The card does not say how long entries are kept, or for fewer days than the policy asks of every log or of those
#   under a regulation the card names.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 19(1), Article 26(6) and Article 18
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.316(b)(2)(i)
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 10.5.1
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.33
# custom:
#   code: logging.retention_too_short
#   controls: [C103]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [logging.minRetentionDays]
#   message: "logs of {model} are kept {observed} days; {required} are required."
#   fix: "Keep them longer and set spec.logging.retentionDays of {card}."
deny contains finding if {
	some report in facts.covering_cards
	required := max(demanded(report.card))
	not kept(report.card, required)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.logging.retentionDays",
		"term": report.reference,
		"model": model.id,
		"observed": kept_for(report.card),
		"required": show.number(required),
		"values": {"card": report.reference},
	})
}

# METADATA
# title: demanded
# description: |
#   Every number of days that logs of a card must be kept. Regulations are written with blanks as often as with
#   hyphens.
demanded(card) := {days |
	some word in array.concat(["default"], present.list(card, ["risk", "regulations"]))
	is_string(word)
	days := retention[replace(replace(lower(trim_space(word)), " ", "-"), "_", "-")]
}

retention := {lower(word): days | some word, days in settings.value.logging.minRetentionDays}

kept(card, required) if {
	is_number(card.logging.retentionDays)
	card.logging.retentionDays >= required
}

kept_for(card) := shown if {
	shown := show.number(card.logging.retentionDays)
} else := "an unstated number of"

# METADATA
# scope: rule
# title: Access to data is audited
# description: |
#   The card does not attest that the platform records who reads the model and its data. Whether it does cannot be
#   seen from the cluster.
# related_resources:
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(b)
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 10.2.1.1
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.15
# custom:
#   code: logging.data_access_not_audited
#   controls: [C104]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   message: "card {card} does not attest that access to model and data is audited."
#   fix: "Turn the cloud's data access log on and set spec.logging.dataAccessAudited to true in {card}."
deny contains finding if {
	some report in facts.covering_cards
	not report.card.logging.dataAccessAudited == true
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.logging.dataAccessAudited",
		"term": report.reference,
		"model": model.id,
		"observed": "dataAccessAudited is not true",
		"required": "dataAccessAudited: true",
		"values": {"card": report.reference},
	})
}
