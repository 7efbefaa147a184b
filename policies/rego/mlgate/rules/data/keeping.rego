package mlgate.rules.data

import data.mlgate.lib.datasets
import data.mlgate.lib.dates
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Retention period of data
# description: |
#   A dataset that is personal, or not stated to be public or internal, has no period after which it is deleted,
#   or one that is too long.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 5(1)(e) and Article 17
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.10 and A.5.33
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.316(b)(2)(i)
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 3.2.1
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 C1.2
# custom:
#   code: data.retention_missing
#   controls: [C66]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving]}
#   per: dataset
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [data.maxRetentionDays]
#   message: "dataset {dataset} in {card} has no valid retention period: {observed}; at most {required} days."
#   fix: "Set retentionDays of {dataset} in spec.datasets; 0 means deleted after training."
deny contains finding if {
	some report in datasets.reports
	some dataset in report.datasets
	not lasts_briefly(dataset)
	sensitive(dataset)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("%s.retentionDays", [dataset.path]),
		"term": dataset.label,
		"model": model.id,
		"observed": duration(dataset.given),
		"required": show.number(settings.value.data.maxRetentionDays),
		"values": {"card": report.reference, "dataset": dataset.label},
	})
}

sensitive(dataset) if dataset.personal

sensitive(dataset) if not open_to_many(dataset)

open_to_many(dataset) if dataset.given.classification in {"public", "internal"}

lasts_briefly(dataset) if {
	present.amount(dataset.given.retentionDays)
	dataset.given.retentionDays <= settings.value.data.maxRetentionDays
}

duration(given) := sprintf("%s days", [show.number(given.retentionDays)]) if {
	present.amount(given.retentionDays)
} else := "none"

# METADATA
# scope: rule
# title: Deletion by a job
# description: |
#   No job deletes the expired rows of a personal dataset, or its last run is not on record, too long ago, or in
#   the future.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 5(1)(e)
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.10
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 3.2.1
# custom:
#   code: data.deletion_not_automated
#   controls: [C67]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving]}
#   per: dataset
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [data.deletionRunMaxAgeDays]
#   message: "deletion of {dataset} is not automated or not running: {observed}."
#   fix: "Automate the deletion and record deletion.automated and deletion.lastRunAt of {dataset} in spec.datasets."
deny contains finding if {
	some report in datasets.reports
	some dataset in report.datasets
	dataset.personal
	not deleted(dataset)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": sprintf("%s.deletion", [dataset.path]),
		"term": dataset.label,
		"model": model.id,
		"observed": concat(" and ", array.concat(manual(dataset.given), idle(dataset.given))),
		"required": sprintf("a job that ran within %d days", [settings.value.data.deletionRunMaxAgeDays]),
		"values": {"dataset": dataset.label},
	})
}

deleted(dataset) if {
	dataset.given.deletion.automated == true
	dates.within_days(dataset.given.deletion.lastRunAt, settings.value.data.deletionRunMaxAgeDays)
}

manual(given) := [] if {
	given.deletion.automated == true
} else := ["not automated"]

idle(given) := [sprintf("last run %s", [when]) |
	when := dates.overdue(present.get(given, ["deletion", "lastRunAt"]), settings.value.data.deletionRunMaxAgeDays)
]
