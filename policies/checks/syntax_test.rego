package checks.syntax_test

import data.checks.syntax

module := rego.parse_module("a.rego", "package a.b\n\nimport data.x.y\nimport data.x.z as w\n\nr := f(1)\n")

test_trees_and_texts_are_files if {
	object.keys(syntax.modules) == {"t", "o"} with input as {"files": {"t": "package a", "o": module, "x": 7}}
}

test_a_package_has_a_name_with_dots if syntax.package_name(module) == "a.b"

test_imports_go_by_their_last_part_or_their_alias if {
	syntax.imported(module) == {"y": "data.x.y", "w": "data.x.z"}
	syntax.imported(rego.parse_module("a.rego", "package a")) == {}
}

test_an_operator_is_named_by_its_path if {
	syntax.operator([{"value": [{"value": "regex"}, {"value": "match"}]}]) == "regex.match"
	not syntax.operator({"type": "ref"})
}

test_a_problem_says_where_and_what if {
	rule := module.rules[0]
	syntax.problem("c", "a.rego", rule, {"location": {"row": 4}}, {"what": "is bad", "fix": "mend it"}) == {
		"check": "c", "file": "a.rego", "line": 4, "rule": "r",
		"what": "r is bad", "fix": "mend it",
	}
}
