# METADATA
# title: Evaluation
# description: |
#   The measured quality of the model: that there is some, that it was good enough by the card's own measure, and
#   that what it was measured with can be trusted.
# schemas:
# - input: schema.input
package mlgate.rules.evaluation

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show
import data.mlgate.lib.tests
import data.mlgate.lib.text

# METADATA
# scope: rule
# title: Quality of this version is measured
# description: |
#   The card has no metric, one without a measured value, or no day on which they were measured; or that day is in
#   the future or before training ended.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.1 and MEASURE 2.3
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 11 and Article 15
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.4
# custom:
#   code: evaluation.metrics_missing
#   controls: [C06]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: card
#   pair: true
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   message: "card {card} has no usable evaluation of this version: {observed}."
#   fix: "Record spec.evaluation.date and, for every entry of spec.evaluation.metrics, the measured value in {card}."
deny contains finding if {
	some entry in facts.covering_cards
	not measured(entry)
	lacks := array.concat(unmeasured(metrics(entry)), misdated(entry.card))
	count(lacks) > 0
	some model in entry.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.evaluation",
		"term": entry.reference,
		"model": model.id,
		"observed": concat(", ", lacks),
		"required": "measured metrics, dated after training",
		"values": {"card": entry.reference},
	})
}

# METADATA
# title: measured
# description: Metrics that all have a value, measured after training and before now.
# custom: {shortcut: true}
measured(entry) if {
	list := metrics(entry)
	count(list) > 0
	count([1 | is_number(list[_].value)]) == count(list)
	dates.passed(entry.card.evaluation.date)
	dates.on_or_after(entry.card.evaluation.date, entry.card.training.completedAt)
}

# METADATA
# title: metrics
# description: The metrics of a card.
metrics(entry) := present.list(entry.card, ["evaluation", "metrics"])

unmeasured(list) := ["no metric"] if {
	count(list) == 0
} else := [] if {
	count([value | value := list[_].value; is_number(value)]) == count(list)
} else := [sprintf("no value of %s", [show.cut(label(index, metric))]) |
	measured := {place | some place, metric in list; is_number(metric.value)}
	some index, metric in list
	not index in measured
]

# METADATA
# title: label
# description: |
#   The name of a metric, with the part of the data it was measured on if that is not all of it. The first argument is
#   its place in the list: metrics that differ in fractions alone are told apart by nothing else in reasonable time.
label(index, metric) := "(unnamed)" if {
	not is_object(metric)
} else := name_of(index, metric) if {
	present.absent(object.get(metric, "slice", null))
} else := sprintf("%s (%s)", [name_of(index, metric), show.text(metric.slice)])

name_of(_, metric) := metric.name if {
	is_string(metric.name)
	present.is_present(metric.name)
} else := "(unnamed)"

misdated(card) := [what] if {
	date := present.get(card, ["evaluation", "date"])
	what := tests.misdated(date, present.get(card, ["training", "completedAt"]))
} else := []

# METADATA
# scope: rule
# title: Test population is compared with production
# description: |
#   The card does not say how the people or things in its test data differ from those in production.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.5
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 10(4)
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.7.4
# custom:
#   code: evaluation.population_shift_missing
#   controls: [C25]
#   severity: medium
#   priority: 1
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   alsoUses: [documentation.minTextLength, documentation.placeholderTexts]
#   message: "card {card} does not say how its test population differs from production."
#   fix: "State the known differences in spec.evaluation.populationShift of {card}."
deny contains finding if {
	some entry in facts.covering_cards
	shift := present.get(entry.card, ["evaluation", "populationShift"])
	not text.is_text(shift)
	some model in entry.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.evaluation.populationShift",
		"term": entry.reference,
		"model": model.id,
		"observed": "no answer in words",
		"required": "how the test population differs from production",
		"values": {"card": entry.reference},
	})
}
