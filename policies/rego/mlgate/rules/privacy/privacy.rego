# METADATA
# title: Privacy
# description: |
#   Personal data in training: by what right it is used, how it was hidden, which attacks the model withstood, and
#   that somebody has assessed what is left. A dataset is personal unless it says otherwise.
# schemas:
# - input: schema.input
package mlgate.rules.privacy

import data.mlgate.lib.datasets
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show
import data.mlgate.lib.tests
import data.mlgate.lib.text

# METADATA
# scope: rule
# title: Personal data has a legal basis
# description: A personal dataset of the card gives no legal basis, or nothing that shows it.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 6, Article 7 and Article 13
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.7.3
# custom:
#   code: privacy.legal_basis_missing
#   controls: [C70]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: dataset
#   pair: true
#   enforcement: {sandbox: "off", development: warn, staging: warn, production: deny}
#   message: "no legal basis is recorded for personal dataset {dataset} in {card}: {observed}."
#   fix: "Set legalBasis.basis and legalBasis.reference (consent record, contract, assessment) of {dataset} in spec.datasets, or set personalData to what it really is."
deny contains finding if {
	some report in datasets.reports
	some entry in report.datasets
	entry.personal
	not founded(entry)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": concat(".", [entry.path, "legalBasis"]),
		"term": entry.label,
		"model": model.id,
		"observed": concat(" and ", unfounded(present.get(entry.given, "legalBasis"))),
		"required": "a legal basis and a reference that shows it",
		"values": {"card": report.reference, "dataset": entry.label},
	})
}

founded(entry) if {
	present.stated(entry.given.legalBasis.basis)
	present.stated(entry.given.legalBasis.reference)
}

unfounded(basis) := [sprintf("no %s", [field]) |
	some field in ["basis", "reference"]
	value := present.get(basis, field)
	not present.stated(value)
]

# METADATA
# scope: rule
# title: Privacy attacks were tried
# description: |
#   For an attack the policy names there is no test of this version that is recent, has a report and passed. What a
#   model gives away of its training data is part of what it gives to every caller.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.10
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 15
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 32 and Article 35
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.4
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0024.000 and AML.T0024.001
# custom:
#   code: privacy.attack_test_not_passed
#   controls: [C28]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], classifications: [confidential, restricted]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [privacy.requiredAttackTests, privacy.attackTestMaxAgeDays]
#   message: "no passed {kind} test of version {version} in {card}: {observed}."
#   fix: "Run the attack against version {version} and record it in spec.tests of {card} with kind {kind}, result, date and report."
deny contains finding if {
	days := settings.value.privacy.attackTestMaxAgeDays
	some report in tests.reports
	flaws := {kind: flaw |
		some kind in settings.value.privacy.requiredAttackTests
		flaw := tests.flaw(report, kind, days)
	}
	kinds := [kind | some kind, _ in flaws]
	path := flaws[kinds[0]].path
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": path,
		"term": report.reference,
		"model": model.id,
		"observed": concat(", ", [sprintf("%s %s", [show.cut(kind), flaw.observed]) | some kind, flaw in flaws]),
		"required": sprintf("passed tests of this version, at most %d days old", [days]),
		"values": {"card": report.reference, "kind": kinds, "version": report.version},
	})
}

# METADATA
# scope: rule
# title: The method of anonymisation is stated
# description: A dataset is called anonymized or pseudonymized, and none of the methods that made it so is listed.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 4(5), Article 25 and Article 32
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.514(b)
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.11
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 3.5.1
# custom:
#   code: privacy.anonymization_undocumented
#   controls: [C72]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving]}
#   per: dataset
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   alsoUses: [documentation.placeholderTexts]
#   message: "dataset {dataset} is called {observed}, and no method is stated."
#   fix: "List the methods in anonymization of {dataset} in spec.datasets."
deny contains finding if {
	some report in datasets.reports
	some entry in report.datasets
	called_hidden(entry)
	not explained(entry)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": concat(".", [entry.path, "anonymization"]),
		"term": entry.label,
		"model": model.id,
		"observed": entry.given.personalData,
		"required": "at least one method",
		"values": {"dataset": entry.label},
	})
}

explained(entry) if text.any_item(entry.given.anonymization)

# METADATA
# title: called_hidden
# description: Whether a dataset is said to hold people who cannot be told from it any more.
called_hidden(entry) if entry.given.personalData in {"anonymized", "pseudonymized"}
