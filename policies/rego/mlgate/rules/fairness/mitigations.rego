package mlgate.rules.fairness

import data.mlgate.lib.fairness
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show
import data.mlgate.lib.text

# METADATA
# scope: rule
# title: Disparities found are mitigated
# description: |
#   Some evaluation in the card, of whatever version, shows a metric outside its limit or too wide a gap between
#   groups, and no mitigation of its attribute is described.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 1.3 and MEASURE 2.11
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 10(2)(g)
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.5.3
# custom:
#   code: fairness.mitigation_missing
#   controls: [C23]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving], when: the pair is not fairness exempt}
#   per: attribute
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   alsoUses: [fairness.requiredMetrics, fairness.requiredMetricsTasks, fairness.minRatio, fairness.maxDifference, fairness.maxGroupGap, documentation.minTextLength, documentation.placeholderTexts, fairness.exemptTiers]
#   message: "{card} records a disparity for {attribute} ({observed}) and no mitigation."
#   fix: "Describe what was done in spec.fairness.mitigations with attribute {attribute}."
deny contains finding if {
	some report in fairness.reports
	some attribute, found in disparities(report)
	treated := described(report.card)
	not attribute in treated
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.fairness.mitigations",
		"term": attribute,
		"model": model.id,
		"observed": show.list(sort(object.keys(found))),
		"required": sprintf("a mitigation described for %s", [show.cut(attribute)]),
		"values": {"card": report.reference, "attribute": attribute},
	})
}

# METADATA
# title: disparities
# description: Attributes of a card with what is outside its limits, as the keys of an object, over all evaluations.
disparities(report) := object.union_n([{evaluation.attribute: {words: true}} |
	some evaluation in report.amiss
	some words in beyond_limits(evaluation)
])

beyond_limits(evaluation) := array.concat(
	[sprintf("%s %s", [row.name, fairness.shown_at(place_of(evaluation, number), row.value, row.limit)]) | some number, row in evaluation.exceeded],
	[sprintf("%s gap %s", [row.name, show.number(row.value)]) | some row in evaluation.wide],
)

described(card) := {mitigation.attribute |
	some mitigation in present.list(card, ["fairness", "mitigations"])
	text.is_text(mitigation.description)
}

# METADATA
# scope: rule
# title: Removing protected features is not a mitigation by itself
# description: Every mitigation of an attribute removes the attribute, or does not say what it does.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.11
# custom:
#   code: fairness.mitigation_only_removal
#   controls: [C24]
#   severity: medium
#   priority: 1
#   appliesWhen: {objects: [serving], when: the pair is not fairness exempt}
#   per: attribute
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: warn}
#   alsoUses: [documentation.minTextLength, documentation.placeholderTexts, fairness.exemptTiers]
#   message: "the only mitigation for {attribute} in {card} is removing the attribute, which hides a disparity instead of reducing it."
#   fix: "Add a mitigation that changes outcomes (reweighting, resampling, constraint, thresholdAdjustment, ...) to spec.fairness.mitigations and show its effect in the group table."
deny contains finding if {
	some report in fairness.reports
	mitigations := present.list(report.card, ["fairness", "mitigations"])
	some attribute in {mitigation.attribute | some mitigation in mitigations; not changes(mitigation)}
	is_string(attribute)
	not attribute in {mitigation.attribute | some mitigation in mitigations; changes(mitigation)}
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.fairness.mitigations",
		"term": attribute,
		"model": model.id,
		"observed": "only removeAttribute or no method",
		"required": "a mitigation that changes outcomes",
		"values": {"card": report.reference, "attribute": attribute},
	})
}

# METADATA
# title: changes
# description: Whether a mitigation changes outcomes.
changes(mitigation) if {
	method := mitigation.method
	is_string(method)
	present.is_present(method)
	method != "removeAttribute"
}
