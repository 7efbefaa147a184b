# METADATA
# title: Rules
# description: |
#   A gate asks the rule `deny` of each subject and knows it by the code in its METADATA. What is written otherwise is
#   never asked, or has no name.
package checks.rules

import data.checks.syntax

longest := 30

# METADATA
# title: problems
# description: One for each rule that is no rule of the gate although it looks like one, or too long to be read.
problems contains syntax.problem("rules", name, rule, rule, said) if {
	some name, module in syntax.modules
	is_subject(module)
	some rule in module.rules
	syntax.rule_name(rule) == "deny"
	not coded(rule)
	said := {
		"what": "has no METADATA with a code, so that nothing it finds is reported",
		"fix": "write METADATA (scope: rule) directly above it; `mlgate policy new` shows how",
	}
}

problems contains syntax.problem("rules", name, rule, rule, said) if {
	some name, module in syntax.modules
	some rule in module.rules
	coded(rule)
	not asked(module, rule)
	said := {
		"what": "has a code but is never asked",
		"fix": "call it deny, in a package mlgate.rules.<subject>, as a set: deny contains finding if {...}",
	}
}

problems contains syntax.problem("rules", name, rule, rule, said) if {
	some name, module in syntax.modules
	syntax.package_name(module) != "mlgate.main"
	some rule in module.rules
	syntax.rule_name(rule) == "decision"
	said := {
		"what": "has the name of the entrypoint, which is data.mlgate.main.decision alone",
		"fix": "give it another name",
	}
}

problems contains syntax.problem("rules", name, rule, rule, said) if {
	some name, module in syntax.modules
	some rule in module.rules
	lines := object.get(rule, ["location", "lines"], 0)
	lines > longest
	said := {
		"what": sprintf("is %d lines long; %d are the most", [lines, longest]),
		"fix": "move conditions into helper rules below it",
	}
}

# METADATA
# title: is_subject
# description: Whether a module holds rules that are asked.
is_subject(module) if startswith(syntax.package_name(module), "mlgate.rules.")

# Rules about waivers themselves are asked once the waivers have been applied.
asked(module, rule) if {
	syntax.package_name(module) == "mlgate.rules.waiver"
	syntax.rule_name(rule) == "late"
}

asked(module, rule) if {
	is_subject(module)
	syntax.rule_name(rule) == "deny"
	rule.head.key
}

coded(rule) if {
	some annotation in rule.annotations
	annotation.custom.code
}
