# METADATA
# title: Model cards
# description: Existence, validity and binding of the model card.
package mlgate.rules.model_card

import data.mlgate.lib.facts
import data.mlgate.lib.result
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Every model has a card
# description: |
#   For a covered model the workload names no card, or every card it names for it leads nowhere. A serving
#   workload whose models were not found violates it as well.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MAP 1.1 and MEASURE 2.9
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 11 and Article 13
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.7 and A.8.2
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0023
# custom:
#   code: model_card.missing
#   controls: [C01]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: model
#   enforcement: {sandbox: warn, development: warn, staging: deny, production: deny}
#   settings: [modelCard.rolesWithoutCard]
#   message: "{model} has no model card: {observed}."
#   fix: "Create a ModelCard in namespace {namespace} for this model and name it in the workload's annotation mlgate.dev/model-card as modelcard/<name>@sha256:<digest>; `mlgate card digest <file>` prints the reference."
deny contains finding if {
	some gap in gaps
	finding := result.candidate(rego.metadata.rule(), {
		"path": annotation_path,
		"term": gap.term,
		"model": gap.model,
		"observed": gap.observed,
		"required": "a model card",
		"values": {"model": gap.shown},
	})
}

# METADATA
# scope: rule
# title: The card can be fetched
# description: |
#   No card of a covered model could be read, and the source of at least one of them did not answer.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MAP 1.1 and MEASURE 2.9
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 11 and Article 13
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.7 and A.8.2
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0023
# custom:
#   code: model_card.unavailable
#   controls: [C01]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: model
#   enforcement: {sandbox: warn, development: warn, staging: deny, production: deny}
#   alsoUses: [modelCard.rolesWithoutCard]
#   message: "the card {card} of {model} could not be fetched: {observed}."
#   fix: "Retry once the source of {card} answers again, or store the card as a ModelCard in namespace {namespace}."
deny contains finding if {
	some model in facts.covered_models
	id := model.id
	not readable[id]
	silent := cards_of(model, {"unavailable"})
	count(silent) > 0
	finding := result.candidate(rego.metadata.rule(), {
		"path": annotation_path,
		"term": model.id,
		"model": model.id,
		"observed": show.list([text | some card in silent; text := problems(card)]),
		"required": "an answer of the card's source",
		"values": {
			"model": show.model(model),
			"card": show.list([reference(card) | some card in silent]),
		},
	})
}

# METADATA
# title: annotation_path
# description: Where a workload names its cards.
annotation_path := "metadata.annotations[mlgate.dev/model-card]"

# Models without a card, as the finding names them.
gaps contains {
	"term": model.id,
	"model": model.id,
	"shown": show.model(model),
	"observed": what_is_missing(named_for(model)),
} if {
	some model in facts.covered_models
	id := model.id
	not readable[id]
	cards_of(model, {"unavailable"}) == []
}

gaps contains {
	"term": "unknown",
	"model": null,
	"shown": "unknown",
	"observed": "the model it serves could not be found",
} if {
	not input.workload.models[0]
}

what_is_missing([]) := "no card is named"

what_is_missing(cards) := show.list([sprintf("%s does not exist", [reference(card)]) | some card in cards]) if {
	count(cards) > 0
}
