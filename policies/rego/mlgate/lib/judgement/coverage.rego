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
skipped := owner_skips if covered_by_owner

skipped := object.union(setting_skips, lookup_skips) if not covered_by_owner

# METADATA
# title: evaluated
# description: Every other code of the release, sorted.
evaluated := sort({code | some code in data.mlgate.indexes.codes} - object.keys(skipped))

owner_skips := {code: {"code": code, "reason": "coveredByOwner", "detail": detail} |
	detail := concat("/", [input.workload.owner.kind, input.workload.owner.name])
	some code in data.mlgate.indexes.codes
	not code in always_judged
}

# What an owner cannot vouch for: the question itself, and what nobody could read.
always_judged := {"input.invalid", "workload.unreadable"}

lookup_skips[code] := {"code": code, "reason": unmade[lookup], "detail": lookup} if {
	some name, codes in data.mlgate.indexes.lookups
	unmade[name]
	some code in codes
	lookup := first_of(code, object.keys(unmade))
}

# METADATA
# title: first_of
# description: The first lookup a code needs that is in the set.
first_of(code, names) := [name | some name in data.mlgate.indexes.needs[code]; name in names][0]

# Lookups that this installation or this check does without. Disabled for one is disabled for all.
unmade := object.union(
	{lookup: "offline" | some lookup in (without("offline") - failed)},
	{lookup: "disabled" | some lookup in (without("disabled") - failed)},
)

without(reason) := {entry.lookup | some entry in input.unavailable; entry.reason == reason}

# METADATA
# title: failed
# description: Lookups that were tried and gave nothing. An unknown reason counts as a failure.
failed := {entry.lookup |
	some entry in input.unavailable
	reason := object.get(entry, "reason", null)
	not reason in {"offline", "disabled"}
}

setting_skips[code] := {"code": code, "reason": "notConfigured", "detail": concat(", ", keys)} if {
	some code, keys in data.mlgate.indexes.configuredBy
	every key in keys {
		unset(key)
	}
}

unset(key) if empty(setting(key))

# A map by profile counts as empty when its entry for the profile in force is.
unset(key) if {
	by_profile := setting(key)
	is_object(by_profile)
	object.keys(by_profile) - {profile | some profile in levels.profiles} == set()
	empty(object.get(by_profile, facts.profile, null))
}

empty(given) if given in [null, "", [], {}]

setting(key) := settings.value[group][name] if [group, name] := split(key, ".")
