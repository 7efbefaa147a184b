# METADATA
# title: Patterns
# description: |
#   `regex.match` looks for its pattern anywhere in the text: without ^ and $ around the whole of it, text that only
#   contains what is wanted passes.
package checks.patterns

import data.checks.syntax

# METADATA
# title: problems
# description: One for each pattern that is written out and does not hold the whole text.
problems contains syntax.problem("patterns", name, rule, expression, said) if {
	some name, module in syntax.modules
	some rule in module.rules
	[_, expression] := walk(rule)
	is_number(expression.index)
	some pattern in matched(expression.terms, module)
	not anchored(pattern)
	said := {
		"what": sprintf("matches the pattern `%s`, which is not anchored", [pattern]),
		"fix": "write ^(?:...)$ around the whole pattern",
	}
}

# The patterns of all calls within the terms of one expression, but not within expressions that are nested there.
matched(terms, module) := {pattern |
	[at, call] := walk(terms)
	not within_body(at)
	syntax.operator(call) == "regex.match"
	pattern := written_out(call[1], module)
}

within_body(at) if "body" in at

written_out(term, _) := term.value if term.type == "string"

# A pattern may be a constant of its module.
written_out(term, module) := rule.head.value.value if {
	term.type == "var"
	some rule in module.rules
	syntax.rule_name(rule) == term.value
	rule.head.value.type == "string"
}

# METADATA
# title: anchored
# description: Whether a pattern holds the whole text.
anchored(pattern) if {
	regex.match(`^(?:\(\?[a-zA-Z]+\))?(?:\^|\\A).*$`, pattern)
	regex.match(`^(?s:.*[^\\])(?:\\\\)*(?:\$|\\z)$`, pattern)
	not chooses(pattern)
}

# A choice on the top level divides the anchors among its branches.
chooses(pattern) if {
	plain := regex.replace(regex.replace(pattern, `\\.`, ``), `\[[^\]]*\]`, ``)
	contains(within_groups(within_groups(within_groups(within_groups(plain)))), "|")
}

within_groups(pattern) := regex.replace(pattern, `\([^()]*\)`, ``)
