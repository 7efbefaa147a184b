# METADATA
# title: Data
# description: |
#   The data a model was made from: where it comes from, that a change to it would be noticed, how long it is kept,
#   what it may serve, and on what terms others supplied it.
# schemas:
# - input: schema.input
package mlgate.rules.data

import data.mlgate.lib.datasets
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Training data named
# description: |
#   The card lists no dataset for training or tuning, or one without its source. A dataset that does not say what
#   it was used for counts as training data.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MAP 4.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 10 and Article 11
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.7.2 and A.7.3
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0025
# custom:
#   code: data.training_data_missing
#   controls: [C11]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: card
#   pair: true
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   message: "card {card} does not name its training data: {observed}."
#   fix: "List every training dataset with name, role and source in spec.datasets of {card}; for a model taken over from others, the supplier's published data statement is the source."
deny contains finding if {
	some report in datasets.reports
	not well_sourced(report)
	lack := sources_lack(report.datasets)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": lack.path,
		"term": report.reference,
		"model": model.id,
		"observed": lack.observed,
		"required": "every training dataset with its source",
		"values": {"card": report.reference},
	})
}

well_sourced(report) if {
	training := [entry | some entry in report.datasets; entry.training]
	count(training) > 0
	every entry in training {
		sourced(entry)
	}
}

sources_lack(entries) := {
	"path": sprintf("%s.source", [first.path]),
	"observed": sprintf("no source of %s", [show.list([entry.label | some entry in sourceless])]),
} if {
	sourceless := [entry | some entry in entries; entry.training; not sourced(entry)]
	first := sourceless[0]
} else := {"path": "card.datasets", "observed": "no training dataset"}

sourced(entry) if present.stated(entry.given.source)

# METADATA
# scope: rule
# title: Lineage of training data
# description: |
#   A training dataset of a model made in house does not say from which systems or datasets it comes, or what was
#   done to them. Lists without a word in them say nothing.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MAP 4.1 and MEASURE 2.8
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 10(2) and Article 11
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.7.5
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0025 and AML.T0020
# custom:
#   code: data.lineage_missing
#   controls: [C65]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high], when: the card's model.supplier is absent or internal}
#   per: dataset
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "the lineage of training dataset {dataset} is incomplete: {observed}."
#   fix: "List lineage.sources and lineage.transformations of {dataset} in spec.datasets; write none if nothing was transformed."
deny contains finding if {
	some report in made_in_house
	some dataset in report.datasets
	dataset.training
	not traced(dataset)
	lacks := [sprintf("no %s", [part]) | some part in ["sources", "transformations"]; not traced_by(dataset, part)]
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("%s.lineage", [dataset.path]),
		"term": dataset.label,
		"model": model.id,
		"observed": concat(" and ", lacks),
		"required": "sources and transformations",
		"values": {"dataset": dataset.label},
	})
}

traced(dataset) if {
	traced_by(dataset, "sources")
	traced_by(dataset, "transformations")
}

traced_by(dataset, part) if present.some_stated(dataset.given.lineage[part])

# METADATA
# scope: rule
# title: Digest of training data
# description: |
#   A training dataset of a model made in house has no digest, so nobody can tell whether the data was changed.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.7
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 10 and Article 15(5)
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.7.5
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0020, AML.T0059, AML.M0007 and AML.M0014
# custom:
#   code: data.integrity_unproven
#   controls: [C76]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high], when: the card's model.supplier is absent or internal}
#   per: dataset
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   message: "training dataset {dataset} has no digest, so a change to it would go unnoticed."
#   fix: "Record the digest of the dataset or of its signed manifest in spec.datasets[].digest."
deny contains finding if {
	some report in made_in_house
	some dataset in report.datasets
	dataset.training
	not digested(dataset)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("%s.digest", [dataset.path]),
		"term": dataset.label,
		"model": model.id,
		"observed": "no digest",
		"required": "the digest of the dataset or of its signed manifest",
		"values": {"dataset": dataset.label},
	})
}

digested(dataset) if present.stated(dataset.given.digest)

made_in_house := [report | some report in datasets.reports; facts.in_house(report.card)]
