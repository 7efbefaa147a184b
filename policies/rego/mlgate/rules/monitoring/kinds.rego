package mlgate.rules.monitoring

import data.mlgate.lib.facts
import data.mlgate.lib.fairness
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show
import data.mlgate.lib.signals

# METADATA
# scope: rule
# title: Fairness is watched for every tested attribute
# description: |
#   An attribute of the bias tests is watched by no fairness signal with a limit, or, where the card names no
#   attribute, none is watched at all.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.11 and MEASURE 2.4
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 72 and Article 26(5)
# custom:
#   code: monitoring.fairness_signal_missing
#   controls: [C92]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [high], when: the pair is not fairness exempt}
#   per: attribute
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   alsoUses: [documentation.minTextLength, documentation.placeholderTexts, fairness.exemptTiers]
#   message: "fairness of {model} is not monitored in production for {attribute}."
#   fix: "Add {attribute} to the attributes of a signal of kind fairness in spec.monitoring.signals of {card}."
deny contains finding if {
	some report in fairness.reports
	some lack in unwatched(report)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.monitoring.signals",
		"term": lack.term,
		"model": model.id,
		"observed": sprintf("no fairness signal with a limit for %s", [show.cut(lack.name)]),
		"required": sprintf("a signal of kind fairness with a limit and %s among its attributes", [show.cut(lack.name)]),
		"values": {"card": report.reference, "attribute": lack.name},
	})
}

# METADATA
# title: unwatched
# description: |
#   Attributes of a report of lib fairness whose fairness is not watched. What stands for an attribute without a name
#   is no name, and so is never watched.
unwatched(report) := {{"term": attribute, "name": attribute} |
	some attribute in (report.attributes - watched)
} if {
	count(report.attributes) > 0
	watched := signals.fair(report.card) - {fairness.unnamed}
} else := {{"term": null, "name": "any attribute"} |
	count(signals.fair(report.card)) == 0
}

# METADATA
# scope: rule
# title: Abuse is watched for
# description: No signal with a limit of the card is of a kind of abuse the policy names for the tier.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.16
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC7.2
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0024.002, AML.T0029, AML.T0046, AML.M0004 and AML.M0015
# custom:
#   code: monitoring.abuse_signal_missing
#   controls: [C95]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: signal
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [monitoring.requiredAbuseSignals]
#   message: "nothing detects {kind} against {model}."
#   fix: "Add a signal of kind {kind} with metric, limit and alertAt to spec.monitoring.signals of {card}."
deny contains finding if {
	some report in signals.reports
	some kind in (abuse - report.limited)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.monitoring.signals",
		"term": kind,
		"model": model.id,
		"observed": sprintf("no signal of kind %s with a limit", [show.cut(kind)]),
		"required": sprintf("a signal of kind %s with a limit", [show.cut(kind)]),
		"values": {"card": report.reference, "kind": kind},
	})
}

abuse := {kind | some kind in settings.value.monitoring.requiredAbuseSignals[facts.tier]}
