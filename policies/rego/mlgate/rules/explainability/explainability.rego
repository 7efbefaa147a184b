# METADATA
# title: Explainability
# description: |
#   Explanations of single predictions: that there are any, that they are kept, and that somebody found them to be
#   true and of use.
# schemas:
# - input: schema.input
package mlgate.rules.explainability

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show
import data.mlgate.lib.tests
import data.mlgate.lib.text

# METADATA
# scope: rule
# title: Single predictions can be explained
# description: |
#   The card names no method of explanation, or neither the model nor an explainer beside it explains single
#   predictions.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.9
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 13 and Article 86
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 22 and Article 15(1)(h)
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.8.2
# custom:
#   code: explainability.missing
#   controls: [C34]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [high], when: intendedUse.affectsPeople is not false}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "single predictions of {model} cannot be explained: {observed}."
#   fix: "Add an explainer to the deployment or to the model, and set spec.explainability.method and .perPrediction in {card}."
deny contains finding if {
	some entry in facts.covering_cards
	not explained(entry)
	lacks := unexplained(present.get(entry.card, "explainability"))
	facts.affects_people(entry.card)
	some model in entry.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.explainability",
		"term": entry.reference,
		"model": model.id,
		"observed": concat(" and ", lacks),
		"required": "a method, and perPrediction true or an explainer in the deployment",
		"values": {"card": entry.reference},
	})
}

# METADATA
# title: explained
# description: A method is named, and there is an explanation of every prediction.
explained(entry) if {
	has_method(entry.card.explainability)
	per_prediction(entry.card.explainability)
}

unexplained(given) := array.concat(
	["no method" | not has_method(given)],
	["no explanation per prediction" | not per_prediction(given)],
)

has_method(given) if {
	is_string(given.method)
	present.is_present(given.method)
}

per_prediction(given) if given.perPrediction == true

per_prediction(_) if input.workload.features.explainer == true

# METADATA
# scope: rule
# title: Explanations are kept with predictions
# description: |
#   The card does not say that each explanation is stored beside its prediction.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 12
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.8
# custom:
#   code: explainability.not_stored
#   controls: [C35]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [high], when: intendedUse.affectsPeople is not false}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   message: "explanations of {model} are not stored beside its predictions."
#   fix: "Log the explanation with each prediction and set spec.explainability.storedWithPredictions to true in {card}."
deny contains finding if {
	some entry in facts.covering_cards
	stored := present.get(entry.card, ["explainability", "storedWithPredictions"])
	not stored == true
	facts.affects_people(entry.card)
	some model in entry.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.explainability.storedWithPredictions",
		"term": entry.reference,
		"model": model.id,
		"observed": stored_shown(stored),
		"required": "true",
		"values": {"card": entry.reference},
	})
}

stored_shown(stored) := show.cut(stored) if {
	present.is_present(stored)
} else := "not stated"

# METADATA
# scope: rule
# title: Explanations are found to be true and of use
# description: |
#   No recent test of this version measured how faithful explanations are, or no user who tried them is named.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.9 and MEASURE 4.2
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 13
# custom:
#   code: explainability.not_validated
#   controls: [C36]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [high], when: intendedUse.affectsPeople is not false}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [explainability.fidelityMaxAgeDays]
#   alsoUses: [documentation.placeholderTexts]
#   message: "the explanations of {model} were not validated: {observed}."
#   fix: "Record a test of kind explanationFidelity in spec.tests and the users who tried the explanations in spec.explainability.reviewedWith of {card}."
deny contains finding if {
	some report in tests.reports
	not tried(report)
	flaws := array.concat(untested(report), unreviewed(report.card))
	first := flaws[0]
	facts.affects_people(report.card)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": first.path,
		"term": report.reference,
		"model": model.id,
		"observed": concat(" and ", [flaw.observed | some flaw in flaws]),
		"required": concat(" and ", [
			tests.required("explanationFidelity", settings.value.explainability.fidelityMaxAgeDays),
			"users who tried the explanations",
		]),
		"values": {"card": report.reference},
	})
}

# METADATA
# title: tried
# description: A test of fidelity counts, and there is a user who tried the explanations.
# custom: {shortcut: true}
tried(report) if {
	tests.passed(report, "explanationFidelity", settings.value.explainability.fidelityMaxAgeDays)
	text.any_item(report.card.explainability.reviewedWith)
}

untested(report) := [{"path": flaw.path, "observed": sprintf("test of fidelity %s", [flaw.observed])}] if {
	flaw := tests.flaw(report, "explanationFidelity", settings.value.explainability.fidelityMaxAgeDays)
} else := []

unreviewed(card) := [{"path": "card.explainability.reviewedWith", "observed": "tried by no user"}] if {
	not text.any_item(present.get(card, ["explainability", "reviewedWith"]))
} else := []
