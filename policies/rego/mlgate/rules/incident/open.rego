package mlgate.rules.incident

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.fairness
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Open incidents stop a rollout
# description: |
#   A serious incident on the version is open. Incidents are kept by version, so going back to one without any is
#   free. One whose severity is not known counts as critical.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 2.4 and MANAGE 4.3
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 20 and Article 73
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC7.4
# custom:
#   code: incident.open_incident
#   controls: [C110]
#   severity: high
#   priority: 3
#   appliesWhen: {objects: [serving]}
#   per: incident
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [incident.blockingSeverities]
#   message: "incident {incident} ({value}) on {model} is open."
#   fix: "Resolve the incident, or roll back to a version without one; the incident tool closes it in status.incidents of {card}."
deny contains finding if {
	some pair in facts.pairs
	some index, incident in present.list(pair.card, ["runtime", "incidents"])
	not closed(incident)
	severity := severity_of(incident)
	severity in settings.value.incident.blockingSeverities
	name := fairness.label(present.get(incident, "id"))
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("card.status.incidents[%d]", [index]),
		"term": name,
		"model": pair.model.id,
		"observed": severity,
		"required": sprintf("no open incident of severity %s", [show.list(settings.value.incident.blockingSeverities)]),
		"values": {"card": fairness.label(present.get(pair.card, ["source", "reference"])), "incident": name, "value": severity},
	})
}

closed(incident) if dates.valid(incident.closedAt)

severity_of(incident) := incident.severity if {
	incident.severity in {"low", "medium", "high", "critical"}
} else := "critical"
