package mlgate.rules.fairness

import data.mlgate.lib.datasets
import data.mlgate.lib.dates
import data.mlgate.lib.fairness
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show
import data.mlgate.lib.text

# METADATA
# scope: rule
# title: Metrics agreed before testing
# description: |
#   The card does not say when the fairness metrics were agreed, or with whom, or a judged evaluation is older
#   than the agreement.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 1.1 and MAP 1.5
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 9
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.2
# custom:
#   code: fairness.metrics_not_agreed
#   controls: [C20]
#   severity: medium
#   priority: 1
#   appliesWhen: {objects: [serving], tiers: [limited, high], when: the pair is not fairness exempt}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: warn}
#   raise:
#     - {tiers: [high], to: {production: deny}}
#   alsoUses: [documentation.placeholderTexts, documentation.minTextLength, fairness.exemptTiers]
#   message: "fairness metrics of {card} were not agreed before testing: {observed}."
#   fix: "Set spec.fairness.agreement.date and .by to the agreement with the business stakeholders; it must precede the tests."
deny contains finding if {
	some report in fairness.reports
	reasons := disagreement(report)
	count(reasons) > 0
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.fairness.agreement",
		"term": report.reference,
		"model": model.id,
		"observed": concat(" and ", reasons),
		"required": "an agreement with named stakeholders, not after the tests",
		"values": {"card": report.reference},
	})
}

# METADATA
# title: disagreement
# description: What speaks against an agreement before the judged evaluations.
disagreement(report) := array.concat(unnamed_stakeholders(by), late(date, report)) if {
	date := present.get(report.card, ["fairness", "agreement", "date"])
	by := present.get(report.card, ["fairness", "agreement", "by"])
}

unnamed_stakeholders(by) := ["nobody is named"] if {
	not text.any_item(by)
} else := []

late(date, _) := ["no date is given"] if {
	not dates.valid(date)
}

late(date, report) := [sprintf("agreed on %s, tested on %s", [dates.date(date), tested]) |
	day := dates.day(date)
	earlier := [evaluation |
		some evaluation in report.evaluations
		evaluation.judged
		evaluation.day < day
	]
	tested := dates.date(earlier[0].given.date)
] if {
	dates.valid(date)
}

# METADATA
# scope: rule
# title: Class imbalance documented
# description: |
#   A dataset used for training or tuning a classifier does not give the share of its rarest label, or the share
#   is small and nothing is said about what that means for fairness.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 10(2)(f)
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.7.4
# custom:
#   code: fairness.class_imbalance_undocumented
#   controls: [C22]
#   severity: medium
#   priority: 1
#   appliesWhen: {objects: [serving], tiers: [limited, high], when: the pair is not fairness exempt and the task is classification}
#   per: dataset
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [fairness.imbalanceShare]
#   alsoUses: [documentation.minTextLength, documentation.placeholderTexts, fairness.exemptTiers]
#   message: "the label balance of training dataset {dataset} is not documented: {observed}."
#   fix: "Set classBalance.minorityShare of {dataset} in spec.datasets and, below {required}, explain the fairness effect in classBalance.note."
deny contains finding if {
	some report in fairness.reports
	fairness.task(report.card) == "classification"
	some dataset in datasets.entries(report.card)
	dataset.training
	observed := imbalance(dataset.given)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": concat(".", [dataset.path, "classBalance"]),
		"term": dataset.label,
		"model": model.id,
		"observed": observed,
		"required": show.number(settings.value.fairness.imbalanceShare),
		"values": {"dataset": dataset.label},
	})
}

# METADATA
# title: imbalance
# description: What is not documented about the labels of a dataset; undefined when all is.
imbalance(dataset) := "no minorityShare" if {
	not share(present.get(dataset, ["classBalance", "minorityShare"]))
} else := sprintf("minorityShare %s without a note", [fairness.shown(minority, settings.value.fairness.imbalanceShare)]) if {
	minority := dataset.classBalance.minorityShare
	fairness.below(minority, settings.value.fairness.imbalanceShare)
	not text.is_text(present.get(dataset, ["classBalance", "note"]))
}

# Nothing but numbers is between two of them.
share(x) if {
	x >= 0
	x <= 1
}
