package checks.rules_test

import data.checks.rules

coded := [{"custom": {"code": "a.b"}}]

rule(name, changes) := object.union({"head": {"ref": [{"type": "var", "value": name}], "key": 1}}, changes)

module(names, rule_changes) := {
	"package": {"path": array.concat([{"value": "data"}], [{"value": name} | some name in split(names, ".")])},
	"rules": [rule_changes],
}

found(names, given) := [problem.what | some problem in problems] if {
	problems := rules.problems with input as {"files": {"a.rego": module(names, given)}}
}

test_a_rule_of_the_gate_is_left_alone if {
	found("mlgate.rules.a", rule("deny", {"annotations": coded})) == []
	found("mlgate.rules.waiver", rule("late", {"annotations": coded})) == []
	found("mlgate.rules.a", rule("helper", {})) == []
	found("mlgate.lib.a", rule("deny", {})) == []
	found("mlgate.main", rule("decision", {})) == []
}

test_a_deny_without_a_code_is_found[note] if {
	some note, annotations in {"none": [], "no custom": [{"title": "x"}], "no code": [{"custom": {"per": "model"}}]}
	found("mlgate.rules.a", rule("deny", {"annotations": annotations})) == [concat("", [
		"deny has no METADATA with a code, so that nothing it finds is reported",
	])]
}

test_a_code_on_what_is_never_asked_is_found[note] if {
	some note, [names, name] in {
		"other rule": ["mlgate.rules.a", "also"],
		"late elsewhere": ["mlgate.rules.a", "late"],
		"no subject": ["mlgate.lib.a", "deny"],
	}
	found(names, rule(name, {"annotations": coded})) == [sprintf("%s has a code but is never asked", [name])]
}

test_a_deny_that_is_no_set_is_never_asked if {
	value := {"head": {"ref": [{"type": "var", "value": "deny"}]}, "annotations": coded}
	found("mlgate.rules.a", value) == ["deny has a code but is never asked"]
}

test_the_name_of_the_entrypoint_is_taken if {
	found("mlgate.rules.a", rule("decision", {})) == [concat(" ", [
		"decision has the name of the entrypoint,",
		"which is data.mlgate.main.decision alone",
	])]
}

test_a_rule_has_thirty_lines_at_most if {
	found("mlgate.lib.a", rule("long", {"location": {"lines": 30}})) == []
	found("mlgate.lib.a", rule("long", {"location": {"lines": 31}})) == ["long is 31 lines long; 30 are the most"]
}
