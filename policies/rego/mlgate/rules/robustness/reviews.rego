package mlgate.rules.robustness

import data.mlgate.lib.result
import data.mlgate.lib.reviews
import data.mlgate.lib.settings

# METADATA
# scope: rule
# title: Attacked by a red team
# description: |
#   No recent exercise in which people attacked the model ended well.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 1.3 and MEASURE 2.7
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 15 and Article 55
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 11.4.1
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0008
# custom:
#   code: robustness.red_team_overdue
#   controls: [C30]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [robustness.redTeamMaxAgeDays]
#   message: "no current red-team exercise for {card}: {observed}."
#   fix: "Hold one and add a review of kind redTeam to spec.reviews of {card}."
deny contains finding if {
	some report in reviews.reports
	lack := reviews.lack(report, "redTeam", settings.value.robustness.redTeamMaxAgeDays, {})
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": lack.path,
		"term": report.reference,
		"model": model.id,
		"observed": lack.observed,
		"required": sprintf("a review of kind redTeam within %v days", [settings.value.robustness.redTeamMaxAgeDays]),
		"values": {"card": report.reference},
	})
}

# METADATA
# scope: rule
# title: Threats are thought through
# description: |
#   No recent threat model of the system was accepted.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.7 and GOVERN 4.2
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 9
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.27
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC3.2
# custom:
#   code: robustness.threat_model_missing
#   controls: [C31]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [robustness.threatModelMaxAgeDays]
#   message: "no current threat model for {card}: {observed}."
#   fix: "Write one (STRIDE or MITRE ATLAS) and add a review of kind threatModel to spec.reviews of {card}."
deny contains finding if {
	some report in reviews.reports
	lack := reviews.lack(report, "threatModel", settings.value.robustness.threatModelMaxAgeDays, {})
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": lack.path,
		"term": report.reference,
		"model": model.id,
		"observed": lack.observed,
		"required": sprintf("a review of kind threatModel within %v days", [settings.value.robustness.threatModelMaxAgeDays]),
		"values": {"card": report.reference},
	})
}
