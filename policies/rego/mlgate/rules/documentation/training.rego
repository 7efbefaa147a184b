package mlgate.rules.documentation

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result

# METADATA
# scope: rule
# title: Hyperparameters are on record
# description: |
#   The card of a model that was made here does not say with which hyperparameters it was trained.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 11
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.3
# custom:
#   code: documentation.hyperparameters_missing
#   controls: [C12]
#   severity: low
#   priority: 1
#   appliesWhen: {objects: [serving], tiers: [limited, high], when: model.supplier is absent or internal}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   message: "card {card} records no hyperparameters."
#   fix: "Copy them from the training run to spec.training.hyperparameters of {card}."
deny contains finding if {
	some entry in facts.covering_cards
	not tuned(entry)
	facts.in_house(entry.card)
	some model in entry.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.training.hyperparameters",
		"term": entry.reference,
		"model": model.id,
		"observed": "no hyperparameters",
		"required": "the hyperparameters of the training run",
		"values": {"card": entry.reference},
	})
}

# A map whose values are all missing holds nothing.
tuned(entry) if {
	given := entry.card.training.hyperparameters
	is_object(given)
	some value in given
	present.is_present(value)
}

# METADATA
# scope: rule
# title: Training run can be found
# description: |
#   The card of a model that was made here does not give the id of the training run, who started it and when it
#   ended, or says that it has not ended yet.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 12
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.8 and A.7.5
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.15
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0025
# custom:
#   code: documentation.training_run_missing
#   controls: [C13]
#   severity: medium
#   priority: 1
#   appliesWhen: {objects: [serving], when: model.supplier is absent or internal}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: warn}
#   raise:
#     - {tiers: [high], to: {production: deny}}
#   message: "card {card} does not identify the training run: {observed}."
#   fix: "Set spec.training.runId, .initiatedBy and .completedAt in {card}."
deny contains finding if {
	some entry in facts.covering_cards
	not known_run(entry)
	facts.in_house(entry.card)
	some model in entry.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.training",
		"term": entry.reference,
		"model": model.id,
		"observed": concat(", ", unknown_run(present.get(entry.card, "training"))),
		"required": "runId, initiatedBy and a completedAt that is past",
		"values": {"card": entry.reference},
	})
}

known_run(entry) if {
	training := entry.card.training
	named(training, "runId")
	named(training, "initiatedBy")
	past(training.completedAt)
}

unknown_run(training) := array.concat(
	[sprintf("no %s", [field]) |
		some field in ["runId", "initiatedBy"]
		not named(training, field)
	],
	unended(present.get(training, "completedAt")),
)

named(training, field) if {
	is_string(training[field])
	trim(training[field], present.unseen) != ""
}

unended(ended) := ["no completedAt"] if {
	not dates.valid(ended)
} else := [sprintf("completedAt in the future (%s)", [dates.date(ended)])] if {
	not past(ended)
} else := []

past(ended) if dates.on_or_after(input.evaluatedAt, ended)
