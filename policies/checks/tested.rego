# METADATA
# title: Rules with tests
# description: Each code is named in a test of its own subject.
package checks.tested

import data.checks.syntax

# METADATA
# title: problems
# description: One for each rule whose code stands in no test.
problems contains syntax.problem("tested", name, rule, rule, said) if {
	some name, module in syntax.modules
	some rule in module.rules
	some annotation in rule.annotations
	code := annotation.custom.code
	is_string(code)
	subject := split(code, ".")[0]
	not tested(code, subject)
	said := {
		"what": sprintf("has no test: no _test.rego of package mlgate.rules.%s_test names \"%s\"", [subject, code]),
		"fix": "write a passing and a failing case for it; `mlgate policy new` shows how",
	}
}

tested(code, subject) if {
	some name, text in input.tests
	endswith(name, "_test.rego")
	regex.match(sprintf(`(?m)^package mlgate\.rules\.%s_test$`, [subject]), text)
	contains(text, sprintf(`"%s"`, [code]))
}
