# METADATA
# title: Judgement
# description: |
#   How what the rules say becomes findings: which codes are decided at all, which candidates count, and
#   how strictly each is enforced. Waivers come after this.
package mlgate.lib.judgement

import data.mlgate.lib.facts
import data.mlgate.lib.levels
import data.mlgate.lib.settings

# METADATA
# title: skipped
# description: Codes that are not decided here, each with the reason and what it hangs on.
skipped := owner_skips if {
	covered_by_owner
} else := object.union(setting_skips, lookup_skips)

# METADATA
# title: evaluated
# description: Every other code of the release, sorted.
evaluated := sort(object.keys(object.remove(data.mlgate.indexes.known, skipped)))

owner_skips := {code: {"code": code, "reason": "coveredByOwner", "detail": detail} |
	detail := concat("/", [input.workload.owner.kind, input.workload.owner.name])
	some code in data.mlgate.indexes.codes
	not code in always_judged
}

# What an owner cannot vouch for: the question itself, and what nobody could read.
always_judged := {"input.invalid", "workload.unreadable"}

lookup_skips := {code: {"code": code, "reason": reason, "detail": lookup} |
	needs := data.mlgate.indexes.needs
	lookups := data.mlgate.indexes.lookups
	absent := unmade
	some lookup, reason in absent
	some code in lookups[lookup]
	[name | some name in needs[code]; absent[name]][0] == lookup # the first of them is told
}

# Lookups that this installation or this check does without. Disabled for one is disabled for all.
unmade := object.remove(object.union(told_to_be("offline"), told_to_be("disabled")), failed)

told_to_be(reason) := {entry.lookup: reason | some entry in input.unavailable; entry.reason == reason}

# METADATA
# title: failed
# description: Lookups that were tried and gave nothing. An unknown reason counts as a failure.
failed := {entry.lookup |
	some entry in input.unavailable
	not entry.reason == "offline"
	not entry.reason == "disabled"
}

setting_skips := data.mlgate.settled.notConfigured[facts.profile] if {
	settings.is_settled
} else := not_configured(facts.profile)

# METADATA
# title: not_configured
# description: Codes that are not decided in a profile because no setting they need is set.
not_configured(profile) := {code: {"code": code, "reason": "notConfigured", "detail": concat(", ", keys)} |
	some code, keys in data.mlgate.indexes.configuredBy
	every key in keys {
		unset(key, profile)
	}
}

unset(key, _) if empty(setting(key))

# A map by profile counts as empty when its entry for the profile in force is.
unset(key, profile) if {
	by_profile := setting(key)
	is_object(by_profile)
	object.keys(by_profile) - {name | some name in levels.profiles} == set()
	empty(object.get(by_profile, profile, null))
}

empty(given) if given in [null, "", [], {}]

setting(key) := settings.value[group][name] if [group, name] := split(key, ".")
