package mlgate.rules.fairness

import data.mlgate.lib.fairness
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Stated values follow from the group table
# description: |
#   In a judged evaluation a metric, or a rate of a group with all four counts, is stated with another value than
#   the counts give, beyond rounding; or a stated number of rows is not the sum of the counts. Signs of stated
#   metrics are ignored, and a ratio above one is turned over, because some tools write both.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.11 and MANAGE 1.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 10 and Article 15
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.5.4
# custom:
#   code: fairness.value_inconsistent
#   controls: [C18]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving], when: the pair is not fairness exempt}
#   per: metric
#   pair: true
#   enforcement: {sandbox: audit, development: warn, staging: deny, production: deny}
#   settings: [fairness.tolerance]
#   alsoUses: [documentation.minTextLength, documentation.placeholderTexts, fairness.exemptTiers]
#   message: "{card} contradicts itself: {metric} for {attribute} is stated as {observed}, its own group table gives {required}."
#   fix: "Correct the value or the group table in spec.fairness.evaluations of {card}, and find out which of them was wrong."
deny contains finding if {
	some report in fairness.reports
	some evaluation in report.amiss
	evaluation.judged
	some number, part in array.concat(wrong_metrics(evaluation), wrong_rows(evaluation))
	place := place_of(evaluation, number)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("card.fairness.evaluations[%d].%s", [evaluation.index, part.path]),
		"term": term(evaluation, part.name),
		"model": model.id,
		"observed": beside(place, part.stated, part.computed),
		"required": fairness.shown_at(place, part.computed, part.stated),
		"values": {"card": report.reference, "attribute": evaluation.attribute, "metric": part.metric},
	})
}

# METADATA
# title: wrong_metrics
# description: Metrics whose stated value is not the computed one. What cannot be computed is judged elsewhere.
wrong_metrics(evaluation) := [part |
	# A value that is close as it stands is as close or closer once it is folded, so most need no further look.
	close := {index |
		some index, metric in evaluation.metrics
		is_number(metric.stated)
		is_number(metric.value)
		abs(metric.stated - metric.value) <= settings.value.fairness.tolerance
	}
	some index, metric in evaluation.metrics
	not index in close
	is_number(metric.value)
	differs(place_of(evaluation, index), folded(index, metric), metric.value, settings.value.fairness.tolerance)
	part := {
		"path": "metrics", "name": metric.name, "metric": metric.name,
		"stated": metric.stated, "computed": metric.value,
	}
]

# METADATA
# title: wrong_rows
# description: Columns stated in a row with four counts that are not what the counts give.
wrong_rows(evaluation) := [part |
	some number, row in evaluation.groups
	place := place_of(evaluation, number)
	some name, stated in row.given
	computed := row.columns[name]
	stated != computed
	is_number(computed)
	differs(place, stated, computed, leeway(name))
	part := {
		"path": "groups", "name": name, "metric": sprintf("%s of group %s", [name, show.shorten(row.name, 60)]),
		"stated": stated, "computed": computed,
	}
]

leeway("count") := 0

leeway(name) := settings.value.fairness.tolerance if name != "count"

# A value that is given and is no number, at its place in the list, cannot be what the table says.
differs(place, stated, computed, tolerance) if {
	is_number(stated)
	fairness.below_at(place, tolerance, abs(stated - computed))
}

differs(_, stated, _, _) if {
	not is_number(stated)
	present.is_present(stated)
}

folded(_, metric) := 1 / abs(metric.stated) if {
	metric.aggregation == "ratio"
	is_number(metric.stated)
	abs(metric.stated) > 1
} else := abs(metric.stated) if {
	is_number(metric.stated)
} else := metric.stated

beside(place, stated, computed) := words if {
	words := fairness.shown_at(place, stated, computed)
} else := show.text(stated)
