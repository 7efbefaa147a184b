package mlgate.rules.evaluation

import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.tests

# METADATA
# scope: rule
# title: Test data did not leak into training
# description: |
#   No recent test of this version found that training and test data have nothing in common.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.5
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 10
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.4
# custom:
#   code: evaluation.leakage_test_not_passed
#   controls: [C27]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [evaluation.leakageMaxAgeDays]
#   message: "no passed leakage test of version {version} in {card}: {observed}."
#   fix: "Run the check and record it in spec.tests of {card} with kind dataLeakage, modelVersion {version}, result passed, date and report."
deny contains finding if {
	some report in tests.reports
	flaw := tests.flaw(report, "dataLeakage", settings.value.evaluation.leakageMaxAgeDays)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": flaw.path,
		"term": report.reference,
		"model": model.id,
		"observed": flaw.observed,
		"required": tests.required("dataLeakage", settings.value.evaluation.leakageMaxAgeDays),
		"values": {"card": report.reference, "version": report.version},
	})
}

# METADATA
# scope: rule
# title: Drift is tested before release
# description: |
#   No recent test of this version compared the training data with what arrives in production now.
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
#   code: evaluation.drift_test_not_passed
#   controls: [C91]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [evaluation.driftMaxAgeDays]
#   message: "no passed drift test of version {version} in {card}: {observed}."
#   fix: "Compare the training data with current production data and record a test of kind drift in spec.tests of {card}."
deny contains finding if {
	some report in tests.reports
	flaw := tests.flaw(report, "drift", settings.value.evaluation.driftMaxAgeDays)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": flaw.path,
		"term": report.reference,
		"model": model.id,
		"observed": flaw.observed,
		"required": tests.required("drift", settings.value.evaluation.driftMaxAgeDays),
		"values": {"card": report.reference, "version": report.version},
	})
}
