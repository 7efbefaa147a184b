# METADATA
# title: Rollback
# description: |
#   That there is a rehearsed and quick way back to a known state, and that a new version meets a part of the traffic
#   first.
# schemas:
# - input: schema.input
package mlgate.rules.rollback

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.fairness
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Rollback plan
# description: |
#   The card does not say what replaces the version or where the procedure is kept, or it goes back to no version
#   or to the very one it describes.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 2.4 and MANAGE 4.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 20
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.5
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.32
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC7.5 and A1.2
# custom:
#   code: rollback.plan_missing
#   controls: [C105]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "card {card} has no usable rollback plan: {observed}."
#   fix: "Set spec.rollback.strategy, .procedure and, for previousVersion, .targetVersion in {card}; the first release of a model uses fallbackProcess or disable."
deny contains finding if {
	some report in facts.covering_cards
	card := report.card
	not plain_plan(card)
	lacks := plan_lacks(card)
	first := lacks[0]
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("card.rollback.%s", [first.field]),
		"term": report.reference,
		"model": model.id,
		"observed": concat(" and ", [lack.observed | some lack in lacks]),
		"required": "a strategy, a procedure and, for previousVersion, another version",
		"values": {"card": report.reference},
	})
}

# A plan that lacks nothing, asked before words are made of what it lacks.
plain_plan(card) if {
	card.rollback.strategy in {"fallbackProcess", "disable"}
	present.stated(card.rollback.procedure)
}

plain_plan(card) if {
	card.rollback.strategy == "previousVersion"
	present.stated(card.rollback.procedure)
	present.stated(card.rollback.targetVersion)
	is_string(card.model.version)
	trim(card.rollback.targetVersion, present.unseen) != trim(card.model.version, present.unseen)
}

plan_lacks(card) := [{"field": field, "observed": words} |
	some field in ["strategy", "targetVersion", "procedure"]
	words := plan_lack(field, card)
]

plan_lack("strategy", card) := "no strategy" if not known_strategy(card)

plan_lack("procedure", card) := "no procedure" if not present.stated(present.get(card, ["rollback", "procedure"]))

plan_lack("targetVersion", card) := "no targetVersion" if {
	card.rollback.strategy == "previousVersion"
	not present.stated(present.get(card, ["rollback", "targetVersion"]))
} else := "targetVersion is this version" if {
	card.rollback.strategy == "previousVersion"
	is_string(card.model.version)
	trim(card.rollback.targetVersion, present.unseen) == trim(card.model.version, present.unseen)
}

known_strategy(card) if card.rollback.strategy in {"previousVersion", "fallbackProcess", "disable"}

# METADATA
# scope: rule
# title: Rollback in time
# description: |
#   The card does not say how long going back takes, or it takes too long.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 2.4 and MANAGE 4.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 20
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.5
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.32
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC7.5 and A1.2
# custom:
#   code: rollback.too_slow
#   controls: [C105]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [rollback.maxMinutes]
#   message: "rolling back {model} takes {observed} minutes; at most {required} are allowed."
#   fix: "Keep the previous version warm or automate the procedure, and set spec.rollback.maxMinutes of {card} to the measured time."
deny contains finding if {
	some report in facts.covering_cards
	card := report.card
	not quick(card)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.rollback.maxMinutes",
		"term": report.reference,
		"model": model.id,
		"observed": minutes(card),
		"required": show.number(settings.value.rollback.maxMinutes),
		"values": {"card": report.reference},
	})
}

quick(card) if {
	given := card.rollback.maxMinutes
	present.amount(given)
	not fairness.below(settings.value.rollback.maxMinutes, given)
}

minutes(card) := fairness.shown(card.rollback.maxMinutes, settings.value.rollback.maxMinutes) if {
	present.amount(card.rollback.maxMinutes)
} else := "an unknown number of"

# METADATA
# scope: rule
# title: Rollback rehearsed
# description: |
#   The last rehearsal of the way back is not on record, too long ago, or in the future.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 2.3
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.30
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 A1.3
# custom:
#   code: rollback.test_overdue
#   controls: [C106]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: warn, production: warn}
#   settings: [rollback.testMaxAgeDays]
#   message: "rollback of {model} was last tested {observed}; it must be tested every {required} days."
#   fix: "Rehearse it and set spec.rollback.lastTestedAt of {card}."
deny contains finding if {
	some report in facts.covering_cards
	tested := present.get(report.card, ["rollback", "lastTestedAt"])
	observed := dates.overdue(tested, settings.value.rollback.testMaxAgeDays)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.rollback.lastTestedAt",
		"term": report.reference,
		"model": model.id,
		"observed": observed,
		"required": show.number(settings.value.rollback.testMaxAgeDays),
		"values": {"card": report.reference},
	})
}
