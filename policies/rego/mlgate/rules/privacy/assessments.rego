package mlgate.rules.privacy

import data.mlgate.lib.datasets
import data.mlgate.lib.facts
import data.mlgate.lib.result
import data.mlgate.lib.reviews
import data.mlgate.lib.settings

# METADATA
# scope: rule
# title: Risk of re-identification is assessed
# description: The card holds data that was anonymised or pseudonymised and no current assessment of who could undo it.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.10
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 4(5), Article 25 and Article 89
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.514(a)-(b)
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.11
# custom:
#   code: privacy.reidentification_assessment_missing
#   controls: [C29]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], when: some dataset has personalData anonymized or pseudonymized}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [privacy.reidentificationMaxAgeDays]
#   message: "{card} relies on de-identified data and has no current re-identification assessment: {observed}."
#   fix: "Assess it and add a review of kind reidentification with date, by, outcome and report to spec.reviews of {card}."
deny contains finding if {
	some index, report in reviews.reports
	index in hidden
	days := settings.value.privacy.reidentificationMaxAgeDays
	lack := reviews.lack(report, "reidentification", days, {})
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": lack.path,
		"term": report.reference,
		"model": model.id,
		"observed": lack.observed,
		"required": current("reidentification", days),
		"values": {"card": report.reference},
	})
}

current(kind, days) := sprintf("a current review of kind %s, at most %d days old", [kind, days])

# Places of the covering cards that hold such data.
hidden contains index if {
	some index, report in datasets.reports
	some entry in report.datasets
	called_hidden(entry)
}

personal contains index if {
	some index, report in datasets.reports
	some entry in report.datasets
	entry.personal
}

synthetic contains index if {
	some index, report in datasets.reports
	some entry in report.datasets
	entry.given.synthetic == true
}

# METADATA
# scope: rule
# title: Data minimisation is reviewed
# description: The card holds personal data, and nobody has reviewed lately whether all of it is needed.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 5(1)(c) and Article 25
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.502(b)
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.34
# custom:
#   code: privacy.minimization_review_overdue
#   controls: [C68]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], when: some dataset is personal}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [privacy.minimizationMaxAgeDays]
#   message: "no current data minimisation review for {card}: {observed}."
#   fix: "Hold one and add a review of kind dataMinimization to spec.reviews of {card}."
deny contains finding if {
	some index, report in reviews.reports
	index in personal
	days := settings.value.privacy.minimizationMaxAgeDays
	lack := reviews.lack(report, "dataMinimization", days, {})
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": lack.path,
		"term": report.reference,
		"model": model.id,
		"observed": lack.observed,
		"required": current("dataMinimization", days),
		"values": {"card": report.reference},
	})
}

# METADATA
# scope: rule
# title: Privacy impact is assessed
# description: |
#   The card holds personal data of a model of high risk, or of confidential or restricted data, and no current
#   assessment of what its use means for the people in it.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 35
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 27 and Article 26(9)
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.5.2 and A.5.3
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.10
# custom:
#   code: privacy.impact_assessment_missing
#   controls: [C71]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], when: some dataset is personal and (tier is high or classification is confidential or restricted)}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [privacy.impactAssessmentMaxAgeDays]
#   message: "no current privacy impact assessment for {card}: {observed}."
#   fix: "Carry it out and add a review of kind privacyImpact to spec.reviews of {card}."
deny contains finding if {
	weighty
	some index, report in reviews.reports
	index in personal
	days := settings.value.privacy.impactAssessmentMaxAgeDays
	lack := reviews.lack(report, "privacyImpact", days, {})
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": lack.path,
		"term": report.reference,
		"model": model.id,
		"observed": lack.observed,
		"required": current("privacyImpact", days),
		"values": {"card": report.reference},
	})
}

weighty if facts.tier == "high"

weighty if facts.classification in {"confidential", "restricted"}

# METADATA
# scope: rule
# title: Synthetic data is audited
# description: The card holds generated rows and no current audit of them by somebody from outside.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 1.3
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 35
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.7.4
# custom:
#   code: privacy.synthetic_audit_missing
#   controls: [C74]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], when: some dataset has synthetic true}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [privacy.syntheticAuditMaxAgeDays]
#   message: "{card} uses synthetic data without a current independent audit: {observed}."
#   fix: "Have the pipeline audited for fidelity, bias and leakage and add a review of kind syntheticData with independent: true to spec.reviews."
deny contains finding if {
	some index, report in reviews.reports
	index in synthetic
	days := settings.value.privacy.syntheticAuditMaxAgeDays
	lack := reviews.lack(report, "syntheticData", days, {"independent": "not independent"})
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": lack.path,
		"term": report.reference,
		"model": model.id,
		"observed": lack.observed,
		"required": sprintf("%s, by somebody from outside", [current("syntheticData", days)]),
		"values": {"card": report.reference},
	})
}
