package checks.negation_test

import data.checks.negation

found(body) := lines if {
	text := sprintf("package a\n\nimport data.b.names\n\nr if {\n\t%s\n}\n", [body])
	lines := {problem.what | some problem in negation.problems with input as {"files": {"a.rego": text}}}
}

negates := {"r negates a call over a path that may be missing"}

compares := {"r tells a path that may be missing from something"}

test_a_negation_that_fails_where_the_path_is_missing_is_found[body] if {
	some body in [
		"not is_number(input.a.b)",
		"not input.a.b in {1}",
		"not 1 in input.a.b",
		"not input.a.b >= 1",
		"not lower(input.a.b) == `x`",
		"not count(input.a.b) == 1",
		"not [input.a.b] == [1]",
		"not {input.a.b} == {1}",
		"not {1: input.a.b} == {1: 1}",
		"not input.a[input.b]",
		"not input.a[input.b] == 1",
		"some x in input.a\n\tnot f(x.b)",
		"every x in input.a { not f(x.b) }",
		"y := [x | some x in input.a; not f(x.b)]",
	]
	found(body) == negates
}

test_a_difference_that_fails_where_the_path_is_missing_is_found[body] if {
	some body in [
		"input.a.b != 1",
		"1 != input.a.b",
		"lower(input.a.b) != `x`",
		"some x in input.a\n\tx.b != 1",
		"y := {x | some x in input.a; x.b != 1}",
	]
	found(body) == compares
}

test_a_condition_that_holds_where_the_path_is_missing_is_left_alone[body] if {
	some body in [
		"not input.a.b",
		"not input.a.b == 1",
		"not input.a.b == input.c.d",
		"not f(input)",
		"some x in input.a\n\tnot f(x)",
		"not names.there == 1",
		"names.there != 1",
		"not names.check(names.all)",
		"not data.b.there",
		"not object.get(x, `a`, null) == 1",
		"not count([x | x := input.a.b]) == 1",
		"input.a.b == 1",
	]
	found(body) == set()
}

test_a_function_imported_under_another_name_is_one_of_the_project if {
	text := "package a\n\nimport data.b as c\n\nr if not c.there(c.all)\n"
	negation.problems == set() with input as {"files": {"a.rego": text}}
}

test_a_path_that_a_condition_before_has_read_is_there[body] if {
	some body in [
		"is_number(input.a.b)\n\tnot f(input.a.b)",
		"input.a.b.c\n\tnot f(input.a.b)",
		"is_number(input.a.b)\n\tinput.a.b != 1",
		"some x in input.a\n\tx.b == 1\n\ty := [z | some z in x.c; not f(x.b)]",
		"is_number(input.a.b)\n\tevery x in input.c { not f(input.a.b) }",
		"every x in input.a.b { x }\n\tnot f(input.a.b)",
	]
	found(body) == set()
}

test_a_path_that_is_read_elsewhere_need_not_be_there[body] if {
	some body in [
		"not f(input.a.b)\n\tis_number(input.a.b)",
		"is_number(input.a)\n\tnot f(input.a.b)",
		"not is_number(input)\n\tnot f(input.a.b)",
		"y := [1 | is_number(input.a.b)]\n\tnot f(input.a.b)",
		"every x in input.c { input.a.b == x }\n\tnot f(input.a.b)",
		"not input.a.b == 2\n\tnot f(input.a.b)",
	]
	found(body) == negates
}
