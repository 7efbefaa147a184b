# METADATA
# title: Classification
# description: Which data class the workload and its datasets have, and whether the place is cleared for it.
# schemas:
# - input: schema.input
package mlgate.rules.classification

import data.mlgate.lib.datasets
import data.mlgate.lib.facts
import data.mlgate.lib.levels
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Workloads carry a data class
# description: The label mlgate.dev/data-classification is missing, or its value is none of the four classes.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MAP 4.2
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.12 and A.5.13
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.4.3 and A.7.2
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 C1.1
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 5(2)
# custom:
#   code: classification.label_missing
#   controls: [C63]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving, training]}
#   per: request
#   enforcement: {sandbox: warn, development: warn, staging: deny, production: deny}
#   message: "{document} has no valid data classification ({key}: {observed}); it is treated as {classification}."
#   fix: "Set label {key} on the object to public, internal, confidential or restricted."
deny contains finding if {
	facts.is_workload
	not labelled
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("metadata.labels[%s]", [label_key]),
		"observed": given(label),
		"required": any_class,
		"values": {"key": label_key},
	})
}

label_key := "mlgate.dev/data-classification"

label := present.get(input, ["workload", "labels", label_key])

any_class := "public, internal, confidential or restricted"

labelled if input.workload.labels[label_key] in levels.classifications

given(class) := "absent" if {
	present.absent(class)
} else := show.text(class)

# METADATA
# scope: rule
# title: Datasets carry a data class
# description: A dataset in the card has no classification, or one that is none of the four classes.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MAP 4.2
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.12 and A.5.13
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.4.3 and A.7.2
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 C1.1
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 5(2)
# custom:
#   code: classification.dataset_missing
#   controls: [C63]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: dataset
#   pair: true
#   enforcement: {sandbox: warn, development: warn, staging: deny, production: deny}
#   message: "dataset {dataset} in {card} has no classification."
#   fix: "Set classification of {dataset} in spec.datasets of {card}."
deny contains finding if {
	some report in datasets.reports
	some dataset in report.datasets
	not classified(dataset)
	class := present.get(dataset.given, "classification")
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("%s.classification", [dataset.path]),
		"term": dataset.label,
		"model": model.id,
		"observed": given(class),
		"required": any_class,
		"values": {"dataset": dataset.label, "card": report.reference},
	})
}

classified(dataset) if dataset.given.classification in levels.classifications

# METADATA
# scope: rule
# title: The label is as high as the data
# description: A dataset in the card has a higher class than the label of the workload states.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.12 and A.8.3
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.1
# custom:
#   code: classification.understated
#   controls: [C64]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: dataset
#   pair: true
#   enforcement: {sandbox: warn, development: warn, staging: warn, production: deny}
#   message: "{document} is labelled {observed}, but dataset {dataset} is {required}."
#   fix: "Raise label mlgate.dev/data-classification to {required}."
deny contains finding if {
	rank := levels.classification_rank[input.workload.labels[label_key]]
	some report in datasets.reports
	some dataset in report.datasets
	class := dataset.given.classification
	levels.classification_rank[class] > rank
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("metadata.labels[%s]", [label_key]),
		"term": dataset.label,
		"model": model.id,
		"observed": label,
		"required": class,
		"values": {"dataset": dataset.label},
	})
}
