# METADATA
# title: Loops over a cross product
# description: |
#   Two loops in one body over lists that whoever is judged can make long, without anything that joins them: the work
#   is the product of both lengths, in every review. A loop over what another one found is no product, two that walk
#   through the same thing are none, and neither is one over settings or over what is written out.
package checks.loops

import data.checks.names
import data.checks.syntax

# METADATA
# title: problems
# description: One for each pair of loops that nothing joins, at the second.
problems contains syntax.problem("loops", name, rule, second, said) if {
	some name, module in syntax.modules
	some rule in module.rules
	[_, body] := walk(rule)
	body[0].index == 0
	found := loops(body)
	count(found) > 1
	here := bound(body, found)
	origin := object.union_n([names.of_package(module), here, arguments(rule)])
	some earlier, first in found
	unbounded(first, origin)
	some later, second in found
	later > earlier
	unbounded(second, origin)
	not joined(body, found, here, [first, second])
	said := {
		"what": sprintf("loops over %s and over %s, which nothing joins", [shown(first), shown(second)]),
		"fix": "collect one of the two in a set or object of its own, and look it up by key",
	}
}

shown(loop) := sprintf("the list of %s (line %d)", [concat(", ", sort(loop.vars)), syntax.line(loop)])

arguments(rule) := {name: {"input"} | some name in names.within(object.get(rule.head, "args", []))}

# METADATA
# title: loops
# description: The loops of one body, in order, each with the variables it binds and what its list is made of.
loops(body) := [loop |
	free := {symbol.value | some entry in body; some symbol in entry.terms.symbols; symbol.type == "var"}
	some expression in body
	some loop in array.concat(declared(expression), walked(expression, free))
]

declared(expression) := [loop |
	some symbol in expression.terms.symbols
	symbol.type == "call"
	last := count(symbol.value) - 1
	loop := {
		"vars": names.within(array.slice(symbol.value, 1, last)),
		"source": names.within([symbol.value[last]]),
		"location": object.get(expression, "location", {}),
	}
]

# `list[_]`, and `list[i]` with an `i` that a bare `some` declares.
walked(expression, free) := [loop |
	[at, found] := walk(expression.terms)
	not "body" in at
	found.type == "ref"
	some place, part in found.value
	place > 0
	part.type == "var"
	walks(part.value, free)
	loop := {
		"vars": {part.value},
		"source": names.within([{"type": "ref", "value": array.slice(found.value, 0, place)}]),
		"location": object.get(expression, "location", {}),
	}
]

walks(name, _) if startswith(name, "$")

walks(name, free) if name in free

# A list that grows with what is judged.
unbounded(loop, origin) if "input" in names.behind(loop.source, origin)

# One walks through what the other found, or both through what a third one found.
joined(_, found, here, [first, second]) if {
	over_first := first.vars | names.behind(first.source, here)
	over_second := second.vars | names.behind(second.source, here)
	count((over_first & over_second) & union({loop.vars | some loop in found})) > 0
}

# A condition tells an element of one list by an element of the other.
joined(body, _, here, [first, second]) if {
	some expression in body
	not expression.negated
	syntax.operator(expression.terms) in {"equal", "eq", "internal.member_2"}
	some [one, other] in [[1, 2], [2, 1]]
	count(names.behind(names.within([expression.terms[one]]), here) & first.vars) > 0
	count(names.behind(names.within([expression.terms[other]]), here) & second.vars) > 0
}

# What each variable of a body is made of: of what it is assigned, or of the list it walks through.
bound(body, found) := {name: sources |
	pairs := array.concat(assigned(body), [[name, loop.source] | some loop in found; some name in loop.vars])
	some [name, _] in pairs
	sources := union({source | some [other, source] in pairs; other == name})
}

assigned(body) := [[name, names.within([expression.terms[2]])] |
	some expression in body
	syntax.operator(expression.terms) in {"assign", "eq"}
	some name in names.within([expression.terms[1]])
]
