package mlgate.rules.data

import data.mlgate.lib.datasets
import data.mlgate.lib.fairness
import data.mlgate.lib.present
import data.mlgate.lib.result

# METADATA
# scope: rule
# title: Terms of suppliers
# description: |
#   Somebody else supplied the model or a dataset, and the card has no entry for them, or one without license or
#   usage limits; or they supplied personal data and the entry has no contract, no privacy terms or no right to
#   audit.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF GOVERN 6.1 and MAP 4.1
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.10.2 and A.10.3
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.19 and A.5.20
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 28
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC9.2
# custom:
#   code: data.supplier_terms_missing
#   controls: [C78]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving]}
#   per: supplier
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: warn}
#   raise:
#     - {tiers: [high], to: {production: deny}}
#   message: "the terms of supplier {supplier} are incomplete in {card}: {observed}."
#   fix: "Complete the entry of {supplier} in spec.suppliers: license, usageLimits and, for personal data, contract, privacyTerms and auditRight."
deny contains finding if {
	some report in datasets.reports
	some name in suppliers(report)
	asked := questions(name, personal_sources(report))
	lack := terms_lack(object.get(terms(report.card), name, {}), asked)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": lack.path,
		"term": fairness.label(name),
		"model": model.id,
		"observed": lack.observed,
		"required": concat(", ", asked),
		"values": {"card": report.reference, "supplier": fairness.label(name)},
	})
}

# What is no name at all still says that somebody else is meant, and then nobody is found by it.
suppliers(report) := {name |
	some name in named_suppliers(report)
	name != "internal"
	not present.absent(name)
}

named_suppliers(report) := {name | name := report.card.model.supplier} | {name | name := report.datasets[_].given.supplier}

personal_sources(report) := {dataset.given.supplier | some dataset in report.datasets; dataset.personal}

questions(name, sources) := ["license", "usageLimits", "contract", "privacyTerms", "auditRight"] if {
	name in sources
} else := ["license", "usageLimits"]

# By name, entries by where they stand, in one pass: two entries of one name must both be complete.
terms(card) := object.union_n([{entry.name: {index: entry}} |
	some index, entry in present.list(card, "suppliers")
	present.stated(entry.name)
])

terms_lack(entries, _) := {"path": "card.suppliers", "observed": "no entry"} if count(entries) == 0

terms_lack(entries, asked) := {
	"path": sprintf("card.suppliers[%d]", [index]),
	"observed": sprintf("no %s", [concat(", ", missing)]),
} if {
	[index, missing] := [[index, missing] |
		some index, entry in entries
		not plainly_agreed(entry)
		missing := [field | some field in asked; not agreed(field, entry)]
		count(missing) > 0
	][0]
}

# Whatever may be asked is agreed, which takes no words.
plainly_agreed(entry) if {
	entry.privacyTerms == true
	entry.auditRight == true
	present.stated(entry.license)
	present.stated(entry.usageLimits)
	present.stated(entry.contract)
}

agreed(field, entry) if {
	field in {"license", "usageLimits", "contract"}
	present.stated(entry[field])
}

agreed(field, entry) if {
	field in {"privacyTerms", "auditRight"}
	entry[field] == true
}
