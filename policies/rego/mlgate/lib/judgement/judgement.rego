package mlgate.lib.judgement

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.levels
import data.mlgate.lib.settings

# METADATA
# title: judged
# description: |
#   Findings with the enforcement the catalogue, the site and the raises give them, before waivers. Message,
#   fix and documentation are added to those that are shown.
judged contains finding if {
	some candidate in candidates
	finding := weigh(candidate)
}

# METADATA
# title: weigh
# description: A candidate with severity and enforcement; undefined when the code is off.
weigh(candidate) := object.union(candidate, {"severity": severity, "enforcement": action}) if {
	action := enforcement(candidate.code)
	action != "off"
	severity := data.mlgate.catalog[candidate.code].severity
}

# METADATA
# title: applies
# description: Whether a code is about objects like this one, as its METADATA says under `appliesWhen`.
applies(code) if {
	when := data.mlgate.catalog[code].appliesWhen
	some word in when.objects
	word in facts.objects
	listed(when, "tiers", facts.tier)
	listed(when, "classifications", facts.classification)
	listed(when, "profiles", facts.profile)
	not left_to_owner(code)
}

# Who asks is then a controller, about whom such a rule has nothing to say.
left_to_owner(code) if {
	facts.made_by_owner
	data.mlgate.catalog[code].topLevelOnly
}

listed(when, key, _) if not when[key]

listed(when, key, value) if value in when[key]

# METADATA
# title: enforcement
# description: How strictly a code is enforced in the profile, tier and data class in force.
enforcement(code) := levels.enforcements[min([levels.enforcement_rank[raised(code)], 2])] if {
	postponed(code)
} else := raised(code)

postponed(code) if dates.ahead(data.mlgate.catalog[code].effectiveOn)

raised(code) := levels.strictest(array.concat([base(code)], raises(code)))

base(code) := action if {
	action := settings.value.enforcement.overrides[code][facts.profile]
} else := object.get(data.mlgate.catalog[code].enforcement, facts.profile, "deny")

raises(code) := [] if {
	settings.value.enforcement.overrides[code].raise == false
} else := [action |
	some entry in data.mlgate.catalog[code].raise
	listed(entry, "tiers", facts.tier)
	listed(entry, "classifications", facts.classification)
	action := entry.to[facts.profile]
]
