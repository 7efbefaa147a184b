# METADATA
# title: Settings
# description: |
#   The settings in force: the shipped ones with the site's own over them, except those of the site that
#   are not valid. For these the shipped value stays.
package mlgate.lib.settings

import data.mlgate.lib.levels
import data.mlgate.lib.shape

# METADATA
# title: value
# description: The settings in force, by group and name.
value := data.mlgate.settled.value if {
	is_settled
} else := data.mlgate.settings if {
	not customised
} else := object.union(data.mlgate.settings, {group: {name: found.value | some name, found in names} |
	some group, names in usable
})

customised if data.mlgate.overrides != {}

# METADATA
# title: is_settled
# description: |
#   The bundle build has put down what follows from the settings alone, for these very overrides, so that no review
#   has to find it out again.
is_settled if data.mlgate.settled.overrides == data.mlgate.overrides

# METADATA
# title: invalid
# description: Each override that is not used, as its key and what is wrong with it.
invalid := {problem | some problem in data.mlgate.settled.invalid} if {
	is_settled
} else := unusable

unusable contains {"key": "overrides", "observed": "not an object"} if not is_object(given)

unusable contains {"key": group, "observed": "unknown group"} if {
	some group, _ in overrides
	not data.mlgate.settings[group]
}

unusable contains {"key": group, "observed": "not an object"} if {
	some group, names in overrides
	data.mlgate.settings[group]
	not is_object(names)
}

unusable contains {"key": key, "observed": problem} if {
	some key, problem in problems
}

unusable contains {"key": concat(".", ["enforcement.overrides", code]), "observed": problem} if {
	some code, problem in code_problems
}

# The site's settings as they came; nothing at all is the usual case.
default given := {}

given := data.mlgate.overrides

overrides := given if is_object(given)

overrides := {} if not is_object(given)

# Overrides that may be used, in the shape of the settings; wrapped, because false is a value.
usable[group][name] := found if {
	some group, names in overrides
	is_object(names)
	some name, _ in names
	key := concat(".", [group, name])
	data.mlgate.indexes.settings[key]
	not problems[key]
	found := {"value": accepted(key, overrides[group][name])}
}

accepted(key, found) := found if key != "enforcement.overrides"

accepted("enforcement.overrides", found) := {code: entry |
	some code, entry in found
	not code_problems[code]
}

problems[key] := problem if {
	some group, names in overrides
	data.mlgate.settings[group]
	is_object(names)
	some name, found in names
	key := concat(".", [group, name])
	problem := key_problem(key, found)
}

key_problem(key, _) := "unknown setting" if not data.mlgate.indexes.settings[key]

key_problem(key, found) := problem if {
	faults := shape.faults(data.mlgate.indexes.settings[key], found)
	problem := sort(faults)[0]
}

code_overrides[code] := entry if {
	not problems["enforcement.overrides"]
	some code, entry in overrides.enforcement.overrides
}

code_problems[code] := "unknown code" if {
	some code, _ in code_overrides
	not data.mlgate.catalog[code]
}

code_problems[code] := "lowers a locked code" if {
	some code, entry in code_overrides
	code in locked
	rule := data.mlgate.catalog[code]
	lowers(rule, entry)
}

# The shipped list holds whatever the site adds to it; nothing can be taken from it.
locked contains code if some code in data.mlgate.settings.enforcement.locked

locked contains code if {
	not problems["enforcement.locked"]
	some code in overrides.enforcement.locked
}

lowers(rule, entry) if {
	some profile, action in entry
	levels.enforcement_rank[action] < levels.enforcement_rank[rule.enforcement[profile]]
}

lowers(rule, entry) if {
	entry.raise == false
	count(object.get(rule, "raise", [])) > 0
}
