# METADATA
# title: Fairness
# description: |
#   Bias tests: that there is one for this version, that it is recent, and that what it says follows from its
#   own group tables and lies within the limits in force. A limit is a screen and no legal conclusion.
# schemas:
# - input: schema.input
package mlgate.rules.fairness

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.fairness
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Bias test before every deployment
# description: |
#   The card has no evaluation at all, none for an attribute the policy names, one without attribute, one with
#   fewer than two groups, or, where the policy prescribes no metrics for the task, one that lists none. Prose
#   about fairness is no bias test.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.11
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 10(2)(f,g) and Article 15
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.4 and A.5.4
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 22
# custom:
#   code: fairness.bias_test_missing
#   controls: [C15]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving], when: the pair is not fairness exempt}
#   per: attribute
#   pair: true
#   enforcement: {sandbox: audit, development: warn, staging: deny, production: deny}
#   settings: [fairness.exemptTiers, fairness.requiredAttributes, fairness.requiredMetricsTasks]
#   alsoUses: [documentation.minTextLength, documentation.placeholderTexts]
#   message: "card {card} holds no bias test of {model}: {observed}."
#   fix: "Test the model per group of each sensitive attribute and record the group table in spec.fairness.evaluations of {card}; `mlgate card convert --from fairlearn` (or `aif360`) writes it from test results."
deny contains finding if {
	some report in fairness.reports
	not tested(report)
	some lack in untested(report)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": lack.path,
		"term": lack.term,
		"model": model.id,
		"observed": lack.observed,
		"required": lack.required,
		"values": {"card": report.reference},
	})
}

# METADATA
# title: tested
# description: A card whose tables are clear of all limits, with an evaluation for every attribute the policy names.
# custom: {shortcut: true}
tested(report) if {
	count(report.evaluations) > 0
	count(report.amiss) == 0
	fairness.tabled(report.card)
	names := report.attributes
	not fairness.unnamed in names
	required_attributes - names == set()
}

required_attributes := {name | some name in object.get(settings.value.fairness.requiredAttributes, facts.tier, [])}

# METADATA
# title: untested
# description: What keeps the evaluations of a card from being a bias test.
untested(report) := ({{
	"path": "card.fairness.evaluations",
	"term": null,
	"observed": "no evaluation",
	"required": "an evaluation per sensitive attribute",
} |
	count(report.evaluations) == 0
} | {lack |
	some attribute in (required_attributes - report.attributes)
	lack := {
		"path": "card.fairness.evaluations",
		"term": attribute,
		"observed": sprintf("no evaluation for %s", [show.cut(attribute)]),
		"required": sprintf("an evaluation for %s", [show.cut(attribute)]),
	}
}) | {lack |
	some evaluation in report.evaluations
	some lack in hollow(evaluation, report.card)
}

hollow(evaluation, card) := [object.union(part, {
	"path": sprintf("card.fairness.evaluations[%d].%s", [evaluation.index, part.path]),
	"term": evaluation.attribute,
}) |
	some part in array.concat(hollow_table(evaluation), hollow_metrics(evaluation, card))
]

hollow_table(evaluation) := [{
	"path": "attribute",
	"observed": "an evaluation without attribute",
	"required": "the name of a sensitive attribute",
}] if {
	evaluation.attribute == fairness.unnamed
} else := [{
	"path": "groups",
	"observed": sprintf("fewer than two groups of %s", [show.cut(evaluation.attribute)]),
	"required": "at least two groups",
}] if {
	evaluation.compared == false
} else := []

hollow_metrics(evaluation, card) := [] if {
	fairness.tabled(card)
} else := [{
	"path": "metrics",
	"observed": sprintf("no metric for %s", [show.cut(evaluation.attribute)]),
	"required": "at least one metric",
}] if {
	count(present.list(evaluation.given, "metrics")) == 0
} else := []

# METADATA
# scope: rule
# title: Bias test is about this version and recent
# description: |
#   For an attribute no evaluation with a date names the card's version, or the newest that does is too old,
#   dated in the future, or older than the end of training.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.11 and MEASURE 2.13
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 9
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.4
# custom:
#   code: fairness.bias_test_stale
#   controls: [C16]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving], when: the pair is not fairness exempt}
#   per: attribute
#   pair: true
#   enforcement: {sandbox: "off", development: warn, staging: warn, production: deny}
#   settings: [fairness.maxAgeDays]
#   alsoUses: [documentation.minTextLength, documentation.placeholderTexts, fairness.exemptTiers]
#   message: "the bias test for {attribute} in {card} does not count: {observed}; required is {required}."
#   fix: "Repeat the test on version {version} and set date and modelVersion of the evaluation in spec.fairness.evaluations."
deny contains finding if {
	some report in fairness.reports
	not timely(report)
	some attribute, reason in stale(report)
	some model in report.models
	version := show.text(present.get(report.card, ["model", "version"]))
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.fairness.evaluations",
		"term": attribute,
		"model": model.id,
		"observed": reason,
		"required": concat("", [
			sprintf("a test of version %s at most %v days old", [show.cut(version), max_age]),
			after_training(present.get(report.card, ["training", "completedAt"])),
		]),
		"values": {"card": report.reference, "attribute": attribute, "version": version},
	})
}

max_age := object.get(settings.value.fairness.maxAgeDays, facts.tier, null)

# METADATA
# title: timely
# description: A card that says when training ended, and of which every evaluation is recent and not older.
# custom: {shortcut: true}
timely(report) if {
	report.attributes == report.judged
	not untimely(report)
}

untimely(report) if {
	some evaluation in report.evaluations
	not counts(evaluation, report)
}

counts(evaluation, report) if {
	dates.within_days(evaluation.given.date, max_age)
	dates.on_or_after(evaluation.given.date, report.card.training.completedAt)
}

# METADATA
# title: stale
# description: Attributes of a card whose bias test does not count, each with the reason.
stale(report) := object.union(
	{evaluation.attribute: sprintf("no dated test of version %s", [show.cut(version)]) |
		version := present.get(report.card, ["model", "version"])
		some evaluation in report.evaluations
		not has_judged(report, evaluation)
	},
	{evaluation.attribute: sprintf("dated %s, %s", [dates.date(evaluation.given.date), concat(" and ", reasons)]) |
		trained := present.get(report.card, ["training", "completedAt"])
		some evaluation in report.evaluations
		evaluation.judged
		reasons := array.concat(out_of_time(dates.today - evaluation.day), untrained(evaluation.day, trained))
		count(reasons) > 0
	},
)

# Without a maximum age in the settings no test is young enough.
has_judged(report, evaluation) if evaluation.attribute in report.judged

out_of_time(age) := ["which is in the future"] if {
	age < 0
} else := [sprintf("%d days ago", [age])] if {
	not age <= max_age
} else := []

untrained(day, trained) := [] if {
	day >= dates.day(trained)
} else := [sprintf("before training ended on %s", [show.cut(trained)])] if {
	present.is_present(trained)
} else := []

after_training(trained) := sprintf(" and not before %s", [day]) if {
	day := dates.date(trained)
} else := ""
