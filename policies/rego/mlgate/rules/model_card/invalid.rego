package mlgate.rules.model_card

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: The card follows the template
# description: |
#   A card of a covered model cannot be used, or something in it could not be read. Cards of a model without
#   any readable card are left to the codes that speak of that.
# related_resources:
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.3 and A.6.2.7
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.1
# custom:
#   code: model_card.invalid
#   controls: [C03]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: card
#   enforcement: {sandbox: warn, development: warn, staging: deny, production: deny}
#   alsoUses: [modelCard.rolesWithoutCard]
#   message: "card {card} ({kind}) is not a valid card: {observed}."
#   fix: "Correct the named fields; `mlgate card validate <file>` checks a card before it is applied."
deny contains finding if {
	some card in unsound
	some model in facts.covered_models
	model.id in card.models
	readable[model.id]
	finding := result.candidate(rego.metadata.rule(), {
		"path": first_problem(card),
		"term": reference(card),
		"model": model.id,
		"observed": problems(card),
		"required": "a card without problems",
		"values": {"card": reference(card), "kind": kind(card)},
	})
}

# METADATA
# title: named_for
# description: Cards that list a model, in the order of the annotation.
named_for(model) := [card |
	some card in input.cards
	model.id in card.models
]

# METADATA
# title: cards_of
# description: Cards that list a model and have one of the statuses.
cards_of(model, statuses) := [card |
	some card in named_for(model)
	card.status in statuses
]

# METADATA
# title: reference
# description: How the workload names a card.
reference(card) := show.cut(present.get(card, ["source", "reference"]))

# METADATA
# title: readable
# description: Models of which some card was read, whether or not it is a good one.
readable := {id |
	some card in input.cards
	card.status in {"found", "invalid"}
	some id in card.models
}

# METADATA
# title: problems
# description: What is wrong with a card, or its status where nothing more is known.
problems(card) := show.list([text |
	some problem in card.problems
	text := concat(": ", [part |
		some key in ["path", "message"]
		part := present.get(problem, key)
		is_string(part)
		present.is_present(part)
	])
]) if {
	present.is_present(present.list(card, "problems"))
} else := sprintf("status %s", [show.cut(present.get(card, "status"))])

# Nearly always none, so that no model is asked for its cards.
unsound := [card | some card in input.cards; not sound(card)]

sound(card) if {
	card.status == "found"
	card.problems == []
}

first_problem(card) := path if {
	path := card.problems[0].path
	is_string(path)
	present.is_present(path)
} else := "card"

kind(card) := card.format if {
	is_string(card.format)
} else := "unknown format"
