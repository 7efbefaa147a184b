# METADATA
# title: Negated calls
# description: |
#   `not f(input.a.b)` does not hold when the path is missing: OPA reads the argument before it negates the
#   call, so a rule written this way passes what is not there. The call belongs into a helper rule, which is
#   negated as a whole. Comparisons are safe and are left alone.
package checks.negation

# METADATA
# title: problems
# description: One line for each negated call over a path that may be missing, in files by name.
problems contains sprintf("%s: %s negates a call over a path that may be missing", [name, rule_name(rule)]) if {
	some name, text in input.files
	module := rego.parse_module(name, text)
	some rule in module.rules
	[_, expression] := walk(rule)
	expression.negated
	is_array(expression.terms)
	not compares(expression.terms[0])
	some argument in array.slice(expression.terms, 1, count(expression.terms))
	some path in paths(argument)
	may_be_missing(path, imported(module))
}

rule_name(rule) := rule.head.ref[0].value

compares(operator) if {
	concat(".", [part.value | some part in operator.value]) in {"equal", "eq", "neq", "lt", "lte", "gt", "gte"}
}

paths(argument) := [path |
	[_, found] := walk(argument)
	found.type == "ref"
	path := found.value
]

# A path of a rule of this project is there unless the rule says otherwise; one of a document need not be.
may_be_missing(path, names) if {
	count(path) > 1
	path[0].type == "var"
	not path[0].value in names
	path[0].value != "data"
}

imported(module) := {alias(entry) | some entry in object.get(module, "imports", [])}

alias(entry) := entry.alias

alias(entry) := entry.path.value[count(entry.path.value) - 1].value if not entry.alias
