# METADATA
# title: Waivers
# description: |
#   Which waivers lift a finding, and why a waiver that is meant for it does not. A finding is complete: it has code,
#   term and model.
package mlgate.lib.waivers

import data.mlgate.lib.approvals
import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.people
import data.mlgate.lib.present
import data.mlgate.lib.settings
import data.mlgate.lib.show

# Conditions of a waiver that is meant for a finding, in the order in which a person is told of them.
conditions := [
	"authenticated", "sound", "namespace", "waivable", "begun", "running", "short", "granted", "personal",
	"independent", "separate",
]

# METADATA
# title: given
# description: There is a waiver at all; without one no finding has to be held against any.
given if some _ in input.waivers

# METADATA
# title: lifting
# description: Waivers that apply to a finding, in the order of the input, as the decision shows them.
lifting(finding) := [shown(waiver) |
	some waiver in input.waivers
	meant_for(waiver, finding)
	every condition in conditions {
		holds(condition, waiver, finding)
	}
]

# METADATA
# title: hindrance
# description: Why a waiver that is meant for a finding does not apply to it, in words; undefined if it does apply.
hindrance(waiver, finding) := concat(", ", reasons) if {
	meant_for(waiver, finding)
	reasons := [reason(condition, waiver, finding) |
		some condition in conditions
		not holds(condition, waiver, finding)
	]
	count(reasons) > 0
}

# METADATA
# title: meant_for
# description: A waiver lists the code of a finding, and its terms and subject match it.
meant_for(waiver, finding) if {
	is_array(waiver.codes)
	finding.code in waiver.codes
	term_matches(waiver, finding)
	subject_matches(waiver.subject, finding)
}

holds("authenticated", waiver, _) if waiver.assurance == "authenticated"

holds("sound", waiver, _) if waiver.problems == []

holds("namespace", waiver, _) if {
	is_string(waiver.namespace)
	waiver.namespace == facts.namespace
}

holds("namespace", waiver, _) if waiver.namespace in settings.value.waiver.namespaces

holds("waivable", _, finding) if waivable(finding.code)

holds("begun", waiver, _) if dates.passed(waiver.createdAt)

holds("running", waiver, _) if dates.ahead(waiver.expiresAt)

holds("short", waiver, _) if ends_within(waiver.expiresAt, waiver.createdAt, settings.value.waiver.maxDays)

holds("granted", waiver, _) if {
	asked := people.bare(waiver.requestedBy)
	granted := people.bare(waiver.approvedBy)
	asked != granted
}

holds("personal", waiver, _) if {
	people.may_vouch(waiver.approvedBy, present.list(settings.value, ["waiver", "serviceAccounts"]))
}

holds("independent", waiver, finding) if {
	approver := people.bare(waiver.approvedBy)
	not insider(approver, finding)
}

# Whoever approves the version does not lift what is found of it as well.
holds("separate", waiver, finding) if {
	approver := people.bare(waiver.approvedBy)
	not supporter(approver, finding)
}

# METADATA
# title: waivable
# description: A code can be lifted in the effective profile.
waivable(code) if {
	never := settings.value.waiver.neverWaivable
	not code in never
	not_here := settings.value.waiver.notWaivableIn[facts.profile]
	not code in not_here
}

# METADATA
# title: ends_within
# description: A time is at most so many days of 24 hours after another.
ends_within(end, start, days) if {
	is_number(days)
	dates.ns(end) <= dates.ns(start) + (days * dates.day_ns)
}

insider(name, finding) if {
	some entry in cards_of(finding)
	some builder in facts.builders(entry.card)
	people.bare(builder) == name
}

supporter(name, finding) if {
	some entry in cards_of(finding)
	approvals.supporters(entry)[name]
}

insider(name, _) if {
	not facts.made_by_owner
	people.bare(facts.requester) == name
}

reason(condition, waiver, finding) := object.get(
	{
		"authenticated": "it is only claimed, for no guard has stood unedited since before it (`mlgate doctor` tells)",
		"sound": "it has problems",
		"namespace": sprintf("waivers of namespace %s do not count here", [show.cut(present.get(waiver, "namespace"))]),
		"waivable": sprintf("%s cannot be waived here", [finding.code]),
		"begun": "it was not created before now",
		"running": sprintf("it ended on %s", [show.cut(present.get(waiver, "expiresAt"))]),
		"short": sprintf("it lasts longer than %s days", [show.cut(settings.value.waiver.maxDays)]),
		"granted": "it was not granted by somebody other than who asked",
		"personal": "a service account granted it that setting waiver.serviceAccounts does not name",
		"separate": "its approver approved the version as well",
	},
	condition,
	"its approver built or deploys the version",
)

# Every text is there, whatever the guard of the objects let through: a decision with a gap would be refused.
shown(waiver) := {key: words(present.get(waiver, key)) |
	some key in ["namespace", "name", "ticket", "reason", "approvedBy", "expiresAt"]
}

words(value) := value if is_string(value)

words(value) := "" if not is_string(value)
