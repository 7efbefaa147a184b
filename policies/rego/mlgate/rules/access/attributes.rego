package mlgate.rules.access

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Attributes and hours allow it
# description: |
#   A rule of the site applies, and the requester lacks an attribute or a group it asks for, or the day or the
#   hour is not one it allows.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.15
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.3
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(a)(1)
# custom:
#   code: access.attribute_denied
#   controls: [C43]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving, training, runtime]}
#   per: request
#   needs: [request.userInfo]
#   configuredBy: [access.attributeRules]
#   topLevelOnly: true
#   enforcement: {sandbox: warn, development: warn, staging: warn, production: deny}
#   settings: [access.attributeRules]
#   alsoUses: [access.controllerUsers]
#   message: "{user} may not deploy {document} now: {observed}; rule {name} requires {required}."
#   fix: "Deploy with the required attribute or within the permitted hours, or ask the policy owners about rule {name}."
deny contains finding if {
	broken := [{"name": rule.name, "flaws": found} |
		some rule in settings.value.access.attributeRules
		concerned(rule)
		found := flaws(rule)
		count(found) > 0
	]
	count(broken) > 0
	finding := result.candidate(rego.metadata.rule(), {
		"path": "metadata.name",
		"observed": told(broken, "observed"),
		"required": told(broken, "required"),
		"values": {"name": [rule.name | some rule in broken]},
	})
}

told(broken, key) := concat(" and ", [flaw[key] | some rule in broken; some flaw in rule.flaws])

concerned(rule) if {
	open_or_listed(rule, "profiles", facts.profile)
	open_or_listed(rule, "tiers", facts.tier)
	open_or_listed(rule, "classifications", facts.classification)
}

open_or_listed(rule, key, _) if present.absent(present.get(rule, key))

open_or_listed(rule, key, word) if word in rule[key]

flaws(rule) := array.concat(who(rule), when(rule))

# Tools that deploy for others have none of the attributes of a person.
who(_) := [] if delivers

who(rule) := array.concat(
	[flaw |
		some key, wanted in object.get(rule, "extra", {})
		given := attribute(key)
		count({value | some value in given} & {value | some value in wanted}) == 0
		flaw := {
			"observed": sprintf("%s is %s", [key, show.list(given)]),
			"required": sprintf("%s %s", [key, show.list(wanted)]),
		}
	],
	[flaw |
		wanted := present.list(rule, "groups")
		count(wanted) > 0
		not in_one_of(wanted)
		flaw := {
			"observed": sprintf("groups are %s", [show.list(groups)]),
			"required": sprintf("one of the groups %s", [show.list(wanted)]),
		}
	],
) if {
	not delivers
}

when(rule) := array.concat(
	[{"observed": sprintf("it is %s", [weekday]), "required": show.list(rule.days)} |
		not open_or_listed(rule, "days", weekday)
	],
	[{"observed": sprintf("it is %s UTC", [clock]), "required": sprintf("%s to %s UTC", [from, to])} |
		from := object.get(rule, "from", "00:00")
		to := object.get(rule, "to", "24:00")
		not within(from, to)
	],
)

weekday := substring(time.weekday(dates.now), 0, 3)

clock := time.format([dates.now, "UTC", "15:04"])

within(from, to) if {
	from <= clock
	clock < to
}

# Past midnight.
within(from, to) if {
	to < from
	clock >= from
}

within(from, to) if {
	to < from
	clock < to
}
