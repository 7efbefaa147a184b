package checks.tested_test

import data.checks.tested

module(code) := {
	"package": {"path": [{"value": "data"}, {"value": "mlgate"}]},
	"rules": [{
		"head": {"ref": [{"value": "deny"}]},
		"annotations": [{"custom": {"code": code}}],
	}],
}

found(code, name, text) := count(problems) if {
	problems := tested.problems with input as {"files": {"a.rego": module(code)}, "tests": {name: text}}
}

test_a_code_in_a_test_of_its_subject_is_tested if {
	found("a.b", "x_test.rego", "package mlgate.rules.a_test\n\nx := \"a.b\"\n") == 0
}

test_a_code_elsewhere_is_not_tested[note] if {
	some note, [name, text] in {
		"other subject": ["x_test.rego", "package mlgate.rules.b_test\n\nx := \"a.b\"\n"],
		"other code": ["x_test.rego", "package mlgate.rules.a_test\n\nx := \"a.bc\"\n"],
		"no test": ["x.rego", "package mlgate.rules.a_test\n\nx := \"a.b\"\n"],
		"in a comment about packages": ["x_test.rego", "# package mlgate.rules.a_test\n\nx := \"a.b\"\n"],
	}
	found("a.b", name, text) == 1
}

test_what_is_no_code_is_judged_elsewhere if found(7, "x_test.rego", "") == 0
