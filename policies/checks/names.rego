# METADATA
# title: Names
# description: What a term is made of, by name, so that a check can tell what grows with the document that is judged.
package checks.names

import data.checks.syntax

# Libraries whose answers depend on settings alone, by the names they are imported under.
bounded := {"settings", "levels"}

# Parts of data.mlgate that are no longer for a longer document.
bounded_data := {"settings", "indexes", "catalog", "requirements"}

# METADATA
# title: within
# description: |
#   The names in a node, `input` among them. The name of a function that is called is not one: what it gives is made
#   of its arguments.
within(node) := {name |
	parts := [[at, part] | [at, part] := walk(node); is_object(part)]
	left_out := {array.concat(at, inside) | some [at, part] in parts; inside := names_nothing(part)}
	some [at, found] in parts
	found.type == "var"
	not under(at, left_out)
	name := root(found.value)
}

names_nothing(part) := ["value", 0] if part.type == "call"

names_nothing(part) := ["terms", 0] if is_array(part.terms)

# What it is looked up by makes a list no longer.
names_nothing(part) := ["value"] if {
	part.type == "ref"
	part.value[0].value in bounded
}

names_nothing(part) := ["value"] if {
	part.type == "ref"
	[part.value[0].value, part.value[1].value] == ["data", "mlgate"]
	part.value[2].value in bounded_data
}

# METADATA
# title: behind
# description: Names, and everything they are made of, over all steps.
behind(found, origin) := union({found} | {origin[name] | some name in graph.reachable(origin, found)})

# METADATA
# title: of_package
# description: What each name of a module's package is made of; what other packages say is taken for `input`.
of_package(module) := object.union(
	{name: origin |
		some name, _ in syntax.imported(module)
		origin := {"input" | not name in bounded}
	},
	of_rules[syntax.package_name(module)],
)

of_rules[package_name][name] contains found if {
	some module in syntax.modules
	package_name := syntax.package_name(module)
	some rule in module.rules
	name := syntax.rule_name(rule)
	some found in within(rule)
}

under(at, places) if {
	some length in numbers.range(1, count(at))
	array.slice(at, 0, length) in places
}

root("data") := "input"

root(name) := name if name != "data"
