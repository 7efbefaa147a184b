# METADATA
# title: Resources of the rules
# description: |
#   What METADATA names under related_resources is, framework by framework, what the requirements of the rule refer
#   to: those who read the rule and those who read the matrix are told the same.
package checks.resources

import data.checks.annotations

# METADATA
# title: problems
# description: One for each rule and framework.
problems contains object.union(annotations.problem(rule, said, told), {"check": "resources"}) if {
	some rule in annotations.own_rules
	count(rule.annotations.custom.controls) > 0
	some key, framework in data.mlgate.requirements.frameworks
	wanted := references(rule, key)
	given := {resource.description | some resource in rule.annotations.related_resources; resource.ref == framework.url}
	given != described(framework, wanted)
	said := sprintf("related_resources and controls disagree about %s", [framework.short])
	told := advice(framework, wanted)
}

# What the requirements of a rule refer to, each once, in their order.
references(rule, key) := [reference |
	named := [entry.reference |
		some control in rule.annotations.custom.controls
		some entry in data.mlgate.requirements.controls[control].references
		entry.framework == key
	]
	some i, reference in named
	not reference in array.slice(named, 0, i)
]

described(_, []) := set()

described(framework, references) := {sprintf("%s %s", [framework.short, listed(references)])} if references != []

listed([reference]) := reference

listed(references) := sprintf("%s and %s", [concat(", ", array.slice(references, 0, last)), references[last]]) if {
	last := count(references) - 1
	last > 0
}

advice(framework, []) := sprintf("the controls refer to nothing in %s; take it out", [framework.url])

advice(framework, references) := sprintf("write {ref: %s, description: %s}", [framework.url, text]) if {
	some text in described(framework, references)
}
