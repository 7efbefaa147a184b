# METADATA
# title: Conditions over what may be missing
# description: |
#   OPA reads the arguments of a call before it negates the call. So `not f(input.a.b)`, `not input.a.b >= 1` and
#   `not input.a.b in list` do not hold when the path is missing, and neither does `input.a.b != 1`: a rule written
#   this way passes what is not there. `not input.a.b` and `not input.a.b == 1` hold then. Everything else reads the
#   path through lib present, or stands in a helper rule that is negated as a whole.
package checks.negation

import data.checks.syntax

# METADATA
# title: problems
# description: One for each unsafe condition.
problems contains syntax.problem("negation", name, rule, expression, said) if {
	some name, module in syntax.modules
	known := object.keys(syntax.imported(module))
	some rule in module.rules
	[at, body] := walk(rule)
	body[0].index == 0
	some place, expression in body
	some [path, said] in unsafe(expression)
	may_be_missing(path, known)
	not read_before(rule, array.concat(at, [place]), path)
}

# Pairs of a path and what is wrong where it is missing.
unsafe(expression) := array.concat(
	[[path, negated_call] | expression.negated; some path in negated_paths(expression.terms)],
	[[path, difference] | syntax.operator(expression.terms) == "neq"; some path in paths(expression.terms)],
)

negated_call := {
	"what": "negates a call over a path that may be missing",
	"fix": "negate a helper rule that holds the condition, or read the path with present.get",
}

difference := {
	"what": "tells a path that may be missing from something",
	"fix": "write `not path == value`, or read the path with present.get",
}

# A condition above in the same body, or in one around it, holds only where the path is there.
read_before(rule, at, path) if {
	some length in numbers.range(1, count(at))
	body := object.get(rule, array.slice(at, 0, length - 1), null)
	is_array(body)
	some expression in array.slice(body, 0, at[length - 1])
	not expression.negated
	some read in read_by(expression.terms)
	array.slice(read, 0, count(path)) == path
}

read_by(terms) := paths(terms) if not terms.body

read_by(terms) := paths(terms.domain) if terms.body

# What must be there for a negation to hold although its condition does not. OPA reads the sides of an equation
# within the negation, but not what stands in a call, a list or in brackets there.
negated_paths(terms) := paths(array.slice(terms, 1, count(terms))) if {
	is_array(terms)
	not equation(terms)
}

negated_paths(terms) := [path | some side in [terms[1], terms[2]]; some path in inner_paths(side)] if equation(terms)

negated_paths(term) := inner_paths(term) if is_object(term)

equation(terms) if syntax.operator(terms) in {"equal", "eq"}

# A comprehension is empty where its path is missing, so what stands in it does no harm.
paths(node) := [found.value |
	names := {array.concat(at, ["value", 0]) | [at, call] := walk(node); call.type == "call"}
	[at, found] := walk(node)
	found.type == "ref"
	not at in names
	not within_comprehension(node, at)
]

inner_paths(term) := paths(term.value) if term.type == "ref"

inner_paths(term) := paths([term]) if not term.type == "ref"

within_comprehension(node, at) if {
	[above, found] := walk(node)
	endswith(found.type, "comprehension")
	array.slice(at, 0, count(above)) == above
}

# A path of a rule of this project is there unless the rule says otherwise; one of a document need not be.
may_be_missing(path, names) if {
	count(path) > 1
	path[0].type == "var"
	head := path[0].value
	not head in names
	not head in {"data", "internal"}
}
