# METADATA
# title: Conventions of the annotations
# description: |
#   What METADATA on rules and packages must say, judged over the output of `opa inspect -a`, because
#   catalogue, documentation and messages are all made from it.
package checks.annotations

import data.checks.words

# METADATA
# title: problems
# description: One for each breach.
problems contains problem(rule, sprintf("%s is missing in METADATA", [key]), "write it as the rules beside it do") if {
	some rule in own_rules
	some key in missing(rule)
}

problems contains problem(rule, sprintf("unknown key %s", [key]), told) if {
	some rule in own_rules
	some key, _ in rule.annotations.custom
	not key in words.keys
	told := sprintf("the keys are %s", [concat(", ", sort(words.keys))])
}

problems contains problem(rule, said, "give each rule a code of its own") if {
	some rule in own_rules
	same := [other | some other in rules; other.annotations.custom.code == rule.annotations.custom.code]
	count(same) > 1
	said := sprintf("%s is used by %d rules", [rule.annotations.custom.code, count(same)])
}

problems contains problem(rule, said, "a code is <subject>.<short_name> in package mlgate.rules.<subject>") if {
	some rule in own_rules
	not well_named(rule)
	said := sprintf("%v is no code of this package", [rule.annotations.custom.code])
}

problems contains problem(rule, sprintf("unknown %s %v", [what, word]), told) if {
	some rule in own_rules
	some what, given in spoken(rule.annotations.custom)
	some word in given
	not word in words.known[what]
	told := sprintf("choose from %s", [concat(", ", [sprintf("%v", [known]) | some known in words.known[what]])])
}

problems contains problem(rule, said, told) if {
	some rule in own_rules
	profiles := object.keys(rule.annotations.custom.enforcement)
	profiles != {profile | some profile in words.known.profile}
	said := sprintf("enforcement names %d profiles", [count(profiles)])
	told := sprintf("name each of %s", [concat(", ", words.known.profile)])
}

problems contains problem(rule, said, "write a time such as \"2027-01-01T00:00:00Z\", in quotes") if {
	some rule in own_rules
	from := object.get(rule.annotations.custom, "effectiveOn", "2027-01-01T00:00:00Z")
	not is_time(from)
	said := sprintf("effectiveOn %v is no time", [from])
}

problems contains problem(rule, sprintf("no setting %s", [key]), "name one of mlgate/settings/data.yaml") if {
	some rule in own_rules
	some list in ["settings", "alsoUses", "configuredBy"]
	some key in object.get(rule.annotations.custom, list, [])
	not is_setting(key)
}

problems contains problem(rule, said, "name one of mlgate/requirements/data.yaml, or write controls: []") if {
	some rule in own_rules
	some control in rule.annotations.custom.controls
	not data.mlgate.requirements.controls[control]
	said := sprintf("no requirement %s", [control])
}

problems contains problem(rule, said, "name it under alsoUses in all rules but one") if {
	some rule in own_rules
	some key in object.get(rule.annotations.custom, "settings", [])
	some other in rules
	other.annotations.custom.code != rule.annotations.custom.code
	key in object.get(other.annotations.custom, "settings", [])
	said := sprintf("setting %s belongs to %s as well", [key, other.annotations.custom.code])
}

problems contains of_policy(files[0], said, "write METADATA with both above one of its package lines") if {
	some package_name, names in input.inspection.namespaces
	files := [file | some file in names; endswith(file, ".rego"); is_own(file)]
	count(files) > 0
	not endswith(package_name, "_test")
	not described[package_name]
	said := sprintf("%s has no title or no description", [package_name])
}

problems contains of_policy("", said, "annotate decision, and nothing else, with entrypoint: true") if {
	count(entrypoints) != 1
	said := sprintf("there are %d entrypoints", [count(entrypoints)])
}

problems contains of_policy("", said, "write schemas: [input: schema.input] above package mlgate") if {
	not has_schema
	said := "no annotation over all packages names the schema of the input"
}

problem(rule, said, told) := {
	"check": "annotations",
	"file": rule.location.file,
	"line": rule.location.row,
	"rule": name(rule),
	"what": said,
	"fix": told,
}

of_policy(file, said, told) := {
	"check": "annotations", "file": file, "line": 0, "rule": "",
	"what": said, "fix": told,
}

own_rules := [rule | some rule in rules; is_own(rule.location.file)]

is_own(file) if file in input.own

# Rules that can be violated: whatever carries a code, and every `deny`.
rules := [item |
	some item in input.inspection.annotations
	item.annotations.scope == "rule"
	speaks(item)
]

speaks(item) if item.annotations.custom.code

speaks(item) if name(item) == "deny"

name(item) := item.path[count(item.path) - 1].value

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

is_time(text) if {
	is_string(text)
	regex.match(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$`, text)
}

described[concat(".", parts)] if {
	some item in input.inspection.annotations
	item.annotations.scope in {"package", "subpackages"}
	item.annotations.title
	item.annotations.description
	parts := [part.value | some part in item.path]
}

entrypoints := [item | some item in input.inspection.annotations; item.annotations.entrypoint]

has_schema if {
	some item in input.inspection.annotations
	item.annotations.scope == "subpackages"
	count(item.annotations.schemas) > 0
}
