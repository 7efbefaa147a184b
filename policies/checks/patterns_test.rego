package checks.patterns_test

import data.checks.patterns

found(text) := {problem.what | some problem in patterns.problems with input as {"files": {"a.rego": text}}}

body(condition) := sprintf("package a\n\nr if {\n\t%s\n}\n\nwhole := `^a$`\n\nhalf := `^a`\n", [condition])

says(pattern) := {sprintf("r matches the pattern `%s`, which is not anchored", [pattern])}

test_a_pattern_that_leaves_room_on_a_side_is_found[pattern] if {
	some pattern in [
		"a", "^a", "a$", "a^$", `^a\$`, "^a|b$", "^(?:a|b)$|c", "(?i)a$", `^a\\\$`,
		"",
	]
	found(body(sprintf("regex.match(`%s`, input.x)", [pattern]))) == says(pattern)
}

test_a_pattern_that_holds_the_whole_text_is_left_alone[pattern] if {
	some pattern in ["^a$", "^(?:a|b)$", `^a\\$`, `^a\|b$`, "^[|]$", "(?i)^a$", `\Aa\z`, "^(a(b|c)|d)$", "^$"]
	found(body(sprintf("regex.match(`%s`, input.x)", [pattern]))) == set()
}

test_a_pattern_is_found_wherever_it_stands[condition] if {
	some condition in [
		"not regex.match(`a`, input.x)",
		"regex.match(`a`, input.x) == true",
		"some x in [regex.match(`a`, input.x)]\n\tx",
		"every x in input.y { regex.match(`a`, x) }",
		"y := [x | x := input.x; regex.match(`a`, x)]",
	]
	found(body(condition)) == says("a")
}

test_a_constant_is_looked_up if {
	found(body("regex.match(half, input.x)")) == says("^a")
	found(body("regex.match(whole, input.x)")) == set()
}

test_a_pattern_from_elsewhere_is_left_alone[condition] if {
	some condition in ["regex.match(input.p, input.x)", "regex.match(other, input.x)", "regex.split(`a`, input.x)"]
	found(body(condition)) == set()
}
