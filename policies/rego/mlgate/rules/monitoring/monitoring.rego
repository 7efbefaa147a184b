# METADATA
# title: Monitoring
# description: |
#   What is watched in production, that people hear of it before a limit is reached, and that they answer. The gate
#   reads what the card declares; whether the dashboards show it is for those who read them.
# schemas:
# - input: schema.input
package mlgate.rules.monitoring

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.signals

# METADATA
# scope: rule
# title: Baseline for later drift
# description: No performance signal of the card gives the value at release, so that nobody could tell drift from it.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.4 and MEASURE 4.3
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 72
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.6
# custom:
#   code: monitoring.baseline_missing
#   controls: [C08]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "card {card} records no baseline performance."
#   fix: "Add a signal of kind performance with its baseline to spec.monitoring.signals of {card}."
deny contains finding if {
	some report in signals.reports
	known := report.baseline
	not "performance" in known
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.monitoring.signals",
		"term": report.reference,
		"model": model.id,
		"observed": "no performance signal with a baseline",
		"required": "a signal of kind performance with a baseline",
		"values": {"card": report.reference},
	})
}

# METADATA
# scope: rule
# title: Live performance is watched
# description: The card names no dashboard, or has no performance signal that says what is measured and its limit.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.4 and MANAGE 4.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 26(5) and Article 72
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.6
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.16
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC7.2
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0024
# custom:
#   code: monitoring.performance_signal_missing
#   controls: [C90]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "the performance of {model} is not monitored: {observed}."
#   fix: "Set spec.monitoring.dashboard and add a signal of kind performance with metric, limit, direction and alertAt to spec.monitoring.signals of {card}."
deny contains finding if {
	some report in signals.reports
	not watched(report)
	lacks := array.concat(no_dashboard(report.card), no_performance(report.measured))
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": lacks[0].path,
		"term": report.reference,
		"model": model.id,
		"observed": concat(" and ", [lack.observed | some lack in lacks]),
		"required": "a dashboard and a performance signal with metric and limit",
		"values": {"card": report.reference},
	})
}

# METADATA
# title: watched
# description: There is a dashboard, and a performance signal with metric and limit.
# custom: {shortcut: true}
watched(report) if {
	"performance" in report.measured
	present.stated(report.card.monitoring.dashboard)
}

no_dashboard(card) := [] if {
	present.stated(card.monitoring.dashboard)
} else := [{"path": "card.monitoring.dashboard", "observed": "no dashboard"}]

no_performance(measured) := [] if {
	"performance" in measured
} else := [{"path": "card.monitoring.signals", "observed": "no performance signal with metric and limit"}]

# METADATA
# scope: rule
# title: Drift is watched
# description: No signal of the card is about drift of data or model and says what is measured and its limit.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.4 and MEASURE 3.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 72
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.6
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0031
# custom:
#   code: monitoring.drift_signal_missing
#   controls: [C91]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "drift of {model} is not watched."
#   fix: "Add a signal of kind dataDrift or modelDrift with metric and limit to spec.monitoring.signals of {card}."
deny contains finding if {
	some report in signals.reports
	not watches_drift(report)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.monitoring.signals",
		"term": report.reference,
		"model": model.id,
		"observed": "no drift signal with metric and limit",
		"required": "a signal of kind dataDrift or modelDrift with metric and limit",
		"values": {"card": report.reference},
	})
}

watches_drift(report) if {
	some kind in ["dataDrift", "modelDrift"]
	kind in report.measured
}

# METADATA
# scope: rule
# title: What a breach leads to
# description: The card does not say where the steps to take are written down once a signal breaches its limit.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 2.3 and MANAGE 2.4
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 20
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC7.4
# custom:
#   code: monitoring.runbook_missing
#   controls: [C96]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   message: "card {card} does not say what to do when a signal breaches its limit."
#   fix: "Set spec.monitoring.runbook of {card} to the address of the runbook."
deny contains finding if {
	some report in facts.covering_cards
	runbook := present.get(report.card, ["monitoring", "runbook"])
	not present.stated(runbook)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.monitoring.runbook",
		"term": report.reference,
		"model": model.id,
		"observed": "no runbook",
		"required": "the address of a runbook",
		"values": {"card": report.reference},
	})
}
