package mlgate.rules.evaluation

import data.mlgate.lib.facts
import data.mlgate.lib.fairness
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Acceptance threshold is set
# description: |
#   No metric over all of the data has a floor or a ceiling that the measured value must keep.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.3 and MEASURE 2.5
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 15
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.4
# custom:
#   code: evaluation.threshold_missing
#   controls: [C07]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "card {card} declares no acceptance threshold for any metric."
#   fix: "Set min or max on the deciding entry of spec.evaluation.metrics in {card}."
deny contains finding if {
	some entry in facts.covering_cards
	not has_threshold(entry)
	some model in entry.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.evaluation.metrics",
		"term": entry.reference,
		"model": model.id,
		"observed": "no min or max over all of the data",
		"required": "min or max on a metric without slice",
		"values": {"card": entry.reference},
	})
}

has_threshold(entry) if {
	some metric in metrics(entry)
	some bound in ["min", "max"]
	is_number(metric[bound])
	present.absent(object.get(metric, "slice", null))
}

# METADATA
# scope: rule
# title: Acceptance threshold is met
# description: |
#   A metric has no value, or one below its own floor or above its own ceiling; or no value can keep both.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.3 and MEASURE 2.5
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 15
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.4
# custom:
#   code: evaluation.threshold_not_met
#   controls: [C07]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: card
#   pair: true
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   message: "{metric} of {card} is {observed}, the card itself demands {required}."
#   fix: "Do not deploy this version; train one that meets the threshold, or have the threshold in spec.evaluation.metrics changed and approved anew."
deny contains finding if {
	some entry in facts.covering_cards
	some index, metric in metrics(entry)
	not plainly_kept(index, metric)
	limits := bounds(index, metric)
	not kept(index, metric, limits)
	some model in entry.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("card.evaluation.metrics[%d]", [index]),
		"term": entry.reference,
		"model": model.id,
		"observed": value_shown(index, object.get(metric, "value", null), limits),
		"required": required(index, limits),
		"values": {"card": entry.reference, "metric": label(index, metric)},
	})
}

# METADATA
# title: plainly_kept
# description: One limit of the metric, whose place in the list comes first, a number, that the value keeps without rounding; the usual metric.
# custom: {shortcut: true}
plainly_kept(_, metric) if {
	is_number(metric.value)
	is_number(metric.min)
	metric.value >= metric.min
	object.get(metric, "max", null) == null
}

plainly_kept(_, metric) if {
	is_number(metric.value)
	is_number(metric.max)
	metric.value <= metric.max
	object.get(metric, "min", null) == null
}

# METADATA
# title: bounds
# description: Floor and ceiling of a metric, whose place in the list comes first, as given; undefined when it has none.
bounds(index, metric) := limits if {
	limits := {bound: limit |
		some bound in ["min", "max"]
		limit := metric[bound]
		is_limit(index, limit)
	}
	count(limits) > 0
}

is_limit(_, limit) if is_number(limit)

is_limit(_, limit) if {
	not is_number(limit)
	present.is_present(limit)
}

# A bound that is no number cannot be kept, and neither can a floor above the ceiling.
kept(index, metric, limits) if {
	value := metric.value
	is_number(value)
	every bound, limit in limits {
		is_number(limit)
		not beyond(index, bound, value, limit)
	}
}

beyond(index, "min", value, limit) if fairness.below_at(index, value, limit)

beyond(index, "max", value, limit) if fairness.below_at(index, limit, value)

value_shown(index, value, limits) := fairness.shown_at(index, value, broken[0]) if {
	broken := [limit | some bound, limit in limits; beyond(index, bound, value, limit)]
} else := "not measured" if {
	not is_number(value)
} else := show.number_at(index, value)

required(index, limits) := concat(" and ", [sprintf("%s %s", [words, limit_shown(index, limit)]) |
	some [bound, words] in [["min", "at least"], ["max", "at most"]]
	limit := object.get(limits, bound, null)
	is_limit(index, limit)
])

limit_shown(index, limit) := words if {
	words := show.number_at(index, limit)
} else := show.text(limit)
