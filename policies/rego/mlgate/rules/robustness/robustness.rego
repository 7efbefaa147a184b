# METADATA
# title: Robustness
# description: |
#   Security tests of the model: against hostile inputs, by people who attack it, on paper, and by scanners.
# schemas:
# - input: schema.input
package mlgate.rules.robustness

import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.tests

# METADATA
# scope: rule
# title: Tested against hostile inputs
# description: |
#   No recent test of this version tried inputs that were made to mislead the model.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.7
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 15(5)
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.4
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0015, AML.T0043, AML.M0003 and AML.M0008
# custom:
#   code: robustness.adversarial_test_not_passed
#   controls: [C26]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: warn}
#   raise:
#     - {tiers: [high], to: {production: deny}}
#   settings: [robustness.adversarialMaxAgeDays]
#   message: "no passed adversarial test of version {version} in {card}: {observed}."
#   fix: "Run the test and record it in spec.tests of {card} with kind adversarial, modelVersion {version}, result passed, date and report."
deny contains finding if {
	some report in tests.reports
	flaw := tests.flaw(report, "adversarial", settings.value.robustness.adversarialMaxAgeDays)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": flaw.path,
		"term": report.reference,
		"model": model.id,
		"observed": flaw.observed,
		"required": tests.required("adversarial", settings.value.robustness.adversarialMaxAgeDays),
		"values": {"card": report.reference, "version": report.version},
	})
}

# METADATA
# scope: rule
# title: Scanned before release
# description: |
#   No recent scan of this version passed, or the one that counts left critical findings open or does not say how
#   many.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.7
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.8 and A.8.29
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC7.1
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 6.3.3 and 11.3.1
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0016
# custom:
#   code: robustness.vulnerability_scan_not_passed
#   controls: [C32]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [robustness.scanMaxAgeDays]
#   message: "no passed vulnerability scan of version {version} in {card}: {observed}."
#   fix: "Scan the model server and its dependencies and record it in spec.tests of {card} with kind vulnerabilityScan, openCritical 0, date and report."
deny contains finding if {
	some report in tests.reports
	flaw := tests.scan_flaw(report, "vulnerabilityScan", settings.value.robustness.scanMaxAgeDays)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": flaw.path,
		"term": report.reference,
		"model": model.id,
		"observed": flaw.observed,
		"required": tests.required("vulnerabilityScan", settings.value.robustness.scanMaxAgeDays),
		"values": {"card": report.reference, "version": report.version},
	})
}
