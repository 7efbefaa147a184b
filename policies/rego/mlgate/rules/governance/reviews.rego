package mlgate.rules.governance

import data.mlgate.lib.facts
import data.mlgate.lib.result
import data.mlgate.lib.reviews
import data.mlgate.lib.settings

# METADATA
# scope: rule
# title: Compliance review
# description: |
#   Nobody went through the requirements within the interval, or the newest review of this kind does not count.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF GOVERN 1.5
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.36
# custom:
#   code: governance.compliance_review_overdue
#   controls: [C113]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [governance.complianceMaxAgeDays]
#   message: "no current compliance review for {card}: {observed}."
#   fix: "Review the requirements and add a review of kind compliance to spec.reviews of {card}."
deny contains finding if {
	some report in reviews.reports
	lack := reviews.lack(report, "compliance", settings.value.governance.complianceMaxAgeDays, {})
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": lack.path,
		"term": report.reference,
		"model": model.id,
		"observed": lack.observed,
		"required": sprintf("a compliance review within %d days", [settings.value.governance.complianceMaxAgeDays]),
		"values": {"card": report.reference},
	})
}

# METADATA
# scope: rule
# title: External audit
# description: |
#   No auditor from outside with experience in AI audited the system within the interval, or the newest audit does
#   not count.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 1.3
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.35
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC4.1
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.308(a)(8)
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 17
# custom:
#   code: governance.external_audit_overdue
#   controls: [C114]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [governance.auditMaxAgeDays]
#   message: "no current external audit for {card}: {observed}."
#   fix: "Have the system audited by someone outside the organisation with AI experience and add a review of kind externalAudit with independent and aiQualified true to spec.reviews of {card}."
deny contains finding if {
	some report in reviews.reports
	lack := reviews.lack(report, "externalAudit", settings.value.governance.auditMaxAgeDays, audit_traits)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": lack.path,
		"term": report.reference,
		"model": model.id,
		"observed": lack.observed,
		"required": sprintf("an audit by outsiders with AI experience within %d days", [settings.value.governance.auditMaxAgeDays]),
		"values": {"card": report.reference},
	})
}

audit_traits := {"independent": "not independent", "aiQualified": "not by AI auditors"}

# METADATA
# scope: rule
# title: Risk review
# description: |
#   The risk of the model was not reviewed within the interval of its tier, or the newest review of this kind does
#   not count. A scan asks this again for what already runs.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 3.1 and GOVERN 1.5
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 9
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.6
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.8
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.308(a)(1)(ii)(A)
# custom:
#   code: governance.risk_review_overdue
#   controls: [C117]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [governance.riskReviewMaxAgeDays]
#   message: "no current risk review for {card}: {observed}."
#   fix: "Review the model's risk and add a review of kind risk to spec.reviews of {card}."
deny contains finding if {
	some report in reviews.reports
	lack := reviews.lack(report, "risk", risk_days, {})
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": lack.path,
		"term": report.reference,
		"model": model.id,
		"observed": lack.observed,
		"required": sprintf("a risk review within %d days", [risk_days]),
		"values": {"card": report.reference},
	})
}

risk_days := settings.value.governance.riskReviewMaxAgeDays[facts.tier]
