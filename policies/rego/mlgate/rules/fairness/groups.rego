package mlgate.rules.fairness

import data.mlgate.lib.fairness
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Metrics per group
# description: |
#   A group of a judged evaluation lacks a column the policy asks for, or it cannot be computed because a
#   denominator is zero.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.11
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 10 and Article 13(3)(b)
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.7.4
# custom:
#   code: fairness.group_metrics_missing
#   controls: [C17]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving], when: the pair is not fairness exempt and the task is in fairness.requiredMetricsTasks}
#   per: group
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [fairness.groupMetrics]
#   alsoUses: [fairness.requiredMetricsTasks, documentation.minTextLength, documentation.placeholderTexts, fairness.exemptTiers]
#   message: "group {group} of {attribute} in {card} lacks {required}."
#   fix: "Give truePositives, falsePositives, trueNegatives and falseNegatives (or the named rates) for this group in spec.fairness.evaluations[].groups; a group without a single favourable prediction or truth needs more test data."
deny contains finding if {
	some report in fairness.reports
	some evaluation in report.amiss
	evaluation.judged
	fairness.tabled(report.card)
	wanted := count(settings.value.fairness.groupMetrics)
	some index, row in evaluation.groups
	count([1 | some name in settings.value.fairness.groupMetrics; is_number(row.columns[name])]) < wanted
	lacking := lacked(index, row)
	count(lacking) > 0
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": groups_path(evaluation),
		"term": term(evaluation, row.name),
		"model": model.id,
		"observed": sprintf("no %s", [show.list(lacking)]),
		"required": show.list(lacking),
		"values": {"card": report.reference, "attribute": evaluation.attribute, "group": row.name},
	})
}

# METADATA
# title: lacked
# description: Columns of the policy that a group, whose place in the table comes first, has no value for.
lacked(index, row) := [name |
	some name in settings.value.fairness.groupMetrics
	not computable(index, row, name)
]

computable(_, row, name) if is_number(row.columns[name])

computable(index, row, name) if is_number(fairness.column(index, row, name))

# METADATA
# scope: rule
# title: Enough rows per group
# description: A group of a judged evaluation was tested on too few rows, or does not say on how many.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.2 and MEASURE 2.11
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 10(3)
# custom:
#   code: fairness.group_too_small
#   controls: [C21]
#   severity: medium
#   priority: 1
#   appliesWhen: {objects: [serving], when: the pair is not fairness exempt}
#   per: group
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: warn}
#   raise:
#     - {tiers: [high], to: {production: deny}}
#   settings: [fairness.minGroupCount]
#   alsoUses: [documentation.minTextLength, documentation.placeholderTexts, fairness.exemptTiers]
#   message: "group {group} of {attribute} was tested on {observed} rows; a rate needs at least {required}."
#   fix: "Collect more test rows for this group; do not merge it into another one only to pass."
deny contains finding if {
	some report in fairness.reports
	some evaluation in report.amiss
	evaluation.judged
	some row in evaluation.groups

	# An unknown number of rows is null, which is below every number.
	row.columns.count < settings.value.fairness.minGroupCount
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": groups_path(evaluation),
		"term": term(evaluation, row.name),
		"model": model.id,
		"observed": rows_shown(row.columns.count),
		"required": show.number(settings.value.fairness.minGroupCount),
		"values": {"attribute": evaluation.attribute, "group": row.name},
	})
}

rows_shown(n) := words if {
	words := show.number(n)
} else := "an unknown number of"

# METADATA
# scope: rule
# title: Stratified evaluation
# description: A judged evaluation does not say that its sample was stratified by the attribute.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.2 and MEASURE 2.11
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 10(3)
# custom:
#   code: fairness.evaluation_not_stratified
#   controls: [C21]
#   severity: medium
#   priority: 1
#   appliesWhen: {objects: [serving], tiers: [limited, high], when: the pair is not fairness exempt}
#   per: attribute
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   alsoUses: [documentation.minTextLength, documentation.placeholderTexts, fairness.exemptTiers]
#   message: "the bias test for {attribute} in {card} was not stratified by {attribute}."
#   fix: "Repeat the test with a sample stratified by the attribute and set stratified to true in spec.fairness.evaluations."
deny contains finding if {
	some report in fairness.reports
	some evaluation in report.evaluations
	evaluation.judged
	not evaluation.given.stratified == true
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("card.fairness.evaluations[%d].stratified", [evaluation.index]),
		"term": evaluation.attribute,
		"model": model.id,
		"observed": "not stratified",
		"required": "true",
		"values": {"card": report.reference, "attribute": evaluation.attribute},
	})
}
