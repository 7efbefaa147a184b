# METADATA
# title: Incidents
# description: |
#   That people know what to do when a model does harm, that they have practised it, and that nothing is rolled out
#   while a serious incident is open.
# schemas:
# - input: schema.input
package mlgate.rules.incident

import data.mlgate.lib.facts
import data.mlgate.lib.fairness
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.reviews
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Incident response plan
# description: |
#   The card lacks a part of the plan: where it is kept, who is called, how severe incidents are and how soon each
#   is answered, how soon those concerned hear of it, or a case that the tier asks for.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 4.3 and GOVERN 4.3
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 73
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.8.4
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.24 and A.5.26
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 33 and Article 34
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.308(a)(6) and 164.404
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 12.10.1
# custom:
#   code: incident.plan_incomplete
#   controls: [C108]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [incident.maxNotifyHours, incident.requiredScenarios]
#   message: "the incident response plan in {card} is incomplete: {observed}."
#   fix: "Complete spec.incidentResponse of {card}: {required}."
deny contains finding if {
	some report in facts.covering_cards
	plan := present.get(report.card, "incidentResponse")
	not ready(plan)
	lacks := plan_lacks(plan)
	count(lacks) > 0
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.incidentResponse",
		"term": report.reference,
		"model": model.id,
		"observed": concat(", ", [lack.observed | some lack in lacks]),
		"required": concat(", ", [lack.required | some lack in lacks]),
		"values": {"card": report.reference},
	})
}

# A plan that lacks nothing, asked before words are made of what it lacks. Numbers come after null and truths and before
# everything else, so the least and the greatest tell of all times to respond that they are numbers.
ready(plan) if {
	present.stated(plan.plan)
	present.some_stated(plan.contacts)
	is_array(plan.severityLevels)
	minutes := [minutes | minutes := plan.severityLevels[_].respondWithinMinutes]
	count(minutes) == count(plan.severityLevels)
	min(minutes) >= 0
	is_number(max(minutes))
	notifies_in_time(plan)
	scenarios := present.list(plan, "scenarios")
	wanted := settings.value.incident.requiredScenarios[facts.tier]
	count([1 | some scenario in wanted; scenario in scenarios]) == count(wanted)
}

plan_lacks(plan) := [lack |
	some part in ["plan", "contacts", "severityLevels", "notifyWithinHours", "scenarios"]
	lack := part_lack(part, plan)
]

part_lack("plan", plan) := {"observed": "no plan", "required": "plan"} if not present.stated(present.get(plan, "plan"))

part_lack("contacts", plan) := {"observed": "no contacts", "required": "contacts"} if {
	not present.some_stated(present.get(plan, "contacts"))
}

part_lack("severityLevels", plan) := {"observed": "no severity levels", "required": "severityLevels"} if {
	count(present.list(plan, "severityLevels")) == 0
} else := {
	"observed": sprintf("no response time of level %s", [show.list(slow)]),
	"required": "respondWithinMinutes of every severity level",
} if {
	slow := [fairness.label(present.get(level, "name")) |
		some level in present.list(plan, "severityLevels")
		not timed(level)
	]
	count(slow) > 0
}

part_lack("notifyWithinHours", plan) := {
	"observed": hours_shown(plan),
	"required": sprintf("notifyWithinHours of at most %s", [show.number(settings.value.incident.maxNotifyHours)]),
} if {
	not notifies_in_time(plan)
}

part_lack("scenarios", plan) := {
	"observed": sprintf("no scenario %s", [show.list(missing)]),
	"required": sprintf("scenarios with %s", [show.list(missing)]),
} if {
	given := {scenario | some scenario in present.list(plan, "scenarios")}
	missing := {scenario | some scenario in settings.value.incident.requiredScenarios[facts.tier]} - given
	count(missing) > 0
}

notifies_in_time(plan) if {
	hours := plan.notifyWithinHours
	present.amount(hours)
	not fairness.below(settings.value.incident.maxNotifyHours, hours)
}

hours_shown(plan) := sprintf("notification within %s hours", [fairness.shown(plan.notifyWithinHours, settings.value.incident.maxNotifyHours)]) if {
	present.amount(plan.notifyWithinHours)
} else := "no time to notify"

timed(level) if present.amount(level.respondWithinMinutes)

# METADATA
# scope: rule
# title: Incident exercise
# description: |
#   Nobody practised the plan within the interval, or the newest exercise does not count.
# related_resources:
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 12.10.2 and 12.10.4
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.24 and A.6.3
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF GOVERN 2.2
# custom:
#   code: incident.exercise_overdue
#   controls: [C109]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [incident.exerciseMaxAgeDays]
#   message: "no current incident exercise for {card}: {observed}."
#   fix: "Hold a tabletop exercise with the on-call team and add a review of kind incidentExercise to spec.reviews of {card}."
deny contains finding if {
	some report in reviews.reports
	lack := reviews.lack(report, "incidentExercise", settings.value.incident.exerciseMaxAgeDays, {})
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": lack.path,
		"term": report.reference,
		"model": model.id,
		"observed": lack.observed,
		"required": sprintf("an incident exercise within %d days", [settings.value.incident.exerciseMaxAgeDays]),
		"values": {"card": report.reference},
	})
}
