package mlgate.rules.fairness

import data.mlgate.lib.fairness
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Fairness metrics within limits
# description: |
#   A metric of a judged evaluation, computed from the group table, is below its limit (ratio) or above it
#   (difference). The author's limit counts where it is tighter than the policy's.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.11 and MANAGE 1.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 10 and Article 15
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.5.4
# custom:
#   code: fairness.limit_exceeded
#   controls: [C18]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving], when: the pair is not fairness exempt}
#   per: metric
#   pair: true
#   enforcement: {sandbox: audit, development: warn, staging: deny, production: deny}
#   settings: [fairness.requiredMetrics, fairness.minRatio, fairness.maxDifference]
#   alsoUses: [fairness.requiredMetricsTasks, documentation.minTextLength, documentation.placeholderTexts, fairness.exemptTiers]
#   message: "{metric} for {attribute} of {model} is {observed}, outside the configured limit of {required}."
#   fix: "Mitigate the disparity, test again and record the new group table in spec.fairness.evaluations of {card}; if the disparity is justified, ask for a Waiver of {code} limited to this version."
deny contains finding if {
	some report in fairness.reports
	some evaluation in report.amiss
	evaluation.judged
	some number, metric in evaluation.exceeded
	place := place_of(evaluation, number)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": groups_path(evaluation),
		"term": term(evaluation, metric.name),
		"model": model.id,
		"observed": fairness.shown_at(place, metric.value, metric.limit),
		"required": sprintf("%s %s", [bound[metric.aggregation], fairness.shown_at(place, metric.limit, metric.value)]),
		"values": {"card": report.reference, "attribute": evaluation.attribute, "metric": metric.name},
	})
}

bound := {"ratio": "at least", "difference": "at most"}

# METADATA
# title: place_of
# description: |
#   A number that tells an entry of an evaluation apart from those of all evaluations of the card, for the functions
#   that judge one of many. What a table may hold is far below the factor.
place_of(evaluation, number) := (evaluation.index * 100000) + number

groups_path(evaluation) := sprintf("card.fairness.evaluations[%d].groups", [evaluation.index])

term(evaluation, name) := sprintf("%s/%s", [evaluation.attribute, name])

# METADATA
# scope: rule
# title: Fairness metrics can be recomputed
# description: |
#   A metric of a judged evaluation cannot be computed from the group table, has no meaning because its name is
#   unknown and measure or aggregation is missing, or has no limit because it is a difference of a measure the
#   policy does not know and the author gives none.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.11 and MANAGE 1.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 10 and Article 15
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.5.4
# custom:
#   code: fairness.metric_not_computable
#   controls: [C18]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving], when: the pair is not fairness exempt}
#   per: metric
#   pair: true
#   enforcement: {sandbox: "off", development: warn, staging: warn, production: deny}
#   alsoUses: [fairness.requiredMetrics, fairness.requiredMetricsTasks, documentation.minTextLength, documentation.placeholderTexts, fairness.exemptTiers]
#   message: "{metric} for {attribute} cannot be recomputed from {card}: {observed}."
#   fix: "Complete the group table in spec.fairness.evaluations[].groups ({required}); a stated value alone is not accepted."
deny contains finding if {
	some report in fairness.reports
	some evaluation in report.amiss
	evaluation.judged
	some index, metric in evaluation.metrics
	[observed, required] := obstacle(index, metric, evaluation.compared)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": groups_path(evaluation),
		"term": term(evaluation, metric.name),
		"model": model.id,
		"observed": observed,
		"required": required,
		"values": {"card": report.reference, "attribute": evaluation.attribute, "metric": metric.name},
	})
}

measured(_, metric, name) if is_number(metric.extremes[name].lowest)

# METADATA
# title: obstacle
# description: What is in the way of judging a metric, whose place in the list comes first, and what is needed; undefined when nothing is.
obstacle(index, metric, compared) := why(index, metric, compared) if {
	is_null(metric.value)
} else := ["no limit is set for it", "a limit for this metric"] if {
	not limited(index, metric)
}

limited(_, metric) if is_number(metric.limit)

why(index, metric, compared) := ["its name is not known and measure or aggregation is missing", "measure and aggregation"] if {
	is_null(metric.aggregation)
} else := ["there are fewer than two groups", "two or more groups"] if {
	compared == false
} else := [sprintf("no %s for some group", [names]), sprintf("%s of every group", [names])] if {
	lacking := [name | some name in metric.columns; not measured(index, metric, name)]
	count(lacking) > 0
	names := show.list(lacking)
} else := [sprintf("no ratio of %s can be formed", [names]), sprintf("%s above zero in some group and below it in none", [names])] if {
	names := show.list(metric.columns)
}

# METADATA
# scope: rule
# title: No group performs markedly worse
# description: |
#   In a judged evaluation a column of the policy differs more between the best and the worst group than is
#   allowed. Groups whose value cannot be computed are left to fairness.group_metrics_missing.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.11 and MEASURE 4.3
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 15
# custom:
#   code: fairness.subgroup_gap_exceeded
#   controls: [C19]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving], when: the pair is not fairness exempt}
#   per: metric
#   pair: true
#   enforcement: {sandbox: "off", development: warn, staging: warn, production: deny}
#   settings: [fairness.maxGroupGap]
#   alsoUses: [fairness.groupMetrics, documentation.minTextLength, documentation.placeholderTexts, fairness.exemptTiers]
#   message: "{metric} differs by {observed} between groups of {attribute} ({value}); at most {required} is allowed."
#   fix: "Improve the model for the weaker group, or restrict spec.intendedUse so that the group is out of scope and the service refuses it."
deny contains finding if {
	some report in fairness.reports
	some evaluation in report.amiss
	evaluation.judged
	some gap in evaluation.wide
	some model in report.models
	allowed := settings.value.fairness.maxGroupGap
	finding := result.candidate(rego.metadata.rule(), {
		"path": groups_path(evaluation),
		"term": term(evaluation, gap.name),
		"model": model.id,
		"observed": fairness.shown(gap.value, allowed),
		"required": fairness.shown(allowed, gap.value),
		"values": {
			"attribute": evaluation.attribute,
			"metric": gap.name,
			"value": sprintf("%s, %s", [extreme(evaluation, gap, "lowest"), extreme(evaluation, gap, "highest")]),
		},
	})
}

# The first group of the table that has the extreme value.
extreme(evaluation, gap, side) := sprintf("%s: %s", [show.shorten(names[0], 40), show.number(gap[side])]) if {
	names := [row.name | some index, row in evaluation.groups; fairness.column(index, row, gap.name) == gap[side]]
}
