# METADATA
# title: Conventions of the annotations
# description: |
#   What METADATA on rules and packages must say, judged over the output of `opa inspect -a`, because
#   catalogue, documentation and messages are all made from it.
package checks.annotations

import data.checks.words

# METADATA
# title: problems
# description: One line for each breach, naming where it stands.
problems contains sprintf("%s: %s is missing", [where(rule), key]) if {
	some rule in rules
	some key in missing(rule)
}

problems contains sprintf("%s: unknown key %s", [where(rule), key]) if {
	some rule in rules
	some key, _ in rule.annotations.custom
	not key in words.keys
}

problems contains sprintf("%s: %s is used by %d rules", [where(rule), rule.annotations.custom.code, count(same)]) if {
	some rule in rules
	same := [other | some other in rules; other.annotations.custom.code == rule.annotations.custom.code]
	count(same) > 1
}

problems contains sprintf("%s: %v is no code of this package", [where(rule), rule.annotations.custom.code]) if {
	some rule in rules
	not well_named(rule)
}

problems contains sprintf("%s: unknown %s %v", [where(rule), what, word]) if {
	some rule in rules
	some what, given in spoken(rule.annotations.custom)
	some word in given
	not word in words.known[what]
}

problems contains sprintf("%s: enforcement names %s profiles", [where(rule), number]) if {
	some rule in rules
	profiles := object.keys(rule.annotations.custom.enforcement)
	profiles != {profile | some profile in words.known.profile}
	number := format_int(count(profiles), 10)
}

problems contains sprintf("%s: no setting %s", [where(rule), key]) if {
	some rule in rules
	some list in ["settings", "alsoUses", "configuredBy"]
	some key in object.get(rule.annotations.custom, list, [])
	not is_setting(key)
}

problems contains sprintf("%s: no requirement %s", [where(rule), control]) if {
	some rule in rules
	some control in rule.annotations.custom.controls
	not data.mlgate.requirements.controls[control]
}

problems contains sprintf("%s: setting %s belongs to %s as well", [where(rule), key, other.annotations.custom.code]) if {
	some rule in rules
	some key in object.get(rule.annotations.custom, "settings", [])
	some other in rules
	other.annotations.custom.code != rule.annotations.custom.code
	key in object.get(other.annotations.custom, "settings", [])
}

problems contains sprintf("%s: has no title or no description", [package_name]) if {
	some package_name, files in input.namespaces
	some file in files
	endswith(file, ".rego")
	not endswith(package_name, "_test")
	not described[package_name]
}

problems contains sprintf("there are %d entrypoints", [count(entrypoints)]) if count(entrypoints) != 1

problems contains "no annotation over all packages names the schema of the input" if not has_schema

# Rules that can be violated: whatever carries a code, and every `deny`.
rules := [item |
	some item in input.annotations
	item.annotations.scope == "rule"
	speaks(item)
]

speaks(item) if item.annotations.custom.code

speaks(item) if name(item) == "deny"

name(item) := item.path[count(item.path) - 1].value

where(item) := sprintf("%s:%d", [item.location.file, item.location.row])

missing(rule) := ({"title", "description", "related_resources"} - object.keys(rule.annotations)) | (words.required - object.keys(object.get(rule.annotations, "custom", {})))

well_named(rule) if {
	code := rule.annotations.custom.code
	regex.match(`^[a-z][a-z0-9_]*[.][a-z][a-z0-9_]*$`, code)
	[part.value | some part in rule.path; part.type == "string"] == ["mlgate", "rules", split(code, ".")[0], name(rule)]
}

# Every word a rule chooses from a list, by the list.
spoken(custom) := {
	"severity": {custom.severity},
	"priority": {custom.priority},
	"profile": ((object.keys(custom.enforcement) | listed(custom.appliesWhen, "profiles")) | {profile |
		some entry in raises(custom)
		some profile, _ in entry.to
	}),
	"action": ({action | some action in custom.enforcement} | {action |
		some entry in raises(custom)
		some action in entry.to
	}),
	"object": listed(custom.appliesWhen, "objects"),
	"tier": (listed(custom.appliesWhen, "tiers") | raised_for(custom, "tiers")),
	"classification": (listed(custom.appliesWhen, "classifications") | raised_for(custom, "classifications")),
	"lookup": listed(custom, "needs"),
	"granularity": {custom.per},
	"placeholder": placeholders(custom),
}

listed(given, key) := {word | some word in object.get(given, key, [])}

raised_for(custom, key) := {word | some entry in raises(custom); some word in listed(entry, key)}

raises(custom) := object.get(custom, "raise", [])

placeholders(custom) := {trim(found, "{}") |
	some text in [custom.message, custom.fix]
	some found in regex.find_n(`\{[^{} ]*\}`, text, -1)
}

is_setting(key) if {
	[group, name_in_group] := split(key, ".")
	_ = data.mlgate.settings[group][name_in_group]
}

described[concat(".", parts)] if {
	some item in input.annotations
	item.annotations.scope in {"package", "subpackages"}
	item.annotations.title
	item.annotations.description
	parts := [part.value | some part in item.path]
}

entrypoints := [item | some item in input.annotations; item.annotations.entrypoint]

has_schema if {
	some item in input.annotations
	item.annotations.scope == "subpackages"
	count(item.annotations.schemas) > 0
}
