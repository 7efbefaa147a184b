# METADATA
# title: Documentation
# description: |
#   What a reader of the card must be told: what the model is for, whom it affects, where it fails, how it was made
#   and why it was made this way.
# schemas:
# - input: schema.input
package mlgate.rules.documentation

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show
import data.mlgate.lib.text

# METADATA
# scope: rule
# title: Purpose and users are stated
# description: |
#   The card names no purpose, describes one of them with words that say nothing, names no user or, above the lowest
#   tier, no use the model must not be put to.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MAP 1.1 and MAP 3.3
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 13
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.9.4
# custom:
#   code: documentation.intended_use_missing
#   controls: [C04]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: card
#   pair: true
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   settings: [documentation.minTextLength, documentation.placeholderTexts]
#   message: "card {card} does not state the intended use: {observed}."
#   fix: "Set spec.intendedUse.purposes[].id and .description, spec.intendedUse.users and spec.intendedUse.outOfScope in {card}."
deny contains finding if {
	some entry in facts.covering_cards
	not stated_use(entry)
	some model in entry.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.intendedUse",
		"term": entry.reference,
		"model": model.id,
		"observed": concat(", ", unstated(entry.card)),
		"required": use_required,
		"values": {"card": entry.reference},
	})
}

stated_use(entry) if {
	purposes := entry.card.intendedUse.purposes
	is_array(purposes)
	count(purposes) > 0
	every purpose in purposes {
		text.is_text(purpose.description)
	}
	every field in lists_of_use {
		text.any_item(entry.card.intendedUse[field])
	}
}

# METADATA
# title: unstated
# description: What a card leaves open about its use.
unstated(card) := array.concat(
	unclear_purposes(present.list(card, ["intendedUse", "purposes"])),
	[sprintf("no %s", [field]) |
		some field in lists_of_use
		not text.any_item(present.get(card, ["intendedUse", field]))
	],
)

unclear_purposes(purposes) := ["no purposes"] if {
	count(purposes) == 0
} else := [sprintf("no description of purpose %s", [purpose_name(purpose)]) |
	some purpose in purposes
	description := present.get(purpose, "description")
	not text.is_text(description)
]

purpose_name(purpose) := show.cut(purpose.id) if {
	is_string(purpose.id)
} else := "(unnamed)"

default lists_of_use := ["users", "outOfScope"]

lists_of_use := ["users"] if facts.tier == "minimal"

use_required := "described purposes and users" if {
	facts.tier == "minimal"
} else := "described purposes, users and uses that are out of scope"

# METADATA
# scope: rule
# title: Known limitations are stated
# description: |
#   The card lists no limitation in words that say something.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MAP 2.2 and MEASURE 2.5
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 13
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.8.2
# custom:
#   code: documentation.limitations_missing
#   controls: [C05]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: card
#   pair: true
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   alsoUses: [documentation.minTextLength, documentation.placeholderTexts]
#   message: "card {card} states no known limitation."
#   fix: "List at least one limitation in spec.limitations of {card}, in a sentence a user of the model understands."
deny contains finding if {
	some entry in facts.covering_cards
	not limited(entry)
	some model in entry.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.limitations",
		"term": entry.reference,
		"model": model.id,
		"observed": "no limitation in words",
		"required": sprintf("a limitation of at least %v characters", [settings.value.documentation.minTextLength]),
		"values": {"card": entry.reference},
	})
}

limited(entry) if {
	is_array(entry.card.limitations)
	text.is_text(entry.card.limitations)
}

# METADATA
# scope: rule
# title: Affected people are named
# description: |
#   The card does not say that the model affects nobody, and does not name whom it affects.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MAP 5.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 27
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.5.4
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 35
# custom:
#   code: documentation.affected_population_missing
#   controls: [C09]
#   severity: medium
#   priority: 1
#   appliesWhen: {objects: [serving], tiers: [limited, high], when: intendedUse.affectsPeople is not false}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: warn}
#   raise:
#     - {tiers: [high], to: {production: deny}}
#   alsoUses: [documentation.placeholderTexts]
#   message: "card {card} does not say whom the model affects."
#   fix: "List them in spec.intendedUse.affectedPopulations, or set spec.intendedUse.affectsPeople to false if outputs affect nobody."
deny contains finding if {
	some entry in facts.covering_cards
	card := entry.card
	not text.any_item(present.get(card, ["intendedUse", "affectedPopulations"]))
	facts.affects_people(card)
	some model in entry.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.intendedUse.affectedPopulations",
		"term": entry.reference,
		"model": model.id,
		"observed": "nobody named",
		"required": "the people outputs are about, or affectsPeople false",
		"values": {"card": entry.reference},
	})
}

# METADATA
# scope: rule
# title: Assumptions are stated
# description: |
#   The card does not say what must hold in production for its evaluation to hold there.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MAP 1.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 11
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.3
# custom:
#   code: documentation.assumptions_missing
#   controls: [C10]
#   severity: low
#   priority: 1
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   alsoUses: [documentation.placeholderTexts]
#   message: "card {card} states no assumption."
#   fix: "Say in spec.assumptions of {card} what must hold in production for the evaluation to hold."
deny contains finding if {
	some entry in facts.covering_cards
	card := entry.card
	not text.any_item(present.get(card, "assumptions"))
	some model in entry.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.assumptions",
		"term": entry.reference,
		"model": model.id,
		"observed": "no assumption",
		"required": "at least one assumption",
		"values": {"card": entry.reference},
	})
}
