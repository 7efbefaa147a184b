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
evaluated := sort(object.keys(object.remove(data.mlgate.indexes.known, object.keys(skipped))))

owner_skips := {code: {"code": code, "reason": "coveredByOwner", "detail": detail} |
	detail := concat("/", [input.workload.owner.kind, input.workload.owner.name])
	some code in data.mlgate.indexes.codes
	not code in always_judged
}

# What an owner cannot vouch for: the question itself, and what nobody could read.
always_judged := {"input.invalid", "workload.unreadable"}

lookup_skips[code] := {"code": code, "reason": unmade[lookup], "detail": lookup} if {
	some name, _ in unmade
	some code in data.mlgate.indexes.lookups[name]
	lookup := first_of(code, unmade)
}

# METADATA
# title: first_of
# description: The first lookup a code needs that is a key of the object.
first_of(code, names) := [name | some name in data.mlgate.indexes.needs[code]; names[name]][0]

# Lookups that this installation or this check does without. Disabled for one is disabled for all.
unmade := object.remove(
	object.union(
		{lookup: "offline" | some lookup, _ in told.offline},
		{lookup: "disabled" | some lookup, _ in told.disabled},
	),
	failed,
)

# METADATA
# title: failed
# description: Lookups that were tried and gave nothing. An unknown reason counts as a failure.
failed := {lookup |
	some reason, lookups in told
	not reason in {"offline", "disabled"}
	some lookup, _ in lookups
}

# Lookups by the reason told for each.
told := object.union_n([{object.get(entry, "reason", null): {entry.lookup: true}} | some entry in input.unavailable])

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
