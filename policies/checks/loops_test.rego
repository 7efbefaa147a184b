package checks.loops_test

import data.checks.loops
import data.checks.syntax

text(body) := concat("\n", [
	"package a",
	"import data.mlgate.lib.facts",
	"import data.mlgate.lib.settings",
	"import data.mlgate.lib.present as there",
	sprintf("r contains 1 if {\n\t%s\n}", [body]),
	sprintf("f(given, more) if {\n\t%s\n}", [body]),
	"listed := input.a",
	"few := settings.value.a.b",
	"later := listed",
])

found(body) := {problem.rule | some problem in loops.problems with input as {"files": {"a.rego": text(body)}}}

test_loops_that_nothing_joins_are_found[body] if {
	some body in [
		"some x in input.a\n\tsome y in input.b\n\tx; y",
		"some i, x in input.a\n\tsome y in input.b\n\ti; x; y",
		"some x in input.a\n\tinput.b[_] == 1; x",
		"input.a[_] == 1\n\tinput.b[_] == 2",
		"some i, j\n\tinput.a[i]\n\tinput.b[j]",
		"some x in facts.pairs\n\tsome y in later\n\tx; y",
		"xs := there.list(input, [`a`])\n\tsome x in xs\n\tsome y in input.b\n\tx; y",
		"some x in input.a\n\tsome y in input.b\n\tnot x == y",
		"some x in input.a\n\tsome y in data.mlgate.lib.facts.pairs\n\tx; y",
		"some x in input.a\n\tsome y in input.b\n\tx == 1; y == 1",
		"z := [1 | some x in input.a; some y in input.b; x; y]\n\tz",
	]
	found(body) == {"r", "f"}
}

test_arguments_may_be_long if {
	body := "some x in given\n\tsome y in more\n\tx; y"
	found(body) == {"f"}
}

test_loops_that_are_no_product_are_left_alone[body] if {
	some body in [
		"some x in input.a\n\tsome y in x.b\n\ty",
		"some x in input.a\n\tys := there.list(x, [`b`])\n\tsome y in ys\n\ty",
		"some x in input.a\n\tsome y in x.b\n\tsome z in x.c\n\ty; z",
		"some x in input.a\n\tsome y in x.b\n\tsome z in y.c\n\tz",
		"some x in input.a\n\tsome y in input.b\n\tx.name == y.name",
		"some x in input.a\n\tsome y in input.b\n\ty.name == x.name",
		"some x in input.a\n\tsome y in input.b\n\tx.name in y.names",
		"some x in input.a\n\tsome y in input.b\n\tn := x.name\n\tlower(y.name) == n",
		"some x in input.a\n\tsome y in [1, 2]\n\tx; y",
		"some x in [1, 2]\n\tsome y in input.a\n\tx; y",
		"some x in input.a\n\tsome y in settings.value.c.d\n\tx; y",
		"some x in input.a\n\tsome y in few\n\tx; y",
		"some x in input.a\n\tsome y in data.mlgate.indexes.codes\n\tx; y",
		"some i\n\tinput.a[i]\n\tinput.b[i]",
		"input.a[_].b[_]",
		"some x in input.a\n\ty := [z | some z in input.b]\n\tx; y",
		"some x in input.a\n\tx",
	]
	found(body) == set()
}

test_a_problem_stands_at_the_second_loop if {
	at := {"location": {"row": 8}}
	syntax.line(at) == 8
	syntax.line({}) == 0
}
